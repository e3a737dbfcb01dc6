package dev.neurite.data;

import dev.neurite.error.DataException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Rows of equally many numbers, unsigned bytes or 32-bit floats, in the heap or in a memory-mapped
/// file. [RowWriter] makes them. Safe to read from several threads.
public sealed interface StoredRows extends AutoCloseable permits HeapRows, MappedRows {
    /// The number of rows.
    int count();

    /// The number of values in a row.
    int width();

    /// A value of a row; bytes are 0 to 255.
    float get(int row, int column);

    /// Writes a row into `array` from `at` on; bytes become 0 to 255.
    void read(int row, float[] array, int at);

    /// Whether the rows are in a memory-mapped file, outside the heap.
    boolean isMapped();

    /// Deletes the temporary file of rows that a [RowAppender] made, without waiting for the garbage
    /// collector; they cannot be read afterwards. Does nothing for other rows.
    @Override
    default void close() {}

    /// The usual limit for rows or a table in the heap, in bytes: a quarter of the heap. More go to a
    /// temporary file.
    static long heapBytes() {
        return Runtime.getRuntime().maxMemory() / 4;
    }

    /// Rows of an array.
    /// @param numbers row-major, not copied
    /// @param count the number of rows
    /// @throws DataException if the array's length is no multiple of the number of rows
    static StoredRows of(byte[] numbers, int count) {
        return HeapRows.of(numbers, count, width(numbers.length, count));
    }

    /// Rows of an array.
    /// @param numbers row-major, not copied
    /// @param count the number of rows
    /// @throws DataException if the array's length is no multiple of the number of rows
    static StoredRows of(float[] numbers, int count) {
        return HeapRows.of(numbers, count, width(numbers.length, count));
    }

    private static int width(int numbers, int count) {
        if (count < 0 || numbers % Math.max(1, count) != 0 || (count == 0 && numbers > 0)) {
            throw new DataException("rows", "expects numbers for " + count + " rows, got " + numbers);
        }
        return numbers / Math.max(1, count);
    }

    /// Maps rows of a file into memory. The file's content must not change while the rows are in use;
    /// the file may be deleted or replaced where the system permits. The garbage collector unmaps it.
    /// @param from the position of the first row in the file, bytes
    /// @param numbers the format of the values
    /// @throws DataException if the file cannot be read, or ends before the last row
    static StoredRows map(Path file, long from, int count, int width, Numbers numbers) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if ((channel.size() - from) / numbers.bytes() / Math.max(1, width) < count) {
                throw new DataException(file.toString(), "expects a file that stays as it is while it is read");
            }
            return MappedRows.of(channel, from, count, width, numbers);
        } catch (IOException e) {
            throw new DataException(file.toString(), "cannot be mapped into memory: " + e.getMessage());
        }
    }

    /// Checks that all values are finite.
    /// @param where the name of the rows for messages
    /// @throws DataException for the first that is not, with its row
    default void requireFinite(String where) {
        if (this instanceof HeapRows.OfBytes) return;
        float[] values = new float[width()];
        for (int row = 0; row < count(); row++) {
            read(row, values, 0);
            for (int i = 0; i < values.length; i++) {
                if (Float.isFinite(values[i])) continue;
                throw new DataException(
                        where + ", row " + row + ", value " + i, "expects a finite number, got " + values[i]);
            }
        }
    }

    /// The format of stored values.
    enum Numbers {
        /// Unsigned bytes.
        BYTES,
        /// 32-bit floats, little-endian.
        FLOATS,
        /// 32-bit floats, big-endian.
        BIG_ENDIAN_FLOATS;

        /// The size of a value, bytes.
        int bytes() {
            return this == BYTES ? 1 : Float.BYTES;
        }
    }
}

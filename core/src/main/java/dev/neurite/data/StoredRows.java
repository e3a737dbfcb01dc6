package dev.neurite.data;

import dev.neurite.error.DataException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Rows of equally many numbers, bytes without sign or 32-bit floating-point numbers: in the heap, or in a file that
/// the system maps into memory, and reads as it is needed. [RowWriter] makes them. Safe to read from several threads.
public sealed interface StoredRows extends AutoCloseable permits ByteRows, FloatRows, MappedRows {
    /// The number of rows.
    int count();

    /// How many numbers a row has.
    int width();

    /// A number, from 0 to 255 where they are bytes.
    float get(int row, int column);

    /// Writes a row into `array` from `at` on, bytes as numbers from 0 to 255.
    void read(int row, float[] array, int at);

    /// Whether the numbers are in a file, outside the heap.
    boolean isMapped();

    /// Deletes the temporary file of rows that a [RowAppender] has made, without waiting until nobody holds them; they
    /// cannot be read after that. Does nothing to others.
    @Override
    default void close() {}

    /// How many bytes rows, or a table, may take of the heap before they go to a file: a quarter of it.
    static long heapBytes() {
        return Runtime.getRuntime().maxMemory() / 4;
    }

    /// Rows in one array.
    /// @param numbers row after row, not copied
    /// @param count the number of rows
    /// @throws DataException if that many rows do not divide the array
    static StoredRows of(byte[] numbers, int count) {
        return new ByteRows(numbers, count, width(numbers.length, count));
    }

    /// Rows in one array.
    /// @param numbers row after row, not copied
    /// @param count the number of rows
    /// @throws DataException if that many rows do not divide the array
    static StoredRows of(float[] numbers, int count) {
        return new FloatRows(numbers, count, width(numbers.length, count));
    }

    private static int width(int numbers, int count) {
        if (count < 0 || numbers % Math.max(1, count) != 0 || (count == 0 && numbers > 0)) {
            throw new DataException("rows", "expects numbers for " + count + " rows, got " + numbers);
        }
        return numbers / Math.max(1, count);
    }

    /// Rows in a file, row after row, which must stay as it is as long as they are read. The file is closed, and may
    /// be deleted or replaced where the system permits; the mapping goes when nobody holds the rows any more.
    /// @param from the byte at which the first row begins
    /// @param numbers what they are
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

    /// Refuses numbers that are not finite.
    /// @param where to call the rows
    /// @throws DataException for the first, with its row
    default void requireFinite(String where) {
        if (this instanceof ByteRows) return;
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

    /// What stored numbers are.
    enum Numbers {
        /// Bytes without sign.
        BYTES,
        /// 32-bit floating-point numbers, the least important byte first.
        FLOATS,
        /// 32-bit floating-point numbers, the most important byte first.
        BIG_ENDIAN_FLOATS;

        /// Bytes of a number.
        int bytes() {
            return this == BYTES ? 1 : Float.BYTES;
        }
    }
}

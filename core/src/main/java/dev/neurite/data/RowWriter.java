package dev.neurite.data;

import dev.neurite.data.StoredRows.Numbers;
import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Writes a known number of [StoredRows], in the heap up to a limit, beyond it in a temporary file.
/// Each row is written once, in any order; several threads may write different rows.
/// The temporary file is in the directory of the system property `java.io.tmpdir`. It is deleted when
/// the garbage collector collects its rows, at the latest when the program ends, even if it is killed.
public final class RowWriter implements AutoCloseable {
    private static final int BLOCK = 1 << 16; // numbers

    private final String what;
    private final int count;
    private final int width;
    private final int shift;
    private final byte[][] bytes; // blocks, allocated with their first row; empty for floats
    private final float[][] floats; // blocks; empty for bytes
    private final Numbers numbers;
    private final @Nullable SpillFile file;

    private RowWriter(String what, int count, int width, Numbers numbers, long heapBytes) {
        if (count < 0 || width < 0) {
            throw new DataException(what, "expects rows of 0 numbers or more, got " + count + " of " + width);
        }
        this.what = what;
        this.count = count;
        this.width = width;
        this.numbers = numbers;
        this.shift = Integer.numberOfTrailingZeros(Integer.highestOneBit(Math.max(1, BLOCK / Math.max(1, width))));
        int blocks = (int) (((long) count + (1 << shift) - 1) >>> shift);
        // In double, as the product may exceed a long.
        double size = (double) count * width * numbers.bytes();
        long needed = (long) Math.min(size, Long.MAX_VALUE);
        boolean spilled = needed > heapBytes;
        this.bytes = new byte[spilled || numbers != Numbers.BYTES ? 0 : blocks][];
        this.floats = new float[spilled || numbers == Numbers.BYTES ? 0 : blocks][];
        this.file =
                spilled ? new SpillFile(String.format(Locale.ROOT, "%s of %,d MB", what, needed >> 20), needed) : null;
    }

    /// A writer of rows of unsigned bytes.
    /// @param what a name of the data for messages, such as `images of pets`
    /// @param count the number of rows
    /// @param width the number of values in a row
    /// @param heapBytes the limit for rows in the heap; usually [StoredRows#heapBytes()]
    /// @throws ResourceException if the disk has no room for the temporary file
    public static RowWriter ofBytes(String what, int count, int width, long heapBytes) {
        return new RowWriter(what, count, width, Numbers.BYTES, heapBytes);
    }

    /// A writer of rows of 32-bit floats; else as [#ofBytes].
    /// @throws ResourceException if the disk has no room for the temporary file
    public static RowWriter ofFloats(String what, int count, int width, long heapBytes) {
        return new RowWriter(what, count, width, Numbers.FLOATS, heapBytes);
    }

    /// Writes rows of bytes.
    /// @param row the number of the first row
    /// @param rows the number of rows
    /// @param values the rows, row-major
    /// @param from the offset of the first row in `values`
    /// @throws ResourceException if memory or disk is full
    public void write(int row, int rows, byte[] values, int from) {
        if (numbers != Numbers.BYTES) throw new IllegalStateException(what + ": expects floats, got bytes");
        if (file != null) {
            file.write((long) row * width, values, from, Math.multiplyExact(rows, width));
            return;
        }
        for (int done = 0; done < rows; ) {
            int now = Math.min(rows - done, (1 << shift) - inBlock(row + done));
            byte[] block = byteBlock((row + done) >>> shift);
            System.arraycopy(values, from + done * width, block, inBlock(row + done) * width, now * width);
            done += now;
        }
    }

    /// Writes rows of floats; else as [#write(int, int, byte\[\], int)].
    /// @throws ResourceException if memory or disk is full
    public void write(int row, int rows, float[] values, int from) {
        if (numbers == Numbers.BYTES) throw new IllegalStateException(what + ": expects bytes, got floats");
        if (file != null) {
            file.write((long) row * width, values, from, Math.multiplyExact(rows, width));
            return;
        }
        for (int done = 0; done < rows; ) {
            int now = Math.min(rows - done, (1 << shift) - inBlock(row + done));
            float[] block = floatBlock((row + done) >>> shift);
            System.arraycopy(values, from + done * width, block, inBlock(row + done) * width, now * width);
            done += now;
        }
    }

    private int inBlock(int row) {
        return row & ((1 << shift) - 1);
    }

    private synchronized byte[] byteBlock(int block) {
        if (bytes[block] == null) bytes[block] = new byte[numbersOf(block)];
        return bytes[block];
    }

    private synchronized float[] floatBlock(int block) {
        if (floats[block] == null) floats[block] = new float[numbersOf(block)];
        return floats[block];
    }

    private int numbersOf(int block) {
        return Math.min(1 << shift, count - (block << shift)) * width;
    }

    /// Returns the rows, after each was written; no more can be written.
    /// @throws ResourceException if the file cannot be mapped into memory
    public StoredRows finish() {
        if (file != null) return file.mapped(count, width, numbers);
        return numbers == Numbers.BYTES
                ? HeapRows.of(bytes, count, width, shift)
                : HeapRows.of(floats, count, width, shift);
    }

    /// Deletes the temporary file, unless [#finish] was called.
    @Override
    public void close() {
        if (file != null) file.close();
    }
}

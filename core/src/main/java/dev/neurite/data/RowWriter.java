package dev.neurite.data;

import dev.neurite.data.StoredRows.Numbers;
import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Makes [StoredRows]: in the heap, or in a temporary file for more than may be there. How many they are is known
/// before; each is written once, in any order, and from several threads as long as these write other rows.
///
/// A temporary file is in the directory that the system property `java.io.tmpdir` names. It goes when nobody holds
/// its rows any more, and at the end of the program, however it ends.
public final class RowWriter implements AutoCloseable {
    private static final int BLOCK = 1 << 16; // numbers

    private final String what;
    private final int count;
    private final int width;
    private final int shift;
    private final byte[][] bytes; // blocks that are made when their first row comes, if these are bytes
    private final float[][] floats; // or floats
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
        // Of 2⁶² bytes at most, times 4: more than any disk has, and not negative, as it is compared first.
        double size = (double) count * width * numbers.bytes();
        long needed = (long) Math.min(size, Long.MAX_VALUE);
        boolean spilled = needed > heapBytes;
        this.bytes = new byte[spilled || numbers != Numbers.BYTES ? 0 : blocks][];
        this.floats = new float[spilled || numbers == Numbers.BYTES ? 0 : blocks][];
        this.file =
                spilled ? new SpillFile(String.format(Locale.ROOT, "%s of %,d MB", what, needed >> 20), needed) : null;
    }

    /// Rows of bytes without sign.
    /// @param what they are, in messages: `images of pets`
    /// @param count the number of rows
    /// @param width the numbers of each
    /// @param heapBytes how much may be in the heap before they go to a file; [StoredRows#heapBytes()] is usual
    /// @throws ResourceException if they need a file, and its disk has no room for it
    public static RowWriter ofBytes(String what, int count, int width, long heapBytes) {
        return new RowWriter(what, count, width, Numbers.BYTES, heapBytes);
    }

    /// Rows of 32-bit floating-point numbers; else as [#ofBytes].
    /// @throws ResourceException if they need a file, and its disk has no room for it
    public static RowWriter ofFloats(String what, int count, int width, long heapBytes) {
        return new RowWriter(what, count, width, Numbers.FLOATS, heapBytes);
    }

    /// Writes rows of bytes.
    /// @param row the first of them
    /// @param rows how many
    /// @param values row after row
    /// @param from where the first begins
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

    /// Writes rows of floats; else as [#write(int, int, byte[], int)].
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

    /// The rows, when each was written. Nothing can be written after that.
    /// @throws ResourceException if the file cannot be mapped into memory
    public StoredRows finish() {
        if (file != null) return file.mapped(count, width, numbers);
        return numbers == Numbers.BYTES
                ? new ByteRows(bytes, count, width, shift)
                : new FloatRows(floats, count, width, shift);
    }

    /// Deletes the temporary file of rows that were not finished.
    @Override
    public void close() {
        if (file != null) file.close();
    }
}

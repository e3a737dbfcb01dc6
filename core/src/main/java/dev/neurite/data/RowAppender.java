package dev.neurite.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes [StoredRows] of floats whose number is not known beforehand, row after row: in the heap, or in a temporary
/// file for more than may be there. [RowWriter] is for a known number of rows.
public final class RowAppender implements AutoCloseable {
    private static final int BLOCK = 1 << 16; // numbers

    private final String what;
    private final int width;
    private final long heapBytes;
    private final int blockRows;
    private final List<float[]> blocks = new ArrayList<>();
    private float[] block;
    private @Nullable SpillFile file;
    private int count;
    private int inBlock;

    /// Begins without rows.
    /// @param what they are, in messages: `a table`
    /// @param width the numbers of a row
    /// @param heapBytes how much may be in the heap before rows go to a file; [StoredRows#heapBytes()] is usual
    public RowAppender(String what, int width, long heapBytes) {
        this.what = what;
        this.width = width;
        this.heapBytes = heapBytes;
        this.blockRows = Integer.highestOneBit(Math.max(1, BLOCK / Math.max(1, width)));
        this.block = new float[width]; // grows, so that few rows are small
    }

    /// How many rows there are.
    public int count() {
        return count;
    }

    /// Adds a row.
    /// @param row its numbers, copied
    /// @throws dev.neurite.error.ResourceException if the disk is full
    public void append(float[] row) {
        if (inBlock == blockRows) endBlock();
        int at = inBlock++ * width;
        if (at + width > block.length) {
            block = Arrays.copyOf(block, Math.min(blockRows, 2 * inBlock) * width);
        }
        System.arraycopy(row, 0, block, at, width);
        count = Math.addExact(count, 1);
    }

    private void endBlock() {
        long used = (long) Float.BYTES * blockRows * width * (blocks.size() + 1L);
        if (file == null && used > heapBytes) {
            file = new SpillFile(what, 0);
            for (float[] each : blocks) file.write(each, each.length);
            blocks.clear();
        }
        if (file != null) {
            file.write(block, inBlock * width);
        } else {
            blocks.add(block);
            block = new float[blockRows * width];
        }
        inBlock = 0;
    }

    /// The rows that were added, which own the temporary file and delete it with [StoredRows#close]. Nothing can be
    /// added after that.
    /// @throws dev.neurite.error.ResourceException if the file cannot be mapped into memory
    public StoredRows finish() {
        if (inBlock > 0) endBlock();
        return file != null
                ? file.closeable(count, width)
                : new FloatRows(blocks.toArray(float[][]::new), count, width, Integer.numberOfTrailingZeros(blockRows));
    }

    /// Deletes the temporary file, unless [#finish] has made rows of it.
    @Override
    public void close() {
        if (file != null) file.close();
    }
}

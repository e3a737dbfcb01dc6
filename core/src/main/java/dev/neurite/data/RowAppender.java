package dev.neurite.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Collects [StoredRows] of floats, row after row, when their number is not known beforehand: in the
/// heap up to a limit, beyond it in a temporary file. [RowWriter] is for a known number of rows.
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
    /// @param what a name of the data for messages, such as `a table`
    /// @param width the number of values in a row
    /// @param heapBytes the limit for rows in the heap; usually [StoredRows#heapBytes()]
    public RowAppender(String what, int width, long heapBytes) {
        this.what = what;
        this.width = width;
        this.heapBytes = heapBytes;
        this.blockRows = Integer.highestOneBit(Math.max(1, BLOCK / Math.max(1, width)));
        this.block = new float[width]; // grows, so that few rows are small
    }

    /// The number of rows so far.
    public int count() {
        return count;
    }

    /// Adds a row.
    /// @param row its values, copied
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

    /// Returns the rows; no more can be added. They own the temporary file: [StoredRows#close] deletes
    /// it.
    /// @throws dev.neurite.error.ResourceException if the file cannot be mapped into memory
    public StoredRows finish() {
        if (inBlock > 0) endBlock();
        return file != null ? file.closeable(count, width) : inHeap();
    }

    /// Returns the rows like [#finish], for rows that nobody closes: the garbage collector deletes the temporary
    /// file when it collects them.
    /// @throws dev.neurite.error.ResourceException if the file cannot be mapped into memory
    public StoredRows finishUnclosed() {
        if (inBlock > 0) endBlock();
        return file != null ? file.mapped(count, width, StoredRows.Numbers.FLOATS) : inHeap();
    }

    private StoredRows inHeap() {
        return HeapRows.of(blocks.toArray(float[][]::new), count, width, Integer.numberOfTrailingZeros(blockRows));
    }

    /// Deletes the temporary file, unless the rows were returned.
    @Override
    public void close() {
        if (file != null) file.close();
    }
}

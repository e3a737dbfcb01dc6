package dev.neurite.data;

/// Floats in the heap, in blocks of as many rows.
final class FloatRows implements StoredRows {
    private final float[][] blocks;
    private final int count;
    private final int width;
    private final int shift;

    /// @param blocks row after row
    /// @param shift a block has 2 to the power of this many rows, the last perhaps fewer
    FloatRows(float[][] blocks, int count, int width, int shift) {
        this.blocks = blocks;
        this.count = count;
        this.width = width;
        this.shift = shift;
    }

    /// Rows in one block.
    FloatRows(float[] block, int count, int width) {
        this(new float[][] {block}, count, width, 31); // which leaves 0 of a row's number
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public int width() {
        return width;
    }

    private int from(int row) {
        return (row & ((1 << shift) - 1)) * width;
    }

    @Override
    public float get(int row, int column) {
        return blocks[row >>> shift][from(row) + column];
    }

    @Override
    public void read(int row, float[] array, int at) {
        System.arraycopy(blocks[row >>> shift], from(row), array, at, width);
    }

    @Override
    public boolean isMapped() {
        return false;
    }
}

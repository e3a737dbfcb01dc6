package dev.neurite.data;

/// Rows of floats in the heap, in blocks of equally many rows.
final class FloatRows implements StoredRows {
    private final float[][] blocks;
    private final int count;
    private final int width;
    private final int shift;

    /// @param blocks row-major
    /// @param shift log₂ of the number of rows in a block; the last block may have fewer
    FloatRows(float[][] blocks, int count, int width, int shift) {
        this.blocks = blocks;
        this.count = count;
        this.width = width;
        this.shift = shift;
    }

    FloatRows(float[] block, int count, int width) {
        this(new float[][] {block}, count, width, 31); // row >>> 31 is 0: all rows are in block 0
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

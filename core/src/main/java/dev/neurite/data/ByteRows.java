package dev.neurite.data;

/// Rows of unsigned bytes in the heap, in blocks of equally many rows.
final class ByteRows implements StoredRows {
    private final byte[][] blocks;
    private final int count;
    private final int width;
    private final int shift;

    /// @param blocks row-major
    /// @param shift log₂ of the number of rows in a block; the last block may have fewer
    ByteRows(byte[][] blocks, int count, int width, int shift) {
        this.blocks = blocks;
        this.count = count;
        this.width = width;
        this.shift = shift;
    }

    ByteRows(byte[] block, int count, int width) {
        this(new byte[][] {block}, count, width, 31); // row >>> 31 is 0: all rows are in block 0
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
        return blocks[row >>> shift][from(row) + column] & 0xff;
    }

    @Override
    public void read(int row, float[] array, int at) {
        byte[] block = blocks[row >>> shift];
        int from = from(row);
        for (int i = 0; i < width; i++) array[at + i] = block[from + i] & 0xff;
    }

    @Override
    public boolean isMapped() {
        return false;
    }
}

package dev.neurite.data;

/// Rows in the heap, in blocks of equally many rows.
abstract sealed class HeapRows implements StoredRows {
    private static final int ONE_BLOCK = 31; // row >>> 31 is 0: all rows are in block 0

    private final int count;
    private final int width;
    private final int shift;

    private HeapRows(int count, int width, int shift) {
        this.count = count;
        this.width = width;
        this.shift = shift;
    }

    /// @param blocks row-major
    /// @param shift log₂ of the number of rows in a block; the last block may have fewer
    static HeapRows of(byte[][] blocks, int count, int width, int shift) {
        return new OfBytes(blocks, count, width, shift);
    }

    static HeapRows of(float[][] blocks, int count, int width, int shift) {
        return new OfFloats(blocks, count, width, shift);
    }

    static HeapRows of(byte[] block, int count, int width) {
        return of(new byte[][] {block}, count, width, ONE_BLOCK);
    }

    static HeapRows of(float[] block, int count, int width) {
        return of(new float[][] {block}, count, width, ONE_BLOCK);
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public boolean isMapped() {
        return false;
    }

    final int block(int row) {
        return row >>> shift;
    }

    /// The index of a row in its block.
    final int from(int row) {
        return (row & ((1 << shift) - 1)) * width;
    }

    /// Rows of unsigned bytes.
    static final class OfBytes extends HeapRows {
        private final byte[][] blocks;

        private OfBytes(byte[][] blocks, int count, int width, int shift) {
            super(count, width, shift);
            this.blocks = blocks;
        }

        @Override
        public float get(int row, int column) {
            return blocks[block(row)][from(row) + column] & 0xff;
        }

        @Override
        public void read(int row, float[] array, int at) {
            byte[] block = blocks[block(row)];
            int from = from(row);
            int width = width();
            for (int i = 0; i < width; i++) array[at + i] = block[from + i] & 0xff;
        }
    }

    /// Rows of floats.
    static final class OfFloats extends HeapRows {
        private final float[][] blocks;

        private OfFloats(float[][] blocks, int count, int width, int shift) {
            super(count, width, shift);
            this.blocks = blocks;
        }

        @Override
        public float get(int row, int column) {
            return blocks[block(row)][from(row) + column];
        }

        @Override
        public void read(int row, float[] array, int at) {
            System.arraycopy(blocks[block(row)], from(row), array, at, width());
        }
    }
}

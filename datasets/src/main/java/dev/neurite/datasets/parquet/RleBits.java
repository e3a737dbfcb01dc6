package dev.neurite.datasets.parquet;

/// Decodes small numbers: runs of the same number, and groups of eight numbers of some bits each.
final class RleBits extends Values {
    private final Bytes in;
    private final int width;
    private final int mask;
    private boolean packed;
    private long left; // in the run
    private int same;
    private long bits; // not yet used
    private int held;

    /// @param width bits of a number, 0 to 32
    /// @param bitsOnly whether there are no runs, only packed numbers
    RleBits(Bytes in, int width, boolean bitsOnly) {
        if (width < 0 || width > 32) throw new Malformed("expects numbers of 0 to 32 bits, got " + width);
        this.in = in;
        this.width = width;
        this.mask = width == 32 ? -1 : (1 << width) - 1;
        this.packed = bitsOnly;
        this.left = bitsOnly ? Long.MAX_VALUE : 0;
    }

    @Override
    long next() {
        return nextInt();
    }

    int nextInt() {
        if (width == 0) return 0;
        while (left == 0) begin();
        left--;
        if (!packed) return same;
        while (held < width) {
            bits |= (long) in.next() << held;
            held += 8;
        }
        int value = (int) bits & mask;
        bits >>>= width;
        held -= width;
        return value;
    }

    private void begin() {
        long head = in.varint();
        packed = (head & 1) != 0;
        left = packed ? (head >>> 1) * 8 : head >>> 1;
        bits = 0;
        held = 0;
        if (left <= 0 || left > 1L << 40) throw new Malformed("expects a run of numbers, got one of " + left);
        if (packed) return;
        same = 0;
        for (int i = 0; i < (width + 7) / 8; i++) same |= in.next() << (8 * i);
    }
}

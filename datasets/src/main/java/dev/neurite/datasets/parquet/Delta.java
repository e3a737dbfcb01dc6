package dev.neurite.datasets.parquet;

/// Decodes whole numbers that are stored as differences, in blocks of smaller blocks with a number of bits each.
final class Delta extends Values {
    private final Bytes in;
    private final boolean narrow; // sums wrap at 32 bits, not at 64
    private final int blocks; // small ones of a block
    private final int size; // of a small block
    private long left;
    private long value;
    private boolean first = true;
    private long least; // difference of the block
    private int widths; // where the numbers of bits of the block begin
    private int block; // the next small one
    private int used; // of the small block
    private int width;
    private long bits;
    private int held; // of the bits that are not yet used

    /// @param narrow whether the numbers have 32 bits: their differences wrap in that width
    Delta(Bytes in, boolean narrow) {
        this.in = in;
        this.narrow = narrow;
        long whole = in.varint();
        this.blocks = in.count(in.varint(), 1);
        this.left = in.varint();
        if (blocks == 0 || whole < blocks || whole > 1 << 24 || whole % blocks != 0 || whole / blocks % 8 != 0) {
            throw new Malformed("expects blocks of differences, got " + whole + " in " + blocks);
        }
        if (left < 0 || left > Integer.MAX_VALUE) throw new Malformed("expects up to 2^31 values, got " + left);
        this.size = (int) (whole / blocks);
        this.value = inWidth(in.zigzag());
        this.block = blocks;
        this.used = size;
    }

    /// The number of values that are left.
    long left() {
        return left;
    }

    @Override
    long next() {
        if (left-- <= 0) throw new Malformed("expects more values, got the end of them");
        if (first) {
            first = false;
            return value;
        }
        if (used == size) begin();
        used++;
        value = inWidth(value + least + take());
        return value;
    }

    private long inWidth(long sum) {
        return narrow ? (int) sum : sum;
    }

    private void begin() {
        if (block == blocks) {
            least = in.zigzag();
            widths = in.skip(blocks);
            block = 0;
        }
        width = in.array()[widths + block++] & 0xff;
        if (width > 64) throw new Malformed("expects differences of at most 64 bits, got " + width);
        used = 0;
        bits = 0;
        held = 0;
    }

    private long take() {
        long taken = 0;
        for (int done = 0; done < width; ) {
            if (held == 0) {
                bits = in.next();
                held = 8;
            }
            int part = Math.min(held, width - done);
            taken |= (bits & ((1L << part) - 1)) << done;
            bits >>>= part;
            held -= part;
            done += part;
        }
        return taken;
    }

    /// Passes over all values and what fills the last small block.
    /// @return the sum of those above 0
    long skipAll() {
        long sum = 0;
        while (left > 0) sum += Math.max(0, next());
        if (used < size) in.skip(Math.max(0, ((long) (size - used) * width - held + 7) / 8));
        return sum;
    }
}

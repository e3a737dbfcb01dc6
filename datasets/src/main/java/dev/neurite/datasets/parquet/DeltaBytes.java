package dev.neurite.datasets.parquet;

/// Decodes bytes whose lengths are stored before all of them, each perhaps beginning as the one before did.
final class DeltaBytes extends Values {
    private static final int LONGEST = Integer.MAX_VALUE - 16;

    private final Delta prefixes;
    private final boolean shared; // whether there are prefixes
    private final Delta lengths;
    private final Bytes data;
    private boolean own; // whether the text is in an array of its own, not in that of the page

    private DeltaBytes(Delta prefixes, boolean shared, Delta lengths, Bytes data) {
        this.prefixes = prefixes;
        this.shared = shared;
        this.lengths = lengths;
        this.data = data;
        this.array = data.array();
    }

    /// @param values of the page, missing ones included
    static DeltaBytes ofLengths(Bytes in, int values) {
        Delta lengths = new Delta(in.rest(), true);
        skipAll(in, values);
        return new DeltaBytes(lengths, false, lengths, in);
    }

    /// @param values of the page, missing ones included
    /// @param room for what the texts take together, of which a few bytes may ask for many
    static DeltaBytes ofPrefixes(Bytes in, int values, Room room) {
        Delta prefixes = new Delta(in.rest(), true);
        long all = skipAll(in, values);
        Delta lengths = new Delta(in.rest(), true);
        all += skipAll(in, values);
        room.copy(all, values);
        return new DeltaBytes(prefixes, true, lengths, in);
    }

    private static long skipAll(Bytes in, int values) {
        var all = new Delta(in, true);
        if (all.left() > values) throw new Malformed("expects " + values + " lengths, got " + all.left());
        return all.skipAll();
    }

    @Override
    void nextBytes() {
        long prefix = shared ? prefixes.next() : 0;
        long length = lengths.next();
        int start = data.skip(length);
        if (!shared) {
            from = start;
            count = (int) length;
            return;
        }
        if (prefix < 0 || prefix > count)
            throw new Malformed(
                    "expects a beginning of the text before, got one of " + prefix + " bytes after " + count);
        if (prefix + length > LONGEST) {
            throw new Malformed("expects a text of at most 2^31 bytes, got " + (prefix + length));
        }
        int whole = (int) (prefix + length);
        if (!own || whole > array.length) { // else the beginning is in its place
            byte[] longer = new byte[(int) Math.min(LONGEST, 2L * whole)];
            System.arraycopy(array, from, longer, 0, (int) prefix);
            array = longer;
            from = 0;
            own = true;
        }
        System.arraycopy(data.array(), start, array, (int) prefix, (int) length);
        count = whole;
    }
}

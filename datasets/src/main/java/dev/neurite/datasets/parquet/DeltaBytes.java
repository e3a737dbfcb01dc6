package dev.neurite.datasets.parquet;

/// Decodes bytes whose lengths are stored before all of them, each perhaps beginning as the one before did.
final class DeltaBytes extends Values {
    private final Delta prefixes;
    private final boolean shared; // whether there are prefixes
    private final Delta lengths;
    private final Bytes data;

    private DeltaBytes(Delta prefixes, boolean shared, Delta lengths, Bytes data) {
        this.prefixes = prefixes;
        this.shared = shared;
        this.lengths = lengths;
        this.data = data;
        this.array = data.array();
    }

    static DeltaBytes ofLengths(Bytes in) {
        Delta lengths = new Delta(in.rest());
        new Delta(in).skipAll();
        return new DeltaBytes(lengths, false, lengths, in);
    }

    static DeltaBytes ofPrefixes(Bytes in) {
        Delta prefixes = new Delta(in.rest());
        new Delta(in).skipAll();
        Delta lengths = new Delta(in.rest());
        new Delta(in).skipAll();
        return new DeltaBytes(prefixes, true, lengths, in);
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
            throw new Malformed("expects a beginning of the text before, got a longer one");
        byte[] whole = new byte[Math.toIntExact(prefix + length)];
        System.arraycopy(array, from, whole, 0, (int) prefix);
        System.arraycopy(data.array(), start, whole, (int) prefix, (int) length);
        array = whole;
        from = 0;
        count = whole.length;
    }
}

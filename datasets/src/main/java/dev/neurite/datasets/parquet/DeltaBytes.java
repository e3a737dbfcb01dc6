package dev.neurite.datasets.parquet;

/// Decodes bytes whose lengths are stored before all of them, each perhaps beginning as the one before did.
final class DeltaBytes extends Values {
    private static final int LONGEST = Integer.MAX_VALUE - 16;

    private final Delta prefixes;
    private final boolean shared; // whether there are prefixes
    private final Delta lengths;
    private final Bytes data;
    private final Room room;

    private DeltaBytes(Delta prefixes, boolean shared, Delta lengths, Bytes data, Room room) {
        this.room = room;
        this.prefixes = prefixes;
        this.shared = shared;
        this.lengths = lengths;
        this.data = data;
        this.array = data.array();
    }

    static DeltaBytes ofLengths(Bytes in, Room room) {
        Delta lengths = new Delta(in.rest(), true);
        new Delta(in, true).skipAll();
        return new DeltaBytes(lengths, false, lengths, in, room);
    }

    static DeltaBytes ofPrefixes(Bytes in, Room room) {
        Delta prefixes = new Delta(in.rest(), true);
        new Delta(in, true).skipAll();
        Delta lengths = new Delta(in.rest(), true);
        new Delta(in, true).skipAll();
        return new DeltaBytes(prefixes, true, lengths, in, room);
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
        room.copy(prefix + length);
        byte[] whole = new byte[(int) (prefix + length)];
        System.arraycopy(array, from, whole, 0, (int) prefix);
        System.arraycopy(data.array(), start, whole, (int) prefix, (int) length);
        array = whole;
        from = 0;
        count = whole.length;
    }
}

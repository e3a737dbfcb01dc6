package dev.neurite.datasets.parquet;

/// Reads a range of an array from its beginning to its end; never beyond.
final class Bytes {
    private final byte[] array;
    private final int end;
    private int at;

    Bytes(byte[] array, int from, int end) {
        if (from < 0 || end < from || end > array.length) throw new Malformed("expects more bytes, got its end");
        this.array = array;
        this.at = from;
        this.end = end;
    }

    Bytes(byte[] array) {
        this(array, 0, array.length);
    }

    byte[] array() {
        return array;
    }

    int at() {
        return at;
    }

    int left() {
        return end - at;
    }

    /// The rest, from here on, read by another one.
    Bytes rest() {
        return new Bytes(array, at, end);
    }

    /// Passes over some bytes.
    /// @return where they begin
    int skip(long count) {
        if (count < 0 || count > end - at) throw new Malformed("expects " + count + " more bytes, got " + (end - at));
        int from = at;
        at += (int) count;
        return from;
    }

    /// The next bytes, read by another one.
    Bytes part(long count) {
        int from = skip(count);
        return new Bytes(array, from, at);
    }

    int next() {
        return array[skip(1)] & 0xff;
    }

    int nextInt() {
        int from = skip(4);
        return (int) little(from, 4);
    }

    long nextLong() {
        int from = skip(8);
        return little(from, 8);
    }

    private long little(int from, int count) {
        long value = 0;
        for (int i = count - 1; i >= 0; i--) value = (value << 8) | (array[from + i] & 0xff);
        return value;
    }

    /// An unsigned number of seven bits a byte.
    long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int each = next();
            value |= (long) (each & 0x7f) << shift;
            if (each < 0x80) return value;
        }
        throw new Malformed("expects a number of at most 10 bytes, got a longer one");
    }

    /// A signed number of seven bits a byte.
    long zigzag() {
        long value = varint();
        return (value >>> 1) ^ -(value & 1);
    }

    /// A number that counts something which takes at least this many bytes each.
    int count(long value, int bytesEach) {
        if (value < 0 || value > (long) left() / bytesEach) {
            throw new Malformed("expects as many elements as its bytes have room for, got " + value);
        }
        return (int) value;
    }
}

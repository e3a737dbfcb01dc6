package dev.neurite.datasets.parquet;

import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// How pages are compressed, in the order of the format's numbers. Output grows with what is really there, so
/// that a page cannot ask for memory by its description alone.
enum Codec {
    NONE,
    SNAPPY,
    GZIP,
    LZO,
    BROTLI,
    LZ4,
    ZSTD,
    LZ4_RAW;

    private static final int FIRST = 1 << 16;

    boolean isRead() {
        return this == NONE || this == SNAPPY || this == GZIP || this == LZ4_RAW;
    }

    /// Unpacks a page.
    /// @param size of the result, for which there is room
    byte[] unpack(byte[] packed, int from, int count, int size) {
        var out = new Out(size);
        switch (this) {
            case NONE -> out.copy(packed, from, count);
            case SNAPPY -> snappy(new Bytes(packed, from, from + count), out);
            case LZ4_RAW -> lz4(new Bytes(packed, from, from + count), out);
            case GZIP -> gzip(packed, from, count, out);
            default -> throw new IllegalStateException("codec: expects one that is read, got " + this);
        }
        if (out.at != size) throw new Malformed("expects a page of " + size + " bytes, got " + out.at);
        return out.array;
    }

    /// Bytes that grow up to a size.
    private static final class Out {
        private final int size;
        private byte[] array;
        private int at;

        Out(int size) {
            this.size = size;
            this.array = new byte[Math.min(size, FIRST)];
        }

        private void room(int count) {
            if (count < 0 || count > size - at)
                throw new Malformed("expects a page of " + size + " bytes, got a larger one");
            if (at + count <= array.length) return;
            array = Arrays.copyOf(array, (int) Math.min(size, Math.max(2L * array.length, at + (long) count)));
        }

        void copy(byte[] from, int start, int count) {
            room(count);
            System.arraycopy(from, start, array, at, count);
            at += count;
        }

        /// Repeats bytes that were written before; the range may overlap what it makes.
        void repeat(long distance, int count) {
            if (distance < 1 || distance > at) {
                throw new Malformed("expects a copy of up to " + at + " bytes back, got " + distance);
            }
            room(count);
            int start = at - (int) distance;
            for (int i = 0; i < count; i++) array[at + i] = array[start + i];
            at += count;
        }
    }

    private static void snappy(Bytes in, Out out) {
        if (in.varint() != out.size)
            throw new Malformed("expects Snappy data of the size of its page, got another one");
        while (in.left() > 0) {
            int tag = in.next();
            int high = tag >> 2;
            switch (tag & 3) {
                case 0 -> {
                    int count = high < 60 ? high + 1 : little(in, high - 59) + 1;
                    out.copy(in.array(), in.skip(count), count);
                }
                case 1 -> out.repeat(((high >> 3) << 8) | in.next(), (high & 7) + 4);
                case 2 -> out.repeat(little(in, 2), high + 1);
                default -> out.repeat(in.nextInt() & 0xffff_ffffL, high + 1);
            }
        }
    }

    private static int little(Bytes in, int count) {
        int value = 0;
        for (int i = 0; i < count; i++) value |= in.next() << (8 * i);
        return value;
    }

    private static void lz4(Bytes in, Out out) {
        while (in.left() > 0) {
            int token = in.next();
            int literals = length(in, token >> 4);
            out.copy(in.array(), in.skip(literals), literals);
            if (in.left() == 0) return; // the last one has no copy
            int distance = little(in, 2);
            out.repeat(distance, length(in, token & 0xf) + 4);
        }
    }

    private static int length(Bytes in, int start) {
        long count = start;
        for (int more = start == 15 ? 255 : 0; more == 255; ) {
            more = in.next();
            count += more;
        }
        if (count > Integer.MAX_VALUE - 16) throw new Malformed("expects a shorter run, got " + count);
        return (int) count;
    }

    private static void gzip(byte[] packed, int from, int count, Out out) {
        Bytes in = new Bytes(packed, from, from + count);
        while (in.left() > 0) member(in, out);
    }

    private static void member(Bytes in, Out out) {
        if (in.next() != 0x1f || in.next() != 0x8b || in.next() != 8) {
            throw new Malformed("expects gzip data, got others");
        }
        int flags = in.next();
        in.skip(6);
        if ((flags & 4) != 0) in.skip(little(in, 2));
        for (int texts = Integer.bitCount(flags & 0x18); texts > 0; texts--) while (in.next() != 0) {}
        if ((flags & 2) != 0) in.skip(2);
        int before = out.at;
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(in.array(), in.at(), in.left());
            while (!inflater.finished()) {
                int room = Math.min(out.size - out.at, FIRST);
                byte[] end = room == 0 ? new byte[1] : out.array; // a page that is full may still have its end
                if (room > 0) out.room(room);
                int made = inflater.inflate(room == 0 ? end : out.array, room == 0 ? 0 : out.at, Math.max(1, room));
                if (room == 0 && made > 0)
                    throw new Malformed("expects a page of " + out.size + " bytes, got a larger one");
                out.at += made;
                if (made == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
                    throw new Malformed("expects more gzip data, got its end");
                }
            }
            in.skip(inflater.getBytesRead());
        } catch (DataFormatException e) {
            throw new Malformed("expects gzip data, got others: " + e.getMessage());
        } finally {
            inflater.end();
        }
        var sum = new CRC32();
        sum.update(out.array, before, out.at - before);
        if ((int) sum.getValue() != in.nextInt())
            throw new Malformed("expects the checksum of gzip data, got another one");
        in.skip(4);
    }
}

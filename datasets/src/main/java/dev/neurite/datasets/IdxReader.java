package dev.neurite.datasets;

import dev.neurite.data.RowWriter;
import dev.neurite.data.StoredRows;
import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import dev.neurite.tensor.Shape;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/// Reads one IDX file without trusting its header.
///
/// Memory is allocated exactly if the length of an uncompressed file is known; else up to [#FREE], or
/// [#MOST_UNPACKED] times the length of a compressed file, and then by doubling while bytes arrive.
/// Arrays larger than a quarter of the heap stay in the file or, if compressed, go to a temporary one.
final class IdxReader {
    private static final int UNSIGNED_BYTE = 0x08;
    private static final int BUFFER = 1 << 16;
    private static final int CHUNK = 1 << 20; // bytes written to a file at a time
    private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 8;
    private static final long UNKNOWN = -1;

    /// Bytes that may be allocated in advance.
    private static final int FREE = 16 << 20;

    /// The largest compression ratio that is allowed above [#FREE] bytes; gzip reaches 1,032.
    private static final int MOST_UNPACKED = 200;

    /// The byte-order mark of UTF-8, read as Latin-1.
    private static final String UTF8_MARK = "\u00ef\u00bb\u00bf";

    private final String where;
    private final CountingStream file;
    private final long size;
    private final @Nullable Checksum checksum;
    private final @Nullable Path path; // the file; null for a stream
    private final long heapBytes;
    private boolean packed;
    private InputStream data;
    private long got;

    /// The length of the uncompressed file according to the header; 0 until it is read.
    private long expected;

    private IdxReader(
            String where, InputStream in, long size, @Nullable Checksum checksum, @Nullable Path path, long heapBytes) {
        this.where = where;
        this.file = new CountingStream(in);
        this.data = file;
        this.size = size;
        this.checksum = checksum;
        this.path = path;
        this.heapBytes = heapBytes;
    }

    static Idx read(Path path) {
        return read(path, StoredRows.heapBytes());
    }

    static Idx read(Path path, long heapBytes) {
        String where = path.toString();
        if (Files.isDirectory(path)) throw new DataException(where, "expects a file, got a directory");
        try (InputStream in = Files.newInputStream(path)) {
            long size = Files.isRegularFile(path) ? Files.size(path) : UNKNOWN;
            return new IdxReader(where, in, size, null, size == UNKNOWN ? null : path, heapBytes).read();
        } catch (NoSuchFileException | FileNotFoundException e) {
            throw missing(path, "an IDX file");
        } catch (AccessDeniedException e) {
            throw new DataException(where, "expects a file that may be read, got no permission");
        } catch (IOException e) {
            throw new DataException(where, "cannot be read: " + e.getMessage());
        }
    }

    static Idx read(String where, InputStream in) {
        return new IdxReader(where, in, UNKNOWN, null, null, StoredRows.heapBytes()).read();
    }

    static Idx read(String where, InputStream in, long size, String sha256) {
        try (var checksum = new Checksum(size)) {
            Idx idx = new IdxReader(where, in, size, checksum, null, StoredRows.heapBytes()).read();
            String actual = checksum.hex();
            if (!actual.equals(sha256)) {
                throw new DataException(where, "expects bytes with the SHA-256 " + sha256 + ", got " + actual);
            }
            return idx;
        }
    }

    static DataException missing(Path path, String what) {
        return DataException.missing(path, what);
    }

    /// The magic number of unsigned bytes in an array of this rank.
    static int magic(int rank) {
        return UNSIGNED_BYTE << 8 | rank;
    }

    private Idx read() {
        try {
            data = unpacked();
            Shape shape = header();
            return new Idx(where, shape, rows(shape));
        } catch (EOFException e) {
            throw wrongLength(count(got) + ": the gzip data ends too early");
        } catch (ZipException e) {
            throw new DataException(
                    where,
                    String.format(
                            Locale.ROOT,
                            "expects undamaged gzip data, got an error after %s: %s",
                            count(got),
                            String.valueOf(e.getMessage())),
                    "Get the file again");
        } catch (IOException e) {
            throw new DataException(where, "cannot be read after " + count(got) + ": " + e.getMessage());
        }
    }

    private InputStream unpacked() throws IOException {
        var start = new PushbackInputStream(file, 2);
        byte[] two = start.readNBytes(2);
        start.unread(two);
        packed = two.length == 2 && two[0] == (byte) 0x1f && two[1] == (byte) 0x8b;
        return packed ? new GZIPInputStream(start, BUFFER) : start;
    }

    private Shape header() throws IOException {
        byte[] magic = part(4);
        if (magic.length == 0 || magic[0] != 0 || (magic.length > 1 && magic[1] != 0)) throw notIdx(magic);
        if (magic.length < 4) throw wrongLength(count(got));
        int rank = magic[3];
        if (magic[2] != UNSIGNED_BYTE || rank <= 0) {
            throw new DataException(
                    where,
                    String.format(
                            Locale.ROOT,
                            "expects an IDX file of unsigned bytes (magic 0x000008 and the rank), got 0x%s%s",
                            hex(magic),
                            typeName(magic[2])));
        }
        byte[] extents = part(4 * rank);
        if (extents.length < 4 * rank) throw wrongLength(count(got));
        ByteBuffer header = ByteBuffer.wrap(extents);
        long[] shape = new long[rank];
        for (int axis = 0; axis < rank; axis++) shape[axis] = Integer.toUnsignedLong(header.getInt());
        long product = 1;
        for (long extent : shape) {
            // Both below 2³¹, so that the product is below 2⁶².
            if (extent > LONGEST_ARRAY) throw tooMany(shape);
            product *= extent;
            if (product > LONGEST_ARRAY) throw tooMany(shape);
        }
        expected = 4L + 4L * rank + product;
        return Shape.of(Arrays.stream(shape).mapToInt(Math::toIntExact).toArray());
    }

    private StoredRows rows(Shape shape) throws IOException {
        if (!packed && size != UNKNOWN && size != expected) throw wrongLength(count(size));
        int count = shape.extent(0);
        int width = shape.size() / Math.max(1, count);
        boolean large = shape.size() > heapBytes;
        if (large && path != null && !packed) {
            return StoredRows.map(path, expected - shape.size(), count, width, StoredRows.Numbers.BYTES);
        }
        StoredRows rows = large ? spilled(count, width) : StoredRows.of(content(shape.size()), count);
        if (data.read() >= 0) throw wrongLength("more");
        return rows;
    }

    private StoredRows spilled(int count, int width) throws IOException {
        int together = Math.max(1, CHUNK / width);
        try (RowWriter to = RowWriter.ofBytes("a set of images (" + where + ")", count, width, heapBytes)) {
            for (int row = 0, now; row < count; row += now) {
                now = Math.min(together, count - row);
                byte[] bytes =
                        part(now * width); // a new array each time, as the checksum thread still reads the last one
                if (bytes.length < now * width) throw wrongLength(count(got));
                to.write(row, now, bytes, 0);
                requireUsualPacking();
            }
            return to.finish();
        }
    }

    private byte[] content(int length) throws IOException {
        long trusted = packed || size == UNKNOWN ? Math.max(FREE, MOST_UNPACKED * Math.max(0, size)) : length;
        byte[] bytes = allocate(Math.min(length, trusted));
        int filled = 0;
        while (filled < length) {
            if (filled == bytes.length) bytes = larger(bytes, length);
            int count = data.read(bytes, filled, Math.min(bytes.length - filled, 1 << 20));
            if (count < 0) throw wrongLength(count(got));
            arrived(bytes, filled, count);
            filled += count;
        }
        return bytes;
    }

    private byte[] larger(byte[] full, int length) {
        requireUsualPacking();
        byte[] larger = allocate(Math.min(length, 2L * full.length));
        System.arraycopy(full, 0, larger, 0, full.length);
        return larger;
    }

    /// Refuses data with a suspicious compression ratio.
    private void requireUsualPacking() {
        if (packed && got > FREE && got / MOST_UNPACKED > file.count) {
            throw new DataException(
                    where,
                    String.format(
                            Locale.ROOT,
                            "expects gzip data that unpacks to at most %d times its size, got %s from %s",
                            MOST_UNPACKED,
                            count(got),
                            count(file.count)),
                    "If the file is trusted, unpack it first (gunzip): uncompressed files have no such limit");
        }
    }

    private byte[] allocate(long length) {
        try {
            return new byte[(int) length];
        } catch (OutOfMemoryError e) {
            throw new ResourceException(
                    where,
                    String.format(
                            Locale.ROOT,
                            "expects %,d MB of memory for its content, got a heap of %,d MB",
                            length >> 20,
                            Runtime.getRuntime().maxMemory() >> 20),
                    "Give the JVM a larger heap (-Xmx)");
        }
    }

    /// Reads up to this many bytes; fewer at the end of the data.
    private byte[] part(int length) throws IOException {
        byte[] bytes = new byte[length];
        int filled = 0;
        while (filled < length) {
            int count = data.read(bytes, filled, length - filled);
            if (count < 0) break;
            arrived(bytes, filled, count);
            filled += count;
        }
        return filled == length ? bytes : Arrays.copyOf(bytes, filled);
    }

    private void arrived(byte[] bytes, int from, int count) {
        got += count;
        if (checksum != null) checksum.add(bytes, from, count);
    }

    private DataException wrongLength(String actual) {
        String whole = expected == 0 ? "a whole IDX header" : count(expected);
        return new DataException(where, "expects " + whole + ", got " + actual, "Get the file again");
    }

    private DataException tooMany(long[] shape) {
        return new DataException(
                where,
                String.format(
                        Locale.ROOT,
                        "expects extents of at most %s in all, got %s",
                        count(LONGEST_ARRAY),
                        Arrays.toString(shape)));
    }

    /// An error that says what the file seems to be instead.
    private DataException notIdx(byte[] magic) throws IOException {
        if (magic.length == 0) return new DataException(where, "expects an IDX file, got an empty one");
        byte[] more = Arrays.copyOf(magic, magic.length + 252);
        byte[] rest = part(252);
        System.arraycopy(rest, 0, more, magic.length, rest.length);
        String text = new String(more, 0, magic.length + rest.length, StandardCharsets.ISO_8859_1);
        String start = text.stripLeading().toLowerCase(Locale.ROOT);
        if (start.startsWith(UTF8_MARK)) start = start.substring(3).stripLeading();
        String expects = "expects an IDX file, got ";
        if (start.startsWith("<!doctype html") || start.startsWith("<html") || start.startsWith("<?xml")) {
            return new DataException(
                    where,
                    expects + "a web page (HTML) saved under that name",
                    "The download went to an error or log-in page; get the file itself");
        }
        if (start.startsWith("version https://git-lfs")) {
            return new DataException(
                    where, expects + "a Git LFS pointer instead of the data", "Fetch the data with 'git lfs pull'");
        }
        if (text.startsWith("PK\3\4")) {
            return new DataException(where, expects + "a ZIP archive", "Unpack it first");
        }
        return new DataException(where, "expects an IDX file (beginning 0x000008), got one beginning 0x" + hex(magic));
    }

    private static String typeName(byte type) {
        return switch (type) {
            case UNSIGNED_BYTE -> " (no axes)";
            case 0x09 -> " (signed bytes)";
            case 0x0b -> " (16-bit numbers)";
            case 0x0c -> " (32-bit numbers)";
            case 0x0d -> " (32-bit floating-point numbers)";
            case 0x0e -> " (64-bit floating-point numbers)";
            default -> "";
        };
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static String count(long bytes) {
        return String.format(Locale.ROOT, "%,d bytes", bytes);
    }

    /// Counts the bytes of the (compressed) file.
    private static final class CountingStream extends FilterInputStream {
        private long count;

        CountingStream(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int value = super.read();
            if (value >= 0) count++;
            return value;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            int read = super.read(bytes, from, length);
            if (read > 0) count += read;
            return read;
        }
    }
}

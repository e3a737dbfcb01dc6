package dev.neurite.io;

import dev.neurite.data.RowWriter;
import dev.neurite.data.StoredRows;
import dev.neurite.data.StoredRows.Numbers;
import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.kind.FileKind;
import dev.neurite.tensor.NumberType;
import dev.neurite.tensor.Shape;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Reads a `.npy` array from a stream of known length. The header is not trusted.
final class NpyReader {
    /// The longest header, as in NumPy.
    private static final int LONGEST_HEADER = 10_000;

    private static final int CHUNK = 1 << 16;
    static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

    private final String where;
    private final InputStream in;
    private final long size;
    private long begin; // position of the values, once the header is read

    NpyReader(String where, InputStream in, long size) {
        this.where = where;
        this.in = in;
        this.size = size;
    }

    /// What reads an array.
    @FunctionalInterface
    interface Reading<T> {
        T of(NpyReader reader) throws IOException;
    }

    /// Reads a file.
    /// @throws DataException for a missing or damaged file, or one that is no array
    static <T> T open(Path file, Reading<T> reading) {
        String where = file.toString();
        if (Files.isDirectory(file)) throw new DataException(where, "expects a .npy file, got a directory");
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), CHUNK)) {
            return reading.of(new NpyReader(where, in, Files.size(file)));
        } catch (IOException e) {
            throw Npy.unreadable(file, "a .npy file", e);
        }
    }

    /// Reads the whole array into the heap.
    Npy read() throws IOException {
        NpyHeader header = header();
        Shape shape = header.shape(where);
        requireSize(header);
        return whole(header, shape);
    }

    /// Reads the whole array into the heap: numbers as they are, or texts.
    NpyContent content() throws IOException {
        NpyHeader header = anyHeader();
        return header.isTexts() ? texts(header) : array(header);
    }

    /// Reads the whole array into the heap, with the elements as they are.
    NpyArray array() throws IOException {
        return array(header());
    }

    private NpyArray array(NpyHeader header) throws IOException {
        Shape shape = header.shape(where);
        requireSize(header);
        Npy.Type type = header.type();
        int count = shape.size();
        Object read = newArray(type, count);
        byte[] chunk = new byte[CHUNK];
        ByteBuffer buffer = ByteBuffer.wrap(chunk).order(order(header));
        for (int from = 0, now; from < count; from += now) {
            now = Math.min(CHUNK / type.width(), count - from);
            fill(header, chunk, now * type.width(), from);
            NpyElements.read(where, type, buffer, read, from, now);
        }
        requireEnd(header);
        return NpyArray.of(type, shape, rowMajor(header, read, count));
    }

    /// Reads the header alone, and says whether texts follow.
    boolean isTexts() throws IOException {
        return anyHeader().isTexts();
    }

    /// Reads a whole array of texts into the heap.
    /// @throws DataException for an array of numbers
    NpyTexts texts() throws IOException {
        NpyHeader header = anyHeader();
        if (!header.isTexts()) {
            throw new DataException(
                    where,
                    "expects texts, got numbers of type " + header.type().dtype(),
                    "Read it with NpyArray or Npy");
        }
        return texts(header);
    }

    private NpyTexts texts(NpyHeader header) throws IOException {
        Shape shape = header.shape(where);
        requireSize(header);
        if (header.bytes() > LONGEST_ROW) {
            throw new DataException(where, "expects at most 2 GB of texts, got " + bytes(header.bytes()));
        }
        byte[] read = allocate(where, () -> new byte[(int) header.bytes()], header.bytes());
        int got = in.readNBytes(read, 0, read.length);
        if (got < read.length) throw wrongLength(bytes(begin + header.bytes()));
        requireEnd(header);
        int width = (int) header.width();
        byte[] ordered = read;
        if (header.fortran() && header.extents().size() > 1) {
            ordered = allocate(where, () -> new byte[read.length], read.length);
            var places = new Places(header);
            for (int i = 0; i < shape.size(); i++)
                System.arraycopy(read, i * width, ordered, places.next() * width, width);
        }
        return NpyTexts.of(where, shape, ordered, width, header.type() == Npy.Type.U1, order(header));
    }

    private Object newArray(Npy.Type type, int count) {
        return allocate(where, () -> NpyElements.newArray(type, count), (long) NpyElements.width(type) * count);
    }

    /// The elements in row-major order; not copied if they are.
    private Object rowMajor(NpyHeader header, Object elements, int count) {
        if (!header.fortran() || header.extents().size() < 2) return elements;
        Object ordered = newArray(header.type(), count);
        var places = new Places(header);
        for (int i = 0; i < count; i++) System.arraycopy(elements, i, ordered, places.next(), 1);
        return ordered;
    }

    /// Reads the rows along the first axis.
    /// @param file the uncompressed file; null if the array is compressed
    /// @param heapBytes the limit for rows in the heap
    NpyRows rows(@Nullable Path file, long heapBytes) throws IOException {
        NpyHeader header = header();
        requireSize(header);
        Npy.Type type = header.type();
        List<Integer> extents = header.extents();
        int count = extents.isEmpty() ? 1 : extents.getFirst();
        int width = (int) (count == 0 ? 0 : header.count() / count);
        long stored = header.count() * (type == Npy.Type.U1 ? 1 : Float.BYTES);
        if (stored <= heapBytes || (header.fortran() && extents.size() > 1)) {
            Npy array = whole(header, header.shape(where));
            StoredRows rows = type == Npy.Type.U1
                    ? StoredRows.of(array.bytes(), count)
                    : StoredRows.of(array.values().array(), count);
            return new NpyRows(where, type, extents, rows);
        }
        boolean asTheyAre = type == Npy.Type.U1 || type == Npy.Type.F4;
        if (file != null && asTheyAre) {
            Numbers numbers = type == Npy.Type.U1
                    ? Numbers.BYTES
                    : header.bigEndian() ? Numbers.BIG_ENDIAN_FLOATS : Numbers.FLOATS;
            return new NpyRows(where, type, extents, StoredRows.map(file, begin, count, width, numbers));
        }
        return new NpyRows(where, type, extents, spilled(header, count, width));
    }

    private static final int LONGEST_ROW = Integer.MAX_VALUE - 8; // the longest array of the JVM

    private StoredRows spilled(NpyHeader header, int count, int width) throws IOException {
        boolean plain = header.type() == Npy.Type.U1;
        int together = Math.max(1, CHUNK / width);
        long bytes = (long) together * width * header.type().width();
        if (bytes > LONGEST_ROW) {
            throw new DataException(
                    where,
                    String.format(
                            Locale.ROOT,
                            "expects rows of at most %,d bytes each, got rows of %,d",
                            LONGEST_ROW,
                            bytes));
        }
        byte[] chunk = new byte[(int) bytes];
        float[] floats = new float[plain ? 0 : together * width];
        ByteBuffer buffer = ByteBuffer.wrap(chunk).order(order(header));
        try (RowWriter to =
                plain ? RowWriter.ofBytes(where, count, width, 0) : RowWriter.ofFloats(where, count, width, 0)) {
            for (int row = 0, now; row < count; row += now) {
                now = Math.min(together, count - row);
                long from = (long) row * width;
                fill(header, chunk, now * width * header.type().width(), from);
                for (int i = 0; !plain && i < now * width; i++) {
                    floats[i] = number(header.type(), buffer, i * header.type().width(), from + i);
                }
                if (plain) to.write(row, now, chunk, 0);
                else to.write(row, now, floats, 0);
            }
            requireEnd(header);
            return to.finish();
        }
    }

    /// @param from the number of values before it
    private void fill(NpyHeader header, byte[] chunk, int bytes, long from) throws IOException {
        int got = in.readNBytes(chunk, 0, bytes);
        if (got == bytes) return;
        throw new DataException(
                where,
                "expects " + bytes(begin + header.bytes()) + ", got "
                        + bytes(begin + from * header.type().width() + got),
                "It is cut short");
    }

    private void requireSize(NpyHeader header) {
        long expected = begin + header.bytes();
        if (size != expected) throw wrongLength(bytes(expected) + " for " + header.text());
    }

    private void requireEnd(NpyHeader header) throws IOException {
        if (in.read() >= 0) throw new DataException(where, "expects " + bytes(begin + header.bytes()) + ", got more");
    }

    private static ByteOrder order(NpyHeader header) {
        return header.bigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    private NpyHeader header() throws IOException {
        NpyHeader header = anyHeader();
        if (!header.isTexts()) return header;
        throw new DataException(
                where,
                "expects numbers, got texts",
                "Read them with NpyTexts, or save np.unique(array, return_inverse=True)[1]");
    }

    private NpyHeader anyHeader() throws IOException {
        byte[] start = in.readNBytes(8);
        for (int i = 0; i < MAGIC.length; i++) {
            if (i >= start.length || start[i] != MAGIC[i]) throw foreign(start);
        }
        if (start.length < 8) throw wrongLength("a whole header");
        int version = start[6];
        if (version < 1 || version > 3 || start[7] != 0) {
            throw new DataException(
                    where,
                    "expects NumPy's format 1.0, 2.0 or 3.0, got " + (start[6] & 0xff) + "." + (start[7] & 0xff));
        }
        byte[] count = whole(in.readNBytes(version == 1 ? 2 : 4), version == 1 ? 2 : 4);
        ByteBuffer number = ByteBuffer.wrap(count).order(ByteOrder.LITTLE_ENDIAN);
        long length = version == 1 ? number.getShort() & 0xffff : number.getInt() & 0xffff_ffffL;
        if (length > LONGEST_HEADER) {
            throw new DataException(
                    where,
                    String.format(
                            Locale.ROOT, "expects a header of at most %,d bytes, got %,d", LONGEST_HEADER, length));
        }
        byte[] header = whole(in.readNBytes((int) length), (int) length);
        begin = 8L + count.length + length;
        return NpyHeader.read(where, text(header, version));
    }

    private String text(byte[] header, int version) {
        Charset charset = version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
        try {
            return charset.newDecoder().decode(ByteBuffer.wrap(header)).toString();
        } catch (CharacterCodingException e) {
            throw new DataException(where + ", header", "expects UTF-8, got other bytes");
        }
    }

    private byte[] whole(byte[] bytes, int length) {
        if (bytes.length < length) throw wrongLength("a whole header");
        return bytes;
    }

    private Npy whole(NpyHeader header, Shape shape) throws IOException {
        int count = shape.size();
        boolean plain = header.type() == Npy.Type.U1;
        byte[] bytes = plain ? allocate(where, () -> new byte[count], count) : new byte[0];
        float[] floats = plain ? new float[0] : allocate(where, () -> new float[count], 4L * count);
        var places = new Places(header);
        int width = header.type().width();
        byte[] chunk = new byte[CHUNK];
        ByteBuffer buffer = ByteBuffer.wrap(chunk).order(order(header));
        for (int from = 0; from < count; ) {
            int now = Math.min(CHUNK / width, count - from);
            fill(header, chunk, now * width, from);
            for (int i = 0; i < now; i++) {
                int to = places.next();
                if (plain) bytes[to] = chunk[i];
                else floats[to] = number(header.type(), buffer, i * width, from + i);
            }
            from += now;
        }
        requireEnd(header);
        return new Npy(where, header.type(), shape, bytes, floats);
    }

    private float number(Npy.Type type, ByteBuffer buffer, int at, long index) {
        return switch (type) {
            case F2 -> Float.float16ToFloat(buffer.getShort(at));
            case F4 -> buffer.getFloat(at);
            case F8 -> narrowed(buffer.getDouble(at), index);
            case I1 -> buffer.get(at);
            case I2 -> buffer.getShort(at);
            case I4 -> buffer.getInt(at);
            case I8 -> buffer.getLong(at);
            case U1 -> buffer.get(at) & 0xff;
            case U2 -> buffer.getShort(at) & 0xffff;
            case U4 -> buffer.getInt(at) & 0xffff_ffffL;
            case U8 -> NumberType.unsigned(buffer.getLong(at));
            case B1 -> NpyElements.truth(where, buffer.get(at), index);
        };
    }

    private float narrowed(double value, long index) {
        float narrow = (float) value;
        if (Float.isInfinite(narrow) && !Double.isInfinite(value)) {
            throw outOfRange("a number up to 3.4e38", Double.toString(value), index);
        }
        return narrow;
    }

    private DataException outOfRange(String expected, String got, long index) {
        return new DataException(where + ", number " + index, "expects " + expected + ", got " + got);
    }

    /// An error that says what the file seems to be instead.
    private DataException foreign(byte[] start) throws IOException {
        byte[] more = in.readNBytes(248);
        byte[] both = Arrays.copyOf(start, start.length + more.length);
        System.arraycopy(more, 0, both, start.length, more.length);
        boolean text = FileKind.of(both) == FileKind.TEXT;
        return new DataException(
                where,
                "expects an array in NumPy's format (.npy), got " + FileKind.described(both),
                text ? "In Python, numpy.save('X.npy', array) writes such a file" : "");
    }

    private DataException wrongLength(String expected) {
        return new DataException(
                where, "expects " + expected + ", got " + bytes(size) + " in all", "It is cut short, or has too much");
    }

    private static String bytes(long count) {
        return String.format(Locale.ROOT, "%,d bytes", count);
    }

    /// @throws ResourceException if the heap is too small
    static <T> T allocate(String where, Supplier<T> array, long bytes) {
        try {
            return array.get();
        } catch (OutOfMemoryError e) {
            throw new ResourceException(
                    where,
                    String.format(
                            Locale.ROOT,
                            "expects %,d MB of memory for its numbers, got a heap of %,d MB",
                            bytes >> 20,
                            Runtime.getRuntime().maxMemory() >> 20),
                    "Give the JVM a larger heap (-Xmx)");
        }
    }

    /// The row-major indices of the values, in the order of the file.
    private static final class Places {
        private final int[] extents;
        private final int[] strides;
        private final int[] index;
        private final boolean fortran;
        private int place;

        Places(NpyHeader header) {
            this.extents = header.extents().stream().mapToInt(Integer::intValue).toArray();
            int rank = extents.length;
            this.strides = new int[rank];
            this.index = new int[rank];
            this.fortran = header.fortran() && rank > 1;
            for (int axis = rank - 1, stride = 1; axis >= 0; axis--) {
                strides[axis] = stride;
                stride *= extents[axis];
            }
        }

        /// The row-major index of the next value.
        int next() {
            int now = place;
            if (!fortran) {
                place++;
                return now;
            }
            for (int axis = 0; axis < extents.length; axis++) {
                place += strides[axis];
                if (++index[axis] < extents[axis]) break;
                place -= extents[axis] * strides[axis];
                index[axis] = 0;
            }
            return now;
        }
    }
}

package dev.neurite.io;

import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.tensor.Shape;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.List;

/// The texts of a `.npy` file, of NumPy's type `U` (Unicode) or `S` (bytes, read as UTF-8), in either byte order, C or
/// Fortran order. As in NumPy, zeros at the end of a text do not count. It takes the memory of the file. Writes `U`.
public final class NpyTexts implements NpyContent {
    private final String where;
    private final Shape shape;
    private final byte[] bytes; // of all texts, row-major, each of the same width
    private final int width;
    private final Charset charset;

    private NpyTexts(String where, Shape shape, byte[] bytes, int width, Charset charset) {
        this.where = where;
        this.shape = shape;
        this.bytes = bytes;
        this.width = width;
        this.charset = charset;
    }

    /// Texts of a file, which are checked.
    /// @param width the bytes of each
    /// @param utf8 whether they are UTF-8, else UTF-32 of this order
    /// @throws DataException for one that is no text
    static NpyTexts of(String where, Shape shape, byte[] bytes, int width, boolean utf8, ByteOrder order) {
        Charset wide = order == ByteOrder.BIG_ENDIAN ? StandardCharsets.UTF_32BE : StandardCharsets.UTF_32LE;
        var texts = new NpyTexts(where, shape, bytes, width, utf8 ? StandardCharsets.UTF_8 : wide);
        for (int i = 0; i < shape.size() && width > 0; i++) texts.get(i);
        return texts;
    }

    /// An array of these texts.
    /// @param texts as many as the shape has, row-major
    /// @throws ShapeException for another number of texts, or more than 2 GB of them
    public static NpyTexts of(Shape shape, List<String> texts) {
        int letters = texts.stream()
                .mapToInt(text -> text.codePointCount(0, text.length()))
                .max()
                .orElse(0);
        int width = 4 * Math.max(1, letters);
        if (texts.size() != shape.size() || (long) width * texts.size() > Integer.MAX_VALUE) {
            throw new ShapeException(
                    "array " + shape,
                    "expects " + shape.size() + " texts, of at most 2 GB in all, got " + texts.size() + " of up to "
                            + letters + " letters");
        }
        byte[] bytes = new byte[width * texts.size()];
        for (int i = 0; i < texts.size(); i++) {
            byte[] one = texts.get(i).getBytes(StandardCharsets.UTF_32LE);
            System.arraycopy(one, 0, bytes, i * width, one.length);
        }
        return new NpyTexts("array " + shape, shape, bytes, width, StandardCharsets.UTF_32LE);
    }

    /// Reads a file.
    /// @throws DataException for a missing or damaged file, or one that is no array of texts
    /// @throws dev.neurite.error.ResourceException if the heap is too small
    public static NpyTexts read(Path file) {
        return NpyReader.open(file, NpyReader::texts);
    }

    /// Whether a file holds texts, not numbers.
    /// @throws DataException for a missing or damaged file
    public static boolean isOne(Path file) {
        return NpyReader.open(file, NpyReader::isTexts);
    }

    /// The origin, for messages: the file, and the name of the array in a `.npz` file.
    public String where() {
        return where;
    }

    @Override
    public Shape shape() {
        return shape;
    }

    /// The text of a row-major index.
    public String get(int index) {
        int end = (index + 1) * width;
        int place = charset.equals(StandardCharsets.UTF_8) ? 1 : Integer.BYTES;
        while (end > index * width && isZero(end - place, place)) end -= place;
        try {
            return charset.newDecoder()
                    .decode(ByteBuffer.wrap(bytes, index * width, end - index * width))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new DataException(where + ", text " + index, "expects " + charset + ", got other bytes");
        }
    }

    private boolean isZero(int at, int count) {
        for (int i = at; i < at + count; i++) if (bytes[i] != 0) return false;
        return true;
    }

    /// All texts, row-major; a view.
    public List<String> texts() {
        return new AbstractList<>() {
            @Override
            public String get(int index) {
                return NpyTexts.this.get(index);
            }

            @Override
            public int size() {
                return shape.size();
            }
        };
    }

    @Override
    public void write(OutputStream out) throws IOException {
        if (charset.equals(StandardCharsets.UTF_32LE)) {
            out.write(NpyHeader.written(width / Integer.BYTES, shape));
            out.write(bytes);
            out.flush();
        } else {
            of(shape, texts()).write(out);
        }
    }

    /// As `texts [2×3]`.
    @Override
    public String toString() {
        return "texts " + shape;
    }
}

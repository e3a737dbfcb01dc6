package dev.neurite.io;

import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// An array from a `.npy` file, NumPy's own format: a magic number, a header that says type and shape,
/// the numbers.
///
/// Reads versions 1.0 to 3.0; floating-point numbers of 2, 4 and 8 bytes, whole numbers of 1, 2, 4 and 8
/// bytes with and without sign, and truth values; either order of bytes; C and Fortran order. Numbers
/// become 32-bit floating-point numbers, the nearest where they are not the same; infinities and NaN
/// stay. Scalars and empty arrays are legal. The header is checked, and the size of the file with it,
/// before anything is allocated for the numbers. Arrays of Python objects are refused: these are
/// pickles, which run programs when they are read.
///
/// The format is that of [NEP 1](https://numpy.org/neps/nep-0001-npy-format.html).
public final class Npy {
    /// The type of an array's numbers, under NumPy's names.
    public enum Type {
        /// Floating-point numbers of 2 bytes.
        F2(2, false),
        /// Floating-point numbers of 4 bytes.
        F4(4, false),
        /// Floating-point numbers of 8 bytes.
        F8(8, false),
        /// Whole numbers of 1 byte.
        I1(1, true),
        /// Whole numbers of 2 bytes.
        I2(2, true),
        /// Whole numbers of 4 bytes.
        I4(4, true),
        /// Whole numbers of 8 bytes.
        I8(8, true),
        /// Whole numbers of 1 byte without sign, as those of images.
        U1(1, true),
        /// Whole numbers of 2 bytes without sign.
        U2(2, true),
        /// Whole numbers of 4 bytes without sign.
        U4(4, true),
        /// Whole numbers of 8 bytes without sign.
        U8(8, true),
        /// Truth values: 0 and 1.
        B1(1, true);

        private final int width;
        private final boolean whole;

        Type(int width, boolean whole) {
            this.width = width;
            this.whole = whole;
        }

        /// Bytes of a number.
        int width() {
            return width;
        }

        /// Whether the numbers are whole ones by their type.
        public boolean isWhole() {
            return whole;
        }
    }

    private final String where;
    private final Type type;
    private final Shape shape;
    private final byte[] bytes; // of U1
    private final float[] floats; // of all others

    Npy(String where, Type type, Shape shape, byte[] bytes, float[] floats) {
        this.where = where;
        this.type = type;
        this.shape = shape;
        this.bytes = bytes;
        this.floats = floats;
    }

    /// Reads a file.
    /// @throws DataException if it is missing, is no array of numbers in NumPy's format, or is damaged
    /// @throws dev.neurite.error.ResourceException if the heap is too small for it
    public static Npy read(Path file) {
        String where = file.toString();
        if (Files.isDirectory(file)) throw new DataException(where, "expects a .npy file, got a directory");
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            return read(where, in, Files.size(file));
        } catch (IOException e) {
            throw unreadable(file, "a .npy file", e);
        }
    }

    /// Reads a stream to its end.
    /// @param size how many bytes it has
    static Npy read(String where, InputStream in, long size) throws IOException {
        return new NpyReader(where, in, size).read();
    }

    static DataException unreadable(Path file, String what, IOException e) {
        String where = file.toString();
        if (e instanceof NoSuchFileException) {
            String hint = file.isAbsolute() ? "" : "Looked in " + Path.of("").toAbsolutePath();
            return new DataException(where, "expects " + what + ", got nothing: it does not exist", hint);
        }
        if (e instanceof AccessDeniedException) {
            return new DataException(where, "expects a file that may be read, got no permission");
        }
        return new DataException(where, "cannot be read: " + ResourceException.reason(e));
    }

    /// Where this came from: the file, and the array in it if it has several.
    public String where() {
        return where;
    }

    /// What the file's numbers are.
    public Type type() {
        return type;
    }

    /// The extents, `[]` for a scalar.
    public Shape shape() {
        return shape;
    }

    /// The numbers, row-major; not copied, but where they are [#bytes].
    public Tensor values() {
        if (type != Type.U1) return Tensor.view(shape, floats, 0);
        float[] converted = NpyReader.allocate(where, () -> new float[bytes.length], 4L * bytes.length);
        for (int i = 0; i < converted.length; i++) converted[i] = bytes[i] & 0xff;
        return Tensor.view(shape, converted, 0);
    }

    /// The numbers of type [Type#U1], row-major, without sign; not copied.
    /// @throws UnsupportedOperationException for other types
    public byte[] bytes() {
        if (type != Type.U1) throw new UnsupportedOperationException("numbers of type " + type + " are no bytes");
        return bytes;
    }

    @Override
    public String toString() {
        return where + " " + shape;
    }
}

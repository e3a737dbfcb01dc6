package dev.neurite.io;

import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// An array of a `.npy` file, NumPy's format: a magic number, a header with type and shape, the
/// values.
///
/// Reads format versions 1.0 to 3.0; float16, float32, float64, signed and unsigned
/// integers of 1, 2, 4 and 8 bytes, and booleans; both byte orders; C and Fortran order. Values are
/// rounded to float32; infinities and NaN stay. Scalars and empty arrays are allowed. Header and file
/// size are checked before memory is allocated. Arrays of Python objects are refused: they are pickles,
/// which can run code when they are read. [NpyArray] keeps the types, and writes.
///
/// The format is that of [NEP 1](https://numpy.org/neps/nep-0001-npy-format.html).
public final class Npy {
    /// The type of an array's values, by NumPy's names.
    public enum Type {
        /// float16.
        F2(2, false),
        /// float32.
        F4(4, false),
        /// float64.
        F8(8, false),
        /// int8.
        I1(1, true),
        /// int16.
        I2(2, true),
        /// int32.
        I4(4, true),
        /// int64.
        I8(8, true),
        /// uint8, usual for images.
        U1(1, true),
        /// uint16.
        U2(2, true),
        /// uint32.
        U4(4, true),
        /// uint64.
        U8(8, true),
        /// bool: 0 and 1.
        B1(1, true);

        private final int width;
        private final boolean whole;

        Type(int width, boolean whole) {
            this.width = width;
            this.whole = whole;
        }

        /// The size of a value, bytes.
        int width() {
            return width;
        }

        /// NumPy's name, as `float32`.
        public String dtype() {
            int bits = 8 * width;
            return switch (this) {
                case F2, F4, F8 -> "float" + bits;
                case I1, I2, I4, I8 -> "int" + bits;
                case U1, U2, U4, U8 -> "uint" + bits;
                case B1 -> "bool";
            };
        }

        /// Whether this is an integer type or bool.
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
    /// @throws DataException for a missing or damaged file, or one that is no array of numbers
    /// @throws dev.neurite.error.ResourceException if the heap is too small
    public static Npy read(Path file) {
        return NpyReader.open(file, NpyReader::read);
    }

    /// Reads a stream to its end.
    /// @param size its length, bytes
    static Npy read(String where, InputStream in, long size) throws IOException {
        return new NpyReader(where, in, size).read();
    }

    static DataException unreadable(Path file, String what, IOException e) {
        String where = file.toString();
        if (e instanceof NoSuchFileException) {
            return DataException.missing(file, what);
        }
        if (e instanceof AccessDeniedException) {
            return new DataException(where, "expects a file that may be read, got no permission");
        }
        return new DataException(where, "cannot be read: " + ResourceException.reason(e));
    }

    /// The origin, for messages: the file, and the name of the array in a `.npz` file.
    public String where() {
        return where;
    }

    /// The type of the values in the file.
    public Type type() {
        return type;
    }

    /// The shape; `[]` for a scalar.
    public Shape shape() {
        return shape;
    }

    /// The values, row-major; not copied, except for type [Type#U1].
    public Tensor values() {
        if (type != Type.U1) return Tensor.view(shape, floats, 0);
        float[] converted = NpyReader.allocate(where, () -> new float[bytes.length], 4L * bytes.length);
        for (int i = 0; i < converted.length; i++) converted[i] = bytes[i] & 0xff;
        return Tensor.view(shape, converted, 0);
    }

    /// The values of an array of type [Type#U1], row-major; not copied.
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

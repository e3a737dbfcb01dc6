package dev.neurite.io;

import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import dev.neurite.error.ShapeException;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/// An array of a `.npy` file with its elements as they are; [Npy] reads the same files as floats. Writes them, too.
/// Formats and checks of what is read are those of [Npy].
///
/// The elements are in an array of Java, row-major: a `float[]` for float16 and float32, a `double[]` for float64, a
/// `boolean[]` for bool, and a `byte[]`, `short[]`, `int[]` or `long[]` for integers of that width. Integers
/// without a sign have the bits of those with one. The shape may have rank 0 and extents of 0.
public final class NpyArray implements NpyContent {
    private static final int CHUNK = 1 << 16; // bytes

    private final Npy.Type type;
    private final Shape shape;
    private final Object elements;

    private NpyArray(Npy.Type type, Shape shape, Object elements) {
        this.type = type;
        this.shape = shape;
        this.elements = elements;
    }

    /// An array of these elements, which are not copied.
    /// @param elements as many as the shape has, in an array of the type's kind
    /// @throws ShapeException for an array of another kind or length
    public static NpyArray of(Npy.Type type, Shape shape, Object elements) {
        Class<?> kind = NpyElements.newArray(type, 0).getClass();
        if (!elements.getClass().equals(kind) || Array.getLength(elements) != shape.size()) {
            String got = elements.getClass().isArray()
                    ? elements.getClass().getComponentType() + "[" + Array.getLength(elements) + "]"
                    : elements.getClass().getName();
            throw new ShapeException(
                    "array " + shape, "expects " + kind.getComponentType() + "[" + shape.size() + "], got " + got);
        }
        return new NpyArray(type, shape, elements);
    }

    /// An array of float32 with a copy of the elements of a tensor.
    public static NpyArray of(Tensor tensor) {
        return new NpyArray(Npy.Type.F4, tensor.shape(), tensor.toArray());
    }

    /// Reads a file.
    /// @throws DataException for a missing or damaged file, or one that is no array of numbers
    /// @throws ResourceException if the heap is too small
    public static NpyArray read(Path file) {
        return NpyReader.open(file, NpyReader::array);
    }

    @Override
    public void write(OutputStream out) throws IOException {
        out.write(NpyHeader.written(type, shape));
        byte[] chunk = new byte[CHUNK];
        ByteBuffer buffer = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN);
        int most = CHUNK / type.width();
        for (int at = 0, count; at < shape.size(); at += count) {
            count = Math.min(most, shape.size() - at);
            NpyElements.write(type, elements, at, count, buffer);
            out.write(chunk, 0, count * type.width());
        }
        out.flush();
    }

    /// The type of the elements in the file.
    public Npy.Type type() {
        return type;
    }

    @Override
    public Shape shape() {
        return shape;
    }

    /// The elements, row-major, in an array of the type's kind; not copied.
    public Object elements() {
        return elements;
    }

    /// As `float32 [2×3]`.
    @Override
    public String toString() {
        return type.dtype() + " " + shape;
    }
}

package dev.neurite.onnx.value;

import dev.neurite.error.ShapeException;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// An array of typed elements with a shape, in row-major order: what models take and give. The shape has the batch
/// axis, if there is one; rank 0 and extents of 0 are legal.
public final class Value {
    private final ElementType type;
    private final Shape shape;
    private final Object array; // see ElementType#newArray
    private final int offset;
    private final @Nullable Tensor tensor; // of FLOAT

    private Value(ElementType type, Shape shape, Object array, int offset, @Nullable Tensor tensor) {
        this.type = type;
        this.shape = shape;
        this.array = array;
        this.offset = offset;
        this.tensor = tensor;
    }

    /// Floats, copied.
    /// @throws ShapeException if their number is not the size of the shape; so do all methods of this kind
    public static Value of(Shape shape, float... elements) {
        return view(ElementType.FLOAT, sized(shape, elements.length), elements.clone(), 0);
    }

    /// Doubles, copied.
    public static Value of(Shape shape, double... elements) {
        return view(ElementType.DOUBLE, sized(shape, elements.length), elements.clone(), 0);
    }

    /// 64-bit integers, copied.
    public static Value of(Shape shape, long... elements) {
        return view(ElementType.INT64, sized(shape, elements.length), elements.clone(), 0);
    }

    /// 32-bit integers, copied.
    public static Value of(Shape shape, int... elements) {
        return view(ElementType.INT32, sized(shape, elements.length), elements.clone(), 0);
    }

    /// Truth values, copied.
    public static Value of(Shape shape, boolean... elements) {
        return view(ElementType.BOOL, sized(shape, elements.length), elements.clone(), 0);
    }

    /// Texts, copied.
    public static Value of(Shape shape, String... elements) {
        for (String each : elements) Objects.requireNonNull(each);
        return view(ElementType.STRING, sized(shape, elements.length), elements.clone(), 0);
    }

    /// Signed bytes, copied.
    public static Value ofInt8(Shape shape, byte... elements) {
        return view(ElementType.INT8, sized(shape, elements.length), elements.clone(), 0);
    }

    /// Unsigned bytes, copied.
    public static Value ofUint8(Shape shape, byte... elements) {
        return view(ElementType.UINT8, sized(shape, elements.length), elements.clone(), 0);
    }

    /// Floats of a tensor, which are not copied.
    public static Value of(Tensor tensor) {
        return new Value(ElementType.FLOAT, tensor.shape(), tensor.array(), tensor.offset(), tensor);
    }

    /// Zeros; false or empty texts for those types.
    public static Value zeros(ElementType type, Shape shape) {
        return view(type, shape, type.newArray(shape.size()), 0);
    }

    /// Elements of an array, which are not copied.
    /// @param array of the type's kind
    /// @param offset the index of the first element
    /// @throws ShapeException if the array is too short or of another kind
    public static Value view(ElementType type, Shape shape, Object array, int offset) {
        if (type == ElementType.FLOAT && array instanceof float[] floats) {
            return new Value(type, shape, array, offset, Tensor.view(shape, floats, offset));
        }
        if (!array.getClass().equals(type.newArray(0).getClass())) {
            throw new ShapeException("value", "expects an array of " + type + ", got " + array.getClass());
        }
        if (offset < 0 || offset > Array.getLength(array) - shape.size()) {
            throw new ShapeException(
                    "value " + shape,
                    "expects " + shape.size() + " elements from " + offset + ", got an array of "
                            + Array.getLength(array));
        }
        return new Value(type, shape, array, offset, null);
    }

    private static Shape sized(Shape shape, int count) {
        if (shape.isKnown() && shape.size() == count) return shape;
        throw new ShapeException("value " + shape, "expects elements for a shape that has as many, got " + count);
    }

    /// The same elements with another shape of as many; not copied. In its own shape it is the same value.
    public Value reshape(Shape other) {
        if (other.equals(shape)) return this; // also of channels in blocks
        return tensor != null ? of(tensor.reshape(other)) : view(type, sized(other, size()), array, offset);
    }

    public ElementType type() {
        return type;
    }

    public Shape shape() {
        return shape;
    }

    /// The number of elements.
    public int size() {
        return shape.size();
    }

    /// The array that holds the elements, not copied: see [ElementType]. They begin at [#offset()].
    public Object array() {
        return array;
    }

    /// The index of the first element in [#array()].
    public int offset() {
        return offset;
    }

    /// The floats as a tensor; not copied.
    /// @throws ShapeException for another type; so do the methods below
    public Tensor tensor() {
        if (tensor == null) throw other(ElementType.FLOAT);
        return tensor;
    }

    public float[] floats() {
        Tensor own = tensor();
        return own.layout() == Layout.ROW_MAJOR
                ? Arrays.copyOfRange(own.array(), offset, offset + size())
                : own.toArray();
    }

    public double[] doubles() {
        return Arrays.copyOfRange((double[]) require(ElementType.DOUBLE), offset, offset + size());
    }

    /// A copy of the 64-bit integers.
    public long[] longs() {
        return Arrays.copyOfRange((long[]) require(ElementType.INT64), offset, offset + size());
    }

    /// A copy of the 32-bit integers.
    public int[] ints() {
        return Arrays.copyOfRange((int[]) require(ElementType.INT32), offset, offset + size());
    }

    /// A copy of the bytes, signed or unsigned.
    public byte[] bytes() {
        if (type != ElementType.UINT8) require(ElementType.INT8);
        return Arrays.copyOfRange((byte[]) array, offset, offset + size());
    }

    /// A copy of the truth values.
    public boolean[] booleans() {
        return Arrays.copyOfRange((boolean[]) require(ElementType.BOOL), offset, offset + size());
    }

    public String[] texts() {
        return Arrays.copyOfRange((String[]) require(ElementType.STRING), offset, offset + size());
    }

    private Object require(ElementType wanted) {
        if (type == wanted) return array;
        throw other(wanted);
    }

    private ShapeException other(ElementType wanted) {
        return new ShapeException("value " + shape, "expects elements of " + wanted + ", got " + type);
    }

    /// An element as a number: true is 1. Unsigned bytes are 0 to 255.
    /// @throws ShapeException for texts
    public double number(int index) {
        int at = offset + Objects.checkIndex(index, size());
        return switch (type) {
            case FLOAT -> ((float[]) array)[at];
            case DOUBLE -> ((double[]) array)[at];
            default -> integer(index);
        };
    }

    /// An element as an integer: true is 1. Unsigned bytes are 0 to 255.
    /// @throws ShapeException for texts, floats and doubles
    public long integer(int index) {
        int at = offset + Objects.checkIndex(index, size());
        return switch (type) {
            case INT64 -> ((long[]) array)[at];
            case INT32 -> ((int[]) array)[at];
            case INT8 -> ((byte[]) array)[at];
            case UINT8 -> ((byte[]) array)[at] & 0xff;
            case BOOL -> ((boolean[]) array)[at] ? 1 : 0;
            default -> throw other(ElementType.INT64);
        };
    }

    public Value copy() {
        if (tensor != null && tensor.layout() != Layout.ROW_MAJOR) return of(shape, floats());
        Object own = type.newArray(size());
        System.arraycopy(array, offset, own, 0, size());
        return view(type, shape, own, 0);
    }

    /// Whether type, shape and all elements are equal.
    @Override
    public boolean equals(@Nullable Object other) {
        if (!(other instanceof Value value) || value.type != type || !value.shape.equals(shape)) return false;
        return equal(copy().array, value.copy().array);
    }

    private boolean equal(Object own, Object others) {
        return switch (type) {
            case FLOAT -> Arrays.equals((float[]) own, (float[]) others);
            case DOUBLE -> Arrays.equals((double[]) own, (double[]) others);
            case INT64 -> Arrays.equals((long[]) own, (long[]) others);
            case INT32 -> Arrays.equals((int[]) own, (int[]) others);
            case INT8, UINT8 -> Arrays.equals((byte[]) own, (byte[]) others);
            case BOOL -> Arrays.equals((boolean[]) own, (boolean[]) others);
            case STRING -> Arrays.equals((String[]) own, (String[]) others);
        };
    }

    @Override
    public int hashCode() {
        return Objects.hash(type, shape, size() == 0 || type == ElementType.STRING ? 0 : number(0));
    }

    /// Type and shape, and the elements if there are few: `int64 [2] 1, 3`.
    @Override
    public String toString() {
        var text = new StringBuilder(type + " " + shape);
        if (size() > 16) return text.toString();
        for (int i = 0; i < size(); i++) {
            text.append(i == 0 ? " " : ", ");
            if (type == ElementType.STRING) text.append(((String[]) array)[offset + i]);
            else if (type.isFloating()) text.append(number(i));
            else text.append(integer(i));
        }
        return text.toString();
    }
}

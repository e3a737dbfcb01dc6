package dev.neurite.onnx.value;

import dev.neurite.error.ShapeException;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// An array of typed elements with a shape, in row-major order: what models take and give. The shape has the batch
/// axis, if there is one; rank 0 and extents of 0 are legal.
///
/// Models may also have sequences, maps and optional values. They are values whose elements are values, see
/// [#sequence(List)], [#map(Value, Value)] and [#optional(Value)].
public final class Value {
    private static final int SHOWN = 16; // elements, for people

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

    /// Values one after the other.
    public static Value sequence(List<Value> elements) {
        return view(ElementType.SEQUENCE, Shape.of(elements.size()), elements.toArray(Value[]::new), 0);
    }

    /// A map: what a classifier gives as probabilities if its model ends with ZipMap.
    /// @param keys texts or 64-bit integers, `[n]`
    /// @param values `[n]`
    /// @throws ShapeException if there are not as many values as keys
    public static Value map(Value keys, Value values) {
        boolean known = keys.type == ElementType.STRING || keys.type == ElementType.INT64;
        if (!known || keys.size() != values.size()) {
            throw new ShapeException(
                    "map",
                    "expects as many values as keys, of string or int64, got " + keys.type + " " + keys.shape + " and "
                            + values.shape);
        }
        return view(ElementType.MAP, Shape.of(2), new Value[] {keys, values}, 0);
    }

    /// An optional value that is there.
    public static Value optional(Value value) {
        return view(ElementType.OPTIONAL, Shape.of(1), new Value[] {value}, 0);
    }

    /// An optional value that is not there.
    public static Value none() {
        return view(ElementType.OPTIONAL, Shape.of(0), new Value[0], 0);
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

    /// A copy of the 64-bit integers, signed or unsigned.
    public long[] longs() {
        if (type != ElementType.UINT64) require(ElementType.INT64);
        return Arrays.copyOfRange((long[]) array, offset, offset + size());
    }

    /// A copy of the 32-bit integers, signed or unsigned.
    public int[] ints() {
        if (type != ElementType.UINT32) require(ElementType.INT32);
        return Arrays.copyOfRange((int[]) array, offset, offset + size());
    }

    /// A copy of the 16-bit integers, signed or unsigned.
    public short[] shorts() {
        if (type != ElementType.UINT16) require(ElementType.INT16);
        return Arrays.copyOfRange((short[]) array, offset, offset + size());
    }

    /// A copy of the integers of 8 or 4 bits, signed or unsigned.
    public byte[] bytes() {
        if (!(array instanceof byte[])) require(ElementType.INT8);
        return Arrays.copyOfRange((byte[]) array, offset, offset + size());
    }

    /// A copy of the truth values.
    public boolean[] booleans() {
        return Arrays.copyOfRange((boolean[]) require(ElementType.BOOL), offset, offset + size());
    }

    public String[] texts() {
        return Arrays.copyOfRange((String[]) require(ElementType.STRING), offset, offset + size());
    }

    /// The values of a sequence; of an optional value, itself or nothing.
    public List<Value> elements() {
        if (type != ElementType.OPTIONAL) require(ElementType.SEQUENCE);
        return List.of(Arrays.copyOfRange((Value[]) array, offset, offset + size()));
    }

    /// The keys of a map: `string [n]` or `int64 [n]`.
    public Value keys() {
        return ((Value[]) require(ElementType.MAP))[offset];
    }

    /// The values of a map's keys, `[n]`.
    public Value values() {
        return ((Value[]) require(ElementType.MAP))[offset + 1];
    }

    /// A map of numbers, in the order of its keys; keys that are integers as texts.
    /// @throws ShapeException for a map of texts, and for another type
    public Map<String, Double> numbers() {
        Map<String, Double> numbers = new LinkedHashMap<>();
        Value keys = keys();
        for (int i = 0; i < keys.size(); i++) {
            String key = keys.type == ElementType.STRING ? keys.texts()[i] : Long.toString(keys.integer(i));
            numbers.put(key, values().number(i));
        }
        return Collections.unmodifiableMap(numbers);
    }

    private Object require(ElementType wanted) {
        if (type == wanted) return array;
        throw other(wanted);
    }

    private ShapeException other(ElementType wanted) {
        return new ShapeException("value " + shape, "expects elements of " + wanted + ", got " + type);
    }

    /// An element as a number: true is 1. Unsigned integers are never negative.
    /// @throws ShapeException for texts and values
    public double number(int index) {
        int at = offset + Objects.checkIndex(index, size());
        return switch (type) {
            case FLOAT -> ((float[]) array)[at];
            case DOUBLE -> ((double[]) array)[at];
            case UINT64 -> unsigned(((long[]) array)[at]);
            default -> integer(index);
        };
    }

    /// The number that 64 bits without a sign mean.
    public static double unsigned(long bits) {
        return bits >= 0 ? bits : ((bits >>> 1) | (bits & 1)) * 2.0; // rounded once
    }

    /// An element as an integer: true is 1. Unsigned integers are not negative, but of 64 bits those above 2⁶³−1.
    /// @throws ShapeException for texts, values, floats and doubles
    public long integer(int index) {
        int at = offset + Objects.checkIndex(index, size());
        return switch (type) {
            case INT64, UINT64 -> ((long[]) array)[at];
            case INT32 -> ((int[]) array)[at];
            case UINT32 -> ((int[]) array)[at] & 0xffff_ffffL;
            case INT16 -> ((short[]) array)[at];
            case UINT16 -> ((short[]) array)[at] & 0xffff;
            case INT8, INT4, UINT4 -> ((byte[]) array)[at];
            case UINT8 -> ((byte[]) array)[at] & 0xff;
            case BOOL -> ((boolean[]) array)[at] ? 1 : 0;
            default -> throw other(ElementType.INT64);
        };
    }

    public Value copy() {
        if (tensor != null && tensor.layout() != Layout.ROW_MAJOR) return of(shape, floats());
        Object own = type.newArray(size());
        System.arraycopy(array, offset, own, 0, size());
        if (own instanceof Value[] values) for (int i = 0; i < values.length; i++) values[i] = values[i].copy();
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
            case INT64, UINT64 -> Arrays.equals((long[]) own, (long[]) others);
            case INT32, UINT32 -> Arrays.equals((int[]) own, (int[]) others);
            case INT16, UINT16 -> Arrays.equals((short[]) own, (short[]) others);
            case INT8, UINT8, INT4, UINT4 -> Arrays.equals((byte[]) own, (byte[]) others);
            case BOOL -> Arrays.equals((boolean[]) own, (boolean[]) others);
            case STRING, SEQUENCE, MAP, OPTIONAL -> Arrays.equals((Object[]) own, (Object[]) others);
        };
    }

    @Override
    public int hashCode() {
        boolean numbers = type != ElementType.STRING && !type.hasValues();
        return Objects.hash(type, shape, size() > 0 && numbers ? number(0) : 0);
    }

    /// Type and shape, and the elements if there are few: `int64 [2] 1, 3`. A map as `{no: 0.9, yes: 0.1}`.
    @Override
    public String toString() {
        if (type == ElementType.MAP) return pairs();
        var text = new StringBuilder(type + " " + shape);
        if (size() > SHOWN) return text.toString();
        for (int i = 0; i < size(); i++) text.append(i == 0 ? " " : ", ").append(element(i));
        return text.toString();
    }

    private String pairs() {
        int count = keys().size();
        String pairs = IntStream.range(0, Math.min(SHOWN, count))
                .mapToObj(i -> keys().element(i) + ": " + values().element(i))
                .collect(Collectors.joining(", "));
        return "{" + pairs + (count > SHOWN ? ", …" : "") + "}";
    }

    private Object element(int index) {
        if (array instanceof Object[] objects) return objects[offset + index];
        return switch (type) {
            case UINT64 -> Long.toUnsignedString(integer(index));
            case FLOAT -> (float) number(index);
            case DOUBLE -> number(index);
            default -> integer(index);
        };
    }
}

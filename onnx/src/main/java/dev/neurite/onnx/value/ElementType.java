package dev.neurite.onnx.value;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// The type of a value's elements. Models may also have floats of 16 bits, `float16` and `bfloat16`, and of 8 bits:
/// they are read as [#FLOAT], see [NarrowFloat].
public enum ElementType {
    /// float32, in a `float[]`.
    FLOAT(1, 4),
    /// float64, in a `double[]`.
    DOUBLE(11, 8),
    /// Signed 64-bit integers, in a `long[]`.
    INT64(7, 8),
    /// Signed 32-bit integers, in an `int[]`.
    INT32(6, 4),
    /// Signed bytes, in a `byte[]`.
    INT8(3, 1),
    /// Unsigned bytes, in a `byte[]`.
    UINT8(2, 1),
    /// True or false, in a `boolean[]`.
    BOOL(9, 1),
    /// Texts, in a `String[]`.
    STRING(8, 0),
    /// Signed 16-bit integers, in a `short[]`.
    INT16(5, 2),
    /// Unsigned 16-bit integers, in a `short[]`.
    UINT16(4, 2),
    /// Unsigned 32-bit integers, in an `int[]`.
    UINT32(12, 4),
    /// Unsigned 64-bit integers, in a `long[]`.
    UINT64(13, 8),
    /// Integers from −8 to 7, in a `byte[]`; two in a byte of a file.
    INT4(22, 1),
    /// Integers from 0 to 15, in a `byte[]`; two in a byte of a file.
    UINT4(21, 1),
    /// Values one after the other, in a `Value[]`: see [Value#elements()].
    SEQUENCE(0, 0),
    /// Keys and their values, two values in a `Value[]`: see [Value#keys()].
    MAP(0, 0),
    /// A value or none, in a `Value[]`: see [Value#elements()].
    OPTIONAL(0, 0);

    private final int code;
    private final int bytes;

    ElementType(int code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    /// The type with this code in ONNX files; empty for one that is not known.
    public static Optional<ElementType> ofCode(int code) {
        if (NarrowFloat.ofCode(code).isPresent()) return Optional.of(FLOAT);
        return Arrays.stream(values())
                .filter(each -> each.code == code && code != 0)
                .findAny();
    }

    /// Its code in ONNX files; 0 for sequences, maps and optional values.
    public int code() {
        return code;
    }

    /// The bytes of an element in an array; 0 for texts and values, which differ.
    public int bytes() {
        return bytes;
    }

    /// Whether it is FLOAT or DOUBLE.
    public boolean isFloating() {
        return this == FLOAT || this == DOUBLE;
    }

    public boolean isInteger() {
        return switch (this) {
            case INT64, INT32, INT16, INT8, INT4, UINT64, UINT32, UINT16, UINT8, UINT4 -> true;
            case FLOAT, DOUBLE, BOOL, STRING, SEQUENCE, MAP, OPTIONAL -> false;
        };
    }

    /// Whether it is an integer type without negative numbers.
    public boolean isUnsigned() {
        return this == UINT64 || this == UINT32 || this == UINT16 || this == UINT8 || this == UINT4;
    }

    /// The bits of an integer: 4 to 64; 0 for other types.
    public int bits() {
        if (!isInteger()) return 0;
        return this == INT4 || this == UINT4 ? 4 : Byte.SIZE * bytes;
    }

    /// Whether its elements are values: SEQUENCE, MAP and OPTIONAL.
    public boolean hasValues() {
        return this == SEQUENCE || this == MAP || this == OPTIONAL;
    }

    public Object newArray(int size) {
        return switch (this) {
            case FLOAT -> new float[size];
            case DOUBLE -> new double[size];
            case INT64, UINT64 -> new long[size];
            case INT32, UINT32 -> new int[size];
            case INT16, UINT16 -> new short[size];
            case INT8, UINT8, INT4, UINT4 -> new byte[size];
            case BOOL -> new boolean[size];
            case STRING -> {
                String[] texts = new String[size];
                Arrays.fill(texts, "");
                yield texts;
            }
            case SEQUENCE, MAP, OPTIONAL -> new Value[size];
        };
    }

    /// Its name in ONNX: `float`, `int64`.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}

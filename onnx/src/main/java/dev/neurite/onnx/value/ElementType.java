package dev.neurite.onnx.value;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// The type of a value's elements. Models may also have 16-bit floats, `float16` and `bfloat16`: they are read as
/// [#FLOAT].
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
    STRING(8, 0);

    /// The code of float16 in files, whose elements are read as [#FLOAT].
    public static final int FLOAT16_CODE = 10;

    /// The code of bfloat16 in files, whose elements are read as [#FLOAT].
    public static final int BFLOAT16_CODE = 16;

    private final int code;
    private final int bytes;

    ElementType(int code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    /// The type with this code in ONNX files; empty for one that is not known.
    public static Optional<ElementType> ofCode(int code) {
        if (code == FLOAT16_CODE || code == BFLOAT16_CODE) return Optional.of(FLOAT);
        return Arrays.stream(values()).filter(each -> each.code == code).findAny();
    }

    /// Its code in ONNX files.
    public int code() {
        return code;
    }

    /// The bytes of an element in a file; 0 for texts, which differ.
    public int bytes() {
        return bytes;
    }

    /// Whether it is FLOAT or DOUBLE.
    public boolean isFloating() {
        return this == FLOAT || this == DOUBLE;
    }

    public boolean isInteger() {
        return this == INT64 || this == INT32 || this == INT8 || this == UINT8;
    }

    public Object newArray(int size) {
        return switch (this) {
            case FLOAT -> new float[size];
            case DOUBLE -> new double[size];
            case INT64 -> new long[size];
            case INT32 -> new int[size];
            case INT8, UINT8 -> new byte[size];
            case BOOL -> new boolean[size];
            case STRING -> {
                String[] texts = new String[size];
                Arrays.fill(texts, "");
                yield texts;
            }
        };
    }

    /// Its name in ONNX: `float`, `int64`.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}

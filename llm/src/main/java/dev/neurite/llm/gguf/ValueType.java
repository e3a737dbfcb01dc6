package dev.neurite.llm.gguf;

import dev.neurite.error.ConfigException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// How a value of the metadata is stored in a GGUF file. Readers such as llama.cpp expect certain types: UINT32 for
/// counts, FLOAT32 for other numbers.
public enum ValueType {
    UINT8(0, 1),
    INT8(1, 1),
    UINT16(2, 2),
    INT16(3, 2),
    UINT32(4, 4),
    INT32(5, 4),
    FLOAT32(6, 4),
    BOOL(7, 1),
    STRING(8, 8),
    ARRAY(9, 12),
    UINT64(10, 8),
    INT64(11, 8),
    FLOAT64(12, 8);

    private static final long MOST_UINT32 = 0xffff_ffffL;

    private final int id;
    private final int leastBytes;

    ValueType(int id, int leastBytes) {
        this.id = id;
        this.leastBytes = leastBytes;
    }

    /// The type that has this number in a file.
    static Optional<ValueType> ofId(long id) {
        return Arrays.stream(values()).filter(each -> each.id == id).findFirst();
    }

    /// The number in a file.
    int id() {
        return id;
    }

    /// The bytes of a value; of texts and lists, those of an empty one.
    int leastBytes() {
        return leastBytes;
    }

    /// The type in which a value is written if nothing else is said. Whole numbers: UINT32, if they are below 0 INT32,
    /// beyond these INT64; in a list INT32 or INT64. Numbers with fractions: FLOAT32. An empty list: of STRING.
    /// @param value as [Metadata] has them
    static ValueType of(Object value) {
        return switch (value) {
            case String _ -> STRING;
            case Boolean _ -> BOOL;
            case Double _ -> FLOAT32;
            case Long number when number >= 0 && number <= MOST_UINT32 -> UINT32;
            case Long number -> number == number.intValue() ? INT32 : INT64;
            case List<?> list -> ofElements(list);
            default -> throw new ConfigException("value", "expects a text, number, truth value or list, got " + value);
        };
    }

    private static ValueType ofElements(List<?> list) {
        if (list.isEmpty()) return STRING;
        ValueType first = list.getFirst() instanceof List ? ARRAY : of(list.getFirst());
        boolean whole = list.getFirst() instanceof Long;
        return whole ? list.stream().allMatch(INT32::holds) ? INT32 : INT64 : first;
    }

    /// Whether a value may have this type; a list, whether all its elements may.
    boolean holds(Object value) {
        return switch (this) {
            case UINT8 -> isWhole(value, 0, 0xff);
            case INT8 -> isWhole(value, Byte.MIN_VALUE, Byte.MAX_VALUE);
            case UINT16 -> isWhole(value, 0, 0xffff);
            case INT16 -> isWhole(value, Short.MIN_VALUE, Short.MAX_VALUE);
            case UINT32 -> isWhole(value, 0, MOST_UINT32);
            case INT32 -> isWhole(value, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case UINT64 -> isWhole(value, 0, Long.MAX_VALUE);
            case INT64 -> value instanceof Long;
            case FLOAT32, FLOAT64 -> value instanceof Double;
            case BOOL -> value instanceof Boolean;
            case STRING -> value instanceof String;
            case ARRAY -> value instanceof List;
        };
    }

    private static boolean isWhole(Object value, long least, long most) {
        return value instanceof Long number && number >= least && number <= most;
    }
}

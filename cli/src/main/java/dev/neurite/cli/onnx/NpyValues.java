package dev.neurite.cli.onnx;

import dev.neurite.error.DataException;
import dev.neurite.io.Npy;
import dev.neurite.io.NpyArray;
import dev.neurite.io.NpyContent;
import dev.neurite.io.NpyTexts;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.Optional;

/// Values of ONNX models as arrays of `.npy` files, and back.
final class NpyValues {
    private NpyValues() {}

    /// The elements of an array as a value; numbers are not copied. float16 has become float.
    static Value value(NpyContent content) {
        return switch (content) {
            case NpyArray array -> Value.view(type(array.type()), array.shape(), array.elements(), 0);
            case NpyTexts texts -> Value.of(texts.shape(), texts.texts().toArray(String[]::new));
        };
    }

    private static ElementType type(Npy.Type type) {
        return switch (type) {
            case F2, F4 -> ElementType.FLOAT;
            case F8 -> ElementType.DOUBLE;
            case I1 -> ElementType.INT8;
            case I4 -> ElementType.INT32;
            case I8 -> ElementType.INT64;
            case U1 -> ElementType.UINT8;
            case B1 -> ElementType.BOOL;
            case I2 -> ElementType.INT16;
            case U2 -> ElementType.UINT16;
            case U4 -> ElementType.UINT32;
            case U8 -> ElementType.UINT64;
        };
    }

    private static Optional<Npy.Type> type(ElementType type) {
        return switch (type) {
            case FLOAT -> Optional.of(Npy.Type.F4);
            case DOUBLE -> Optional.of(Npy.Type.F8);
            case INT64 -> Optional.of(Npy.Type.I8);
            case INT32 -> Optional.of(Npy.Type.I4);
            case INT8 -> Optional.of(Npy.Type.I1);
            case UINT8 -> Optional.of(Npy.Type.U1);
            case BOOL -> Optional.of(Npy.Type.B1);
            case INT16 -> Optional.of(Npy.Type.I2);
            case UINT16 -> Optional.of(Npy.Type.U2);
            case UINT32 -> Optional.of(Npy.Type.U4);
            case UINT64 -> Optional.of(Npy.Type.U8);
            case INT4 -> Optional.of(Npy.Type.I1);
            case UINT4 -> Optional.of(Npy.Type.U1);
            case STRING, SEQUENCE, MAP, OPTIONAL -> Optional.empty();
        };
    }

    /// NumPy's name of the type in files, as `float32`; empty for sequences, maps and optional values.
    static Optional<String> dtype(ElementType type) {
        return type == ElementType.STRING ? Optional.of("str") : type(type).map(Npy.Type::dtype);
    }

    /// The elements of a value that has a [#dtype], copied.
    static NpyContent content(Value value) {
        if (value.type() == ElementType.STRING) return NpyTexts.of(value.shape(), List.of(value.texts()));
        return NpyArray.of(
                type(value.type()).orElseThrow(), value.shape(), value.copy().array());
    }

    /// Whether a value is a sequence of maps, as a classifier of scikit-learn gives.
    static boolean isMaps(Value value) {
        return value.type() == ElementType.SEQUENCE
                && value.elements().stream().allMatch(each -> each.type() == ElementType.MAP);
    }

    /// The values of a sequence of maps, a row for each map: `[maps × keys]`.
    /// @param where the value's name, for messages
    /// @throws DataException if not all maps have the same keys
    static Value rows(String where, Value maps) {
        List<Value> all = maps.elements();
        if (all.isEmpty()) return Value.zeros(ElementType.FLOAT, Shape.of(0, 0));
        Value first = all.getFirst();
        int keys = first.keys().size();
        ElementType type = first.values().type();
        Object rows = type.newArray(all.size() * keys);
        for (int i = 0; i < all.size(); i++) {
            Value values = all.get(i).values();
            if (!all.get(i).keys().equals(first.keys()) || values.type() != type) {
                throw new DataException(where, "expects maps with the same keys, got " + first + " and " + all.get(i));
            }
            System.arraycopy(values.array(), values.offset(), rows, i * keys, keys);
        }
        return Value.view(type, Shape.of(all.size(), keys), rows, 0);
    }
}

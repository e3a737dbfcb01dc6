package dev.neurite.cli.onnx;

import dev.neurite.io.Npy;
import dev.neurite.io.NpyArray;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import java.util.Optional;

/// Values of ONNX models as arrays of `.npy` files, and back.
final class NpyValues {
    private NpyValues() {}

    /// The elements of an array as a value, not copied; empty for a type that models do not have. float16 has become
    /// float.
    static Optional<Value> value(NpyArray array) {
        return elementType(array.type()).map(type -> Value.view(type, array.shape(), array.elements(), 0));
    }

    private static Optional<ElementType> elementType(Npy.Type type) {
        return switch (type) {
            case F2, F4 -> Optional.of(ElementType.FLOAT);
            case F8 -> Optional.of(ElementType.DOUBLE);
            case I1 -> Optional.of(ElementType.INT8);
            case I4 -> Optional.of(ElementType.INT32);
            case I8 -> Optional.of(ElementType.INT64);
            case U1 -> Optional.of(ElementType.UINT8);
            case B1 -> Optional.of(ElementType.BOOL);
            case I2 -> Optional.of(ElementType.INT16);
            case U2 -> Optional.of(ElementType.UINT16);
            case U4 -> Optional.of(ElementType.UINT32);
            case U8 -> Optional.of(ElementType.UINT64);
        };
    }

    /// The type in files; empty for texts, sequences, maps and optional values.
    static Optional<Npy.Type> type(ElementType type) {
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

    /// The elements of a value, copied.
    /// @throws java.util.NoSuchElementException for texts
    static NpyArray array(Value value) {
        return NpyArray.of(
                type(value.type()).orElseThrow(), value.shape(), value.copy().array());
    }
}

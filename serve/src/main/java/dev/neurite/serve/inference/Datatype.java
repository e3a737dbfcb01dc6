package dev.neurite.serve.inference;

import dev.neurite.onnx.value.ElementType;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/// The datatypes of the Open Inference Protocol.
public enum Datatype {
    BOOL(ElementType.BOOL, 1),
    UINT8(ElementType.UINT8, 1),
    UINT16(ElementType.UINT16, 2),
    UINT32(ElementType.UINT32, 4),
    UINT64(ElementType.UINT64, 8),
    INT8(ElementType.INT8, 1),
    INT16(ElementType.INT16, 2),
    INT32(ElementType.INT32, 4),
    INT64(ElementType.INT64, 8),
    FP32(ElementType.FLOAT, 4),
    FP64(ElementType.DOUBLE, 8),
    /// Floats of 16 bits, which are widened. Only requests have them.
    FP16(ElementType.FLOAT, 2),
    /// The upper half of floats of 32 bits, as in Triton. Only requests have them.
    BF16(ElementType.FLOAT, 2),
    /// Texts, in UTF-8.
    BYTES(ElementType.STRING, 0);

    private static final Map<ElementType, Datatype> FIRST = new EnumMap<>(ElementType.class);

    static {
        for (Datatype each : values()) FIRST.putIfAbsent(each.elements, each);
    }

    private final ElementType elements;
    private final int bytes;

    Datatype(ElementType elements, int bytes) {
        this.elements = elements;
        this.bytes = bytes;
    }

    /// The datatype of this name; empty if there is none.
    public static Optional<Datatype> named(String name) {
        for (Datatype each : values()) if (each.name().equals(name)) return Optional.of(each);
        return Optional.empty();
    }

    /// What elements are given as; empty if the protocol has nothing for them.
    public static Optional<Datatype> of(ElementType elements) {
        return Optional.ofNullable(FIRST.get(elements));
    }

    /// The type of the elements in memory.
    public ElementType elements() {
        return elements;
    }

    /// The bytes of an element; 0 for texts, which differ.
    public int bytes() {
        return bytes;
    }

    /// Whether it is a number: all but BOOL and BYTES.
    public boolean isNumber() {
        return this != BOOL && this != BYTES;
    }
}

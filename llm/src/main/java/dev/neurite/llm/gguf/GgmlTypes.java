package dev.neurite.llm.gguf;

import static java.util.Objects.requireNonNull;

import dev.neurite.llm.weights.ElementType;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/// The numbers that GGUF has for types of elements: those of ggml's enum `ggml_type`.
final class GgmlTypes {
    private static final ElementType[] BY_ID = new ElementType[40];
    private static final Map<ElementType, Integer> IDS = new EnumMap<>(ElementType.class);

    static {
        put(0, ElementType.F32, ElementType.F16, ElementType.Q4_0, ElementType.Q4_1);
        put(6, ElementType.Q5_0, ElementType.Q5_1, ElementType.Q8_0, ElementType.Q8_1); // 4 and 5 were removed
        put(10, ElementType.Q2_K, ElementType.Q3_K, ElementType.Q4_K, ElementType.Q5_K, ElementType.Q6_K);
        put(15, ElementType.Q8_K, ElementType.IQ2_XXS, ElementType.IQ2_XS, ElementType.IQ3_XXS, ElementType.IQ1_S);
        put(20, ElementType.IQ4_NL, ElementType.IQ3_S, ElementType.IQ2_S, ElementType.IQ4_XS);
        put(24, ElementType.I8, ElementType.I16, ElementType.I32, ElementType.I64, ElementType.F64);
        put(29, ElementType.IQ1_M, ElementType.BF16);
        put(34, ElementType.TQ1_0, ElementType.TQ2_0); // 31 to 33 were removed
        put(39, ElementType.MXFP4); // 36 to 38 were removed
    }

    private GgmlTypes() {}

    private static void put(int first, ElementType... types) {
        for (int i = 0; i < types.length; i++) {
            BY_ID[first + i] = types[i];
            IDS.put(types[i], first + i);
        }
    }

    /// The type of this number; none for one that ggml does not have, or no longer.
    static Optional<ElementType> type(long id) {
        return id < BY_ID.length ? Optional.ofNullable(BY_ID[(int) id]) : Optional.empty();
    }

    /// The number of a type that GGUF has.
    static int id(ElementType type) {
        return requireNonNull(IDS.get(type));
    }
}

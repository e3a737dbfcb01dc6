package dev.neurite.llm.gguf;

import static java.util.Objects.requireNonNull;

import dev.neurite.llm.weights.StoredType;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/// The numbers that GGUF has for types of elements: those of ggml's enum `ggml_type`.
final class GgmlTypes {
    private static final StoredType[] BY_ID = new StoredType[40];
    private static final Map<StoredType, Integer> IDS = new EnumMap<>(StoredType.class);

    static {
        put(0, StoredType.F32, StoredType.F16, StoredType.Q4_0, StoredType.Q4_1);
        put(6, StoredType.Q5_0, StoredType.Q5_1, StoredType.Q8_0, StoredType.Q8_1); // 4 and 5 were removed
        put(10, StoredType.Q2_K, StoredType.Q3_K, StoredType.Q4_K, StoredType.Q5_K, StoredType.Q6_K);
        put(15, StoredType.Q8_K, StoredType.IQ2_XXS, StoredType.IQ2_XS, StoredType.IQ3_XXS, StoredType.IQ1_S);
        put(20, StoredType.IQ4_NL, StoredType.IQ3_S, StoredType.IQ2_S, StoredType.IQ4_XS);
        put(24, StoredType.I8, StoredType.I16, StoredType.I32, StoredType.I64, StoredType.F64);
        put(29, StoredType.IQ1_M, StoredType.BF16);
        put(34, StoredType.TQ1_0, StoredType.TQ2_0); // 31 to 33 were removed
        put(39, StoredType.MXFP4); // 36 to 38 were removed
    }

    private GgmlTypes() {}

    private static void put(int first, StoredType... types) {
        for (int i = 0; i < types.length; i++) {
            BY_ID[first + i] = types[i];
            IDS.put(types[i], first + i);
        }
    }

    /// The type of this number; none for one that ggml does not have, or no longer.
    static Optional<StoredType> type(long id) {
        return id < BY_ID.length ? Optional.ofNullable(BY_ID[(int) id]) : Optional.empty();
    }

    /// The number of a type that GGUF has.
    static int id(StoredType type) {
        return requireNonNull(IDS.get(type));
    }
}

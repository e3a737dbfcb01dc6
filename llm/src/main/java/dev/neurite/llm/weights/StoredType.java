package dev.neurite.llm.weights;

import dev.neurite.tensor.NumberType;
import java.util.Arrays;
import java.util.stream.Collectors;

/// How the elements of a tensor are stored in a file: the types of GGUF by ggml's names, and those of safetensors.
///
/// Some are known only so that a file which has them can be listed, see [#isSupported].
public enum StoredType {
    /// float32.
    F32(1, 4, true),
    /// Floats of half precision.
    F16(1, 2, true),
    /// The upper half of a float32.
    BF16(1, 2, true),
    /// 32 codes of 8 bits with a scale of half precision.
    Q8_0(32, 34, true),
    /// 32 codes of 4 bits with a scale.
    Q4_0(32, 18, true),
    /// 32 codes of 4 bits with a scale and a minimum.
    Q4_1(32, 20, true),
    /// 32 codes of 5 bits with a scale.
    Q5_0(32, 22, true),
    /// 32 codes of 5 bits with a scale and a minimum.
    Q5_1(32, 24, true),
    /// 256 codes of 4 bits; 32 share a scale and a minimum of 6 bits.
    Q4_K(256, 144, true),
    /// 256 codes of 5 bits; 32 share a scale and a minimum of 6 bits.
    Q5_K(256, 176, true),
    /// 256 codes of 6 bits; 16 share a scale of 8 bits.
    Q6_K(256, 210, true),
    Q8_1(32, 36),
    Q2_K(256, 84),
    Q3_K(256, 110),
    Q8_K(256, 292),
    IQ1_S(256, 50),
    IQ1_M(256, 56),
    IQ2_XXS(256, 66),
    IQ2_XS(256, 74),
    IQ2_S(256, 82),
    IQ3_XXS(256, 98),
    IQ3_S(256, 110),
    IQ4_NL(32, 18),
    IQ4_XS(256, 136),
    TQ1_0(256, 54),
    TQ2_0(256, 66),
    MXFP4(32, 17),
    F64(1, 8),
    F8_E4M3(1, 1),
    F8_E5M2(1, 1),
    I64(1, 8),
    I32(1, 4),
    I16(1, 2),
    I8(1, 1),
    U64(1, 8),
    U32(1, 4),
    U16(1, 2),
    U8(1, 1),
    BOOL(1, 1);

    private static final String SUPPORTED = Arrays.stream(values())
            .filter(StoredType::isSupported)
            .map(StoredType::name)
            .collect(Collectors.joining(", "));

    private final int block;
    private final int blockBytes;
    private final boolean supported;

    StoredType(int block, int blockBytes) {
        this(block, blockBytes, false);
    }

    StoredType(int block, int blockBytes, boolean supported) {
        this.block = block;
        this.blockBytes = blockBytes;
        this.supported = supported;
    }

    /// The type of safetensors that has this name.
    static StoredType of(NumberType type) {
        return valueOf(type.name());
    }

    /// The names of all supported types, for messages.
    static String supported() {
        return SUPPORTED;
    }

    /// How many neighbors in a row are stored together: 1, 32 or 256. A row is a whole number of blocks.
    public int block() {
        return block;
    }

    /// The bytes of a block.
    public int blockBytes() {
        return blockBytes;
    }

    /// The bytes of so many elements.
    /// @param elements from 0, a multiple of [#block]
    public long bytes(long elements) {
        return elements / block * blockBytes;
    }

    /// Whether this library computes with it: [#F32], [#F16], [#BF16], [#Q8_0], [#Q4_0], [#Q4_1], [#Q5_0], [#Q5_1],
    /// [#Q4_K], [#Q5_K] and [#Q6_K]. The bytes of tensors of other types are refused.
    public boolean isSupported() {
        return supported;
    }

    /// Whether elements are floats, each by itself: [#F32], [#F16] or [#BF16].
    public boolean isFloat() {
        return supported && block == 1;
    }
}

package dev.neurite.llm.network;

import dev.neurite.kernel.AttentionKernels.Heads;

/// The type of the keys and values that a text keeps of its tokens.
public enum CacheType {
    /// Floats of 32 bits: nothing is lost.
    F32,
    /// Floats of 16 bits (half precision), half the memory. Scores differ in about the fourth digit. A number beyond
    /// 65504 is refused.
    F16;

    boolean isHalves() {
        return this == F16;
    }

    /// The bytes that a head takes of a position.
    /// @param size the features of a head
    public int bytes(int size) {
        return Heads.columns(size, isHalves()) * Float.BYTES;
    }
}

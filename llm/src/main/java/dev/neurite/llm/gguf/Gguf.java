package dev.neurite.llm.gguf;

/// What reader and writer of GGUF files share.
final class Gguf {
    static final int MAGIC = 0x46554747; // "GGUF", little-endian
    static final int NEWEST = 3;
    static final String ALIGNMENT = "general.alignment";
    static final int USUAL_ALIGNMENT = 32; // bytes
    static final int MOST_ALIGNMENT = 1 << 16;
    static final int MOST_AXES = 4; // of ggml
    static final int LONGEST_NAME = 0xffff; // bytes, of keys and tensors; the format's limit for keys

    private Gguf() {}

    static boolean isAlignment(long bytes) {
        return bytes > 0 && bytes <= MOST_ALIGNMENT && Long.bitCount(bytes) == 1;
    }

    /// The next multiple of an alignment.
    static long aligned(long position, int alignment) {
        return (position + alignment - 1) & -alignment;
    }
}

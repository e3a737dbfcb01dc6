package dev.neurite.llm.family;

import dev.neurite.error.ModelFormatException;
import dev.neurite.llm.gguf.Metadata;

/// The sizes of a decoder that every family has, from GGUF's keys or from a `config.json`.
interface Sizes {
    int vocabulary();

    int width();

    int depth();

    int hidden();

    int context();

    double epsilon();

    int heads();

    int keyHeads();

    int headSize();

    /// A size that a key says.
    /// @throws ModelFormatException if there is none of this key, or one that no decoder has
    static int of(Metadata metadata, String key) {
        long value = metadata.integer(key);
        if (value > 0 && value <= 1 << 24) return (int) value;
        throw new ModelFormatException(
                metadata.source() + ", key '" + key + "'", "expects 1 to 16777216, got " + value);
    }
}

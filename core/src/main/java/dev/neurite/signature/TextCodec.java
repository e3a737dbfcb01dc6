package dev.neurite.signature;

import dev.neurite.error.ConfigException;
import java.util.OptionalInt;
import java.util.ServiceLoader;

/// Turns texts into token ids and back. Module `neurite-text` has one, which [#read] finds.
public interface TextCodec {
    /// The ids of a text.
    int[] encode(String text);

    /// The text of ids; an incomplete character is shown as U+FFFD.
    String decode(int... ids);

    String token(int id);

    /// The number of tokens.
    int vocabularySize();

    /// The id that fills shorter rows of a batch.
    int padding();

    /// The id for what the vocabulary does not have; empty if it has everything.
    OptionalInt unknown();

    /// Makes codecs, as a service of [ServiceLoader].
    interface Provider {
        /// Reads a tokenizer.
        /// @param json the content of a `tokenizer.json`
        /// @throws dev.neurite.error.ModelFormatException if it is damaged or has unknown parts
        TextCodec read(String json);
    }

    /// Reads a tokenizer.
    /// @param json the content of a `tokenizer.json`
    /// @throws ConfigException if there is no `neurite-text` on the class path or module path
    /// @throws dev.neurite.error.ModelFormatException if it is damaged or has unknown parts
    static TextCodec read(String json) {
        return ServiceLoader.load(Provider.class)
                .findFirst()
                .or(() -> ServiceLoader.load(Provider.class, TextCodec.class.getClassLoader())
                        .findFirst())
                .orElseThrow(() -> new ConfigException(
                        "text",
                        "expects the module that has tokenizers, got none",
                        "Add neurite-text to the class path or module path"))
                .read(json);
    }
}

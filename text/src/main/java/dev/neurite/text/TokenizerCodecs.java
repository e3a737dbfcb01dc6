package dev.neurite.text;

import dev.neurite.signature.TextCodec;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/// Reads the tokenizers of models of texts, as a service of [java.util.ServiceLoader].
public final class TokenizerCodecs implements TextCodec.Provider {
    /// For [java.util.ServiceLoader].
    public TokenizerCodecs() {}

    @Override
    public TextCodec read(String json) {
        return codec(Tokenizer.read(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8))));
    }

    /// A tokenizer as models of texts use it: without padding of its own.
    public static TextCodec codec(Tokenizer tokenizer) {
        return new Codec(
                tokenizer.withoutPadding(), tokenizer.id(Tokenizer.PADDING).orElse(0));
    }

    private record Codec(Tokenizer tokenizer, int padding) implements TextCodec {
        @Override
        public int[] encode(String text) {
            return tokenizer.encode(text).ids();
        }

        @Override
        public String decode(int... ids) {
            return tokenizer.decode(ids, true);
        }

        @Override
        public String token(int id) {
            return tokenizer.token(id);
        }

        @Override
        public int vocabularySize() {
            return tokenizer.vocabularySize();
        }

        @Override
        public OptionalInt unknown() {
            return tokenizer.id(Tokenizer.UNKNOWN);
        }
    }
}

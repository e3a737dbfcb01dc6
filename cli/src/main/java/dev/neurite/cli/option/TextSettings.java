package dev.neurite.cli.option;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import java.util.Map;
import java.util.OptionalInt;

/// How a text becomes rows of tokens.
/// @param tokens the size of the vocabulary; empty for the default
/// @param window the tokens of a row; empty for the default
public record TextSettings(OptionalInt tokens, OptionalInt window) {
    /// The vocabulary in which each byte is a token: the least, and the default.
    public static final int BYTES = 256;

    private static final int WINDOW = 128;

    /// @throws ConfigException for a vocabulary of less than 256 tokens or more than a data set can have, or
    /// a window without a token
    public TextSettings {
        int most = Dataset.MOST_CLASSES;
        if (tokens.isPresent() && (tokens.getAsInt() < BYTES || tokens.getAsInt() > most)) {
            throw new ConfigException(
                    DataOptions.TOKENS, "expects " + BYTES + " to " + most + ", got " + tokens.getAsInt());
        }
        if (window.isPresent() && window.getAsInt() < 1) {
            throw new ConfigException(DataOptions.WINDOW, "expects at least 1 token, got " + window.getAsInt());
        }
    }

    /// The size of the vocabulary.
    public int vocabulary() {
        return tokens.orElse(BYTES);
    }

    /// The tokens of a row.
    public int length() {
        return window.orElse(WINDOW);
    }

    /// Refuses options of texts for other data.
    public void refuseFor(String data) {
        if (tokens.isEmpty() && window.isEmpty()) return;
        throw new ConfigException(
                tokens.isPresent() ? DataOptions.TOKENS : DataOptions.WINDOW, "expects a text file, got " + data);
    }

    /// Adds the values of the options, for `config.yaml`.
    void describe(Map<String, Object> json) {
        if (tokens.isPresent()) json.put("tokens", tokens.getAsInt());
        if (window.isPresent()) json.put("window", window.getAsInt());
    }
}

package dev.neurite.cli.option;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.text.BpeTrainer;
import dev.neurite.text.Tokenizer;
import dev.neurite.text.VocabularyTrainer;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/// How texts become rows of tokens.
/// @param tokens their kind: [#CHARACTERS], [#WORDS], or the size of a vocabulary of byte pairs; empty for the
/// default of the data
/// @param window the tokens of a row; empty for the default of the data
public record TextSettings(Optional<String> tokens, OptionalInt window) {
    /// Each character is a token.
    public static final String CHARACTERS = "characters";

    /// Each word, and what is between words, is a token.
    public static final String WORDS = "words";

    private static final int BYTES = 256;
    private static final int MOST_WORDS = 20_000;

    /// @throws ConfigException for another kind of tokens, or a vocabulary of less than 256 tokens or more than a
    /// data set can have
    public TextSettings {
        tokens.filter(each -> !each.equals(CHARACTERS) && !each.equals(WORDS)).ifPresent(TextSettings::size);
    }

    private static int size(String text) {
        int most = Dataset.MOST_CLASSES;
        int size = text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 0;
        if (size >= BYTES && size <= most) return size;
        throw new ConfigException(
                DataOptions.TOKENS,
                "expects " + CHARACTERS + ", " + WORDS + ", or a number of " + BYTES + " to " + most + ", got '" + text
                        + "'");
    }

    /// Learns the tokens of texts, unless the network begins with the weights of a run that has a tokenizer.
    /// @param usual the kind of tokens, if none was chosen
    /// @throws ConfigException if a kind was chosen, and there is a tokenizer
    public Tokenizer tokenizer(String usual, NetworkSettings network, Stream<String> texts) {
        if (network.tokenizer().isPresent()) {
            if (tokens.isEmpty()) return network.tokenizer().get();
            throw new ConfigException(
                    DataOptions.TOKENS,
                    "expects no " + NetworkOptions.FROM + " a run with tokens of its own, got both");
        }
        String kind = tokens.orElse(usual);
        return switch (kind) {
            case CHARACTERS -> VocabularyTrainer.characters().train(texts);
            case WORDS -> VocabularyTrainer.words(MOST_WORDS).train(texts);
            default -> new BpeTrainer(size(kind)).train(texts);
        };
    }

    /// Refuses options of texts for other data.
    /// @param windowed whether the data has windows, too
    public void refuseFor(String data, boolean windowed) {
        if (tokens.isPresent()) {
            throw new ConfigException(
                    DataOptions.TOKENS, "expects a text file, or " + TableOptions.TEXT + ", got " + data);
        }
        if (window.isPresent() && !windowed) {
            throw new ConfigException(
                    DataOptions.WINDOW,
                    "expects a text file, " + TableOptions.TEXT + " or " + SeriesOptions.FORECAST + ", got " + data);
        }
    }

    /// Adds the values of the options, for `config.yaml`.
    void describe(Map<String, Object> json) {
        tokens.ifPresent(each -> json.put("tokens", each.matches("[0-9]+") ? Integer.valueOf(each) : each));
        if (window.isPresent()) json.put("window", window.getAsInt());
    }
}

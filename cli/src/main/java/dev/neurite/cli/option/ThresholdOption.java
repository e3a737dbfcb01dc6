package dev.neurite.cli.option;

import dev.neurite.cli.console.Text;
import dev.neurite.error.ConfigException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of decision thresholds.
public final class ThresholdOption {
    public static final String NAME = "--threshold";
    public static final String SAVE = "--save-threshold";

    @Option(
            names = NAME,
            paramLabel = "F",
            description = "Of two classes: predict the rarer one where its probability is at least F, in place of 0.5."
                    + " recall=F is the highest threshold that finds this share of its rows, precision=F the one that"
                    + " finds the most rows while this share of the finds is right. Both are chosen on the validation"
                    + " part of the run, if it has one.")
    private @Nullable String threshold;

    @Option(
            names = SAVE,
            description = "Keep the threshold in the model file: predict, evaluate, the page and Java then decide by"
                    + " it.")
    private boolean save;

    /// What a threshold is wanted for.
    public sealed interface Wanted {
        /// A threshold, from 0 to 1.
        record At(double value) implements Wanted {}

        /// A recall, above 0.
        record Recall(double value) implements Wanted {}

        /// A precision, above 0.
        record Precision(double value) implements Wanted {}
    }

    /// What is wanted; empty if nothing was asked for.
    /// @throws ConfigException for other words, and numbers out of range
    public Optional<Wanted> wanted() {
        if (threshold == null) {
            if (save) throw new ConfigException(SAVE, "expects " + NAME + ", got none");
            return Optional.empty();
        }
        String[] words = threshold.split("=", 2);
        double value = number(words[words.length - 1]);
        boolean named = words.length == 2;
        if (!(value >= 0 && value <= 1) || (named && value == 0)) {
            throw new ConfigException(
                    NAME, "expects a number " + (named ? "above 0 and up to 1" : "from 0 to 1") + ", got " + threshold);
        }
        if (!named) return Optional.of(new Wanted.At(value));
        return Optional.of(
                switch (words[0]) {
                    case "recall" -> new Wanted.Recall(value);
                    case "precision" -> new Wanted.Precision(value);
                    default ->
                        throw new ConfigException(NAME, "expects recall or precision before =, got '" + words[0] + "'");
                });
    }

    private double number(String text) {
        try {
            return Text.number(text);
        } catch (NumberFormatException _) {
            throw new ConfigException(NAME, "expects a number, recall=F or precision=F, got '" + threshold + "'");
        }
    }

    /// Whether to keep it in the model file.
    public boolean saves() {
        return save;
    }
}

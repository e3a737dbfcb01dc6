package dev.neurite.cli.option;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The learning rate, for commands that train with one.
public final class RateOption {
    public static final String NAME = "--lr";

    @Option(
            names = NAME,
            paramLabel = "RATE",
            description = "Learning rate, above 0; the optimizer's usual one by default, see 'neurite list optimizers'."
                    + " 'neurite lr-range' tries some.")
    private @Nullable Double rate;

    /// The rate; null for the optimizer's usual one.
    @Nullable
    public Double rate() {
        return rate;
    }
}

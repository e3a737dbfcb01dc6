package dev.neurite.cli.option;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The option `--lr`.
public final class RateOption {
    public static final String NAME = "--lr";

    @Option(
            names = NAME,
            paramLabel = "RATE",
            description = "Learning rate, above 0; by default the optimizer's, see 'neurite list optimizers'."
                    + " 'neurite lr-range' suggests one.")
    private @Nullable Double rate;

    /// The learning rate; null for the optimizer's default.
    @Nullable
    public Double rate() {
        return rate;
    }
}

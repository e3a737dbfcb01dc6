package dev.neurite.cli.option;

import dev.neurite.error.ConfigException;
import dev.neurite.loss.Loss;
import dev.neurite.train.Reduction;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options that say what is made small.
public final class LossOptions {
    public static final String LOSS = "--loss";
    public static final String CLASS_WEIGHTS = "--class-weights";
    private static final String SMOOTHING = "--label-smoothing";
    private static final String BALANCED = "balanced";

    @Option(
            names = LOSS,
            paramLabel = "SPEC",
            description = "cross-entropy by default, mse for answers that are values; also focal, bce, nll,"
                    + " huber:delta=2, quantile:quantiles=0.9 … See 'neurite list losses'.")
    private @Nullable String loss;

    @Option(
            names = SMOOTHING,
            paramLabel = "ε",
            description = "The share of a label that all classes get; 0 (default) to below 1.")
    private @Nullable Double smoothing;

    @Option(
            names = CLASS_WEIGHTS,
            paramLabel = "W,W,…",
            description = "How much each class counts, 1 by default; 'balanced' makes up for their numbers.")
    private @Nullable String weights;

    @Option(names = "--reduction", paramLabel = "KIND", description = "Of the rows' losses: mean (default) or sum.")
    private String reduction = "mean";

    /// What the options say.
    /// @throws ConfigException for what is unknown or out of its range
    LossSettings settings() {
        Optional<CatalogChoice<Loss>> chosen = Optional.empty();
        boolean balanced = BALANCED.equals(weights);
        if (loss != null || smoothing != null || weights != null) {
            CatalogChoice<Loss> plain = CatalogChoice.of(LOSS, Loss.class, loss != null ? loss : "cross-entropy")
                    .with(SMOOTHING, "smoothing", smoothing);
            CatalogChoice<Loss> weighted = plain.with(CLASS_WEIGHTS, "class-weights", weights());
            weighted.make(); // refuses what is out of its range
            chosen = Optional.of(balanced ? plain : weighted);
        }
        return new LossSettings(
                chosen, ofClasses(), balanced, EnumChoice.of("--reduction", reduction, Reduction.values()));
    }

    private Optional<String> ofClasses() {
        if (weights != null) return Optional.of(CLASS_WEIGHTS);
        return smoothing != null ? Optional.of(SMOOTHING) : Optional.empty();
    }

    /// The weights as a setting; balanced ones, which follow from the data, as some.
    private @Nullable String weights() {
        if (weights == null) return null;
        if (weights.equals(BALANCED)) return "1";
        if (!weights.matches("[-+0-9.eE]+(,[-+0-9.eE]+)+")) {
            throw new ConfigException(
                    CLASS_WEIGHTS,
                    "expects a number for each class with commas between them, or 'balanced', got '" + weights + "'");
        }
        return weights.replace(',', '/');
    }
}

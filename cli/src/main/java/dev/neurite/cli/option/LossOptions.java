package dev.neurite.cli.option;

import dev.neurite.error.ConfigException;
import dev.neurite.loss.Loss;
import dev.neurite.train.Reduction;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of the loss.
public final class LossOptions {
    public static final String LOSS = "--loss";
    public static final String CLASS_WEIGHTS = "--class-weights";
    private static final String SMOOTHING = "--label-smoothing";
    private static final String BALANCED = "balanced";

    @Option(
            names = LOSS,
            paramLabel = "SPEC",
            description = "The loss: cross-entropy by default, mse for regression; also focal, bce, nll, huber:delta=2,"
                    + " quantile:quantiles=0.9 … See 'neurite list losses'.")
    private @Nullable String loss;

    @Option(
            names = SMOOTHING,
            paramLabel = "ε",
            description = "Spread this share of each label evenly over all classes; 0 (default) to below 1.")
    private @Nullable Double smoothing;

    @Option(
            names = CLASS_WEIGHTS,
            paramLabel = "W,W,…",
            description = "The weight of each class, 1 by default; 'balanced' gives rare classes more weight.")
    private @Nullable String weights;

    @Option(names = "--reduction", paramLabel = "KIND", description = "Mean (default) or sum of the rows' losses.")
    private String reduction = "mean";

    /// The settings.
    /// @throws ConfigException for unknown names and values out of range
    LossSettings settings() {
        Optional<CatalogChoice<Loss>> chosen = Optional.empty();
        boolean balanced = BALANCED.equals(weights);
        if (loss != null || smoothing != null || weights != null) {
            CatalogChoice<Loss> plain = CatalogChoice.of(LOSS, Loss.class, loss != null ? loss : "cross-entropy")
                    .with(SMOOTHING, "smoothing", smoothing);
            CatalogChoice<Loss> weighted = plain.with(CLASS_WEIGHTS, "class-weights", weights());
            weighted.make(); // refuses values out of range
            chosen = Optional.of(balanced ? plain : weighted);
        }
        return new LossSettings(
                chosen, classOption(), balanced, EnumChoice.of("--reduction", reduction, Reduction.values()));
    }

    private Optional<String> classOption() {
        if (weights != null) return Optional.of(CLASS_WEIGHTS);
        return smoothing != null ? Optional.of(SMOOTHING) : Optional.empty();
    }

    /// The class weights as a setting; a placeholder for `balanced`, which needs the data.
    private @Nullable String weights() {
        if (weights == null) return null;
        if (weights.equals(BALANCED)) return "1";
        if (!weights.matches("[-+0-9.eE]+(,[-+0-9.eE]+)+")) {
            throw new ConfigException(
                    CLASS_WEIGHTS,
                    "expects comma-separated numbers, one for each class, or 'balanced', got '" + weights + "'");
        }
        return weights.replace(',', '/');
    }
}

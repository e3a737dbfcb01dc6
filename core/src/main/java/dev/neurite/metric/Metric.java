package dev.neurite.metric;

import dev.neurite.error.ConfigException;
import dev.neurite.metric.Predictions.Kind;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/// A measure of the quality of predictions. [Metrics] has the standard ones.
public interface Metric {
    /// The unique name in lower case with hyphens, with the parameter: `top-5`.
    String name();

    /// Whether higher values are better.
    boolean higherIsBetter();

    /// Whether the metric exists for predictions of this kind.
    boolean measures(Kind kind);

    /// Computes the metric; empty, never NaN, if it is undefined, as without rows.
    /// @throws ConfigException for predictions that [#check] refuses
    OptionalDouble of(Predictions predictions);

    /// Checks, before there are predictions, that the metric exists for them.
    /// @param kind the meaning of the outputs
    /// @param outputs the number of classes, labels or values
    /// @throws ConfigException if it does not
    default void check(Kind kind, int outputs) {
        if (measures(kind)) return;
        String expected = Arrays.stream(Kind.values())
                .filter(this::measures)
                .map(Kind::toString)
                .collect(Collectors.joining(" or "));
        throw new ConfigException(name(), "expects " + expected + ", got " + kind);
    }
}

package dev.neurite.metric;

import dev.neurite.error.ConfigException;
import dev.neurite.metric.Predictions.Kind;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/// A figure that says how good predictions are. [Metrics] has the usual ones.
public interface Metric {
    /// In lower case with hyphens, with the parameter, unlike that of any other metric: `top-5`.
    String name();

    /// Whether a better model has more of it.
    boolean higherIsBetter();

    /// Whether there is such a figure for predictions of this kind.
    boolean measures(Kind kind);

    /// The figure; empty, never NaN, where there is none: of no rows, say.
    /// @throws ConfigException for predictions that [#check] refuses
    OptionalDouble of(Predictions predictions);

    /// Refuses predictions that the figure does not exist for, before there are any.
    /// @param kind what outputs mean
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

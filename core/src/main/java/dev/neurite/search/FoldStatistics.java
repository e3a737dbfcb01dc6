package dev.neurite.search;

import java.util.List;
import java.util.OptionalDouble;

/// Mean and standard deviation of a figure over folds.
/// @param mean empty without values
/// @param deviation the sample standard deviation, with n − 1; empty for fewer than two values
public record FoldStatistics(OptionalDouble mean, OptionalDouble deviation) {
    /// Computes both.
    /// @param values one a fold that has the figure
    public static FoldStatistics of(List<Double> values) {
        OptionalDouble average =
                values.stream().mapToDouble(Double::doubleValue).average();
        if (values.size() < 2) return new FoldStatistics(average, OptionalDouble.empty());
        double mean = average.orElseThrow();
        double squares = 0;
        for (double each : values) squares += (each - mean) * (each - mean);
        return new FoldStatistics(average, OptionalDouble.of(Math.sqrt(squares / (values.size() - 1))));
    }

    /// `0.9533 ± 0.0298`
    @Override
    public String toString() {
        String text = Trial.figure(mean);
        return deviation.isEmpty() ? text : text + " ± " + Trial.figure(deviation);
    }
}

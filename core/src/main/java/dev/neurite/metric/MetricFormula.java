package dev.neurite.metric;

import dev.neurite.metric.Predictions.Kind;
import java.util.OptionalDouble;
import java.util.function.IntToDoubleFunction;

/// A metric of this package, computed as a number that is NaN if undefined. By default for classes, and
/// higher is better.
interface MetricFormula extends Metric {
    /// The metric; NaN if undefined.
    double compute(Predictions p);

    @Override
    default boolean higherIsBetter() {
        return true;
    }

    @Override
    default boolean measures(Kind kind) {
        return kind.isClasses();
    }

    @Override
    default OptionalDouble of(Predictions predictions) {
        check(predictions.kind(), predictions.outputs());
        return figure(compute(predictions));
    }

    /// Converts NaN to empty.
    static OptionalDouble figure(double number) {
        return Double.isNaN(number) ? OptionalDouble.empty() : OptionalDouble.of(number);
    }

    /// Σ wᵢ·fᵢ / Σ wᵢ over the rows i, in their order.
    static double mean(Predictions p, IntToDoubleFunction f) {
        double sum = 0;
        double weight = 0;
        for (int row = 0; row < p.rows(); row++) {
            sum += p.weight(row) * f.applyAsDouble(row);
            weight += p.weight(row);
        }
        return sum / weight;
    }
}

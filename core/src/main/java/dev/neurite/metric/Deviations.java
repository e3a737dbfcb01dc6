package dev.neurite.metric;

import dev.neurite.metric.Predictions.Kind;
import java.util.function.IntToDoubleFunction;

/// Regression metrics of predictions y and targets t. For several outputs, the mean over outputs.
/// Probabilities of labels count as values, too.
final class Deviations {
    private Deviations() {}

    /// A metric that is computed for each output and averaged.
    interface OfOutputs extends MetricFormula {
        double compute(Predictions p, int output);

        @Override
        default boolean higherIsBetter() {
            return false;
        }

        @Override
        default boolean measures(Kind kind) {
            return !kind.isClasses();
        }

        @Override
        default double compute(Predictions p) {
            if (p.hasNaN(0)) return Double.NaN;
            double[] figures = new double[p.outputs()];
            for (int output = 0; output < figures.length; output++) {
                figures[output] = compute(p, output);
            }
            return Average.MACRO.over(figures, figures);
        }
    }

    private static double squared(Predictions p, int output) {
        return MetricFormula.mean(p, row -> {
            double d = deviation(p, row, output);
            return d * d;
        });
    }

    private static double deviation(Predictions p, int row, int output) {
        return (double) p.output(row, output) - p.target(row, output);
    }

    /// See [Metrics#mse()].
    record MeanSquaredError() implements OfOutputs {
        @Override
        public String name() {
            return "mse";
        }

        @Override
        public double compute(Predictions p, int output) {
            return squared(p, output);
        }
    }

    /// See [Metrics#rmse()].
    record RootMeanSquaredError() implements OfOutputs {
        @Override
        public String name() {
            return "rmse";
        }

        @Override
        public double compute(Predictions p, int output) {
            return Math.sqrt(squared(p, output));
        }
    }

    /// See [Metrics#mae()].
    record MeanAbsoluteError() implements OfOutputs {
        @Override
        public String name() {
            return "mae";
        }

        @Override
        public double compute(Predictions p, int output) {
            return MetricFormula.mean(p, row -> Math.abs(deviation(p, row, output)));
        }
    }

    /// See [Metrics#mape()].
    record MeanAbsolutePercentageError() implements OfOutputs {
        /// The lower bound of the divisor |t|, as in scikit-learn.
        private static final double LEAST = 0x1p-52;

        @Override
        public String name() {
            return "mape";
        }

        @Override
        public double compute(Predictions p, int output) {
            return MetricFormula.mean(
                    p, row -> Math.abs(deviation(p, row, output)) / Math.max(Math.abs(p.target(row, output)), LEAST));
        }
    }

    /// See [Metrics#maxError()].
    record MaxError() implements OfOutputs {
        @Override
        public String name() {
            return "max-error";
        }

        @Override
        public double compute(Predictions p, int output) {
            double largest = Double.NaN;
            for (int row = 0; row < p.rows(); row++) {
                double error = Math.abs(deviation(p, row, output));
                if (p.weight(row) > 0 && !(error <= largest)) largest = error;
            }
            return largest;
        }
    }

    /// Σ w(x − x̄)² / Σ w; exactly 0 if all values are equal.
    private static double variance(Predictions p, IntToDoubleFunction value) {
        double first = value.applyAsDouble(0); // the exact mean of equal values
        double mean = MetricFormula.mean(p, row -> value.applyAsDouble(row) - first);
        return MetricFormula.mean(p, row -> {
            double d = value.applyAsDouble(row) - first - mean;
            return d * d;
        });
    }

    /// See [Metrics#explainedVariance()].
    record ExplainedVariance() implements OfOutputs {
        @Override
        public String name() {
            return "explained-variance";
        }

        @Override
        public boolean higherIsBetter() {
            return true;
        }

        @Override
        public double compute(Predictions p, int output) {
            if (p.rows() == 0) return Double.NaN;
            double targets = variance(p, row -> p.target(row, output));
            return targets > 0 ? 1 - variance(p, row -> deviation(p, row, output)) / targets : Double.NaN;
        }
    }

    /// See [Metrics#r2()].
    record R2() implements OfOutputs {
        @Override
        public String name() {
            return "r2";
        }

        @Override
        public boolean higherIsBetter() {
            return true;
        }

        /// 1 − Σ w(t − y)² / Σ w(t − t̄)².
        @Override
        public double compute(Predictions p, int output) {
            if (p.rows() == 0) return Double.NaN;
            double variance = variance(p, row -> p.target(row, output));
            return variance > 0 ? 1 - squared(p, output) / variance : Double.NaN;
        }
    }
}

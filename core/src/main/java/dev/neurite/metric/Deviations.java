package dev.neurite.metric;

import dev.neurite.metric.Predictions.Kind;

/// Metrics of how far values y are from what they should be, t. Of several outputs, the mean of each
/// one's figure. Probabilities of labels are values, too.
final class Deviations {
    private Deviations() {}

    /// A figure of each output by itself, of which the mean is taken.
    interface OfOutputs extends Formula {
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
        return Formula.mean(p, row -> {
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
            return Formula.mean(p, row -> Math.abs(deviation(p, row, output)));
        }
    }

    /// See [Metrics#mape()].
    record MeanAbsolutePercentageError() implements OfOutputs {
        /// What |t| is at least, so that a true value of 0 divides by something: scikit-learn's choice.
        private static final double LEAST = 0x1p-52;

        @Override
        public String name() {
            return "mape";
        }

        @Override
        public double compute(Predictions p, int output) {
            return Formula.mean(
                    p, row -> Math.abs(deviation(p, row, output)) / Math.max(Math.abs(p.target(row, output)), LEAST));
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
            double one = p.target(0, output); // equal targets have a mean of exactly this, and no variance
            double mean = Formula.mean(p, row -> p.target(row, output) - one);
            double variance = Formula.mean(p, row -> {
                double d = p.target(row, output) - one - mean;
                return d * d;
            });
            return variance > 0 ? 1 - squared(p, output) / variance : Double.NaN;
        }
    }
}

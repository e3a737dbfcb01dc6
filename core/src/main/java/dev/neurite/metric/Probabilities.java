package dev.neurite.metric;

import dev.neurite.error.ConfigException;
import dev.neurite.metric.Predictions.Kind;

/// Metrics of probabilities; undefined if one of them is NaN.
final class Probabilities {
    private Probabilities() {}

    /// See [Metrics#logLoss()].
    record LogLoss() implements MetricFormula {
        /// The lower bound of probabilities, as in scikit-learn for float32.
        private static final double LEAST = 0x1p-23;

        @Override
        public String name() {
            return "log-loss";
        }

        @Override
        public boolean higherIsBetter() {
            return false;
        }

        @Override
        public boolean measures(Kind kind) {
            return kind == Kind.PROBABILITIES;
        }

        @Override
        public double compute(Predictions p) {
            return MetricFormula.mean(p, row -> {
                if (p.predicted(row) == Confusion.NO_CLASS) return Double.NaN;
                return -StrictMath.log(Math.clamp(p.output(row, p.label(row)), LEAST, 1 - LEAST));
            });
        }
    }

    /// See [Metrics#brier()].
    record Brier() implements MetricFormula {
        @Override
        public String name() {
            return "brier";
        }

        @Override
        public boolean higherIsBetter() {
            return false;
        }

        @Override
        public boolean measures(Kind kind) {
            return kind == Kind.PROBABILITIES;
        }

        @Override
        public double compute(Predictions p) {
            int first = p.outputs() == 2 ? 1 : 0; // of two classes, only the second
            return MetricFormula.mean(p, row -> {
                double sum = 0;
                for (int label = first; label < p.outputs(); label++) {
                    double d = (double) p.output(row, label) - p.target(row, label);
                    sum += d * d;
                }
                return sum;
            });
        }
    }

    /// See [Metrics#calibrationError(int)].
    record CalibrationError(int bins) implements MetricFormula {
        static final int BINS = 15;

        CalibrationError {
            if (bins < 1) throw new ConfigException("calibration-error", "expects at least 1 bin, got " + bins);
        }

        @Override
        public String name() {
            return "calibration-error" + (bins == BINS ? "" : "-" + bins);
        }

        @Override
        public boolean higherIsBetter() {
            return false;
        }

        @Override
        public boolean measures(Kind kind) {
            return kind == Kind.PROBABILITIES;
        }

        /// Σ |Bₘ|/n · |acc(Bₘ) − conf(Bₘ)|, where Bₘ are the rows of a confidence in ((m − 1)/M, m/M].
        @Override
        public double compute(Predictions p) {
            double[] gap = new double[bins]; // Σ (correct − confidence) over the rows of a bin
            double n = 0;
            for (int row = 0; row < p.rows(); row++) {
                int predicted = p.predicted(row);
                if (predicted == Confusion.NO_CLASS) return Double.NaN;
                double confidence = p.output(row, predicted);
                int m = Math.clamp((int) Math.ceil(confidence * bins) - 1, 0, bins - 1);
                gap[m] += p.weight(row) * ((predicted == p.label(row) ? 1 : 0) - confidence);
                n += p.weight(row);
            }
            double sum = 0;
            for (double each : gap) sum += Math.abs(each);
            return sum / n;
        }
    }
}

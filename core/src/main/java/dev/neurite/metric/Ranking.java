package dev.neurite.metric;

import dev.neurite.error.ConfigException;
import dev.neurite.metric.Predictions.Kind;
import java.util.Arrays;

/// Metrics of rankings of rows by an output: one class or label against the rest. Rows with equal
/// outputs are ties. Undefined if an output is NaN.
final class Ranking {
    private Ranking() {}

    /// See [Metrics#rocAuc(Average)].
    record RocAuc(Average average) implements MetricFormula {
        RocAuc {
            requireMean("roc-auc", average);
        }

        @Override
        public String name() {
            return named("roc-auc", average);
        }

        @Override
        public boolean measures(Kind kind) {
            return kind != Kind.VALUES;
        }

        /// The share of pairs of a positive and a negative row in the right order; ties count half.
        @Override
        public double compute(Predictions p) {
            return overClasses(p, average, steps -> {
                double pairs = 0;
                double above = 0;
                for (int i = 0; i < steps.count; i++) {
                    pairs += steps.negative[i] * (above + steps.positive[i] / 2);
                    above += steps.positive[i];
                }
                return pairs / (Tally.sum(steps.positive) * Tally.sum(steps.negative));
            });
        }
    }

    /// See [Metrics#averagePrecision(Average)].
    record AveragePrecision(Average average) implements MetricFormula {
        AveragePrecision {
            requireMean("average-precision", average);
        }

        @Override
        public String name() {
            return named("average-precision", average);
        }

        @Override
        public boolean measures(Kind kind) {
            return kind != Kind.VALUES;
        }

        /// Σ (Rₙ − Rₙ₋₁)·Pₙ: each step's gain in recall times the precision there.
        @Override
        public double compute(Predictions p) {
            return overClasses(p, average, steps -> {
                double sum = 0;
                double hits = 0;
                double predicted = 0;
                for (int i = 0; i < steps.count; i++) {
                    hits += steps.positive[i];
                    predicted += steps.positive[i] + steps.negative[i];
                    if (steps.positive[i] > 0) sum += steps.positive[i] * hits / predicted;
                }
                return sum / Tally.sum(steps.positive);
            });
        }
    }

    private static void requireMean(String where, Average average) {
        if (average != Average.MACRO && average != Average.WEIGHTED) {
            throw new ConfigException(where, "expects macro or weighted, got " + average);
        }
    }

    private static String named(String figure, Average average) {
        return average == Average.MACRO ? figure : figure + "-" + average;
    }

    private interface OfSteps {
        double compute(Steps steps);
    }

    /// The metric of the second of two classes, else the average over classes or labels.
    private static double overClasses(Predictions p, Average average, OfSteps figure) {
        int first = p.kind().isClasses() && p.outputs() == 2 ? 1 : 0;
        if (p.hasNaN(first)) return Double.NaN;
        double[] figures = new double[p.outputs() - first];
        double[] positives = new double[figures.length];
        for (int i = 0; i < figures.length; i++) {
            Steps steps = Steps.of(p, first + i);
            figures[i] = figure.compute(steps);
            positives[i] = Tally.sum(steps.positive);
        }
        return average.over(figures, positives);
    }

    /// The rows in descending order of outputs, ties as one step: the weights of positive and negative
    /// rows of each step.
    private static final class Steps {
        private final double[] positive;
        private final double[] negative;
        private int count;

        private Steps(int rows) {
            positive = new double[rows];
            negative = new double[rows];
        }

        static Steps of(Predictions p, int output) {
            var steps = new Steps(p.rows());
            long[] order = new long[p.rows()];
            for (int row = 0; row < order.length; row++)
                order[row] = (long) descending(p.output(row, output)) << 32 | row;
            Arrays.sort(order);
            for (int i = 0; i < order.length; i++) {
                int row = (int) order[i];
                if (i == 0 || order[i] >> 32 != order[i - 1] >> 32) steps.count++;
                double[] side = p.target(row, output) == 1 ? steps.positive : steps.negative;
                side[steps.count - 1] += p.weight(row);
            }
            return steps;
        }

        /// An integer key whose ascending order is the descending order of the numbers.
        private static int descending(float number) {
            int bits = Float.floatToIntBits(number + 0f); // −0 + 0 = 0
            return bits >= 0 ? ~bits : bits ^ Integer.MIN_VALUE;
        }
    }
}

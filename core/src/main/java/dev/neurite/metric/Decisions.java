package dev.neurite.metric;

import dev.neurite.error.ConfigException;
import dev.neurite.metric.Predictions.Kind;
import dev.neurite.metric.Tally.Figure;
import java.util.Locale;

/// Metrics of predicted classes or labels. A row with a NaN has no predicted class and counts as wrong.
final class Decisions {
    private Decisions() {}

    /// See [Metrics#accuracy()].
    record Accuracy() implements MetricFormula {
        @Override
        public String name() {
            return "accuracy";
        }

        @Override
        public boolean measures(Kind kind) {
            return kind != Kind.VALUES;
        }

        @Override
        public double compute(Predictions p) {
            if (p.kind().isClasses()) return Tally.of(p).accuracy();
            return MetricFormula.mean(p, row -> wrongLabels(p, row) == 0 ? 1 : 0);
        }
    }

    /// See [Metrics#hammingLoss()].
    record HammingLoss() implements MetricFormula {
        @Override
        public String name() {
            return "hamming-loss";
        }

        @Override
        public boolean higherIsBetter() {
            return false;
        }

        @Override
        public boolean measures(Kind kind) {
            return kind == Kind.LABELS;
        }

        @Override
        public double compute(Predictions p) {
            return MetricFormula.mean(p, row -> (double) wrongLabels(p, row) / p.outputs());
        }
    }

    /// The number of wrong labels of a row; a label with a NaN probability is always wrong.
    private static int wrongLabels(Predictions p, int row) {
        int wrong = 0;
        for (int label = 0; label < p.outputs(); label++) {
            boolean known = !Float.isNaN(p.output(row, label));
            if (!known || p.predicts(row, label) != (p.target(row, label) == 1)) wrong++;
        }
        return wrong;
    }

    /// See [Metrics#topK(int)].
    record TopK(int k) implements MetricFormula {
        TopK {
            if (k < 1) throw new ConfigException("top-" + k, "expects at least 1 class");
        }

        @Override
        public String name() {
            return "top-" + k;
        }

        @Override
        public void check(Kind kind, int outputs) {
            MetricFormula.super.check(kind, outputs);
            if (k > outputs) throw new ConfigException(name(), "expects at least " + k + " classes, got " + outputs);
        }

        @Override
        public double compute(Predictions p) {
            return MetricFormula.mean(p, row -> p.predicted(row) != Confusion.NO_CLASS && rank(p, row) < k ? 1 : 0);
        }

        /// The number of classes ranked before the true one: larger outputs, and equal ones with a
        /// lower label.
        private static int rank(Predictions p, int row) {
            int truth = p.label(row);
            float own = p.output(row, truth);
            int before = 0;
            for (int other = 0; other < p.outputs(); other++) {
                float score = p.output(row, other);
                if (score > own || (score == own && other < truth)) before++;
            }
            return before;
        }
    }

    /// See [Metrics#balancedAccuracy()].
    record BalancedAccuracy() implements MetricFormula {
        @Override
        public String name() {
            return "balanced-accuracy";
        }

        @Override
        public double compute(Predictions p) {
            return Tally.of(p).get(Figure.RECALL, Average.MACRO);
        }
    }

    /// See [Metrics#precision(Average)], [Metrics#recall(Average)], [Metrics#f1(Average)].
    record Averaged(Figure figure, Average average) implements MetricFormula {
        @Override
        public String name() {
            return lower(figure) + "-" + average;
        }

        @Override
        public boolean measures(Kind kind) {
            return average == Average.SAMPLES ? kind == Kind.LABELS : kind != Kind.VALUES;
        }

        @Override
        public double compute(Predictions p) {
            return average == Average.SAMPLES ? overRows(p) : Tally.of(p).get(figure, average);
        }

        private double overRows(Predictions p) {
            double[] figures = new double[p.rows()];
            double[] weights = new double[p.rows()];
            for (int row = 0; row < p.rows(); row++) {
                int hits = 0;
                int predicted = 0;
                int support = 0;
                for (int label = 0; label < p.outputs(); label++) {
                    boolean is = p.target(row, label) == 1;
                    boolean said = p.predicts(row, label);
                    if (is) support++;
                    if (said) predicted++;
                    if (is && said) hits++;
                }
                figures[row] = figure.of(hits, predicted, support);
                weights[row] = p.weight(row);
            }
            return Average.WEIGHTED.over(figures, weights);
        }
    }

    /// See [Metrics#precision(int)], [Metrics#recall(int)], [Metrics#f1(int)].
    record OfClass(Figure figure, int label) implements MetricFormula {
        OfClass {
            if (label < 0) throw new ConfigException(lower(figure), "expects a class from 0, got " + label);
        }

        @Override
        public String name() {
            return lower(figure) + "-class-" + label;
        }

        @Override
        public boolean measures(Kind kind) {
            return kind != Kind.VALUES;
        }

        @Override
        public void check(Kind kind, int outputs) {
            MetricFormula.super.check(kind, outputs);
            if (label >= outputs) {
                throw new ConfigException(name(), "expects a class from 0 to " + (outputs - 1) + ", got " + label);
            }
        }

        @Override
        public double compute(Predictions p) {
            return Tally.of(p).get(figure, label);
        }
    }

    static String lower(Figure figure) {
        return figure.name().toLowerCase(Locale.ROOT);
    }

    /// See [Metrics#mcc()].
    record MatthewsCorrelation() implements MetricFormula {
        @Override
        public String name() {
            return "mcc";
        }

        /// In Gorodkin's notation: s rows, c of them correct, t true and p predicted rows of each class.
        @Override
        public double compute(Predictions predictions) {
            Tally tally = Tally.of(predictions);
            double[] t = tally.support;
            double[] p = tally.predicted;
            double s = tally.total();
            double c = Tally.sum(tally.hits);
            double none = s - Tally.sum(p); // rows predicted as no class, an extra class without true rows
            double covariance = c * s - dot(t, p);
            double variances = (s * s - dot(t, t)) * (s * s - dot(p, p) - none * none);
            return variances > 0 ? covariance / Math.sqrt(variances) : Double.NaN;
        }
    }

    /// See [Metrics#kappa()].
    record CohensKappa() implements MetricFormula {
        @Override
        public String name() {
            return "kappa";
        }

        /// κ = (pₒ − pₑ) / (1 − pₑ), both times s².
        @Override
        public double compute(Predictions p) {
            Tally tally = Tally.of(p);
            double s = tally.total();
            double byChance = dot(tally.support, tally.predicted);
            return (s * Tally.sum(tally.hits) - byChance) / (s * s - byChance);
        }
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) sum += a[i] * b[i];
        return sum;
    }
}

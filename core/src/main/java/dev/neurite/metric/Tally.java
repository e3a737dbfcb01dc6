package dev.neurite.metric;

import dev.neurite.metric.Predictions.Kind;
import java.util.Arrays;

/// The weights of true, predicted, and correctly predicted rows of each class or label.
final class Tally {
    /// Metrics of one class.
    enum Figure {
        PRECISION,
        RECALL,
        F1;

        double of(double hits, double predicted, double support) {
            return switch (this) {
                case PRECISION -> hits / predicted;
                case RECALL -> hits / support;
                case F1 -> 2 * hits / (predicted + support);
            };
        }
    }

    final double[] support;
    final double[] predicted;
    final double[] hits;

    /// Zeros.
    Tally(int classes) {
        support = new double[classes];
        predicted = new double[classes];
        hits = new double[classes];
    }

    /// Counts all rows.
    static Tally of(Predictions p) {
        var tally = new Tally(p.outputs());
        for (int row = 0; row < p.rows(); row++) {
            if (p.kind() == Kind.LABELS) tally.addLabels(p, row, p.weight(row));
            else tally.add(p.label(row), p.predicted(row), p.weight(row));
        }
        return tally;
    }

    /// Counts a row of a class.
    /// @param prediction a class, or [Confusion#NO_CLASS]
    void add(int truth, int prediction, double weight) {
        support[truth] += weight;
        if (prediction != Confusion.NO_CLASS) predicted[prediction] += weight;
        if (prediction == truth) hits[truth] += weight;
    }

    private void addLabels(Predictions p, int row, double weight) {
        for (int label = 0; label < support.length; label++) {
            boolean is = p.target(row, label) == 1;
            boolean said = p.predicts(row, label);
            if (is) support[label] += weight;
            if (said) predicted[label] += weight;
            if (is && said) hits[label] += weight;
        }
    }

    double total() {
        return sum(support);
    }

    double accuracy() {
        return sum(hits) / total();
    }

    double get(Figure figure, int label) {
        return figure.of(hits[label], predicted[label], support[label]);
    }

    /// @param average any but [Average#SAMPLES], which needs the rows
    double get(Figure figure, Average average) {
        if (average == Average.MICRO) return figure.of(sum(hits), sum(predicted), sum(support));
        double[] figures = new double[support.length];
        Arrays.setAll(figures, label -> get(figure, label));
        return average.over(figures, support);
    }

    static double sum(double[] numbers) {
        double sum = 0;
        for (double number : numbers) sum += number;
        return sum;
    }
}

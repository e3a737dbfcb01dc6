package dev.neurite.charts;

import dev.neurite.error.DataException;
import dev.neurite.metric.Predictions;
import dev.neurite.metric.Predictions.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// An ROC or precision-recall curve of one class or label against the rest.
/// @param line the true-positive rate over the false-positive rate, or the precision over the recall; both from 0
/// to 1. Its name is that of the class
/// @param area under the curve; of precision and recall the average precision. NaN if it is undefined, as without
/// rows of the class
public record Curve(Line line, double area) {
    private static final int MOST_POINTS = 400;

    /// The ROC curve of a class: the share of its rows above each threshold over the share of the others. The area
    /// is that of [dev.neurite.metric.Metrics#rocAuc()]. Rows with equal outputs are one point.
    /// @throws DataException for predictions of values
    public static Curve roc(Predictions predictions, int output, String name) {
        Steps steps = Steps.of(predictions, output);
        int count = steps.count;
        double[] x = new double[count + 1];
        double[] y = new double[count + 1];
        double area = 0;
        for (int i = 0; i < count; i++) {
            x[i + 1] = x[i] + steps.negative[i];
            y[i + 1] = y[i] + steps.positive[i];
            area += steps.negative[i] * (y[i] + steps.positive[i] / 2);
        }
        double negatives = x[count];
        double positives = y[count];
        if (steps.undefined || positives == 0 || negatives == 0) return undefined(name);
        for (int i = 0; i <= count; i++) {
            x[i] /= negatives;
            y[i] /= positives;
        }
        return thinned(name, x, y, area / (positives * negatives));
    }

    /// The precision-recall curve of a class. The area is the average precision of
    /// [dev.neurite.metric.Metrics#averagePrecision()]. Rows with equal outputs are one point; the curve begins at
    /// recall 0 with the precision of the first.
    /// @throws DataException for predictions of values
    public static Curve precisionRecall(Predictions predictions, int output, String name) {
        Steps steps = Steps.of(predictions, output);
        double positives = 0;
        for (int i = 0; i < steps.count; i++) positives += steps.positive[i];
        if (steps.undefined || positives == 0) return undefined(name);
        double[] x = new double[steps.count + 1];
        double[] y = new double[steps.count + 1];
        double hits = 0;
        double predicted = 0;
        double area = 0;
        for (int i = 0; i < steps.count; i++) {
            hits += steps.positive[i];
            predicted += steps.positive[i] + steps.negative[i];
            x[i + 1] = hits / positives;
            y[i + 1] = predicted == 0 ? 1 : hits / predicted;
            area += (x[i + 1] - x[i]) * y[i + 1];
        }
        y[0] = y[1];
        return thinned(name, x, y, area);
    }

    private static Curve undefined(String name) {
        return new Curve(new Line(name, new double[0], new double[0]), Double.NaN);
    }

    /// At most a few hundred of the points, evenly along the curve.
    private static Curve thinned(String name, double[] x, double[] y, double area) {
        if (x.length <= MOST_POINTS) return new Curve(new Line(name, x, y), area);
        List<Integer> kept = new ArrayList<>(List.of(0));
        double far = 2.0 / MOST_POINTS; // the curve is at most 2 long, across and up
        for (int i = 1; i < x.length; i++) {
            int last = kept.getLast();
            if (Math.abs(x[i] - x[last]) + Math.abs(y[i] - y[last]) >= far || i == x.length - 1) kept.add(i);
        }
        return new Curve(
                new Line(
                        name,
                        kept.stream().mapToDouble(i -> x[i]).toArray(),
                        kept.stream().mapToDouble(i -> y[i]).toArray()),
                area);
    }

    /// The weights of positive and negative rows by descending output; ties are one step.
    private static final class Steps {
        private final double[] positive;
        private final double[] negative;
        private boolean undefined; // an output is NaN
        private int count;

        private Steps(int rows) {
            positive = new double[rows];
            negative = new double[rows];
        }

        static Steps of(Predictions predictions, int output) {
            if (predictions.kind() == Kind.VALUES) {
                throw new DataException("curve", "expects predictions of classes or labels, got values");
            }
            var steps = new Steps(predictions.rows());
            Integer[] order = new Integer[predictions.rows()];
            for (int i = 0; i < order.length; i++) {
                order[i] = i;
                if (Float.isNaN(predictions.output(i, output))) steps.undefined = true;
            }
            // + 0f: −0 and 0 are equal
            Arrays.sort(
                    order,
                    (a, b) -> Float.compare(predictions.output(b, output) + 0f, predictions.output(a, output) + 0f));
            float before = Float.NaN;
            for (int row : order) {
                float now = predictions.output(row, output);
                if (steps.count == 0 || now != before) steps.count++;
                before = now;
                double[] side = predictions.target(row, output) == 1 ? steps.positive : steps.negative;
                side[steps.count - 1] += predictions.weight(row);
            }
            return steps;
        }
    }
}

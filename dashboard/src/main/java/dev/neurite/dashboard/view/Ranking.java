package dev.neurite.dashboard.view;

import dev.neurite.metric.Predictions;
import java.util.Arrays;
import java.util.stream.IntStream;

/// One class against the rest, over all thresholds: the ROC curve and the precision-recall curve.
/// @param name the class or label
/// @param auc the area under the ROC curve; NaN if all rows or none are of the class
/// @param averagePrecision Σ (Rₙ − Rₙ₋₁)·Pₙ; NaN if no row is of the class
/// @param roc points of false and true positive rate, from (0, 0) to (1, 1); empty without positives or
/// negatives
/// @param precisionRecall points of recall and precision, by rising recall; empty without positives
@SuppressWarnings("ArrayRecordComponent") // nobody changes it
public record Ranking(String name, double auc, double averagePrecision, double[][] roc, double[][] precisionRecall) {
    /// The largest number of points of a curve.
    public static final int MOST = 200;

    /// The curves of one class or label. Rows with equal outputs are one point.
    /// @param output the index of the class or label
    static Ranking of(String name, Predictions p, int output) {
        int rows = p.rows();
        Integer[] order = IntStream.range(0, rows).boxed().toArray(Integer[]::new);
        Arrays.sort(order, (a, b) -> Float.compare(p.output(b, output), p.output(a, output)));
        double[] hits = new double[rows + 1]; // positive rows of the first n steps
        double[] alarms = new double[rows + 1];
        int steps = 0;
        for (int i = 0; i < rows; i++) {
            int row = order[i];
            boolean begins = i == 0 || p.output(row, output) != p.output(order[i - 1], output);
            if (begins) {
                steps++;
                hits[steps] = hits[steps - 1];
                alarms[steps] = alarms[steps - 1];
            }
            if (p.target(row, output) == 1) hits[steps] += p.weight(row);
            else alarms[steps] += p.weight(row);
        }
        double positives = hits[steps];
        double negatives = alarms[steps];
        boolean both = positives > 0 && negatives > 0;
        double area = 0;
        double precision = 0;
        for (int n = 1; n <= steps; n++) {
            area += (alarms[n] - alarms[n - 1]) * (hits[n] + hits[n - 1]) / 2;
            if (hits[n] > hits[n - 1]) precision += (hits[n] - hits[n - 1]) * hits[n] / (hits[n] + alarms[n]);
        }
        return new Ranking(
                name,
                both ? area / (positives * negatives) : Double.NaN,
                positives > 0 ? precision / positives : Double.NaN,
                both ? points(alarms, hits, 0, steps, (a, h) -> new double[] {a / negatives, h / positives}) : NONE,
                positives > 0
                        ? points(alarms, hits, 1, steps, (a, h) -> new double[] {h / positives, h / (h + a)})
                        : NONE);
    }

    private static final double[][] NONE = {};

    private interface Point {
        double[] of(double alarms, double hits);
    }

    /// At most [#MOST] of the steps: evenly spaced over the way along both axes, the first and the last
    /// always.
    private static double[][] points(double[] alarms, double[] hits, int first, int last, Point point) {
        if (last - first < MOST) {
            return IntStream.rangeClosed(first, last)
                    .mapToObj(n -> point.of(alarms[n], hits[n]))
                    .toArray(double[][]::new);
        }
        double a = Math.max(1e-300, alarms[last] - alarms[first]);
        double h = Math.max(1e-300, hits[last] - hits[first]);
        double[][] points = new double[MOST][];
        int count = 0;
        for (int n = first; n <= last; n++) {
            double way = ((alarms[n] - alarms[first]) / a + (hits[n] - hits[first]) / h) / 2;
            boolean due = n == last || way * (MOST - 2) >= count;
            if (due && (count < MOST - 1 || n == last)) points[count++] = point.of(alarms[n], hits[n]);
        }
        return Arrays.copyOf(points, count);
    }
}

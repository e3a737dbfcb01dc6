package dev.neurite.charts;

import dev.neurite.error.DataException;
import dev.neurite.metric.Predictions;
import dev.neurite.metric.Predictions.Kind;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/// An ROC or precision-recall curve of one class or label against the rest.
/// @param line the true-positive rate over the false-positive rate, or the precision over the recall; both
/// from 0 to 1. Its name is that of the class
/// @param area under the curve; of precision and recall the average precision. NaN if it is undefined, as
/// without rows of the class
public record Curve(Line line, double area) {
    /// The largest number of thresholds whose points are kept.
    public static final int MOST_THRESHOLDS = 200;

    /// The ROC curve of a class, from (0, 0) to (1, 1): the share of its rows above each threshold over the
    /// share of the others. The area is that of [dev.neurite.metric.Metrics#rocAuc()]. Rows with equal outputs
    /// are one point.
    /// @throws DataException for predictions of values
    public static Curve roc(Predictions predictions, int output, String name) {
        Steps steps = Steps.of(predictions, output);
        double[] hits = steps.hits;
        double[] alarms = steps.alarms;
        double positives = hits[steps.count];
        double negatives = alarms[steps.count];
        if (steps.undefined || positives == 0 || negatives == 0) return undefined(name);
        double area = 0;
        for (int n = 1; n <= steps.count; n++) {
            area += (alarms[n] - alarms[n - 1]) * (hits[n] + hits[n - 1]) / 2;
        }
        int[] shown = steps.shown(0);
        var line = new Line(name, values(shown, n -> alarms[n] / negatives), values(shown, n -> hits[n] / positives));
        return new Curve(line, area / (positives * negatives));
    }

    /// The precision-recall curve of a class. The area is the average precision of
    /// [dev.neurite.metric.Metrics#averagePrecision()]. Rows with equal outputs are one point. The first point
    /// is no threshold: it has recall 0 and the precision of the second.
    /// @throws DataException for predictions of values
    public static Curve precisionRecall(Predictions predictions, int output, String name) {
        Steps steps = Steps.of(predictions, output);
        double[] hits = steps.hits;
        double positives = hits[steps.count];
        if (steps.undefined || positives == 0) return undefined(name);
        double area = 0;
        for (int n = 1; n <= steps.count; n++) area += (hits[n] - hits[n - 1]) * steps.precision(n);
        int[] thresholds = steps.shown(1);
        int[] shown =
                IntStream.concat(IntStream.of(0), Arrays.stream(thresholds)).toArray();
        var line = new Line(
                name, values(shown, n -> hits[n] / positives), values(shown, n -> steps.precision(Math.max(1, n))));
        return new Curve(line, area / positives);
    }

    private static Curve undefined(String name) {
        return new Curve(new Line(name, new double[0], new double[0]), Double.NaN);
    }

    private static double[] values(int[] steps, IntToDoubleFunction value) {
        return Arrays.stream(steps).mapToDouble(value).toArray();
    }

    /// The thresholds by descending output; rows with equal outputs are one step.
    private static final class Steps {
        private final double[] hits; // weight of the positive rows of the first n steps
        private final double[] alarms; // and of the negative ones
        private boolean undefined; // an output is NaN
        private int count;

        private Steps(int rows) {
            hits = new double[rows + 1];
            alarms = new double[rows + 1];
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
                if (steps.count == 0 || now != before) steps.begin();
                before = now;
                double[] side = predictions.target(row, output) == 1 ? steps.hits : steps.alarms;
                side[steps.count] += predictions.weight(row);
            }
            return steps;
        }

        private void begin() {
            count++;
            hits[count] = hits[count - 1];
            alarms[count] = alarms[count - 1];
        }

        /// The precision of the first n steps; 1 if their rows weigh nothing.
        double precision(int n) {
            double predicted = hits[n] + alarms[n];
            return predicted == 0 ? 1 : hits[n] / predicted;
        }

        /// At most [#MOST_THRESHOLDS] of the steps, evenly spaced over the way along hits and alarms; the
        /// first and the last always.
        int[] shown(int first) {
            int most = MOST_THRESHOLDS;
            if (count - first < most) return IntStream.rangeClosed(first, count).toArray();
            double allHits = Math.max(Double.MIN_NORMAL, hits[count] - hits[first]);
            double allAlarms = Math.max(Double.MIN_NORMAL, alarms[count] - alarms[first]);
            int[] shown = new int[most];
            int kept = 0;
            for (int n = first; n <= count; n++) {
                double way = ((hits[n] - hits[first]) / allHits + (alarms[n] - alarms[first]) / allAlarms) / 2;
                boolean due = way * (most - 2) >= kept && kept < most - 1;
                if (due || n == count) shown[kept++] = n;
            }
            return Arrays.copyOf(shown, kept);
        }
    }
}

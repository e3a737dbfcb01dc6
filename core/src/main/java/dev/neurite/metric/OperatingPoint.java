package dev.neurite.metric;

import dev.neurite.error.DataException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.IntUnaryOperator;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/// What a threshold on the probability of one of two classes makes of some rows. A row is predicted as the class if
/// its probability is at least the threshold.
/// @param label the class, 0 or 1
/// @param threshold from 0 to 1
/// @param hits rows of the class that are predicted as it
/// @param falseAlarms rows of the other class that are predicted as it
/// @param misses rows of the class that are not
/// @param rejections rows of the other class that are not
public record OperatingPoint(int label, double threshold, long hits, long falseAlarms, long misses, long rejections) {
    /// The point of a threshold.
    /// @throws DataException unless these are probabilities of two classes
    public static OperatingPoint at(Predictions predictions, int label, double threshold) {
        Predictions decided = predictions.decided(label, threshold);
        long[][] counts = new long[2][2]; // by truth and prediction
        for (int row = 0; row < decided.rows(); row++) {
            counts[decided.label(row) == label ? 1 : 0][decided.predicted(row) == label ? 1 : 0]++;
        }
        return new OperatingPoint(label, threshold, counts[1][1], counts[0][1], counts[1][0], counts[0][0]);
    }

    /// The point with the highest threshold that finds at least this share of the rows of the class.
    /// @param recall above 0, at most 1
    /// @return empty if there is no row of the class
    /// @throws DataException unless these are probabilities of two classes
    public static Optional<OperatingPoint> ofRecall(Predictions predictions, int label, double recall) {
        return search(predictions, label, point -> point.recall().orElse(0) >= recall - 1e-9, true);
    }

    /// The point that finds the most rows of the class, of those at whose threshold at least this share of the rows
    /// that are predicted as the class are of it.
    /// @param precision above 0, at most 1
    /// @return empty if no threshold is that precise
    /// @throws DataException unless these are probabilities of two classes
    public static Optional<OperatingPoint> ofPrecision(Predictions predictions, int label, double precision) {
        return search(predictions, label, point -> point.precision().orElse(0) >= precision - 1e-9, false);
    }

    /// The class with fewer rows, of two with as many the second.
    /// @param labels that of a row, 0 or 1
    public static int rarer(int rows, IntUnaryOperator labels) {
        long second = IntStream.range(0, rows).map(labels).asLongStream().sum();
        return 2 * second <= rows ? 1 : 0;
    }

    /// Goes through the thresholds between different probabilities, downwards.
    /// @param first whether the first point that is wanted is taken, else the last
    private static Optional<OperatingPoint> search(
            Predictions p, int label, Predicate<OperatingPoint> wanted, boolean first) {
        p.decided(label, 0.5); // refuses others
        Integer[] order = new Integer[p.rows()];
        int n = 0;
        for (int row = 0; row < p.rows(); row++) if (!Float.isNaN(p.output(row, label))) order[n++] = row;
        order = Arrays.copyOf(order, n);
        Arrays.sort(order, (a, b) -> Float.compare(p.output(b, label), p.output(a, label)));
        long positives = 0;
        for (int row = 0; row < p.rows(); row++) if (p.label(row) == label) positives++;
        long negatives = p.rows() - positives;
        if (positives == 0) return Optional.empty();
        Optional<OperatingPoint> found = Optional.empty();
        long hits = 0;
        long alarms = 0;
        for (int i = 0; i < n; i++) {
            if (p.label(order[i]) == label) hits++;
            else alarms++;
            float here = p.output(order[i], label);
            float next = i + 1 < n ? p.output(order[i + 1], label) : 0;
            if (i + 1 < n && next == here) continue;
            var point = new OperatingPoint(label, here, hits, alarms, positives - hits, negatives - alarms);
            if (!wanted.test(point)) continue;
            found = Optional.of(
                    new OperatingPoint(label, between(next, here), hits, alarms, positives - hits, negatives - alarms));
            if (first) return found;
        }
        return found;
    }

    /// A short number above `low`, at most `high`: all rows of a probability of `high` are in, those of `low` are not.
    private static double between(float low, float high) {
        var exact = new BigDecimal((double) high);
        var middle = new BigDecimal(((double) low + high) / 2);
        for (int digits = 2; digits < 18; digits++) {
            BigDecimal candidate = middle.round(new MathContext(digits, RoundingMode.HALF_UP));
            if (candidate.compareTo(exact) <= 0 && candidate.doubleValue() > low) return candidate.doubleValue();
        }
        return high;
    }

    /// The share of all rows that are predicted correctly; empty without rows.
    public OptionalDouble accuracy() {
        return share(hits + rejections, hits + falseAlarms + misses + rejections);
    }

    /// The share of the rows that are predicted as the class that are of it; empty if none is.
    public OptionalDouble precision() {
        return share(hits, hits + falseAlarms);
    }

    /// The share of the rows of the class that are predicted as it; empty without such rows.
    public OptionalDouble recall() {
        return share(hits, hits + misses);
    }

    /// 2·TP / (2·TP + FP + FN); empty if the class is neither there nor predicted.
    public OptionalDouble f1() {
        return share(2 * hits, 2 * hits + falseAlarms + misses);
    }

    private static OptionalDouble share(long part, long whole) {
        return whole == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) part / whole);
    }
}

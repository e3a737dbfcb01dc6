package dev.neurite.search;

import dev.neurite.model.TextTable;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/// The result of a trial: a point that was trained with and evaluated.
/// @param number from 1
/// @param rung the round of halving or pruning that it came to, from 0; 0 without
/// @param epochs the number of epochs of a training; 0 if it failed
/// @param point the values that it tried
/// @param scores the metric of each fold; empty if it failed
/// @param losses the loss of each fold; empty if it failed
/// @param curve the loss by epoch
/// @param seconds the time that it took
/// @param error why it failed; empty if it did not
public record Trial(
        int number,
        int rung,
        int epochs,
        Point point,
        List<Double> scores,
        List<Double> losses,
        LossCurve curve,
        double seconds,
        String error) {

    /// Copies the lists.
    public Trial {
        scores = List.copyOf(scores);
        losses = List.copyOf(losses);
    }

    /// A trial that ended with an error.
    public static Trial failed(int number, int rung, Point point, String error) {
        return new Trial(number, rung, 0, point, List.of(), List.of(), LossCurve.NONE, 0, error);
    }

    /// Whether it ended with an error.
    public boolean hasFailed() {
        return !error.isEmpty();
    }

    /// The mean of the metric over the folds; empty if the trial failed.
    public OptionalDouble score() {
        return FoldStatistics.of(scores).mean();
    }

    /// The mean loss over the folds; empty if the trial failed.
    public OptionalDouble loss() {
        return FoldStatistics.of(losses).mean();
    }

    /// The standard deviation of the metric between folds; empty for fewer than two.
    public OptionalDouble deviation() {
        return FoldStatistics.of(scores).deviation();
    }

    /// This trial, and what it did on more folds.
    Trial with(Trial more) {
        return new Trial(
                number,
                more.rung,
                more.epochs,
                point,
                joined(scores, more.scores),
                joined(losses, more.losses),
                more.curve,
                seconds + more.seconds,
                more.error);
    }

    private static List<Double> joined(List<Double> first, List<Double> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    /// The trial in one line: `trial 3  accuracy 0.9500 ± 0.0204  rate=0.01 units=32  1.25 s`.
    /// @param metric the name of the metric
    String line(String metric) {
        String begin = "trial " + number + "  ";
        if (hasFailed()) return begin + point + "  failed: " + error;
        return begin + metric + " " + FoldStatistics.of(scores) + "  " + point
                + String.format(Locale.ROOT, "  %.2f s", seconds);
    }

    static String figure(OptionalDouble figure) {
        return figure.isPresent() ? TextTable.number(figure.getAsDouble()) : "n/a";
    }
}

package dev.neurite.dashboard.view;

import dev.neurite.metric.Predictions;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// A row of the data, or a position of it, with its prediction. [Examples] makes it.
/// @param row its number in the data, from 0
/// @param position its position in the row, from 0; −1 if it is the whole row
/// @param truth the true class, or the true values; empty for a sequence, whose steps have them
/// @param predicted the predicted class, or values
/// @param confidence the probability of the predicted class; NaN for values and sequences
/// @param loss its loss, see [Outcomes#loss]
/// @param images the images of the row, by the names of the inputs
/// @param values the raw values by column, of all tables
/// @param words its text, with the words that mattered; of a model of language what is before the
/// position
/// @param steps its steps, where each has a prediction; else those of a sequence, without
/// @param curve the forecast beside the truth; empty for others
public record Example(
        int row,
        int position,
        String truth,
        String predicted,
        double confidence,
        double loss,
        Map<String, Picture> images,
        Map<String, String> values,
        List<Word> words,
        List<Step> steps,
        Optional<ForecastCurve> curve) {
    public Example {
        words = List.copyOf(words);
        steps = List.copyOf(steps);
    }

    /// A step of a sequence.
    /// @param position from 0
    /// @param text its token, or its values
    /// @param truth the true class; empty where a step has none
    /// @param predicted the predicted class; empty where a step has none
    public record Step(int position, String text, String truth, String predicted) {
        /// Whether another class is predicted than the true one.
        public boolean isWrong() {
            return !truth.equals(predicted);
        }
    }

    /// The first image; empty without one.
    public Optional<Picture> image() {
        return images.values().stream().findFirst();
    }

    /// The order of examples.
    public enum Order {
        /// The highest loss first.
        LOSS,
        /// The highest confidence first.
        CONFIDENCE,
        /// The lowest confidence first.
        UNSURE,
        /// As in the data.
        ROW;

        /// In lower case.
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// A choice of examples.
    /// @param total the number of examples that fit
    /// @param examples some of them, in order
    public record Page(int total, List<Example> examples) {}

    private static final int LEAST_SURE = 6; // right examples, where none is wrong

    /// The worst examples: those that are predicted wrongly, the highest loss first; if none is, the few right ones
    /// with the highest loss. For values those that are furthest off.
    /// @param count how many at most
    public static List<Example> worst(Outcomes outcomes, int count) {
        int wrong = outcomes.wrong();
        int shown = wrong < 0 ? count : wrong == 0 ? Math.min(count, LEAST_SURE) : Math.min(count, wrong);
        var examples = new Examples(outcomes);
        return IntStream.of(outcomes.worst())
                .limit(shown)
                .mapToObj(examples::of)
                .toList();
    }

    /// The examples of a cell of the confusion matrix, of a row or column of it, or all. A sequence is
    /// in a cell if one of its positions is.
    /// @param truth the true class; empty for any
    /// @param predicted the predicted class; empty for any
    /// @param series the name of their time series; empty for any
    /// @param from how many to skip
    /// @param count how many at most
    public static Page page(
            Outcomes outcomes,
            OptionalInt truth,
            OptionalInt predicted,
            String series,
            Order order,
            int from,
            int count) {
        int[] fitting = IntStream.of(
                        order == Order.LOSS
                                ? outcomes.worst()
                                : IntStream.range(0, outcomes.examples()).toArray())
                .filter(i -> fits(outcomes, i, truth, predicted) && (series.isEmpty() || isOf(outcomes, i, series)))
                .toArray();
        if (order == Order.CONFIDENCE || order == Order.UNSURE) {
            Comparator<Integer> rising = Comparator.comparingDouble(outcomes::confidence);
            fitting = IntStream.of(fitting)
                    .boxed()
                    .sorted(order == Order.CONFIDENCE ? rising.reversed() : rising)
                    .mapToInt(Integer::intValue)
                    .toArray();
        }
        var all = new Examples(outcomes);
        List<Example> examples =
                IntStream.of(fitting).skip(from).limit(count).mapToObj(all::of).toList();
        return new Page(fitting.length, examples);
    }

    private static boolean isOf(Outcomes outcomes, int example, String series) {
        return outcomes.subject().windows().stream()
                .anyMatch(all ->
                        all.series().name(all.seriesOf(outcomes.row(example))).equals(series));
    }

    private static boolean fits(Outcomes outcomes, int example, OptionalInt truth, OptionalInt predicted) {
        if (truth.isEmpty() && predicted.isEmpty()) return true;
        Predictions p = outcomes.predictions();
        return p.kind().isClasses()
                && IntStream.range(outcomes.start(example), outcomes.end(example))
                        .anyMatch(i -> (truth.isEmpty() || p.label(i) == truth.getAsInt())
                                && (predicted.isEmpty() || p.predicted(i) == predicted.getAsInt()));
    }
}

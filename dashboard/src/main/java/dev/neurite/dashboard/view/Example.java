package dev.neurite.dashboard.view;

import dev.neurite.metric.Predictions;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// A row of the data with its prediction.
/// @param row its number in the data, from 0
/// @param truth the true class, or the true values
/// @param predicted the predicted class, or values
/// @param confidence the probability of the predicted class; NaN for values
/// @param loss its loss, see [Outcomes#loss]
/// @param image the row as an image; empty if it is none
/// @param values the raw values by column; empty for images
public record Example(
        int row,
        String truth,
        String predicted,
        double confidence,
        double loss,
        Optional<Picture> image,
        Map<String, String> values) {
    private static final int MOST_VALUES = 100; // columns
    private static final int LEAST_SURE = 6; // right examples, where none is wrong

    /// The order of examples.
    public enum Order {
        /// Wrong ones first, then the highest loss first.
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
    /// @param total the number of rows that fit
    /// @param examples some of them, in order
    public record Page(int total, List<Example> examples) {}

    /// An example by the index of its prediction.
    static Example of(Outcomes outcomes, int index) {
        Subject subject = outcomes.subject();
        float[] numbers = subject.row(outcomes.row(index)).toArray();
        Map<String, String> values = new LinkedHashMap<>();
        subject.values(numbers).forEach((name, value) -> {
            if (values.size() < MOST_VALUES) values.put(name, value);
        });
        return new Example(
                outcomes.row(index),
                outcomes.truth(index),
                outcomes.predicted(index),
                outcomes.confidence(index),
                outcomes.loss(index),
                subject.images().map(form -> form.picture(numbers)),
                values);
    }

    /// The worst examples: those that are predicted wrongly, the highest loss first; if none is, the few right ones
    /// with the highest loss. For values those that are furthest off.
    /// @param count how many at most
    public static List<Example> worst(Outcomes outcomes, int count) {
        int wrong = outcomes.wrong();
        int shown = wrong < 0 ? count : wrong == 0 ? Math.min(count, LEAST_SURE) : Math.min(count, wrong);
        return IntStream.of(outcomes.worst())
                .limit(shown)
                .mapToObj(each -> of(outcomes, each))
                .toList();
    }

    /// The examples of a cell of the confusion matrix, of a row or column of it, or all.
    /// @param truth the true class; empty for any
    /// @param predicted the predicted class; empty for any
    /// @param from how many to skip
    /// @param count how many at most
    public static Page page(
            Outcomes outcomes, OptionalInt truth, OptionalInt predicted, Order order, int from, int count) {
        Predictions p = outcomes.predictions();
        boolean classes = p.kind().isClasses();
        int[] fitting = IntStream.of(
                        order == Order.LOSS
                                ? outcomes.worst()
                                : IntStream.range(0, outcomes.count()).toArray())
                .filter(i -> truth.isEmpty() || (classes && p.label(i) == truth.getAsInt()))
                .filter(i -> predicted.isEmpty() || (classes && p.predicted(i) == predicted.getAsInt()))
                .toArray();
        if (order == Order.CONFIDENCE || order == Order.UNSURE) {
            Comparator<Integer> rising = Comparator.comparingDouble(outcomes::confidence);
            fitting = IntStream.of(fitting)
                    .boxed()
                    .sorted(order == Order.CONFIDENCE ? rising.reversed() : rising)
                    .mapToInt(Integer::intValue)
                    .toArray();
        }
        List<Example> examples = IntStream.of(fitting)
                .skip(from)
                .limit(count)
                .mapToObj(each -> of(outcomes, each))
                .toList();
        return new Page(fitting.length, examples);
    }
}

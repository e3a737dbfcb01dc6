package dev.neurite.predict;

import dev.neurite.data.table.ColumnEncoding;
import dev.neurite.data.table.NumberText;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.model.RowSource;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What is unusual about rows to predict, in words: a model says something of values that its training had none like,
/// but that is a guess.
public final class Unusual {
    private static final double FAR = 0.5; // of the width of the range in training, beyond its ends

    // Of dates a model knows the mean and the deviation only. Even of an exponential distribution, as of dates that
    // become more frequent, 1 in 400 is farther away; of a normal one, 1 in 1.7 million.
    private static final double FAR_DATES = 5; // deviations from the mean
    private static final double MOST_DATES = Math.sqrt(3); // deviations: all dates, if they are spread evenly

    private final Preprocessing columns;
    private final float[] low;
    private final float[] high;

    private Unusual(Preprocessing columns) {
        this.columns = columns;
        int width = columns.inputShape().size();
        this.low = filled(width, Float.POSITIVE_INFINITY);
        this.high = filled(width, Float.NEGATIVE_INFINITY);
    }

    private static float[] filled(int width, float value) {
        float[] all = new float[width];
        Arrays.fill(all, value);
        return all;
    }

    /// Columns with numbers farther outside the range of the training than half its width, or with dates farther
    /// from the mean than five deviations: a sentence for all of them, or none.
    /// @param rows as the preprocessing makes them: of a row of a table, or of steps
    public static Optional<String> columns(Preprocessing columns, RowSource rows) {
        var unusual = new Unusual(columns);
        Shape shape = rows.inputShape();
        float[] row = new float[shape.isKnown() ? shape.size() : 0];
        for (int i = 0; i < rows.size(); i++) {
            if (!shape.isKnown()) row = new float[shape.withOpen(rows.length(i)).size()];
            rows.readInput(i, row, 0);
            unusual.add(row);
        }
        return unusual.words();
    }

    /// The same of one row.
    /// @param row the numbers of a row of a table, or of steps
    public static Optional<String> columns(Preprocessing columns, float[] row) {
        var unusual = new Unusual(columns);
        unusual.add(row);
        return unusual.words();
    }

    /// Texts of which the model knows no token: a sentence, or none.
    /// @param unknown how many they are
    /// @param all how many texts there are
    public static Optional<String> texts(int unknown, int all) {
        if (unknown == 0) return Optional.empty();
        return Optional.of(
                all == 1
                        ? "the text has no token that the model knows; what it predicts for it is a guess"
                        : String.format(
                                Locale.ROOT,
                                "%,d of %,d texts have no token that the model knows; what it predicts for them is a"
                                        + " guess",
                                unknown,
                                all));
    }

    private void add(float[] numbers) {
        for (int i = 0; i < numbers.length; i++) {
            int at = i % low.length; // of steps each has all columns
            low[at] = Math.min(low[at], numbers[i]);
            high[at] = Math.max(high[at], numbers[i]);
        }
    }

    private Optional<String> words() {
        List<String> all = new ArrayList<>();
        int at = 0;
        for (Preprocessing.Column each : columns.columns()) {
            int first = at;
            switch (each.encoding()) {
                case ColumnEncoding.Scaled seen ->
                    numbers(each.name(), seen, first).ifPresent(all::add);
                case ColumnEncoding.Calendar dates ->
                    dates.age()
                            .flatMap(age -> dates(
                                    each.name(), age, first + 2 * dates.cycles().size()))
                            .ifPresent(all::add);
                default -> {}
            }
            at += each.encoding().width();
        }
        if (all.size() < 2) return all.stream().findFirst();
        int more = all.size() - 1;
        return Optional.of(all.getFirst() + "; " + more + (more == 1 ? " more column has" : " more columns have")
                + " such values");
    }

    private Optional<String> numbers(String name, ColumnEncoding.Scaled seen, int at) {
        double far = FAR * (seen.high() - seen.low());
        double least = low[at] * seen.scale() + seen.shift(); // not rounded: the range may be narrow, far from 0
        double most = high[at] * seen.scale() + seen.shift();
        if (!(far > 0) || !(least < seen.low() - far || most > seen.high() + far)) return Optional.empty();
        return Optional.of(range(name, text(seen.value(low[at])), text(seen.value(high[at]))) + ", training saw "
                + text(seen.low()) + " to " + text(seen.high()));
    }

    private Optional<String> dates(String name, ColumnEncoding.Calendar.Age age, int at) {
        if (!(low[at] < -FAR_DATES || high[at] > FAR_DATES)) return Optional.empty();
        return Optional.of(range(name, day(age, high[at]), day(age, low[at])) + ", most of the training are "
                + day(age, (float) MOST_DATES) + " to " + day(age, (float) -MOST_DATES));
    }

    private static String range(String name, String from, String to) {
        return "'" + name + (from.equals(to) ? "' is " + from : "' has values from " + from + " to " + to);
    }

    private static String text(double number) {
        return NumberText.of((float) number);
    }

    private static String day(ColumnEncoding.Calendar.Age age, float input) {
        return age.date(input).replaceFirst("T.*", "");
    }
}

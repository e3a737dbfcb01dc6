package dev.neurite.data.series;

import dev.neurite.data.Dataset.Past;
import dev.neurite.data.RowAppender;
import dev.neurite.data.StoredRows;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.error.DataException;
import dev.neurite.model.RowOrigin;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// One or several time series: for each step the inputs of a network, and the values to forecast. Steps are equally
/// far apart, the oldest first. Numbers are in the heap or in a mapped file. Immutable and thread-safe.
public final class TimeSeries {
    private final StoredRows inputs;
    private final StoredRows targets;
    private final int[] starts; // the first step of each series, and the end of the last
    private final List<String> names;
    private final List<Past> past; // of each target; empty if the inputs have it not as a number
    private final Optional<RowOrigin> origin;
    private final Optional<StepTimes.Texts> times;

    /// @param inputs `[steps × features]` of all series, one after the other
    /// @param targets `[steps × targets]`
    /// @param past of each target
    /// @param origin how they were made of a table; empty for numbers
    /// @param times of all steps; empty if they have none
    TimeSeries(
            StoredRows inputs,
            StoredRows targets,
            int[] starts,
            List<String> names,
            List<Past> past,
            Optional<RowOrigin> origin,
            Optional<StepTimes.Texts> times) {
        this.origin = origin;
        this.times = times;
        this.inputs = inputs;
        this.targets = targets;
        this.starts = starts;
        this.names = List.copyOf(names);
        this.past = List.copyOf(past);
    }

    /// One series.
    /// @param values `[steps][columns]`, finite, copied; all columns are inputs
    /// @param targets the columns to forecast, from 0
    /// @throws DataException for ragged, non-finite or missing values, or a column out of range
    public static TimeSeries of(float[][] values, int... targets) {
        return of(Collections.singletonList(values), targets);
    }

    /// Several series with the same columns, such as the sales of several shops.
    /// @param series `[steps][columns]` of each, finite, copied; all columns are inputs
    /// @param targets the columns to forecast, from 0
    /// @throws DataException for ragged, non-finite or missing values, or a column out of range
    public static TimeSeries of(List<float[][]> series, int... targets) {
        if (series.isEmpty() || series.getFirst().length == 0 || targets.length == 0) {
            throw new DataException("time series", "expects at least one step and one column to forecast, got none");
        }
        int width = series.getFirst()[0].length;
        for (int each : targets) {
            if (each >= 0 && each < width) continue;
            throw new DataException("time series", "expects columns from 0 to " + (width - 1) + ", got " + each);
        }
        int[] starts = new int[series.size() + 1];
        String[] names = new String[series.size()];
        float[] chosen = new float[targets.length];
        try (var rows = new RowAppender("a time series", width, StoredRows.heapBytes());
                var values = new RowAppender("a time series", targets.length, StoredRows.heapBytes())) {
            for (int s = 0; s < series.size(); s++) {
                names[s] = Integer.toString(s);
                for (int t = 0; t < series.get(s).length; t++) {
                    float[] step = series.get(s)[t];
                    if (step.length != width) {
                        throw new DataException(
                                "series " + s + ", step " + t, "expects " + width + " values, got " + step.length);
                    }
                    rows.append(step);
                    for (int j = 0; j < targets.length; j++) chosen[j] = step[targets[j]];
                    values.append(chosen);
                }
                starts[s + 1] = rows.count();
            }
            StoredRows inputs = rows.finishUnclosed();
            inputs.requireFinite("time series");
            List<Past> past = Arrays.stream(targets)
                    .mapToObj(each -> new Past(each, 0, 1))
                    .toList();
            return new TimeSeries(
                    inputs,
                    values.finishUnclosed(),
                    starts,
                    Arrays.asList(names),
                    past,
                    Optional.empty(),
                    Optional.empty());
        }
    }

    /// The same steps, with a season of the columns that they were made of.
    TimeSeries withSeason(NaiveForecast season) {
        if (!(origin.orElse(null) instanceof SeriesForm(Preprocessing made, SeriesColumns columns))) return this;
        return new TimeSeries(
                inputs,
                targets,
                starts,
                names,
                past,
                Optional.of(new SeriesForm(made, columns.withSeason(season))),
                times);
    }

    /// How the steps were made of a table, a [SeriesForm]; empty for numbers.
    public Optional<RowOrigin> origin() {
        return origin;
    }

    public int count() {
        return names.size();
    }

    /// The name of a series; its number if it has none.
    public String name(int series) {
        return names.get(series);
    }

    /// The number of steps of a series.
    public int length(int series) {
        return starts[series + 1] - starts[series];
    }

    /// The time of a step as text, in the form of the table; empty if its steps have none.
    /// @param step from 0 in its series; after its end the time in the usual rhythm, empty if none is known
    public Optional<String> time(int series, int step) {
        int later = Math.max(0, step - length(series) + 1);
        return times.flatMap(each -> each.of(starts[series] + step - later, later));
    }

    /// The number of inputs of a step.
    public int features() {
        return inputs.width();
    }

    /// The number of values to forecast at each step.
    public int targets() {
        return targets.width();
    }

    /// The inputs that have the past of each value to forecast.
    List<Past> past() {
        return past;
    }

    /// A value to forecast.
    /// @param step from 0 in its series
    /// @param target from 0
    public float target(int series, int step, int target) {
        return targets.get(starts[series] + Objects.checkIndex(step, length(series)), target);
    }

    /// Whether the numbers are in a mapped file, outside the heap.
    public boolean isMapped() {
        return inputs.isMapped() || targets.isMapped();
    }

    /// The last steps of each series, from which to forecast what comes after its end: `[series × steps × features]`.
    /// @throws DataException for a series with fewer steps
    public Tensor last(int steps) {
        float[] values = new float[Math.multiplyExact(count(), Math.multiplyExact(steps, features()))];
        for (int s = 0; s < count(); s++) {
            if (length(s) < steps) {
                throw new DataException(
                        count() == 1 ? "time series" : "series " + name(s),
                        "expects at least the " + steps + " steps that the forecast is made from, got " + length(s));
            }
            readInputs(s, length(s) - steps, steps, values, s * steps * features());
        }
        return Tensor.of(Shape.of(count(), steps, features()), values);
    }

    /// Writes the inputs of some steps into `array` from `at` on.
    /// @param first the first step, from 0 in its series
    public void readInputs(int series, int first, int steps, float[] array, int at) {
        int from = starts[series] + Objects.checkFromIndexSize(first, steps, length(series));
        for (int i = 0; i < steps; i++) inputs.read(from + i, array, at + i * inputs.width());
    }

    /// Writes the values of some steps, step by step, into `array` from `at` on.
    /// @param first the first step, from 0 in its series
    void readTargets(int series, int first, int steps, float[] array, int at) {
        int from = starts[series] + Objects.checkFromIndexSize(first, steps, length(series));
        for (int i = 0; i < steps; i++) targets.read(from + i, array, at + i * targets.width());
    }
}

package dev.neurite.data.series;

import dev.neurite.data.Dataset;
import dev.neurite.data.Dataset.Past;
import dev.neurite.data.RowAppender;
import dev.neurite.data.StoredRows;
import dev.neurite.data.table.ColumnEncoding;
import dev.neurite.data.table.ColumnSettings;
import dev.neurite.data.table.Cycle;
import dev.neurite.data.table.NumberText;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.PreprocessingSettings;
import dev.neurite.data.table.Table;
import dev.neurite.data.table.Table.Kind;
import dev.neurite.error.DataException;
import dev.neurite.error.Spelling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// A table whose rows are the steps of time series, checked: each step has a value to forecast, and the steps of a
/// series are in the order of time.
/// ```java
/// SeriesTable table = SeriesTable.of(Csv.read(file, ReadOptions.USUAL), SeriesColumns.of("load").withTime("time"));
/// SeriesParts parts = table.split(0.2);
/// Preprocessing inputs = Preprocessing.fit(parts.train(), table.settings());
/// SeriesSplit windows = parts.windows(inputs, SeriesWindow.of(168, 24));
/// ```
public final class SeriesTable {
    private static final double FAR = 10; // times the range of values in training
    private static final double SEEN = 3; // times a network must have seen a cycle to learn it
    private static final double REPEATED = 2; // times it must be there to be a season
    private static final double FINEST = 2; // steps in a cycle

    private final Table rows; // one series after the other
    private final SeriesColumns columns;
    private final int[] starts;
    private final List<String> names;
    private final StepTimes times;

    private SeriesTable(Table rows, SeriesColumns columns, int[] starts, List<String> names) {
        this.rows = rows;
        this.columns = columns;
        this.starts = starts;
        this.names = names;
        this.times = StepTimes.of(rows, columns, starts);
    }

    /// Checks a table.
    /// @throws DataException for a table without rows, missing columns, texts or missing values in the column to
    /// forecast, texts that are no times, or rows that are not in the order of time
    public static SeriesTable of(Table table, SeriesColumns columns) {
        columns.all().forEach(table::column); // refuses unknown names
        if (table.rows() == 0) throw new DataException("time series", "expects at least one row, got none");
        requireValues(table, columns.target());
        if (columns.series().isEmpty())
            return new SeriesTable(table, columns, new int[] {0, table.rows()}, List.of("0"));
        int column = table.column(columns.series().get());
        Map<Float, List<Integer>> groups = new LinkedHashMap<>();
        for (int row = 0; row < table.rows(); row++) {
            float value = table.value(row, column);
            if (Float.isNaN(value)) {
                throw new DataException(
                        StepTimes.place(table, row, columns.series().get()), "expects the name of a series, got none");
            }
            StepTimes.requireExact(table, row, column);
            groups.computeIfAbsent(value, _ -> new ArrayList<>()).add(row);
        }
        int[] starts = new int[groups.size() + 1];
        List<String> names = new ArrayList<>();
        Table.Column of = table.columns().get(column);
        groups.forEach((value, own) -> {
            starts[names.size() + 1] = starts[names.size()] + own.size();
            names.add(of.kind() == Kind.CATEGORICAL ? of.categories().get(value.intValue()) : NumberText.of(value));
        });
        int[] order = groups.values().stream()
                .flatMap(List::stream)
                .mapToInt(Integer::intValue)
                .toArray();
        return new SeriesTable(table.rows(order), columns, starts, List.copyOf(names));
    }

    private static void requireValues(Table table, String target) {
        int column = table.column(target);
        Table.Column of = table.columns().get(column);
        if (of.kind() != Kind.NUMERIC) {
            throw new DataException(
                    "column '" + target + "'",
                    "expects numbers to forecast, got "
                            + (of.kind() == Kind.SKIPPED
                                    ? "a column that was left out"
                                    : Spelling.listedTexts(of.categories())));
        }
        for (int row = 0; row < table.rows(); row++) {
            if (!Float.isNaN(table.value(row, column))) continue;
            throw new DataException(
                    StepTimes.place(table, row, target),
                    "expects a value, got none",
                    "A time series needs a value at each step: fill the gap in the file, as with the mean of the values"
                            + " before and after it");
        }
    }

    /// The rows: one series after the other.
    public Table rows() {
        return rows;
    }

    /// What the columns are, with the rhythm of the training, or else that of these rows.
    public SeriesColumns columns() {
        return columns.withRhythm(columns.rhythm().or(times::own));
    }

    /// The names of the series, in their order.
    public List<String> names() {
        return names;
    }

    /// The number of steps of a series.
    public int length(int series) {
        return starts[series + 1] - starts[series];
    }

    /// The number of places where the next step is later than the usual [Rhythm] by more than half a step.
    public int gaps() {
        return times.gaps(Integer.MAX_VALUE).size();
    }

    /// What is unusual about the last steps of each series, for a model with this preprocessing: another rhythm than
    /// in training, gaps, values far from those of the training. In words; empty if nothing is. The rhythm of the
    /// training is that of [#columns()].
    /// @param steps how many of the last steps of each series count
    /// @throws DataException for missing columns
    public List<String> warnings(Preprocessing inputs, int steps) {
        List<String> warnings = new ArrayList<>(times.warnings(steps));
        for (Preprocessing.Column each : inputs.columns()) {
            if (each.encoding() instanceof ColumnEncoding.Scaled seen)
                far(each.name(), seen, steps).ifPresent(warnings::add);
        }
        return List.copyOf(warnings);
    }

    /// Describes a column with a value far outside the range of the training, or with all values beside it by more
    /// than its width.
    private Optional<String> far(String name, ColumnEncoding.Scaled seen, int steps) {
        int column = rows.column(name);
        double[] values = IntStream.range(0, names.size())
                .flatMap(s -> IntStream.range(Math.max(starts[s], starts[s + 1] - steps), starts[s + 1]))
                .mapToDouble(row -> rows.value(row, column))
                .filter(each -> !Double.isNaN(each))
                .toArray();
        double low = Arrays.stream(values).min().orElse(seen.low());
        double high = Arrays.stream(values).max().orElse(seen.high());
        double width = seen.high() - seen.low();
        boolean beside = low > seen.high() + width || high < seen.low() - width;
        boolean beyond = low < seen.low() - FAR * width || high > seen.high() + FAR * width;
        if (width == 0 || !(beside || beyond)) return Optional.empty();
        return Optional.of("'" + name + "' has values from " + NumberText.of((float) low) + " to "
                + NumberText.of((float) high) + ", training saw " + NumberText.of((float) seen.low()) + " to "
                + NumberText.of((float) seen.high()));
    }

    /// The cycles of the calendar that a network can learn from the times: those that have at least two steps, and
    /// that a series has gone through three times. None if the times are numbers.
    public List<Cycle> cycles() {
        return cycles(SEEN);
    }

    /// The steps of the seasons that the calendar suggests, the shortest first: of the cycles that have at least two
    /// steps, and that a series has gone through twice. 24 and 168 for hours, 12 for months.
    public int[] seasons() {
        return cycles(REPEATED).stream()
                .mapToInt(each -> (int) Math.round(times.usual().orElseThrow().stepsIn(each.seconds())))
                .toArray();
    }

    private List<Cycle> cycles(double repeats) {
        Optional<Rhythm> usual = times.isDates() ? times.usual() : Optional.empty();
        if (usual.isEmpty()) return List.of();
        double span =
                IntStream.range(0, names.size()).mapToDouble(times::span).max().orElse(0);
        return Arrays.stream(Cycle.values())
                .filter(each ->
                        FINEST * usual.get().usualDistance() <= each.seconds() && repeats * each.seconds() <= span)
                .toList();
    }

    /// Settings that make inputs of all columns but those of times and series, and of the [#cycles] of the times.
    public PreprocessingSettings settings() {
        return settings(PreprocessingSettings.inputsOnly(), cycles());
    }

    /// These settings, with the columns of times and series as they are used here.
    /// @param cycles those that are inputs
    public PreprocessingSettings settings(PreprocessingSettings usual, List<Cycle> cycles) {
        PreprocessingSettings settings = usual;
        if (columns.series().isPresent())
            settings = settings.without(columns.series().get());
        if (columns.time().isEmpty()) return settings;
        String time = columns.time().get();
        return cycles.isEmpty()
                ? settings.without(time)
                : settings.with(time, ColumnSettings.USUAL.withCalendar(cycles.toArray(Cycle[]::new)));
    }

    /// Cuts each series in two by time.
    /// @param testShare the share of its last steps that become the test part, above 0 and below 1
    /// @throws dev.neurite.error.ConfigException for another share
    public SeriesParts split(double testShare) {
        int[] test = SeriesWindows.cuts(new int[names.size()], lengths(), "test share", testShare);
        return new SeriesParts(this, test, test);
    }

    /// Cuts each series in three by time.
    /// @param validationShare the share of the steps before the test part that become the validation part, above 0
    /// and below 1
    /// @param testShare the share of its last steps that become the test part, above 0 and below 1
    /// @throws dev.neurite.error.ConfigException for another share
    public SeriesParts split(double validationShare, double testShare) {
        int[] from = new int[names.size()];
        int[] test = SeriesWindows.cuts(from, lengths(), "test share", testShare);
        return new SeriesParts(this, SeriesWindows.cuts(from, test, "validation share", validationShare), test);
    }

    private int[] lengths() {
        return IntStream.range(0, names.size()).map(this::length).toArray();
    }

    /// The first rows of each series.
    /// @param counts how many
    Table first(int[] counts) {
        return rows.rows(IntStream.range(0, counts.length)
                .flatMap(s -> IntStream.range(starts[s], starts[s] + counts[s]))
                .toArray());
    }

    /// The series with inputs that a preprocessing makes of the columns, and values to forecast in their own units.
    /// @throws DataException for missing columns, columns of another kind, or values that cannot be encoded
    public TimeSeries encode(Preprocessing inputs) {
        Dataset encoded = inputs.applyToInputs(rows);
        int width = encoded.inputShape().size();
        int target = rows.column(columns.target());
        float[] step = new float[width];
        float[] value = new float[1];
        try (var all = new RowAppender("a time series", width, StoredRows.heapBytes());
                var values = new RowAppender("a time series", 1, StoredRows.heapBytes())) {
            for (int row = 0; row < encoded.size(); row++) {
                encoded.readInput(row, step, 0);
                all.append(step);
                value[0] = rows.value(row, target);
                values.append(value);
            }
            return new TimeSeries(
                    all.finishUnclosed(),
                    values.finishUnclosed(),
                    starts,
                    names,
                    past(inputs),
                    Optional.of(new SeriesForm(inputs, columns())),
                    times.texts());
        }
    }

    /// The input that has the past of the column to forecast.
    private List<Past> past(Preprocessing inputs) {
        int at = 0;
        for (Preprocessing.Column each : inputs.columns()) {
            if (each.name().equals(columns.target())) {
                return each.encoding() instanceof ColumnEncoding.Scaled scaled
                        ? List.of(new Past(at, scaled.shift(), scaled.scale()))
                        : List.of();
            }
            at += each.encoding().width();
        }
        return List.of();
    }

    /// All windows, with inputs that a preprocessing makes of the columns.
    /// @throws DataException if no series is as long as a window, or rows cannot be encoded
    public SeriesWindows windows(Preprocessing inputs, SeriesWindow window) {
        return SeriesWindows.of(encode(inputs), window, true);
    }

    /// The times of the steps after the end of a series, in its usual rhythm: that of the training if the rows have a
    /// similar one. Empty without times, or if no rhythm is known.
    /// @param count how many
    public Optional<List<String>> timesAfter(int series, int count) {
        return times.after(starts[series + 1] - 1, count);
    }
}

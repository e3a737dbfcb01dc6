package dev.neurite.data.series;

import dev.neurite.data.Dataset;
import dev.neurite.data.RowAppender;
import dev.neurite.data.StoredRows;
import dev.neurite.data.table.ColumnSettings;
import dev.neurite.data.table.Cycle;
import dev.neurite.data.table.Moment;
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
/// SeriesTable table = SeriesTable.of(Csv.read(file, CsvOptions.USUAL), SeriesColumns.of("load").withTime("time"));
/// SeriesParts parts = table.split(0.2);
/// Preprocessing inputs = Preprocessing.fit(parts.train(), table.settings());
/// SeriesSplit windows = parts.windows(inputs, SeriesWindow.of(168, 24));
/// ```
public final class SeriesTable {
    private static final double GAP = 1.5; // times the usual distance of two steps
    private static final double SEEN = 3; // times a network must have seen a cycle to learn it
    private static final double REPEATED = 2; // times it must be there to be a season
    private static final double FINEST = 2; // steps in a cycle
    private static final float EXACT = 1 << 24; // below, every whole number is a float

    private final Table rows; // one series after the other
    private final SeriesColumns columns;
    private final int[] starts;
    private final List<String> names;
    private final double[] times; // of each row; empty without times
    private final double interval; // the usual distance of two steps; NaN if it is not known

    private SeriesTable(Table rows, SeriesColumns columns, int[] starts, List<String> names) {
        this.rows = rows;
        this.columns = columns;
        this.starts = starts;
        this.names = names;
        this.times = columns.time().map(name -> times(rows, rows.column(name))).orElse(new double[0]);
        this.interval = interval();
        checkTimes();
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
                        place(table, row, columns.series().get()), "expects the name of a series, got none");
            }
            requireExact(table, row, column);
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

    private static String place(Table table, int row, String column) {
        return table.place(row) + ", column '" + column + "'";
    }

    /// Refuses numbers so large that neighbors may be equal, as seconds since 1970 would be.
    private static void requireExact(Table table, int row, int column) {
        Table.Column of = table.columns().get(column);
        float value = table.value(row, column);
        if (of.kind() != Kind.NUMERIC || !(Math.abs(value) >= EXACT)) return;
        throw new DataException(
                place(table, row, of.name()),
                "expects numbers below 16,777,216 as times and names of series, beyond which float32 has not all, got "
                        + NumberText.of(value),
                "Read the column as texts (in the library CsvOptions.withTexts, on the command line --time, --series)");
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
                                    : Spelling.listed(of.categories())));
        }
        for (int row = 0; row < table.rows(); row++) {
            if (!Float.isNaN(table.value(row, column))) continue;
            throw new DataException(
                    place(table, row, target),
                    "expects a value, got none",
                    "A time series needs a value at each step: fill the gap in the file, as with the mean of the values"
                            + " before and after it");
        }
    }

    private static double[] times(Table table, int column) {
        Table.Column of = table.columns().get(column);
        double[] times = new double[table.rows()];
        double[] parsed =
                of.categories().stream().mapToDouble(SeriesTable::seconds).toArray();
        for (int row = 0; row < times.length; row++) {
            requireExact(table, row, column);
            float value = table.value(row, column);
            times[row] = of.kind() == Kind.CATEGORICAL && !Float.isNaN(value) ? parsed[(int) value] : value;
            if (!Double.isNaN(times[row])) continue;
            String got = Float.isNaN(value) ? "none" : "'" + of.categories().get((int) value) + "'";
            throw new DataException(
                    place(table, row, of.name()),
                    "expects a number, or a date or time as in 2026-11-26 or 2026-11-26T08:30, got " + got);
        }
        return times;
    }

    private static double seconds(String text) {
        if (NumberText.isNumber(text)) return Double.parseDouble(text);
        return Moment.parse(text).map(Moment::seconds).orElse(Double.NaN);
    }

    private double interval() {
        double[] all = IntStream.range(0, names.size())
                .flatMap(s -> IntStream.range(starts[s] + 1, starts[s + 1]))
                .filter(row -> times.length > 0)
                .mapToDouble(row -> times[row] - times[row - 1])
                .sorted()
                .toArray();
        return all.length == 0 ? Double.NaN : all[all.length / 2];
    }

    private void checkTimes() {
        for (int s = 0; s < names.size() && times.length > 0; s++) {
            for (int row = starts[s] + 1; row < starts[s + 1]; row++) {
                if (times[row] > times[row - 1]) continue;
                String column = columns.time().orElseThrow();
                boolean again = times[row] == times[row - 1];
                String hint = again
                        ? "A table of several series needs the column that tells them apart"
                                + " (in the library SeriesColumns.withSeries, on the command line --series)"
                        : "Sort the rows by '" + column + "'";
                throw new DataException(
                        place(rows, row, column),
                        "expects a later time than in the row before, got " + time(row) + " after " + time(row - 1),
                        hint);
            }
        }
    }

    private String time(int row) {
        Table.Column of = rows.columns().get(rows.column(columns.time().orElseThrow()));
        float value = rows.value(row, rows.column(of.name()));
        return of.kind() == Kind.CATEGORICAL ? of.categories().get((int) value) : NumberText.of(value);
    }

    /// The rows: one series after the other.
    public Table rows() {
        return rows;
    }

    /// What the columns are.
    public SeriesColumns columns() {
        return columns;
    }

    /// The names of the series, in their order.
    public List<String> names() {
        return names;
    }

    /// The number of steps of a series.
    public int length(int series) {
        return starts[series + 1] - starts[series];
    }

    /// The number of places where the next step is more than one and a half times as far away as usual.
    public int gaps() {
        int gaps = 0;
        for (int s = 0; s < names.size() && times.length > 0; s++) {
            for (int row = starts[s] + 1; row < starts[s + 1]; row++) {
                if (times[row] - times[row - 1] > GAP * interval) gaps++;
            }
        }
        return gaps;
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
                .mapToInt(each -> (int) Math.round(each.seconds() / interval))
                .toArray();
    }

    private List<Cycle> cycles(double repeats) {
        boolean dates = columns.time()
                .map(name -> rows.columns().get(rows.column(name)).categories())
                .filter(texts -> !texts.isEmpty()
                        && texts.stream().allMatch(each -> Moment.parse(each).isPresent()))
                .isPresent();
        if (!dates) return List.of();
        double span = IntStream.range(0, names.size())
                .mapToDouble(s -> times[starts[s + 1] - 1] - times[starts[s]])
                .max()
                .orElse(0);
        return Arrays.stream(Cycle.values())
                .filter(each -> FINEST * interval <= each.seconds() && repeats * each.seconds() <= span)
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
                : settings.with(time, ColumnSettings.USUAL.calendar(cycles.toArray(Cycle[]::new)));
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
                    Optional.of(new SeriesForm(inputs, columns)));
        }
    }

    /// All windows, with inputs that a preprocessing makes of the columns.
    /// @throws DataException if no series is as long as a window, or rows cannot be encoded
    public SeriesWindows windows(Preprocessing inputs, SeriesWindow window) {
        return SeriesWindows.of(encode(inputs), window, true);
    }

    /// The times of the steps after the end of a series, as far from each other as its last two are; empty without
    /// times.
    /// @param count how many
    public Optional<List<String>> timesAfter(int series, int count) {
        if (times.length == 0 || length(series) < 2) return Optional.empty();
        int last = starts[series + 1] - 1;
        Optional<Moment> end = Moment.parse(time(last));
        Optional<Moment> before = Moment.parse(time(last - 1));
        List<String> next = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            if (end.isPresent() && before.isPresent()) {
                next.add(end.get().next(before.get(), i).toString());
            } else {
                double time = times[last] + (times[last] - times[last - 1]) * i;
                next.add(time == Math.rint(time) && Math.abs(time) < 1e15 ? Long.toString((long) time) : "" + time);
            }
        }
        return Optional.of(next);
    }
}

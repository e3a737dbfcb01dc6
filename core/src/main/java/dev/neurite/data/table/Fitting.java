package dev.neurite.data.table;

import dev.neurite.data.Dataset;
import dev.neurite.data.table.ColumnSettings.Missing;
import dev.neurite.data.table.PreprocessingSettings.Task;
import dev.neurite.data.table.Table.Kind;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.Spelling;
import dev.neurite.tensor.Shape;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Fits a [Preprocessing] to a table.
final class Fitting {
    private static final float EXACT = 1 << 24; // below, every whole number is a float

    static final String RULE = settable("ColumnSettings.missing", "--missing-rule mean");
    private static final String VALUES = settable("PreprocessingSettings.values", "--task regress");
    private static final String TEXTS = settable("ReadOptions.withTexts", "--categories");
    private static final String NUMBERS = settable("ReadOptions.withNumbers", "--numbers");
    static final String LEAVE_OUT = "Leave the row out";

    private final Table table;
    private final PreprocessingSettings settings;
    private final List<Table.Column> columns;
    private final int target; // −1 for none
    private final boolean[] used;
    private final boolean[] missing;
    private final long[] counts;
    private final double[] sums;
    private final double[] squares;
    private final float[] low;
    private final float[] high;
    private final BitSet[] seen; // codes of the texts that occur

    Fitting(Table table, PreprocessingSettings settings) {
        this.table = table;
        this.settings = settings;
        this.columns = table.columns();
        int n = columns.size();
        this.target = settings.task() == Task.NONE ? -1 : table.column(settings.target());
        this.used = new boolean[n];
        this.missing = new boolean[n];
        this.counts = new long[n];
        this.sums = new double[n];
        this.squares = new double[n];
        this.low = new float[n];
        this.high = new float[n];
        this.seen = Stream.generate(BitSet::new).limit(n).toArray(BitSet[]::new);
        requireColumns();
        for (int i = 0; i < n; i++) {
            Table.Column each = columns.get(i);
            used[i] = each.kind() != Kind.SKIPPED && !settings.dropped().contains(each.name());
        }
        if (target >= 0 && !used[target]) {
            throw new ConfigException(
                    "column '" + settings.target() + "'", "expects a target column that is not dropped");
        }
    }

    /// A hint at a setting: the method of the library and the option of the command line.
    static String settable(String method, String option) {
        return " (in the library " + method + ", on the command line " + option + ")";
    }

    private void requireColumns() {
        List<String> names = columns.stream().map(Table.Column::name).toList();
        Stream.concat(settings.dropped().stream(), settings.columns().keySet().stream())
                .filter(name -> !names.contains(name))
                .sorted()
                .findFirst()
                .ifPresent(name -> {
                    throw new ConfigException(
                            "column '" + name + "'",
                            "expects one of " + Spelling.listed(names) + ", got none of that name",
                            Spelling.hint(name, names));
                });
        if (table.rows() == 0) throw new DataException("table", "expects at least one training row, got 0 rows");
    }

    Preprocessing preprocessing() {
        measure();
        deviations();
        List<Preprocessing.Column> fitted = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            fitted.add(new Preprocessing.Column(columns.get(i).name(), encoding(i)));
        }
        int width = fitted.stream().mapToInt(each -> each.encoding().width()).sum();
        if (width == 0) {
            String target = settings.target().isEmpty() ? "" : " besides '" + settings.target() + "'";
            throw new DataException("table", "expects at least one column" + target + " for inputs, got none");
        }
        Shape shape = settings.inputShape();
        return new Preprocessing(fitted, shape.rank() == 0 ? Shape.of(width) : shape, settings.missingTexts());
    }

    /// Computes sums, ranges and categories in the order of the rows.
    private void measure() {
        Arrays.fill(low, Float.POSITIVE_INFINITY);
        Arrays.fill(high, Float.NEGATIVE_INFINITY);
        for (int row = 0; row < table.rows(); row++) {
            for (int i = 0; i < used.length; i++) {
                if (!used[i]) continue;
                float value = table.value(row, i);
                if (Float.isNaN(value)) {
                    noteMissing(row, i);
                    continue;
                }
                counts[i]++;
                if (columns.get(i).kind() == Kind.CATEGORICAL) {
                    seen[i].set((int) value);
                } else {
                    sums[i] += value;
                    low[i] = Math.min(low[i], value);
                    high[i] = Math.max(high[i], value);
                }
            }
        }
    }

    private void noteMissing(int row, int column) {
        missing[column] = true;
        String name = columns.get(column).name();
        if (column == target || settings.of(name).missing() == Missing.REFUSE) {
            throw missing(
                    table.place(row),
                    name,
                    column == target
                            ? leaveOut()
                            : "Choose a rule for missing values, such as the mean" + RULE
                                    + ", drop the column, or leave the row out");
        }
    }

    /// A hint to leave out the rows without a target.
    private String leaveOut() {
        long without = IntStream.range(0, table.rows())
                .filter(row -> Float.isNaN(table.value(row, target)))
                .count();
        return String.format(
                Locale.ROOT, "Leave out the rows without one, %,d of the %,d training rows", without, table.rows());
    }

    static DataException missing(String place, String column, String hint) {
        return new DataException(place + ", column '" + column + "'", "expects a value, got none", hint);
    }

    private void deviations() {
        for (int row = 0; row < table.rows(); row++) {
            for (int i = 0; i < used.length; i++) {
                if (!used[i] || columns.get(i).kind() == Kind.CATEGORICAL) continue;
                float value = table.value(row, i);
                if (Float.isNaN(value)) continue;
                double centered = value - sums[i] / counts[i];
                squares[i] += centered * centered;
            }
        }
    }

    private ColumnEncoding encoding(int column) {
        if (!used[column]) return new ColumnEncoding.Dropped();
        Table.Column from = columns.get(column);
        if (column == target) return settings.task() == Task.CLASSIFY ? classes(column) : values(column);
        ColumnSettings chosen = settings.of(from.name());
        boolean gaps = chosen.missing() != Missing.REFUSE;
        boolean indicator = gaps && chosen.indicator();
        if (!chosen.calendar().isEmpty()) {
            return new ColumnEncoding.Calendar(chosen.calendar(), Optional.empty(), gaps, indicator);
        }
        boolean constant = chosen.missing() == Missing.CONSTANT && from.kind() == Kind.NUMERIC;
        if (counts[column] == 0 && !constant) {
            throw new DataException(
                    "column '" + from.name() + "'",
                    "expects a value in some row, got none",
                    "Drop the column" + settable("PreprocessingSettings.without", "--drop"));
        }
        if (chosen.dates()) return dates(column, gaps, indicator);
        if (from.kind() == Kind.CATEGORICAL) {
            return new ColumnEncoding.OneHot(categories(column), chosen.ignoresUnseen(), gaps, indicator);
        }
        return scaled(column, chosen);
    }

    /// Months have no place in the week, days none in the day.
    private ColumnEncoding dates(int column, boolean gaps, boolean indicator) {
        List<DateTime> moments = TableDataset.moments(table, column);
        List<Cycle> cycles = new ArrayList<>();
        if (moments.stream().anyMatch(each -> !each.local().toLocalTime().equals(LocalTime.MIDNIGHT))) {
            cycles.add(Cycle.DAY);
        }
        if (!moments.stream().allMatch(DateTime::isMonth)) cycles.add(Cycle.WEEK);
        cycles.add(Cycle.YEAR);
        double mean = moments.stream().mapToDouble(DateTime::days).sum() / moments.size();
        double squares = 0;
        for (DateTime each : moments) squares += (each.days() - mean) * (each.days() - mean);
        double deviation = Math.sqrt(squares / moments.size());
        var age = new ColumnEncoding.Calendar.Age(mean, deviation > 0 ? deviation : 1);
        return new ColumnEncoding.Calendar(cycles, Optional.of(age), gaps, indicator);
    }

    private ColumnEncoding scaled(int column, ColumnSettings chosen) {
        OptionalDouble fill = switch (chosen.missing()) {
            case REFUSE -> OptionalDouble.empty();
            case MEAN -> OptionalDouble.of(sums[column] / counts[column]);
            case MEDIAN -> OptionalDouble.of(median(column));
            case CONSTANT -> OptionalDouble.of(chosen.constant());
        };
        double least = counts[column] == 0 ? chosen.constant() : low[column];
        double most = counts[column] == 0 ? chosen.constant() : high[column];
        boolean indicator = fill.isPresent() && chosen.indicator();
        return switch (chosen.scaling()) {
            case NONE -> new ColumnEncoding.Scaled(0, 1, least, most, fill, indicator);
            case PIXELS -> new ColumnEncoding.Scaled(0, 255, least, most, fill, indicator);
            case MIN_MAX ->
                new ColumnEncoding.Scaled(least, most > least ? most - least : 1, least, most, fill, indicator);
            case STANDARDIZE -> {
                double shift = most > least ? sums[column] / counts[column] : least;
                yield new ColumnEncoding.Scaled(shift, deviation(column), least, most, fill, indicator);
            }
        };
    }

    /// The standard deviation of a column; 1 if it is constant.
    private double deviation(int column) {
        return high[column] > low[column] ? Math.sqrt(squares[column] / counts[column]) : 1;
    }

    private double median(int column) {
        float[] values = new float[(int) counts[column]];
        int n = 0;
        for (int row = 0; row < table.rows(); row++) {
            float value = table.value(row, column);
            if (!Float.isNaN(value)) values[n++] = value;
        }
        Arrays.sort(values);
        return ((double) values[(n - 1) / 2] + values[n / 2]) / 2;
    }

    private List<String> categories(int column) {
        int count = seen[column].cardinality();
        if (count <= TableWriter.MOST_CATEGORIES) return texts(column);
        throw new DataException(
                "column '" + columns.get(column).name() + "'",
                String.format(
                        Locale.ROOT,
                        "expects at most %,d different texts as categories, got %,d",
                        TableWriter.MOST_CATEGORIES,
                        count),
                "Drop the column" + settable("PreprocessingSettings.without", "--drop"));
    }

    private List<String> texts(int column) {
        List<String> all = columns.get(column).categories();
        return CategoryIndex.sorted(seen[column].stream().mapToObj(all::get).toList());
    }

    private ColumnEncoding classes(int column) {
        if (columns.get(column).kind() == Kind.CATEGORICAL) return new ColumnEncoding.ClassLabel(categories(column));
        var values = new TreeSet<Float>();
        for (int row = 0; row < table.rows(); row++) {
            float value = table.value(row, column);
            if (value != Math.rint(value)) {
                throw new DataException(
                        table.place(row) + ", column '" + settings.target() + "'",
                        "expects a whole number as a class, got " + NumberText.of(value),
                        "Train on the values themselves" + VALUES + ", or read the column as texts" + TEXTS);
            }
            if (Math.abs(value) >= EXACT) {
                throw new DataException(
                        table.place(row) + ", column '" + settings.target() + "'",
                        "expects whole numbers below 16,777,216 as classes, beyond which float32 has not all, got "
                                + NumberText.of(value),
                        "Read the column as texts" + TEXTS);
            }
            if (values.add(value == 0 ? 0f : value) && values.size() > Dataset.MOST_CLASSES) {
                throw new DataException(
                        "column '" + settings.target() + "'",
                        String.format(Locale.ROOT, "expects at most %,d classes, got more", Dataset.MOST_CLASSES),
                        "Train on the values themselves" + VALUES);
            }
        }
        return new ColumnEncoding.ClassLabel(
                values.stream().map(columns.get(column)::text).toList());
    }

    private ColumnEncoding values(int column) {
        if (columns.get(column).kind() == Kind.CATEGORICAL) {
            throw new DataException(
                    "column '" + settings.target() + "'",
                    "expects numbers as target values, got texts: " + Spelling.listedTexts(texts(column)),
                    "Train on them as classes" + settable("PreprocessingSettings.classes", "--task classify")
                            + (texts(column).stream().allMatch(NumberText::isNumber)
                                    ? ", or read the column as numbers" + NUMBERS
                                    : ""));
        }
        if (!settings.scaledTarget()) return new ColumnEncoding.Value(0, 1);
        boolean varies = high[column] > low[column];
        return new ColumnEncoding.Value(varies ? sums[column] / counts[column] : low[column], deviation(column));
    }
}

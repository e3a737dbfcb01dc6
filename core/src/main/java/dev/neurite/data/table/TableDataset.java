package dev.neurite.data.table;

import dev.neurite.data.Dataset;
import dev.neurite.data.table.ColumnEncoding.Calendar;
import dev.neurite.data.table.ColumnEncoding.ClassLabel;
import dev.neurite.data.table.ColumnEncoding.OneHot;
import dev.neurite.data.table.ColumnEncoding.Scaled;
import dev.neurite.data.table.ColumnEncoding.Value;
import dev.neurite.data.table.Table.Kind;
import dev.neurite.error.DataException;
import dev.neurite.error.Spelling;
import dev.neurite.model.RowOrigin;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A data set of a table's rows, encoded by a preprocessing whenever they are read.
final class TableDataset implements Dataset {
    /// A column of the table with its encoding.
    /// @param moments the inputs of each text of a calendar column, by its code; empty for others
    private record Source(
            String name,
            int column,
            ColumnEncoding encoding,
            CategoryIndex.@Nullable OfColumn categories,
            List<float[]> moments,
            int at) {}

    private final Preprocessing preprocessing;
    private final Table table;
    private final List<Source> sources = new ArrayList<>();
    private final @Nullable Source target;
    private final List<String> classNames;

    /// @param withTargets whether to read targets
    TableDataset(Preprocessing preprocessing, Table table, boolean withTargets) {
        this.preprocessing = preprocessing;
        this.table = table;
        Map<String, Integer> places = IntStream.range(0, table.columns().size())
                .boxed()
                .collect(Collectors.toMap(i -> table.columns().get(i).name(), Function.identity()));
        requireColumns(places, withTargets);
        Source found = null;
        int at = 0;
        for (Preprocessing.Column each : preprocessing.columns()) {
            if (each.encoding().width() > 0) sources.add(source(each, places.getOrDefault(each.name(), -1), at));
            if (withTargets && each.encoding().isTarget())
                found = source(each, places.getOrDefault(each.name(), -1), 0);
            at += each.encoding().width();
        }
        this.target = found;
        this.classNames = withTargets ? preprocessing.classNames() : List.of();
        check();
    }

    private void requireColumns(Map<String, Integer> places, boolean withTargets) {
        List<String> missing = preprocessing.columns().stream()
                .filter(each -> each.encoding().width() > 0
                        || (withTargets && each.encoding().isTarget()))
                .map(Preprocessing.Column::name)
                .filter(name -> !places.containsKey(name))
                .toList();
        if (!missing.isEmpty()) {
            List<String> others = places.keySet().stream()
                    .filter(name -> preprocessing.columns().stream()
                            .noneMatch(each -> each.name().equals(name)))
                    .sorted()
                    .toList();
            throw new DataException(
                    "table",
                    "expects columns that are missing: " + Spelling.listed(missing),
                    Spelling.misnamed(missing, others));
        }
    }

    private Source source(Preprocessing.Column column, int place, int at) {
        Table.Column from = table.columns().get(place);
        boolean numbers = column.encoding() instanceof Scaled || column.encoding() instanceof Value;
        if (numbers && from.kind() != Kind.NUMERIC) {
            throw new DataException(
                    "column '" + from.name() + "'",
                    "expects numbers, got texts: " + Spelling.listedTexts(from.categories()));
        }
        List<String> categories = switch (column.encoding()) {
            case OneHot oneHot -> oneHot.categories();
            case ClassLabel(List<String> names) -> names;
            default -> List.of();
        };
        var index = categories.isEmpty()
                ? null
                : new CategoryIndex.OfColumn(from, categories, column.encoding().isTarget());
        return new Source(column.name(), place, column.encoding(), index, moments(column, from, place), at);
    }

    /// The inputs of each different date of a column.
    private List<float[]> moments(Preprocessing.Column column, Table.Column from, int place) {
        if (!(column.encoding() instanceof Calendar calendar)) return List.of();
        requireTexts(from);
        float[][] moments = new float[from.categories().size()][0];
        for (int row = 0; row < table.rows(); row++) {
            float code = table.value(row, place);
            if (Float.isNaN(code) || moments[(int) code].length > 0) continue;
            String text = from.categories().get((int) code);
            moments[(int) code] = calendar.inputs(text, table.place(row), from.name());
        }
        return List.of(moments);
    }

    private static void requireTexts(Table.Column dates) {
        if (dates.kind() == Kind.CATEGORICAL) return;
        throw new DataException("column '" + dates.name() + "'", "expects dates or times, got numbers");
    }

    /// The dates of a column in the order of the rows, without those that are missing.
    /// @throws DataException if one is no date or time
    static List<DateTime> moments(Table table, int column) {
        Table.Column of = table.columns().get(column);
        requireTexts(of);
        Map<Integer, DateTime> known = new HashMap<>();
        List<DateTime> moments = new ArrayList<>();
        for (int row = 0; row < table.rows(); row++) {
            float code = table.value(row, column);
            if (Float.isNaN(code)) continue;
            int at = row;
            moments.add(known.computeIfAbsent(
                    (int) code, each -> DateTime.of(of.categories().get(each), table.place(at), of.name())));
        }
        return moments;
    }

    /// Checks that all rows can be encoded.
    private void check() {
        if (table.rows() == 0) throw new DataException("table", "expects at least one row, got 0 rows");
        for (int row = 0; row < table.rows(); row++) {
            for (Source each : sources) check(row, each);
            if (target != null) check(row, target);
        }
    }

    private void check(int row, Source source) {
        float value = table.value(row, source.column());
        boolean missing = Float.isNaN(value);
        boolean unseen =
                !missing && source.categories() != null && source.categories().of(value) < 0;
        if (!missing && !unseen) return;
        if (missing) {
            requireFill(source.encoding(), table.place(row), source.name());
        } else if (!(source.encoding() instanceof OneHot oneHot && oneHot.ignoresUnseen())) {
            Table.Column column = table.columns().get(source.column());
            DataException error = unseen(source.encoding(), table.place(row), source.name(), column.text(value));
            String hint = source.encoding().isTarget() ? "" : leaveOut(source);
            throw hint.isEmpty() ? error : new DataException(error.where(), error.problem(), hint);
        }
    }

    /// A hint to leave out the columns of ids and dates; empty if the source is no such column.
    private String leaveOut(Source unseen) {
        List<String> names = new ArrayList<>();
        List<String> reasons = new ArrayList<>();
        List<String> dates = new ArrayList<>();
        for (Source each : sources) {
            if (!(each.encoding() instanceof OneHot oneHot) || oneHot.ignoresUnseen()) continue;
            boolean isDate = table.looksLikeDates(each.column());
            if (!isDate && !table.looksLikeIds(each.column())) continue;
            names.add(each.name());
            reasons.add("'" + each.name() + "' has " + (isDate ? "dates" : "another text in nearly each row"));
            if (isDate) dates.add(each.name());
        }
        if (!names.contains(unseen.name())) return "";
        return String.join(", ", reasons)
                + (names.size() == 1 ? ". Leave it out: --drop " : ". Leave them out: --drop ") + argument(names)
                + " (in the library PreprocessingSettings.without)"
                + (dates.isEmpty()
                        ? ""
                        : ". Or read the dates: --dates " + argument(dates)
                                + " (in the library ColumnSettings.withDates), or split the rows by date: --order-by "
                                + argument(dates.subList(0, 1)));
    }

    /// Names as one argument of a command line.
    private static String argument(List<String> names) {
        String all = String.join(",", names);
        return all.matches("[\\p{L}\\p{N}_,.-]+") ? all : "'" + all.replace("'", "'\\''") + "'";
    }

    /// Refuses a missing value that no rule replaces.
    static void requireFill(ColumnEncoding encoding, String place, String column) {
        boolean allowed = switch (encoding) {
            case Scaled scaled -> scaled.fill().isPresent();
            case OneHot oneHot -> oneHot.ignoresMissing();
            case Calendar calendar -> calendar.ignoresMissing();
            default -> false;
        };
        if (allowed) return;
        String hint =
                encoding.isTarget() ? Fitting.LEAVE_OUT : "Train it with a rule for missing values" + Fitting.RULE;
        throw Fitting.missing(place, column, hint);
    }

    static DataException unseen(ColumnEncoding encoding, String place, String column, String got) {
        List<String> known = switch (encoding) {
            case OneHot oneHot -> oneHot.categories();
            case ClassLabel(List<String> names) -> names;
            default -> List.of();
        };
        return new DataException(
                place + ", column '" + column + "'",
                "expects a value of the training rows, " + Spelling.listedTexts(known) + ", got '" + got + "'",
                encoding.isTarget()
                        ? "A model knows only the classes that it was trained on"
                        : "To allow others, train with unseen categories ignored"
                                + Fitting.settable("ColumnSettings.withUnseenIgnored", "--unseen ignore"));
    }

    @Override
    public Optional<RowOrigin> origin() {
        return Optional.of(preprocessing);
    }

    @Override
    public int size() {
        return table.rows();
    }

    @Override
    public Shape inputShape() {
        return preprocessing.inputShape();
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public Shape targetShape() {
        return isLabeled() ? Shape.of() : Shape.of(target == null ? 0 : 1);
    }

    @Override
    public boolean isMapped() {
        return table.isMapped();
    }

    @Override
    public boolean isPrepared() {
        return true;
    }

    @Override
    public void readInput(int row, float[] array, int at) {
        for (Source each : sources) {
            float value = table.value(row, each.column());
            int to = at + each.at();
            if (each.encoding() instanceof Scaled scaled) {
                scaled.write(value, array, to);
            } else if (each.encoding() instanceof OneHot oneHot && each.categories() != null) {
                oneHot.write(each.categories().of(value), Float.isNaN(value), array, to);
            } else if (each.encoding() instanceof Calendar calendar) {
                float[] inputs =
                        Float.isNaN(value) ? calendar.missing() : each.moments().get((int) value);
                System.arraycopy(inputs, 0, array, to, inputs.length);
            }
        }
    }

    @Override
    public int label(int row) {
        if (target == null || target.categories() == null) {
            throw new UnsupportedOperationException("this data set has values, not class labels");
        }
        return target.categories().of(table.value(row, target.column()));
    }

    @Override
    public void readTarget(int row, float[] array, int at) {
        if (isLabeled()) throw new UnsupportedOperationException("this data set has class labels, not values");
        if (target == null || !(target.encoding() instanceof Value(double shift, double scale))) return;
        array[at] = (float) ((table.value(row, target.column()) - shift) / scale);
    }

    @Override
    public String toString() {
        return describe();
    }
}

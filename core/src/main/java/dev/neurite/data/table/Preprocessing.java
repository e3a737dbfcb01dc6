package dev.neurite.data.table;

import dev.neurite.data.Dataset;
import dev.neurite.data.table.Encoding.ClassLabel;
import dev.neurite.data.table.Encoding.OneHot;
import dev.neurite.data.table.Encoding.Scaled;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.Spelling;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What becomes of raw columns before a network sees them, fitted on the training part alone: scales, categories,
/// what stands for missing values, names of classes. It travels with the model, so that raw rows are predicted as
/// they were learned.
/// @param columns what becomes of each, in the order of the table that was fitted on
/// @param inputShape of one row of inputs
/// @param missingTexts texts that stand for a missing value in rows to predict
public record Preprocessing(List<Column> columns, Shape inputShape, Set<String> missingTexts) {
    /// A column and what becomes of it.
    public record Column(String name, Encoding encoding) {}

    /// One without texts that stand for a missing value.
    /// @throws ConfigException if it makes no rows of that shape, or has a column twice
    public Preprocessing(List<Column> columns, Shape inputShape) {
        this(columns, inputShape, Set.of());
    }

    /// Checks that it makes rows of that shape, of columns with a name each.
    /// @throws ConfigException if it does not
    public Preprocessing {
        columns = List.copyOf(columns);
        missingTexts = Set.copyOf(missingTexts);
        Set<String> names = new HashSet<>();
        for (Column each : columns) {
            if (!names.add(each.name())) {
                throw new ConfigException("preprocessing", "expects each column once, got '" + each.name() + "' again");
            }
        }
        if (columns.stream().filter(each -> each.encoding().isAnswer()).count() > 1) {
            throw new ConfigException("preprocessing", "expects one column of answers, got several");
        }
        long width = columns.stream().mapToLong(each -> each.encoding().width()).sum();
        if (width == 0) throw new ConfigException("preprocessing", "expects at least one input, got no column for it");
        if (!inputShape.isKnown() || inputShape.size() != width) {
            throw new ConfigException(
                    "input shape", "expects one of " + width + " numbers, as columns make, got " + inputShape);
        }
    }

    /// Fits it on the rows to learn from: statistics are summed in double precision in their order.
    /// @throws DataException for missing values that are refused, or answers that are none
    /// @throws ConfigException for settings of columns that are not there
    public static Preprocessing fit(Table train, PreprocessingSettings settings) {
        return new Fitting(train, settings).preprocessing();
    }

    /// A table as inputs and answers, encoded as they are read. All rows are checked now. Without a column of
    /// answers in the settings, rows have none.
    /// @throws DataException for columns that are missing or of another kind, or rows that are refused
    public Dataset apply(Table table) {
        return new TableDataset(this, table, true);
    }

    /// A table as inputs without answers, encoded as they are read. All rows are checked now.
    /// @throws DataException for columns that are missing or of another kind, or rows that are refused
    public Dataset applyToInputs(Table table) {
        return new TableDataset(this, table, false);
    }

    /// The inputs of one row.
    /// @param values by the names of columns: numbers, texts, booleans, enums; `null`, NaN, an empty
    /// `Optional` and one of [#missingTexts()] are missing values; what is under other names is passed over
    /// @throws DataException for columns that are missing or of another kind, or values that are refused
    public float[] row(Map<String, ?> values) {
        List<String> needed = inputColumns();
        List<String> missing =
                needed.stream().filter(name -> !values.containsKey(name)).toList();
        if (!missing.isEmpty()) {
            throw new DataException(
                    "row", "expects " + Spelling.listed(needed) + ", got nothing for " + Spelling.listed(missing));
        }
        List<Column> inputs =
                columns.stream().filter(each -> each.encoding().width() > 0).toList();
        try (var writer = new TableWriter(needed)) {
            for (int i = 0; i < inputs.size(); i++) {
                Column column = inputs.get(i);
                @Nullable Object value = present(values.get(column.name()));
                boolean text = value instanceof CharSequence && column.encoding() instanceof Scaled;
                writer.value(i, text ? number(column.name(), String.valueOf(value)) : value);
            }
            return only(writer);
        }
    }

    private @Nullable Object present(@Nullable Object value) {
        @Nullable Object plain = value instanceof Optional<?> some ? some.orElse(null) : value;
        boolean marker = plain instanceof CharSequence text
                && missingTexts.contains(text.toString().strip());
        return marker ? null : plain;
    }

    /// The inputs of one row, a record with a component for each column.
    /// @throws DataException for columns that are missing or of another kind, or values that are refused
    public float[] row(Record values) {
        var components = RecordColumns.of(values.getClass());
        Object[] all = components.values(values);
        Map<String, Object> map = new HashMap<>();
        for (int i = 0; i < all.length; i++) map.put(components.names().get(i), all[i]);
        return row(map);
    }

    /// The inputs of one row of texts, in the order of [#columns()], with or without the answer; an empty text is a
    /// missing value, as is one of [#missingTexts()].
    /// @throws DataException for another number of texts, or values that are refused
    public float[] row(List<String> texts) {
        boolean whole = texts.size() == columns.size();
        List<String> names = columns.stream()
                .filter(each -> whole || !each.encoding().isAnswer())
                .map(Column::name)
                .toList();
        if (texts.size() != names.size()) {
            throw new DataException("row", "expects " + names.size() + " values, got " + texts.size());
        }
        Map<String, Object> map = new HashMap<>();
        for (int i = 0; i < texts.size(); i++) {
            map.put(names.get(i), texts.get(i).isEmpty() ? Optional.empty() : texts.get(i));
        }
        return row(map);
    }

    private static Float number(String column, String text) {
        if (!NumberText.isNumber(text.strip())) {
            throw new DataException("row, column '" + column + "'", "expects a number, got '" + text + "'");
        }
        return Float.valueOf(text.strip());
    }

    private float[] only(TableWriter writer) {
        writer.endRow();
        float[] row = new float[inputShape.size()];
        try (Table table = writer.finish()) {
            applyToInputs(table).readInput(0, row, 0);
        }
        return row;
    }

    /// The names of the columns that inputs are made of.
    public List<String> inputColumns() {
        return columns.stream()
                .filter(each -> each.encoding().width() > 0)
                .map(Column::name)
                .toList();
    }

    /// The names of the inputs, in their order: `age`, `color=red`, `age missing`.
    public List<String> inputNames() {
        List<String> names = new ArrayList<>();
        for (Column column : columns) {
            boolean indicator = false;
            switch (column.encoding()) {
                case Scaled scaled -> {
                    names.add(column.name());
                    indicator = scaled.indicator();
                }
                case OneHot oneHot -> {
                    for (String each : oneHot.categories()) names.add(column.name() + "=" + each);
                    indicator = oneHot.indicator();
                }
                default -> {}
            }
            if (indicator) names.add(column.name() + " missing");
        }
        return names;
    }

    /// The column of the answers, if there is one.
    public Optional<Column> answer() {
        return columns.stream().filter(each -> each.encoding().isAnswer()).findFirst();
    }

    /// The names of the classes, by label; empty where answers are none.
    public List<String> classNames() {
        return answer().map(Column::encoding).orElse(new Encoding.Dropped()) instanceof ClassLabel(List<String> names)
                ? names
                : List.of();
    }
}

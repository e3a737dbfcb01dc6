package dev.neurite.data.table;

import dev.neurite.data.Dataset;
import dev.neurite.data.table.Encoding.ClassLabel;
import dev.neurite.data.table.Encoding.OneHot;
import dev.neurite.data.table.Encoding.Scaled;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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

    /// An encoder of single rows, to be made once for many of them.
    public RowEncoder rowEncoder() {
        return new RowEncoder(this);
    }

    /// Encodes one row of values by the names of their columns, see [RowEncoder#encode(Map)]. For many rows make a
    /// [#rowEncoder()] once.
    /// @throws DataException for missing columns, or values that cannot be encoded
    public float[] row(Map<String, ?> values) {
        return rowEncoder().encode(values);
    }

    /// Encodes one row, a record with a component for each column.
    /// @throws DataException for missing columns, or values that cannot be encoded
    /// @throws ConfigException for a record that this library may not read
    public float[] row(Record values) {
        return rowEncoder().encode(values);
    }

    /// Encodes one row of texts, see [RowEncoder#encode(List)].
    /// @throws DataException for another number of texts, or values that cannot be encoded
    public float[] row(List<String> texts) {
        return rowEncoder().encode(texts);
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

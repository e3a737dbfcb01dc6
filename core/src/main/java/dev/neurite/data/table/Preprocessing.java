package dev.neurite.data.table;

import dev.neurite.data.Dataset;
import dev.neurite.data.table.ColumnEncoding.ClassLabel;
import dev.neurite.data.table.ColumnEncoding.OneHot;
import dev.neurite.data.table.ColumnEncoding.Scaled;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.model.RowOrigin;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Encodes the columns of a table as inputs and targets of a network: scales, categories, replacements
/// of missing values, class names. It is fitted on the training part only and saved with the model, so
/// that predictions encode raw rows as the training did.
///
/// <!-- Snippets#preprocessing -->
/// ```java
/// TableSplit split = TableSplit.stratified(table, "kind", 0.2, 0);
/// Preprocessing fitted = Preprocessing.fit(
///         split.train(), PreprocessingSettings.classes("kind").withMissingFilled());
/// Dataset train = fitted.apply(split.train());
/// Dataset test = fitted.apply(split.test());
/// ```
/// @param columns the encoding of each column, in the order of the fitted table
/// @param inputShape the shape of one row of inputs
/// @param missingTexts texts that mean a missing value in rows to predict
public record Preprocessing(List<Column> columns, Shape inputShape, Set<String> missingTexts) implements RowOrigin {
    public record Column(String name, ColumnEncoding encoding) {}

    /// A preprocessing without texts for missing values.
    /// @throws ConfigException for duplicate columns, several targets, or another shape than the columns make
    public Preprocessing(List<Column> columns, Shape inputShape) {
        this(columns, inputShape, Set.of());
    }

    /// @throws ConfigException for duplicate columns, several targets, or another shape than the columns make
    public Preprocessing {
        columns = List.copyOf(columns);
        missingTexts = Set.copyOf(missingTexts);
        Set<String> names = new HashSet<>();
        for (Column each : columns) {
            if (!names.add(each.name())) {
                throw new ConfigException("preprocessing", "expects each column once, got '" + each.name() + "' again");
            }
        }
        if (columns.stream().filter(each -> each.encoding().isTarget()).count() > 1) {
            throw new ConfigException("preprocessing", "expects at most one target column, got several");
        }
        long width = columns.stream().mapToLong(each -> each.encoding().width()).sum();
        if (width == 0)
            throw new ConfigException("preprocessing", "expects at least one input, got no column for inputs");
        if (!inputShape.isKnown() || inputShape.size() != width) {
            throw new ConfigException(
                    "input shape", "expects a shape of " + width + " numbers, as the columns make, got " + inputShape);
        }
    }

    /// Fits a preprocessing to the training rows. Sums are computed in double precision, in the order
    /// of the rows.
    /// @throws DataException for refused missing values, or values that cannot be targets
    /// @throws ConfigException for settings of unknown columns
    public static Preprocessing fit(Table train, PreprocessingSettings settings) {
        return new Fitting(train, settings).preprocessing();
    }

    /// A data set of a table's inputs and targets. Rows are checked now and encoded when they are read.
    /// If no target was fitted, rows have none.
    /// @throws DataException for missing columns, columns of another kind, or values that cannot be encoded
    public Dataset apply(Table table) {
        return new TableDataset(this, table, true);
    }

    /// A data set of a table's inputs only. Rows are checked now and encoded when they are read.
    /// @throws DataException for missing columns, columns of another kind, or values that cannot be encoded
    public Dataset applyToInputs(Table table) {
        return new TableDataset(this, table, false);
    }

    /// An encoder of single rows, to be made once for many of them.
    public RowEncoder rowEncoder() {
        return new RowEncoder(this);
    }

    /// Encodes one row of values by the names of their columns, see [RowEncoder#encode(Map)]. For many
    /// rows make a [#rowEncoder()] once.
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

    /// The names of the columns that have inputs.
    public List<String> inputColumns() {
        return columns.stream()
                .filter(each -> each.encoding().width() > 0)
                .map(Column::name)
                .toList();
    }

    /// The names of the inputs, in order: `age`, `color=red`, `age missing`.
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
                case ColumnEncoding.Calendar calendar -> {
                    for (Cycle each : calendar.cycles()) {
                        String place = column.name() + " in " + each.name().toLowerCase(Locale.ROOT);
                        names.addAll(List.of(place + ", sine", place + ", cosine"));
                    }
                    if (calendar.age().isPresent()) names.add(column.name() + ", age");
                    indicator = calendar.indicator();
                }
                default -> {}
            }
            if (indicator) names.add(column.name() + " missing");
        }
        return names;
    }

    /// The target column, if there is one.
    public Optional<Column> target() {
        return columns.stream().filter(each -> each.encoding().isTarget()).findFirst();
    }

    /// The names of the classes, by label; empty if the target is no class.
    public List<String> classNames() {
        return target().map(Column::encoding).orElse(new ColumnEncoding.Dropped())
                        instanceof ClassLabel(List<String> names)
                ? names
                : List.of();
    }
}

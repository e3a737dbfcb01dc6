package dev.neurite.data.table;

import dev.neurite.data.DataSplit;
import dev.neurite.error.DataException;
import dev.neurite.error.Spelling;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// Rows of raw values in named columns of numbers or texts; a [Preprocessing] encodes it as a data set.
/// Values are in the heap or, for large tables, in a memory-mapped file. Safe to read from several
/// threads.
///
/// <!-- Snippets#table -->
/// ```java
/// record Fruit(double weight, String color, String kind) {}
/// Table table = Table.of(List.of( //                 or Csv.read(path)
///         new Fruit(150, "green", "apple"),
///         new Fruit(7, "red", "cherry"),
///         new Fruit(160, "red", "apple"),
///         new Fruit(6, "black", "cherry")));
/// ```
public sealed interface Table extends AutoCloseable permits StoredTable, RowsTable {
    /// The kind of a column.
    enum Kind {
        /// Numbers, float32.
        NUMERIC,
        /// Texts, each stored as a code: its index in [Column#categories()].
        CATEGORICAL,
        /// Values were not stored.
        SKIPPED
    }

    /// A column.
    /// @param name its name, unique in the table
    /// @param kind its kind
    /// @param categories the different texts in the order of their first row; empty unless [Kind#CATEGORICAL]
    /// @param written whole numbers whose text was another than [NumberText#of], such as `+1` or `1.0`,
    /// with that text; empty for columns that cannot be classes: with fractions, or more than
    /// [TableWriter#MOST_WRITTEN] such numbers
    record Column(String name, Kind kind, List<String> categories, Map<Float, String> written) {
        public Column {
            categories = List.copyOf(categories);
            written = Map.copyOf(written);
        }

        /// A column whose numbers are written as [NumberText#of] does.
        public Column(String name, Kind kind, List<String> categories) {
            this(name, kind, categories, Map.of());
        }

        /// A value of the column as text: its category, or the number as it was written.
        /// @param value as [Table#value] returns it, not missing
        public String text(float value) {
            if (kind == Kind.CATEGORICAL) return categories.get((int) value);
            return written.getOrDefault(value == 0 ? 0f : value, NumberText.of(value));
        }
    }

    int rows();

    /// The columns, in order.
    List<Column> columns();

    /// A number, or the index of a text in [Column#categories()]; NaN for a missing value.
    /// @throws IllegalStateException after [#close]
    float value(int row, int column);

    /// The origin of a row, for messages: `iris.csv, line 5`, `iris.parquet, row 3` or `row 3` (from 0).
    String place(int row);

    /// Whether the values are in a memory-mapped file, outside the heap.
    boolean isMapped();

    /// Rows and columns, for people: `200 rows: weight, diameter, color (4 texts: blue, green, red, yellow)`.
    default String describe() {
        List<String> names = columns().stream()
                .map(each -> each.kind() == Kind.CATEGORICAL
                        ? String.format(
                                Locale.ROOT,
                                "%s (%,d texts: %s)",
                                each.name(),
                                each.categories().size(),
                                Spelling.listedTexts(each.categories()))
                        : each.name())
                .toList();
        return String.format(Locale.ROOT, "%,d rows: %s", rows(), Spelling.listed(names));
    }

    /// Releases the memory or deletes the temporary file; rows cannot be read afterwards. Otherwise it
    /// happens when the program ends.
    @Override
    void close();

    /// The index of a column.
    /// @throws DataException for an unknown name; the message lists the known ones
    default int column(String name) {
        List<String> names = columns().stream().map(Column::name).toList();
        int at = names.indexOf(name);
        if (at >= 0) return at;
        throw new DataException(
                "column '" + name + "'",
                "expects one of " + Spelling.listed(names) + ", got none of that name",
                Spelling.hint(name, names));
    }

    /// Whether a column looks like class labels: texts, or at most 50 different whole numbers, each in two
    /// rows on average. Missing values do not count.
    default boolean looksLikeClasses(int column) {
        if (columns().get(column).kind() == Kind.CATEGORICAL) return true;
        Set<Float> values = new HashSet<>();
        for (int row = 0; row < rows(); row++) {
            float value = value(row, column);
            if (Float.isNaN(value)) continue;
            values.add(value);
            if (value != Math.rint(value) || values.size() > 50) return false;
        }
        return 2 * values.size() <= rows();
    }

    /// Whether a column looks like ids: of more than ten texts at least 90 % are different, or more than ten
    /// numbers are row numbers, from any start and in any order.
    default boolean looksLikeIds(int column) {
        return switch (columns().get(column).kind()) {
            case SKIPPED -> false;
            case CATEGORICAL -> {
                var codes = new BitSet();
                int values = 0;
                for (int row = 0; row < rows(); row++) {
                    float code = value(row, column);
                    if (Float.isNaN(code)) continue;
                    codes.set((int) code);
                    values++;
                }
                yield values > 10 && codes.cardinality() >= 0.9 * values;
            }
            case NUMERIC -> rows() > 10 && countsRows(column);
        };
    }

    private boolean countsRows(int column) {
        var offsets = new BitSet(); // of the numbers from the first one, plus the number of rows
        for (int row = 0; row < rows(); row++) {
            float offset = value(row, column) - value(0, column) + rows();
            boolean near = offset >= 0 && offset <= 2L * rows() && offset == Math.rint(offset); // not if NaN
            if (!near || offsets.get((int) offset)) return false;
            offsets.set((int) offset);
        }
        return offsets.length() - offsets.nextSetBit(0) == rows();
    }

    /// Whether a column has dates, and only those: texts such as `2026-11-26`, `26.11.2026` or `11/26/26`,
    /// perhaps with a time.
    default boolean looksLikeDates(int column) {
        List<String> texts = columns().get(column).categories();
        return !texts.isEmpty() && texts.stream().allMatch(DateTime::looksLikeDate);
    }

    /// A selection of rows, in the order of the indices; nothing is copied. Closing it closes this table.
    /// @throws DataException for an index out of range
    default Table rows(int... indices) {
        return new RowsTable(this, indices.clone());
    }

    /// The rows as data sets for the classes in a column: a fifth of them, chosen at random with classes in
    /// proportion, is the test part. Inputs are the other columns, encoded by a [Preprocessing] that is fitted
    /// to the training part: numbers standardized, texts one-hot. [TableSplit] has other ways to split.
    /// @throws DataException if there is no such column, or a value is missing
    default DataSplit toClassify(String column) {
        return toClassify(column, UnaryOperator.identity());
    }

    /// The rows as data sets for the classes in a column, see [#toClassify(String)].
    /// @param settings changes how columns are encoded, as in `how -> how.withMissingFilled().without("id")`
    /// @throws DataException if there is no such column, or a value cannot be encoded
    default DataSplit toClassify(String column, UnaryOperator<PreprocessingSettings> settings) {
        return TableSplit.stratified(this, column, TableSplit.USUAL_SHARE, 0)
                .prepared(settings.apply(PreprocessingSettings.classes(column)));
    }

    /// The rows as data sets for the numbers in a column: a fifth of them, chosen at random, is the test part.
    /// Inputs are the other columns, as with [#toClassify(String)]; the targets are standardized for training.
    /// @throws DataException if there is no such column, or a value is missing
    default DataSplit toRegress(String column) {
        return toRegress(column, UnaryOperator.identity());
    }

    /// The rows as data sets for the numbers in a column, see [#toRegress(String)].
    /// @param settings changes how columns are encoded, as in `how -> how.withMissingFilled().without("id")`
    /// @throws DataException if there is no such column, or a value cannot be encoded
    default DataSplit toRegress(String column, UnaryOperator<PreprocessingSettings> settings) {
        return TableSplit.of(this, TableSplit.USUAL_SHARE, 0)
                .prepared(settings.apply(PreprocessingSettings.values(column)));
    }

    /// A table of numbers.
    /// @param values `[rows][columns]`, NaN for missing values
    /// @throws DataException for a row of another length, or an infinite number
    static Table of(List<String> columns, float[][] values) {
        try (var writer = new TableWriter(columns)) {
            for (int row = 0; row < values.length; row++) {
                if (values[row].length != columns.size()) {
                    throw new DataException(
                            "row " + row, "expects " + columns.size() + " values, got " + values[row].length);
                }
                for (int i = 0; i < columns.size(); i++) {
                    if (!Float.isNaN(values[row][i])) writer.number(i, values[row][i]);
                }
                writer.endRow();
            }
            return writer.finish();
        }
    }

    /// A table of records, with a column for each component: numbers, or booleans, characters, strings
    /// and enums as texts, each possibly in an `Optional`. Missing values are an empty `Optional`,
    /// `null` and NaN.
    /// @throws DataException for no records, or infinite numbers
    /// @throws dev.neurite.error.ConfigException for a component of another type, or a record that
    /// reflection may not read
    static <R extends Record> Table of(List<R> records) {
        if (records.isEmpty()) throw new DataException("records", "expects at least one, got none");
        @SuppressWarnings("unchecked") // all are R, and a record has no subclasses
        var type = (Class<R>) records.getFirst().getClass();
        return of(type, records.stream());
    }

    /// A table of records from a stream, as [#of(List)]; they need not fit into the heap.
    /// @throws DataException for infinite numbers
    /// @throws dev.neurite.error.ConfigException for a component of another type, or a record that
    /// reflection may not read
    static <R extends Record> Table of(Class<R> type, Stream<? extends R> records) {
        var components = RecordColumns.of(type);
        try (var writer = new TableWriter(components.names())) {
            records.forEachOrdered(each -> {
                Object[] values = components.values(each);
                for (int i = 0; i < values.length; i++) writer.value(i, values[i]);
                writer.endRow();
            });
            return writer.finish();
        }
    }

    /// A table of maps from column names to values, as in [#of(List)]; they need not fit into the heap.
    /// A name that a row lacks is a missing value.
    /// @throws DataException for unknown names, or infinite numbers
    static Table ofMaps(List<String> columns, Stream<? extends Map<String, ?>> rows) {
        try (var writer = new TableWriter(columns)) {
            rows.forEachOrdered(each -> {
                each.forEach((name, value) -> writer.value(writer.column(name), value));
                writer.endRow();
            });
            return writer.finish();
        }
    }
}

package dev.neurite.data.table;

import dev.neurite.error.DataException;
import dev.neurite.error.Spelling;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Rows of raw values under named columns, of numbers or of texts: what a [Preprocessing] makes inputs and
/// answers of. Its numbers are in memory, or in a memory-mapped file for more than fits there. Safe to read from
/// several threads.
public sealed interface Table extends AutoCloseable permits StoredTable, RowsTable {
    /// What a column holds.
    enum Kind {
        /// Numbers, float32.
        NUMERIC,
        /// Texts, each kept as its place in a list.
        CATEGORICAL,
        /// Nothing: its values were not kept.
        SKIPPED
    }

    /// A column.
    /// @param name its name, once in a table
    /// @param kind what it holds
    /// @param categories the different texts in the order of their first row; empty but for [Kind#CATEGORICAL]
    record Column(String name, Kind kind, List<String> categories) {
        /// Keeps a copy.
        public Column {
            categories = List.copyOf(categories);
        }
    }

    /// The number of rows.
    int rows();

    /// The columns, in order.
    List<Column> columns();

    /// A number; or of texts the place of one in [Column#categories()]; NaN where it is missing.
    /// @throws IllegalStateException after [#close]
    float value(int row, int column);

    /// Where a row comes from, for messages: `iris.csv, line 5`, or `row 3`, counted from 0.
    String place(int row);

    /// Whether the numbers are in a file, outside the heap.
    boolean isMapped();

    /// Gives up the memory or file; rows of it cannot be read after that. Without a call it happens at the end of
    /// the program.
    @Override
    void close();

    /// The place of a column.
    /// @throws DataException if there is none of that name; the message lists the known ones
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

    /// Some rows of this table, in their order; nothing is copied. Closing it closes this one.
    /// @throws DataException for an index that is none
    default Table rows(int... indices) {
        return new RowsTable(this, indices.clone());
    }

    /// Numbers under names.
    /// @param values `[rows][columns]`, NaN for what is missing
    /// @throws DataException for a row of another length, or a number that is infinite
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

    /// Records, a column for each component: numbers, or as texts booleans, characters, strings and enums; each may be
    /// in an `Optional`, whose emptiness is a missing value, as are `null` and NaN.
    /// @throws DataException for no records, or numbers that are infinite
    /// @throws dev.neurite.error.ConfigException for a component of another type, or a record that this library may
    /// not read
    static <R extends Record> Table of(List<R> records) {
        if (records.isEmpty()) throw new DataException("records", "expects at least one, got none");
        @SuppressWarnings("unchecked") // all are R, and a record has no subclasses
        var type = (Class<R>) records.getFirst().getClass();
        return of(type, records.stream());
    }

    /// Records from a stream, as [#of(List)], which need not fit into memory.
    /// @throws DataException for numbers that are infinite
    /// @throws dev.neurite.error.ConfigException for a component of another type, or a record that this library may
    /// not read
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

    /// Rows of values by name, from a stream, which need not fit into memory: values as in [#of(List)]; a name that
    /// a row lacks is a missing value.
    /// @throws DataException for names that are not among the columns, or numbers that are infinite
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

package dev.neurite.data.table;

import dev.neurite.data.RowAppender;
import dev.neurite.data.StoredRows;
import dev.neurite.data.table.Table.Column;
import dev.neurite.data.table.Table.Kind;
import dev.neurite.error.DataException;
import dev.neurite.error.Spelling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Makes a [Table], row by row. What is written first in a column decides whether it holds numbers or texts; what is
/// not written is missing. Rows stay in memory up to a quarter of the heap; more go to a temporary file.
public final class TableWriter implements AutoCloseable {
    /// The largest number of different texts in a column.
    public static final int MOST_CATEGORIES = 65_536;

    /// The largest number of columns.
    public static final int MOST_COLUMNS = 100_000;

    private final List<String> names;
    private final String source;
    private final @Nullable Kind[] kinds;
    private final List<Map<String, Integer>> dictionaries = new ArrayList<>();
    private final int[] slots;
    private final float[] row;
    private final RowAppender numbers;
    private final LineNumbers places;
    private boolean finished;

    /// A table whose columns are all kept.
    /// @throws DataException for no columns, more than [#MOST_COLUMNS], or a name twice
    public TableWriter(List<String> columns) {
        this(columns, Set.of(), "", StoredRows.heapBytes());
    }

    /// A table.
    /// @param skipped names of columns whose values are not kept
    /// @param source where rows come from, for messages
    /// @param heapBytes how much may be in the heap before numbers go to a file
    /// @throws DataException for no columns, more than [#MOST_COLUMNS], or a name twice
    public TableWriter(List<String> columns, Set<String> skipped, String source, long heapBytes) {
        if (columns.isEmpty() || columns.size() > MOST_COLUMNS) {
            throw new DataException(
                    source.isEmpty() ? "table" : source,
                    String.format("expects 1 to %,d columns, got %,d", MOST_COLUMNS, columns.size()));
        }
        Set<String> known = new HashSet<>();
        for (String name : columns) {
            if (!known.add(name)) {
                throw new DataException(
                        source.isEmpty() ? "table" : source, "expects each column once, got '" + name + "' again");
            }
        }
        this.names = List.copyOf(columns);
        this.source = source;
        this.kinds = new Kind[names.size()];
        this.slots = new int[names.size()];
        int kept = 0;
        for (int i = 0; i < slots.length; i++) {
            boolean skip = skipped.contains(names.get(i));
            if (skip) kinds[i] = Kind.SKIPPED;
            slots[i] = skip ? -1 : kept++;
            dictionaries.add(new HashMap<>());
        }
        this.row = new float[kept];
        this.numbers = new RowAppender("a table", kept, heapBytes);
        this.places = new LineNumbers(source);
        Arrays.fill(row, Float.NaN);
    }

    /// The place of a column.
    /// @throws DataException if there is none of that name
    public int column(String name) {
        int at = names.indexOf(name);
        if (at < 0) {
            throw new DataException(place(), "expects columns " + Spelling.listed(names) + ", got '" + name + "'");
        }
        return at;
    }

    /// What a column holds; empty as long as nothing was written to it.
    public Optional<Kind> kind(int column) {
        return Optional.ofNullable(kinds[column]);
    }

    /// Decides what a column holds before anything is written to it.
    public void declare(int column, Kind kind) {
        kinds[column] = kind;
    }

    /// Writes a number into the row.
    /// @param value finite
    /// @throws DataException for a number that is not finite, or in a column of texts
    public void number(int column, float value) {
        if (!Float.isFinite(value)) throw wrong(column, "expects a finite number, got " + value);
        if (kinds[column] == null) kinds[column] = Kind.NUMERIC;
        if (kinds[column] == Kind.SKIPPED) return;
        if (kinds[column] == Kind.CATEGORICAL) {
            throw wrong(column, "expects text as in the rows before, got the number " + NumberText.of(value));
        }
        row[slots[column]] = value;
    }

    /// Writes a text into the row.
    /// @throws DataException in a column of numbers, or for more than [#MOST_CATEGORIES] different texts
    public void text(int column, String text) {
        if (kinds[column] == null) kinds[column] = Kind.CATEGORICAL;
        if (kinds[column] == Kind.SKIPPED) return;
        if (kinds[column] == Kind.NUMERIC) {
            throw wrong(column, "expects a number as in the rows before, got '" + text + "'");
        }
        Map<String, Integer> dictionary = dictionaries.get(column);
        Integer code = dictionary.get(text);
        if (code == null) {
            code = dictionary.size();
            if (code == MOST_CATEGORIES) {
                throw new DataException(
                        place() + ", column '" + names.get(column) + "'",
                        String.format("expects at most %,d different texts, got more", MOST_CATEGORIES),
                        "Drop the column" + Fitting.settable("CsvOptions.without", "--drop"));
            }
            dictionary.put(text, code);
        }
        row[slots[column]] = code;
    }

    /// Writes a value of any type that a table knows.
    void value(int column, @Nullable Object value) {
        switch (CellValue.of(value)) {
            case null -> {}
            case Float number -> number(column, number);
            case String text -> text(column, text);
            case Object other -> throw wrong(column, CellValue.problem(other));
        }
    }

    private String place() {
        return source.isEmpty() ? "row " + numbers.count() : source + ", row " + numbers.count();
    }

    private DataException wrong(int column, String problem) {
        return new DataException(place() + ", column '" + names.get(column) + "'", problem);
    }

    /// Ends a row that comes from no file.
    /// @throws IllegalStateException after [#finish]
    public void endRow() {
        requireUnfinished();
        if (numbers.count() == Integer.MAX_VALUE)
            throw new DataException(place(), "expects at most 2,147,483,647 rows, got more");
        numbers.append(row);
        Arrays.fill(row, Float.NaN);
    }

    /// Ends a row of a file.
    /// @param line where it begins, from 1
    /// @throws IllegalStateException after [#finish]
    public void endRow(long line) {
        requireUnfinished();
        places.add(numbers.count(), line);
        endRow();
    }

    /// The table of all rows that were ended. Nothing can be written after that.
    /// @throws IllegalStateException the second time
    public Table finish() {
        requireUnfinished();
        finished = true;
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < slots.length; i++) {
            Kind kind = kind(i).orElse(Kind.NUMERIC);
            List<String> texts = new ArrayList<>(dictionaries.get(i).keySet());
            texts.sort(java.util.Comparator.comparing(dictionaries.get(i)::get));
            columns.add(new Column(names.get(i), kind, texts));
        }
        return new StoredTable(columns, slots, numbers.finish(), places);
    }

    private void requireUnfinished() {
        if (finished) throw new IllegalStateException("table writer: expects calls before finish(), got one after it");
    }

    /// Deletes the temporary file of a table that was not finished.
    @Override
    public void close() {
        numbers.close();
    }
}

package dev.neurite.data.table;

import dev.neurite.data.RowAppender;
import dev.neurite.data.StoredRows;
import dev.neurite.data.table.Table.Column;
import dev.neurite.data.table.Table.Kind;
import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import dev.neurite.error.Spelling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Builds a [Table] row by row. The first value of a column decides whether it holds numbers or texts;
/// a value that is not written is missing. Rows stay in the heap up to a limit, beyond it they go to a
/// temporary file.
public final class TableWriter implements AutoCloseable {
    /// The largest number of different texts in a column, of categories that become inputs, and of classes.
    public static final int MOST_CATEGORIES = 65_536;

    /// The largest number of different texts in a column that was [declared][#declare] as one of texts, or has
    /// dates: up to which float32 counts. They may take as much of the heap as the rows.
    public static final int MOST_TEXTS = 1 << 24;

    /// The largest number of columns.
    public static final int MOST_COLUMNS = 100_000;

    /// The largest number of whole numbers in a column whose unusual texts are kept, see
    /// [Table.Column#written].
    public static final int MOST_WRITTEN = 1_000;

    private static final long FREE_TEXT = 16 << 20; // bytes of texts that any heap has room for

    private static final int MOST_WRITTEN_IN_ALL = 65_536; // of a table with many columns
    private static final int ENTRY_BYTES = 120; // of a different text, beside its characters

    private final List<String> names;
    private final String source;
    private final @Nullable Kind[] kinds;
    private final BitSet declared = new BitSet();
    private final List<Map<String, Integer>> dictionaries = new ArrayList<>();
    private final int[] slots;
    private final float[] row;
    private final RowAppender numbers;
    private final long heapBytes;
    private long textBytes;
    private final Map<Integer, Map<Float, String>> written = new HashMap<>(); // by column
    private final BitSet unwritten = new BitSet(); // columns that cannot be classes
    private int writtenInAll;
    private final LineNumbers places;
    private boolean finished;

    /// A writer that stores all columns.
    /// @throws DataException for no columns, more than [#MOST_COLUMNS], or a duplicate name
    public TableWriter(List<String> columns) {
        this(columns, Set.of(), "", StoredRows.heapBytes());
    }

    /// A writer that may skip columns.
    /// @param skipped names of columns whose values are not stored
    /// @param source the origin of the rows, for messages
    /// @param heapBytes the limit for values in the heap; usually [StoredRows#heapBytes()]
    /// @throws DataException for no columns, more than [#MOST_COLUMNS], or a duplicate name
    public TableWriter(List<String> columns, Set<String> skipped, String source, long heapBytes) {
        if (columns.isEmpty() || columns.size() > MOST_COLUMNS) {
            throw new DataException(
                    source.isEmpty() ? "table" : source,
                    String.format(Locale.ROOT, "expects 1 to %,d columns, got %,d", MOST_COLUMNS, columns.size()));
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
        this.heapBytes = heapBytes;
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

    /// The index of a column.
    /// @throws DataException for an unknown name
    public int column(String name) {
        int at = names.indexOf(name);
        if (at < 0) {
            throw new DataException(place(), "expects columns " + Spelling.listed(names) + ", got '" + name + "'");
        }
        return at;
    }

    /// The kind of a column; empty until a value is written or the kind is declared.
    public Optional<Kind> kind(int column) {
        return Optional.ofNullable(kinds[column]);
    }

    /// Declares the kind of a column before any value is written to it.
    public void declare(int column, Kind kind) {
        declared.set(column);
        kinds[column] = kind;
    }

    /// Writes a number into the current row.
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

    /// Writes a number into the current row, and keeps how it is written, for names of classes.
    /// @param value finite
    /// @param text the text that it was read from
    /// @throws DataException for a number that is not finite, or in a column of texts
    public void number(int column, float value, String text) {
        number(column, value);
        if (unwritten.get(column) || NumberText.isUsual(text)) return;
        if (value != Math.rint(value)) {
            forgetWritten(column);
            return;
        }
        Map<Float, String> of = written.computeIfAbsent(column, _ -> new HashMap<>());
        if (of.putIfAbsent(value == 0 ? 0f : value, text) != null) return;
        writtenInAll++;
        if (of.size() > MOST_WRITTEN) forgetWritten(column);
        if (writtenInAll <= MOST_WRITTEN_IN_ALL) return;
        written.clear();
        unwritten.set(0, names.size());
    }

    private void forgetWritten(int column) {
        unwritten.set(column);
        Map<Float, String> gone = written.remove(column);
        writtenInAll -= gone == null ? 0 : gone.size();
    }

    /// Writes a text into the current row.
    /// @throws DataException in a column of numbers, or for more than [#MOST_CATEGORIES] different texts
    /// ([#MOST_TEXTS] in a column that was declared, and of dates)
    /// @throws ResourceException if the different texts take too much of the heap
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
            if (code >= MOST_CATEGORIES || textBytes > Math.max(heapBytes, FREE_TEXT)) requireRoom(column, text, code);
            textBytes += ENTRY_BYTES + 2L * text.length();
            dictionary.put(text, code);
        }
        row[slots[column]] = code;
    }

    private void requireRoom(int column, String text, int code) {
        boolean many = declared.get(column) || DateTime.parse(text).isPresent();
        int most = many ? MOST_TEXTS : MOST_CATEGORIES;
        String where = place() + ", column '" + names.get(column) + "'";
        if (code >= most) {
            throw new DataException(
                    where,
                    String.format(Locale.ROOT, "expects at most %,d different texts, got more", most),
                    "Drop the column" + Fitting.settable("ReadOptions.without", "--drop")
                            + "; if it has times, or texts to train on, say so"
                            + Fitting.settable("ReadOptions.withTexts", "--time, --text"));
        }
        if (textBytes <= heapBytes) return;
        throw new ResourceException(
                where,
                "expects different texts that fit into " + (heapBytes >> 20) + " MB of the heap, got more",
                "Give Java more memory, as in -Xmx8g, or drop the column");
    }

    /// Writes a value of any type that a table can hold, see [Table#of(java.util.List)].
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

    /// Ends the current row.
    /// @throws IllegalStateException after [#finish]
    public void endRow() {
        requireUnfinished();
        if (numbers.count() == Integer.MAX_VALUE)
            throw new DataException(place(), "expects at most 2,147,483,647 rows, got more");
        numbers.append(row);
        Arrays.fill(row, Float.NaN);
    }

    /// Ends the current row.
    /// @param line the line of the file in which it begins, from 1
    /// @throws IllegalStateException after [#finish]
    public void endRow(long line) {
        requireUnfinished();
        places.add(numbers.count(), line);
        endRow();
    }

    /// Returns the table of all rows that were ended; no more can be written.
    /// @throws IllegalStateException for a second call
    public Table finish() {
        requireUnfinished();
        finished = true;
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < slots.length; i++) {
            Kind kind = kind(i).orElse(Kind.NUMERIC);
            List<String> texts = new ArrayList<>(dictionaries.get(i).keySet());
            texts.sort(java.util.Comparator.comparing(dictionaries.get(i)::get));
            columns.add(new Column(names.get(i), kind, texts, written.getOrDefault(i, Map.of())));
        }
        return new StoredTable(columns, slots, numbers.finish(), places);
    }

    private void requireUnfinished() {
        if (finished) throw new IllegalStateException("table writer: expects calls before finish(), got one after it");
    }

    /// Deletes the temporary file, unless [#finish] was called.
    @Override
    public void close() {
        numbers.close();
    }
}

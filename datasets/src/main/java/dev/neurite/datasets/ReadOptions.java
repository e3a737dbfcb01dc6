package dev.neurite.datasets;

import dev.neurite.data.StoredRows;
import dev.neurite.data.table.ColumnEncoding;
import dev.neurite.data.table.ColumnEncoding.ClassLabel;
import dev.neurite.data.table.ColumnEncoding.Scaled;
import dev.neurite.data.table.ColumnEncoding.Value;
import dev.neurite.data.table.NumberText;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.Table.Kind;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// How a table is read, of a file of any format or of a query. Immutable: each `with…` returns new options;
/// [#USUAL] has the defaults.
/// @param csv what only CSV files have; tables of other formats are refused with other values than the usual
/// @param missing texts that mean a missing value, besides an empty cell
/// @param dropped names of columns to skip
/// @param texts names of columns to read as texts, even if they look like numbers
/// @param numeric names of columns to read as numbers, even if they look like codes
/// @param numbers whether all other columns hold numbers; else their first cells decide
/// @param known the expected columns with their kinds; empty to read all columns as found
/// @param heapBytes the limit for rows in the heap; more go to a temporary file
/// @param notes receives remarks that are no errors
/// @param misfits receives cells and rows that do not fit; by default the first is refused
public record ReadOptions(
        CsvFormat csv,
        Set<String> missing,
        Set<String> dropped,
        Set<String> texts,
        Set<String> numeric,
        boolean numbers,
        List<Known> known,
        long heapBytes,
        Consumer<String> notes,
        Misfits misfits) {
    /// The defaults: commas, automatic header, only empty cells missing, a quarter of the heap.
    public static final ReadOptions USUAL = new ReadOptions(
            CsvFormat.USUAL,
            Set.of(),
            Set.of(),
            Set.of(),
            Set.of(),
            false,
            List.of(),
            StoredRows.heapBytes(),
            _ -> {},
            misfit -> {
                throw misfit.refusal();
            });

    /// An expected column.
    /// @param name its name
    /// @param kind its kind
    /// @param optional whether it may be missing
    public record Known(String name, Kind kind, boolean optional) {}

    /// A cell or row that does not fit the table: a cell of another kind than its column, or a row with
    /// another number of cells.
    /// @param where the file, for messages
    /// @param column the name of the column; empty for a row
    /// @param unit what `at` counts: a `line`, from 1, or a `row`, from 0
    /// @param at where the row begins
    /// @param text the cell's text; for a row, the number of its cells
    /// @param problem what was expected and what was found
    /// @param hint a hint for the user; empty for none
    public record Misfit(String where, String column, String unit, long at, String text, String problem, String hint) {
        /// The exception for this misfit.
        public DataException refusal() {
            String place = where + ", " + unit + " " + at + (column.isEmpty() ? "" : ", column '" + column + "'");
            return new DataException(place, problem, hint);
        }
    }

    /// Receives cells and rows that do not fit.
    @FunctionalInterface
    public interface Misfits extends Consumer<Misfit> {
        /// Called when a column is read again as texts: its cells that did not fit are texts, too. Does
        /// nothing by default.
        default void takeBack(String column) {}
    }

    /// Keeps copies.
    /// @throws ConfigException for a column that is to be read as texts and numbers
    public ReadOptions {
        missing = Set.copyOf(missing);
        dropped = Set.copyOf(dropped);
        texts = Set.copyOf(texts);
        numeric = Set.copyOf(numeric);
        known = List.copyOf(known);
        Optional<String> both =
                texts.stream().filter(numeric::contains).sorted().findFirst();
        if (both.isPresent()) {
            throw new ConfigException(
                    "column '" + both.get() + "'", "expects to be read as texts or numbers, got both");
        }
    }

    /// With a CSV file that has a header, or none.
    public ReadOptions withHeader(CsvFormat.Header header) {
        return with(new CsvFormat(header, csv.delimiter()));
    }

    /// With a CSV file that has another character between cells.
    /// @throws ConfigException for one of [CsvFormat#NO_DELIMITERS]
    public ReadOptions withDelimiter(char delimiter) {
        return with(new CsvFormat(csv.header(), delimiter));
    }

    /// The same for a file of another format.
    public ReadOptions withoutCsv() {
        return with(CsvFormat.USUAL);
    }

    private ReadOptions with(CsvFormat other) {
        return new ReadOptions(other, missing, dropped, texts, numeric, numbers, known, heapBytes, notes, misfits);
    }

    /// With these texts as missing values, besides empty cells.
    public ReadOptions withMissing(Set<String> markers) {
        return new ReadOptions(csv, markers, dropped, texts, numeric, numbers, known, heapBytes, notes, misfits);
    }

    public ReadOptions without(Set<String> columns) {
        return new ReadOptions(csv, missing, columns, texts, numeric, numbers, known, heapBytes, notes, misfits);
    }

    public ReadOptions withTexts(Set<String> columns) {
        return new ReadOptions(csv, missing, dropped, columns, numeric, numbers, known, heapBytes, notes, misfits);
    }

    /// With these columns as numbers, even if their cells have leading zeros, as codes do: `007` is 7.
    public ReadOptions withNumbers(Set<String> columns) {
        return new ReadOptions(csv, missing, dropped, texts, columns, numbers, known, heapBytes, notes, misfits);
    }

    /// With numbers in all columns that are not declared as texts.
    public ReadOptions withNumbers() {
        return new ReadOptions(csv, missing, dropped, texts, numeric, true, known, heapBytes, notes, misfits);
    }

    /// With this limit for rows in the heap.
    public ReadOptions withHeapBytes(long bytes) {
        return new ReadOptions(csv, missing, dropped, texts, numeric, numbers, known, bytes, notes, misfits);
    }

    public ReadOptions withNotes(Consumer<String> other) {
        return new ReadOptions(csv, missing, dropped, texts, numeric, numbers, known, heapBytes, other, misfits);
    }

    /// With a receiver of misfits instead of refusing the first: a misfit cell becomes a missing value,
    /// a misfit row is skipped.
    public ReadOptions withMisfits(Misfits other) {
        return new ReadOptions(csv, missing, dropped, texts, numeric, numbers, known, heapBytes, notes, other);
    }

    /// For rows with the columns of a preprocessing, in any order if there is a header, and with its
    /// texts for missing values in addition.
    /// @param withTargets whether the target column is required
    public ReadOptions like(Preprocessing preprocessing, boolean withTargets) {
        List<Known> columns = preprocessing.columns().stream()
                .map(each -> new Known(
                        each.name(),
                        kind(each.encoding()),
                        each.encoding().isTarget()
                                ? !withTargets
                                : each.encoding().width() == 0))
                .toList();
        Set<String> markers = new HashSet<>(missing);
        markers.addAll(preprocessing.missingTexts());
        return new ReadOptions(csv, markers, dropped, texts, numeric, numbers, columns, heapBytes, notes, misfits);
    }

    /// With an expected column added or replaced.
    public ReadOptions withKnown(Known column) {
        List<Known> columns = new ArrayList<>(known);
        int at = columns.stream().map(Known::name).toList().indexOf(column.name());
        if (at < 0) columns.add(column);
        else columns.set(at, column);
        return new ReadOptions(csv, missing, dropped, texts, numeric, numbers, columns, heapBytes, notes, misfits);
    }

    /// Refuses what only CSV files have.
    /// @param where a table of another format
    void requireNoCsv(String where) {
        if (csv.equals(CsvFormat.USUAL)) return;
        throw new ConfigException(
                csv.delimiter() == CsvFormat.USUAL.delimiter() ? "header" : "delimiter",
                "expects a CSV file, got " + where);
    }

    /// Whether the user can change how the file is read; rows for a model are read as the model requires.
    boolean isFree() {
        return known.isEmpty() && !numbers;
    }

    /// A hint at a setting; empty for rows for a model.
    String settable(String method, String option) {
        return isFree() ? " (in the library ReadOptions." + method + ", on the command line " + option + ")" : "";
    }

    private static Kind kind(ColumnEncoding encoding) {
        return switch (encoding) {
            case Scaled _, Value _ -> Kind.NUMERIC;
            case ColumnEncoding.OneHot _ -> Kind.CATEGORICAL;
            case ClassLabel(List<String> names) -> kind(names);
            case ColumnEncoding.Calendar _ -> Kind.CATEGORICAL;
            case ColumnEncoding.Dropped _ -> Kind.SKIPPED;
        };
    }

    /// The kind of a column of classes: categorical, unless all are numbers as [NumberText#of] writes
    /// them.
    private static Kind kind(List<String> classes) {
        boolean numbers = classes.stream()
                .allMatch(each -> NumberText.isNumber(each)
                        && NumberText.of(Float.parseFloat(each)).equals(each));
        return numbers ? Kind.NUMERIC : Kind.CATEGORICAL;
    }
}

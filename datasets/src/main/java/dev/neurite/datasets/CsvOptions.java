package dev.neurite.datasets;

import dev.neurite.data.StoredRows;
import dev.neurite.data.table.Encoding;
import dev.neurite.data.table.Encoding.ClassLabel;
import dev.neurite.data.table.Encoding.Scaled;
import dev.neurite.data.table.Encoding.Value;
import dev.neurite.data.table.NumberText;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.Table.Kind;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// How a CSV file is read. Immutable: `with…` gives another; [#USUAL] is what is usual.
/// @param header whether the first line has the names of the columns
/// @param delimiter between cells
/// @param missing texts that stand for a missing value, besides an empty cell
/// @param dropped names of columns that are not kept
/// @param texts names of columns that are texts, even if they look like numbers
/// @param numbers whether all other columns hold numbers; else what is first in a column decides
/// @param known the columns that are wanted, with what they hold; empty for all, as they are found
/// @param heapBytes how much may be in the heap before rows go to a temporary file
/// @param notes takes what is odd, but no error
/// @param misfits takes what does not fit; usually it refuses the first
public record CsvOptions(
        Header header,
        char delimiter,
        Set<String> missing,
        Set<String> dropped,
        Set<String> texts,
        boolean numbers,
        List<Known> known,
        long heapBytes,
        Consumer<String> notes,
        Consumer<Misfit> misfits) {
    /// Commas, a header if the first line looks like one, only empty cells missing, a quarter of the heap.
    public static final CsvOptions USUAL = new CsvOptions(
            Header.AUTO,
            ',',
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

    /// Characters that mean something else than the end of a cell.
    public static final String NO_DELIMITERS = "\"\n\r\0";

    /// Whether there is a header.
    public enum Header {
        /// If none of the first line's cells is a number; where columns are known, also if one of their
        /// names is there.
        AUTO,
        /// There is.
        YES,
        /// There is none: columns are `column1`, `column2` and so on.
        NO
    }

    /// A column that is wanted.
    /// @param name its name
    /// @param kind what it holds
    /// @param optional whether it may be missing
    public record Known(String name, Kind kind, boolean optional) {}

    /// What does not fit into a table: a cell of another kind than its column, or a row of another
    /// number of cells.
    /// @param where what is read
    /// @param column its name; empty for a row
    /// @param line where its row begins, from 1
    /// @param text of the cell; of a row the number of its cells
    /// @param problem what was expected and what came
    /// @param hint what to do about it; empty for nothing
    public record Misfit(String where, String column, long line, String text, String problem, String hint) {
        /// What is said where it is refused.
        public DataException refusal() {
            String place = where + ", line " + line + (column.isEmpty() ? "" : ", column '" + column + "'");
            return new DataException(place, problem, hint);
        }
    }

    /// Keeps copies and checks the delimiter.
    /// @throws ConfigException for a delimiter that means something else
    public CsvOptions {
        missing = Set.copyOf(missing);
        dropped = Set.copyOf(dropped);
        texts = Set.copyOf(texts);
        known = List.copyOf(known);
        if (NO_DELIMITERS.indexOf(delimiter) >= 0) {
            throw new ConfigException("delimiter", "expects a character between cells, got one that is none");
        }
    }

    /// With or without a header.
    public CsvOptions withHeader(Header other) {
        return new CsvOptions(other, delimiter, missing, dropped, texts, numbers, known, heapBytes, notes, misfits);
    }

    /// With another delimiter.
    public CsvOptions withDelimiter(char other) {
        return new CsvOptions(header, other, missing, dropped, texts, numbers, known, heapBytes, notes, misfits);
    }

    /// With these texts for missing values, besides the empty cell.
    public CsvOptions withMissing(Set<String> markers) {
        return new CsvOptions(header, delimiter, markers, dropped, texts, numbers, known, heapBytes, notes, misfits);
    }

    /// Without these columns.
    public CsvOptions without(Set<String> columns) {
        return new CsvOptions(header, delimiter, missing, columns, texts, numbers, known, heapBytes, notes, misfits);
    }

    /// With these columns as texts.
    public CsvOptions withTexts(Set<String> columns) {
        return new CsvOptions(header, delimiter, missing, dropped, columns, numbers, known, heapBytes, notes, misfits);
    }

    /// With numbers in all columns that are not texts, as rows have for a model that takes numbers.
    public CsvOptions withNumbers() {
        return new CsvOptions(header, delimiter, missing, dropped, texts, true, known, heapBytes, notes, misfits);
    }

    /// With this much in the heap at most.
    public CsvOptions withHeapBytes(long bytes) {
        return new CsvOptions(header, delimiter, missing, dropped, texts, numbers, known, bytes, notes, misfits);
    }

    /// With a place for notes.
    public CsvOptions withNotes(Consumer<String> other) {
        return new CsvOptions(header, delimiter, missing, dropped, texts, numbers, known, heapBytes, other, misfits);
    }

    /// With a place for what does not fit, instead of refusing the first: such a cell becomes a missing
    /// one, and such a row is left out.
    public CsvOptions withMisfits(Consumer<Misfit> other) {
        return new CsvOptions(header, delimiter, missing, dropped, texts, numbers, known, heapBytes, notes, other);
    }

    /// For rows like those that a preprocessing was fitted on: its columns, in any order if there is a
    /// header, and its texts for missing values besides those of these options.
    /// @param withTargets whether the targets are needed
    public CsvOptions like(Preprocessing preprocessing, boolean withTargets) {
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
        return new CsvOptions(header, delimiter, markers, dropped, texts, numbers, columns, heapBytes, notes, misfits);
    }

    /// With a known column read in another way, or one more.
    public CsvOptions withKnown(Known column) {
        List<Known> columns = new ArrayList<>(known);
        int at = columns.stream().map(Known::name).toList().indexOf(column.name());
        if (at < 0) columns.add(column);
        else columns.set(at, column);
        return new CsvOptions(header, delimiter, missing, dropped, texts, numbers, columns, heapBytes, notes, misfits);
    }

    private static Kind kind(Encoding encoding) {
        return switch (encoding) {
            case Scaled _, Value _ -> Kind.NUMERIC;
            case Encoding.OneHot oneHot -> kind(oneHot.categories());
            case ClassLabel(List<String> names) -> kind(names);
            case Encoding.Dropped _ -> Kind.SKIPPED;
        };
    }

    /// Texts, unless all are numbers as they are written for numbers.
    private static Kind kind(List<String> categories) {
        boolean numbers = categories.stream()
                .allMatch(each -> NumberText.isNumber(each)
                        && NumberText.of(Float.parseFloat(each)).equals(each));
        return numbers ? Kind.NUMERIC : Kind.CATEGORICAL;
    }
}

package dev.neurite.datasets;

import de.siegmar.fastcsv.reader.CsvRecord;
import dev.neurite.data.table.NumberText;
import dev.neurite.data.table.Table;
import dev.neurite.data.table.Table.Kind;
import dev.neurite.data.table.TableWriter;
import dev.neurite.datasets.ReadOptions.Known;
import dev.neurite.datasets.ReadOptions.Misfit;
import dev.neurite.error.DataException;
import dev.neurite.error.Spelling;
import java.math.BigDecimal;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Builds a table from the rows of a CSV file.
final class CsvTable implements AutoCloseable {
    private static final float EXACT = 1 << 24; // below, every whole number is a float

    private final String where;
    private final ReadOptions options;
    private List<String> names = List.of(); // of the columns of the file
    private int[] columns = {}; // the table's column for each cell of a line; −1 for none
    private @Nullable TableWriter writer;
    private @Nullable CsvColumns found; // null before the first line
    private final BitSet rounded = new BitSet(); // columns of the table
    private final BitSet fractions = new BitSet(); // columns of the table with a number that is not whole
    private final BitSet words = new BitSet(); // columns of the table with a text that is no code like A3
    private final Set<String> noted = new HashSet<>(); // columns of codes that a note was given for
    private final Set<String> zeros = new HashSet<>(); // of these, those whose codes have leading zeros
    private final Set<String> codes = new LinkedHashSet<>(); // columns of whole numbers that turn out to be texts
    private final boolean again; // whether the file can be read once more
    private long doubted; // the line of a first row that may be a header with other names; 0 for none
    private boolean decimalCommas; // whether a decimal comma was read
    private boolean any;
    private int count;
    private @Nullable Misfit firstRagged;

    /// @param again whether the file can be read once more, see [#codes()]
    CsvTable(String where, ReadOptions options, boolean again) {
        this.where = where;
        this.options = options;
        this.again = again;
    }

    void add(CsvRecord row) {
        long line = row.getStartingLineNumber();
        List<String> cells = row.getFields();
        TableWriter to = writer;
        if (to == null) {
            to = begin(cells, line).writer();
            writer = to;
            if (isHeaded()) return;
        }
        if (cells.size() != columns.length) {
            Misfit ragged = ragged(cells, line);
            if (firstRagged == null) firstRagged = ragged;
            options.misfits().accept(ragged);
            return;
        }
        for (int i = 0; i < columns.length; i++) {
            if (columns[i] >= 0) cell(to, i, cells.get(i).strip(), line);
        }
        if (any && doubted > 0) noteHeaderOfOtherNames();
        any = true;
        count++;
        to.endRow(line);
    }

    private CsvColumns begin(List<String> cells, long line) {
        var begun = new CsvColumns(where, options, cells, line);
        found = begun;
        names = begun.names();
        columns = begun.places();
        if (begun.mayBeHeader()) doubted = line;
        return begun;
    }

    private boolean isHeaded() {
        return found != null && found.headed();
    }

    /// Notes, where another row follows, that the first line was taken for one: it may be a header with
    /// other names.
    private void noteHeaderOfOtherNames() {
        options.notes()
                .accept(where + ", line " + doubted + ": taken for a row, as no cell is the name of a column: "
                        + Spelling.listed(options.known().stream()
                                .filter(each -> !each.optional())
                                .map(Known::name)
                                .toList())
                        + ". If it is a header, name its columns so");
        doubted = 0;
    }

    private Misfit ragged(List<String> row, long line) {
        String problem = String.format(
                Locale.ROOT,
                "expects %,d cells%s, got %,d",
                columns.length,
                isHeaded() ? " as in its header" : " as in its first line",
                row.size());
        return new Misfit(
                where,
                "",
                "line",
                line,
                Integer.toString(row.size()),
                problem,
                CsvColumns.delimiterHint(options, row, columns.length));
    }

    // ------------------------------------------------------------------------------------------------- a cell

    /// The columns of codes that began with numbers. The file must be read again with these columns as
    /// texts.
    Set<String> codes() {
        return codes;
    }

    /// Whether a text is a code like `A3`, with letters and digits, and not an unusual form of a number.
    private boolean isCode(String text) {
        return !CsvColumns.isOddNumber(text)
                && text.chars().anyMatch(Character::isDigit)
                && text.chars().anyMatch(Character::isLetter);
    }

    /// Whether a column holds numbers only if its cells do not look like codes.
    private boolean mayBeCodes(int cell) {
        return options.isFree() && !options.numeric().contains(names.get(cell)) && !fractions.get(columns[cell]);
    }

    private void noteZeros(int cell, long line, String text) {
        zeros.add(names.get(cell));
        if (!noted.add(names.get(cell))) return;
        options.notes()
                .accept(where + ", column '" + names.get(cell) + "': read as texts, a category each, as line " + line
                        + " has '" + text + "', which as a number would lose its zeros. If they are numbers, say so"
                        + options.settable("withNumbers", "--numbers"));
    }

    private void noteCode(int cell, long line, String text, String before) {
        if (!noted.add(names.get(cell))) return;
        boolean whole = NumberText.isNumber(text);
        options.notes()
                .accept(where + ", column '" + names.get(cell) + "': read as texts, a category each, as line " + line
                        + " has '" + text + "' where lines before have " + before + ". "
                        + (whole ? "If those before stand for missing values" : "If that cell is missing or wrong")
                        + ", say so" + options.settable("withMissing", "--missing" + (whole ? "" : " '" + text + "'"))
                        + " or mend " + (whole ? "them" : "it"));
    }

    private void cell(TableWriter to, int cell, String text, long line) {
        int column = columns[cell];
        if (text.isEmpty() || options.missing().contains(text) || codes.contains(names.get(cell))) return;
        Kind kind = to.kind(column).orElse(null);
        if (kind == Kind.CATEGORICAL) {
            boolean declared = !options.known().isEmpty() || options.texts().contains(names.get(cell));
            boolean number = !declared && NumberText.isNumber(text);
            if (number
                    && options.isFree()
                    && !words.get(column)
                    && CsvColumns.DIGITS.matcher(text).matches()) {
                noteCode(cell, line, text, "codes");
            } else if (number) {
                misfit(
                        cell,
                        line,
                        text,
                        "expects text as in the lines before, got the number " + text,
                        "If all are texts, name the column in the list of those"
                                + options.settable("withTexts", "--categories")
                                + "; if the others stand for missing values, say so"
                                + options.settable("withMissing", "--missing")
                                + (zeros.contains(names.get(cell))
                                        ? "; if all are numbers, say so" + options.settable("withNumbers", "--numbers")
                                        : ""));
                return;
            }
            text(to, column, text);
            return;
        }
        boolean isPadded = NumberText.hasLeadingZeros(text) && mayBeCodes(cell);
        if (isPadded && kind == null) {
            noteZeros(cell, line, text);
            text(to, column, text);
            return;
        }
        if (isPadded && again) {
            noteZeros(cell, line, text);
            codes.add(names.get(cell));
            return;
        }
        String plain = withPoint(text, line);
        if (isPadded) {
            misfit(
                    cell,
                    line,
                    text,
                    "expects a number as in the lines before, got the code '" + text + "'",
                    "If all are codes, read the column as texts" + options.settable("withTexts", "--categories")
                            + "; if all are numbers, say so" + options.settable("withNumbers", "--numbers"));
        } else if (NumberText.isNumber(plain)) {
            float value = Float.parseFloat(plain);
            if (Float.isFinite(value)) {
                if (value != Math.rint(value)) fractions.set(column);
                if (Math.abs(value) >= EXACT && !rounded.get(column)) noteRounding(cell, line, text, value);
                to.number(column, value, text);
            } else {
                misfit(cell, line, text, "expects a number up to 3.4e38, got '" + text + "', which is beyond", "");
            }
        } else if (kind == Kind.NUMERIC && again && mayBeCodes(cell) && isCode(text)) {
            noteCode(cell, line, text, "whole numbers");
            codes.add(names.get(cell));
        } else if (kind == Kind.NUMERIC || CsvColumns.isOddNumber(text)) {
            misfit(cell, line, text, "expects a number, got '" + text + "'", numberHint(text, names.get(cell)));
        } else {
            text(to, column, text);
        }
    }

    private void text(TableWriter to, int column, String text) {
        if (!NumberText.isNumber(text) && !isCode(text)) words.set(column);
        to.text(column, text);
    }

    /// In a file with semicolons, turns the decimal comma of a number into a point.
    private String withPoint(String text, long line) {
        if (options.csv().delimiter() != ';'
                || !CsvColumns.DECIMAL_COMMA.matcher(text).matches()) return text;
        if (!decimalCommas) {
            options.notes()
                    .accept(where + ", line " + line + ": '" + text
                            + "' is read as a number with a decimal comma, as are cells like it");
        }
        decimalCommas = true;
        return text.replace(',', '.');
    }

    /// Notes, once per column, a whole number that float32 rounds.
    private void noteRounding(int cell, long line, String text, float value) {
        if (!text.matches("[-+]?[0-9]{1,60}") || new BigDecimal(text).compareTo(new BigDecimal(value)) == 0) return;
        rounded.set(columns[cell]);
        options.notes()
                .accept(where + ", column '" + names.get(cell) + "': whole numbers beyond 16,777,216 are rounded to"
                        + " float32, first " + text + " at line " + line
                        + (options.isFree()
                                ? ". If they are names, read them as texts"
                                        + options.settable("withTexts", "--categories")
                                : ""));
    }

    private String numberHint(String text, String column) {
        if (text.matches("[-+]?[0-9]+,[0-9]+")) return "Numbers need a point, not a comma";
        boolean plain = text.matches("[^\\s,'\"]{1,20}");
        String option = "--missing" + (plain ? " '" + text + "'" : "");
        boolean code = text.matches("(?i)(?=.*[a-z])(?=.*[0-9])[a-z0-9_.-]{1,20}");
        return options.isFree()
                ? "If it stands for a missing value, say so" + options.settable("withMissing", option)
                        + (code
                                ? "; if the column has codes, read it as texts"
                                        + options.settable("withTexts", "--categories " + column)
                                : "")
                : "If it stands for a missing value, the cell has to be empty";
    }

    private void misfit(int cell, long line, String text, String problem, String hint) {
        options.misfits().accept(new Misfit(where, names.get(cell), "line", line, text, problem, hint));
    }

    // -------------------------------------------------------------------------------------------------- the end

    /// The number of rows since the last part.
    int count() {
        return count;
    }

    /// Ends a part: the rows since the last one; empty if there are none.
    Optional<Table> part() {
        TableWriter to = writer;
        if (to == null || count == 0) return Optional.empty();
        Table part = to.finish();
        to.close();
        writer = Objects.requireNonNull(found).writer();
        count = 0;
        return Optional.of(part);
    }

    Table finish() {
        requireAny();
        return Objects.requireNonNull(writer).finish();
    }

    /// @throws DataException if there were no rows
    void requireAny() {
        if (writer == null) throw new DataException(where, "expects CSV, got an empty file");
        if (!any && firstRagged != null) throw firstRagged.refusal(); // no row is left
        if (!any) {
            throw new DataException(
                    where,
                    "expects at least one row below its header, got 0 rows",
                    "Its first line was taken for a header: " + Spelling.listed(names));
        }
    }

    @Override
    public void close() {
        if (writer != null) writer.close();
    }
}

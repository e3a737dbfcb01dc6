package dev.neurite.datasets;

import de.siegmar.fastcsv.reader.CsvRecord;
import dev.neurite.data.table.NumberText;
import dev.neurite.data.table.Table;
import dev.neurite.data.table.Table.Kind;
import dev.neurite.data.table.TableWriter;
import dev.neurite.datasets.CsvOptions.Header;
import dev.neurite.datasets.CsvOptions.Known;
import dev.neurite.datasets.CsvOptions.Misfit;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.Spelling;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Builds a table from the rows of a CSV file.
final class CsvTable implements AutoCloseable {
    private static final String LFS_POINTER = "version https://git-lfs.github.com/spec/";
    private static final String DECIMAL_COMMA = "[-+]?[0-9]*,[0-9]+([eE][-+]?[0-9]+)?";
    private static final float EXACT = 1 << 24; // below, every whole number is a float

    private final String where;
    private final CsvOptions options;
    private List<String> names = List.of(); // of the columns of the file
    private int[] columns = {}; // the table's column for each cell of a line; −1 for none
    private @Nullable TableWriter writer;
    private Supplier<TableWriter> another = () -> {
        throw new IllegalStateException("there is no first line yet");
    };
    private final BitSet rounded = new BitSet(); // columns of the table
    private final BitSet fractions = new BitSet(); // columns of the table with a number that is not whole
    private final BitSet words = new BitSet(); // columns of the table with a text that is no code like A3
    private final Set<String> noted = new HashSet<>(); // columns of codes that a note was given for
    private final Set<String> codes = new LinkedHashSet<>(); // columns of whole numbers that turn out to be texts
    private final boolean again; // whether the file can be read once more
    private boolean decimalCommas; // whether a decimal comma was read
    private boolean headed;
    private boolean any;
    private int count;
    private @Nullable Misfit firstRagged;

    /// @param again whether the file can be read once more, see [#codes()]
    CsvTable(String where, CsvOptions options, boolean again) {
        this.where = where;
        this.options = options;
        this.again = again;
    }

    /// Adds a row.
    void add(CsvRecord row) {
        long line = row.getStartingLineNumber();
        List<String> cells = row.getFields();
        TableWriter to = writer;
        if (to == null) {
            to = begin(cells, line);
            writer = to;
            if (headed) return;
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
        any = true;
        count++;
        to.endRow(line);
    }

    private Misfit ragged(List<String> row, long line) {
        String problem = String.format(
                Locale.ROOT,
                "expects %,d cells%s, got %,d",
                columns.length,
                headed ? " as in its header" : " as in its first line",
                row.size());
        return new Misfit(where, "", line, Integer.toString(row.size()), problem, delimiterHint(row));
    }

    private String delimiterHint(List<String> row) {
        if (row.size() != 1) {
            return row.size() > columns.length && options.delimiter() == ','
                    ? "Cells with commas need quotes; decimal commas need to be points"
                            + (isFree()
                                    ? ", or cells another delimiter" + settable("withDelimiter", "--delimiter")
                                    : "")
                    : "";
        }
        for (char other : new char[] {';', '\t', ',', '|'}) {
            if (other == options.delimiter() || row.get(0).indexOf(other) < 0) continue;
            String shown = other == '\t' ? "tab" : "'" + other + "'";
            return "Cells look separated by " + shown
                    + (isFree()
                            ? ": choose that delimiter" + settable("withDelimiter", "--delimiter " + shown)
                            : ": separate them by '" + options.delimiter() + "'");
        }
        return "";
    }

    /// Whether the user can change how the file is read; rows for a model are read as the model requires.
    private boolean isFree() {
        return options.known().isEmpty() && !options.numbers();
    }

    /// A hint at a setting; empty for rows for a model.
    private String settable(String method, String option) {
        return isFree() ? " (in the library CsvOptions." + method + ", on the command line " + option + ")" : "";
    }

    // ------------------------------------------------------------------------------------------- the first line

    private TableWriter begin(List<String> row, long line) {
        if (row.size() > TableWriter.MOST_COLUMNS) {
            throw new DataException(
                    where + ", line " + line,
                    String.format(
                            Locale.ROOT, "expects at most %,d columns, got %,d", TableWriter.MOST_COLUMNS, row.size()));
        }
        if (row.get(0).startsWith(LFS_POINTER)) {
            throw new DataException(
                    where, "expects CSV, got a pointer of Git LFS instead of the file", "'git lfs pull' fetches it");
        }
        headed = isHeader(row);
        if (!headed && options.known().isEmpty()) noteHeaderOfNumbers(row, line);
        names = new ArrayList<>();
        Set<String> once = new HashSet<>();
        for (int i = 0; i < row.size(); i++) {
            String name = headed ? row.get(i).strip() : "";
            if (name.isEmpty()) name = "column" + (i + 1);
            if (!once.add(name)) {
                throw new DataException(
                        where + ", line " + line, "expects each column's name once, got '" + name + "' again");
            }
            names.add(name);
        }
        if (row.size() == 1
                && options.known().size() != 1
                && !delimiterHint(row).isEmpty()) {
            throw new DataException(where + ", line " + line, "expects several columns, got one", delimiterHint(row));
        }
        columns = new int[names.size()];
        return options.known().isEmpty() ? all() : known(row, line);
    }

    private boolean isHeader(List<String> row) {
        if (options.header() != Header.AUTO) return options.header() == Header.YES;
        List<String> cells = row.stream().map(String::strip).toList();
        if (options.known().stream().anyMatch(each -> cells.contains(each.name()))) return true;
        boolean texts = !options.known().isEmpty()
                && options.known().stream().noneMatch(each -> each.kind() == Kind.NUMERIC && !each.optional());
        return !texts
                && cells.stream().noneMatch(NumberText::isNumber)
                && cells.stream().noneMatch(this::isOddNumber);
    }

    /// Notes a first line of numbers that was taken for a row but may be a header: years, or column numbers.
    private void noteHeaderOfNumbers(List<String> row, long line) {
        if (options.header() != Header.AUTO) return;
        List<String> whole = row.stream()
                .map(String::strip)
                .filter(each -> each.matches("[0-9]{1,9}"))
                .toList();
        boolean texts = row.stream().map(String::strip).anyMatch(each -> !each.isEmpty() && !NumberText.isNumber(each));
        boolean years = whole.stream().allMatch(each -> each.matches("(19|20)[0-9]{2}"));
        if (whole.size() < (years ? 2 : 3) || (!texts && whole.size() < row.size())) return;
        for (int i = 1; i < whole.size(); i++) {
            if (Integer.parseInt(whole.get(i)) != Integer.parseInt(whole.get(i - 1)) + 1) return;
        }
        options.notes()
                .accept(where + ", line " + line + ": taken for a row, as cells are numbers: " + Spelling.listed(whole)
                        + ". If they are names of columns, say so" + settable("withHeader", "--header yes"));
    }

    private boolean isOddNumber(String cell) {
        return cell.matches("(?i)[-+]?(nan|inf|infinity)|[-+]?[0-9,]+,[0-9]+|" + DECIMAL_COMMA);
    }

    private TableWriter all() {
        Stream.concat(options.dropped().stream(), options.texts().stream())
                .filter(name -> !names.contains(name))
                .sorted()
                .findFirst()
                .ifPresent(name -> {
                    throw new ConfigException(
                            where + ", column '" + name + "'",
                            "expects one of " + Spelling.listed(names) + ", got none of that name",
                            Spelling.hint(name, names));
                });
        Arrays.setAll(columns, i -> options.dropped().contains(names.get(i)) ? -1 : i);
        another = () -> {
            var to = new TableWriter(names, options.dropped(), where, options.heapBytes());
            for (int i = 0; i < columns.length && options.numbers(); i++) {
                if (columns[i] >= 0) to.declare(i, Kind.NUMERIC);
            }
            for (String each : options.texts()) to.declare(names.indexOf(each), Kind.CATEGORICAL);
            return to;
        };
        return another.get();
    }

    private TableWriter known(List<String> row, long line) {
        List<Known> wanted = options.known();
        if (!headed) {
            List<Known> needed = wanted.stream()
                    .filter(each -> !each.optional() || each.kind() == Kind.SKIPPED)
                    .toList();
            List<Known> least = wanted.stream().filter(each -> !each.optional()).toList();
            List<Known> there = Stream.of(wanted, needed, least)
                    .filter(each -> each.size() == row.size())
                    .findFirst()
                    .orElseThrow(() -> new DataException(
                            where + ", line " + line,
                            String.format(Locale.ROOT, "expects %,d cells, %s", least.size(), listed(least))
                                    + (least.size() == needed.size()
                                            ? ""
                                            : String.format(
                                                    Locale.ROOT,
                                                    ", or all %,d of the training, %s",
                                                    wanted.size(),
                                                    listed(wanted)))
                                    + String.format(Locale.ROOT, ", got %,d", row.size()),
                            delimiterHint(row)));
            names = there.stream().map(Known::name).toList();
            if (needed.stream().anyMatch(each -> each.kind() == Kind.SKIPPED)) {
                options.notes().accept(where + ": no header, so cells are taken for " + Spelling.listed(names));
            }
        }
        Map<String, Integer> cells = new HashMap<>();
        for (int i = 0; i < names.size(); i++) cells.put(names.get(i), i);
        List<Known> found = wanted.stream()
                .filter(each -> cells.containsKey(each.name()) && each.kind() != Kind.SKIPPED)
                .toList();
        requireAll(wanted, names);
        Arrays.fill(columns, -1);
        for (int i = 0; i < found.size(); i++)
            columns[cells.getOrDefault(found.get(i).name(), 0)] = i;
        another = () -> {
            var to = new TableWriter(found.stream().map(Known::name).toList(), Set.of(), where, options.heapBytes());
            for (int i = 0; i < found.size(); i++) to.declare(i, found.get(i).kind());
            return to;
        };
        List<String> known = wanted.stream().map(Known::name).toList();
        List<String> others =
                names.stream().filter(name -> !known.contains(name)).toList();
        if (!others.isEmpty()) options.notes().accept(where + ": not used: " + Spelling.listed(others));
        return another.get();
    }

    private static String listed(List<Known> columns) {
        return Spelling.listed(columns.stream().map(Known::name).toList());
    }

    private void requireAll(List<Known> wanted, List<String> names) {
        List<String> missing = wanted.stream()
                .filter(each -> !each.optional() && !names.contains(each.name()))
                .map(Known::name)
                .toList();
        if (missing.isEmpty()) return;
        throw new DataException(
                where,
                "expects the columns "
                        + Spelling.listed(wanted.stream()
                                .filter(each -> !each.optional())
                                .map(Known::name)
                                .toList())
                        + ", got " + Spelling.listed(names)
                        + (missing.size() < wanted.size() ? ", without " + Spelling.listed(missing) : ""),
                wanted.stream().map(Known::name).anyMatch(names::contains)
                        ? renamed(missing, wanted, names)
                        : "Its first line was taken for a header, as none of its cells is a number");
    }

    /// A question whether an unknown column is a missing one; empty if none is called like one.
    private static String renamed(List<String> missing, List<Known> wanted, List<String> names) {
        List<String> known = wanted.stream().map(Known::name).toList();
        for (String each : names) {
            String hint = known.contains(each) ? "" : Spelling.hint(each, missing);
            if (!hint.isEmpty()) return hint.replace("?", " by '" + each + "'?");
        }
        return "";
    }

    // ------------------------------------------------------------------------------------------------- a cell

    /// The columns of codes that began with numbers. The file must be read again with these columns as
    /// texts.
    Set<String> codes() {
        return codes;
    }

    /// Whether a text is a code like `A3`, with letters and digits, and not an unusual form of a number.
    private boolean isCode(String text) {
        return !isOddNumber(text)
                && text.chars().anyMatch(Character::isDigit)
                && text.chars().anyMatch(Character::isLetter);
    }

    private void noteCode(int cell, long line, String text, String before) {
        if (!noted.add(names.get(cell))) return;
        boolean whole = NumberText.isNumber(text);
        options.notes()
                .accept(where + ", column '" + names.get(cell) + "': read as texts, a category each, as line " + line
                        + " has '" + text + "' where lines before have " + before + ". "
                        + (whole ? "If those before stand for missing values" : "If that cell is missing or wrong")
                        + ", say so" + settable("withMissing", "--missing" + (whole ? "" : " '" + text + "'"))
                        + " or mend " + (whole ? "them" : "it"));
    }

    private void cell(TableWriter to, int cell, String text, long line) {
        int column = columns[cell];
        if (text.isEmpty() || options.missing().contains(text) || codes.contains(names.get(cell))) return;
        Kind kind = to.kind(column).orElse(null);
        if (kind == Kind.CATEGORICAL) {
            boolean declared = !options.known().isEmpty() || options.texts().contains(names.get(cell));
            boolean number = !declared && NumberText.isNumber(text);
            if (number && isFree() && !words.get(column) && text.matches("[0-9]+")) {
                noteCode(cell, line, text, "codes");
            } else if (number) {
                misfit(
                        cell,
                        line,
                        text,
                        "expects text as in the lines before, got the number " + text,
                        "If all are texts, name the column in the list of those"
                                + settable("withTexts", "--categories")
                                + "; if the others stand for missing values, say so"
                                + settable("withMissing", "--missing"));
                return;
            }
            text(to, column, text);
            return;
        }
        String plain = withPoint(text, line);
        if (NumberText.isNumber(plain)) {
            float value = Float.parseFloat(plain);
            if (Float.isFinite(value)) {
                if (value != Math.rint(value)) fractions.set(column);
                if (Math.abs(value) >= EXACT && !rounded.get(column)) noteRounding(cell, line, text, value);
                to.number(column, value);
            } else {
                misfit(cell, line, text, "expects a number up to 3.4e38, got '" + text + "', which is beyond", "");
            }
        } else if (kind == Kind.NUMERIC && isFree() && again && !fractions.get(column) && isCode(text)) {
            noteCode(cell, line, text, "whole numbers");
            codes.add(names.get(cell));
        } else if (kind == Kind.NUMERIC || isOddNumber(text)) {
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
        if (options.delimiter() != ';' || !text.matches(DECIMAL_COMMA)) return text;
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
                        + (isFree()
                                ? ". If they are names, read them as texts" + settable("withTexts", "--categories")
                                : ""));
    }

    private String numberHint(String text, String column) {
        if (text.matches("[-+]?[0-9]+,[0-9]+")) return "Numbers need a point, not a comma";
        boolean plain = text.matches("[^\\s,'\"]{1,20}");
        String option = "--missing" + (plain ? " '" + text + "'" : "");
        boolean code = text.matches("(?i)(?=.*[a-z])(?=.*[0-9])[a-z0-9_.-]{1,20}");
        return isFree()
                ? "If it stands for a missing value, say so" + settable("withMissing", option)
                        + (code
                                ? "; if the column has codes, read it as texts"
                                        + settable("withTexts", "--categories " + column)
                                : "")
                : "If it stands for a missing value, the cell has to be empty";
    }

    private void misfit(int cell, long line, String text, String problem, String hint) {
        options.misfits().accept(new Misfit(where, names.get(cell), line, text, problem, hint));
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
        writer = another.get();
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

package dev.neurite.datasets;

import dev.neurite.data.table.NumberText;
import dev.neurite.data.table.Table.Kind;
import dev.neurite.data.table.TableWriter;
import dev.neurite.datasets.CsvFormat.Header;
import dev.neurite.datasets.ReadOptions.Known;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.Spelling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The columns of a CSV file, by its first line.
final class CsvColumns {
    static final Pattern DIGITS = Pattern.compile("[0-9]+");
    static final Pattern DECIMAL_COMMA = Pattern.compile("[-+]?[0-9]*,[0-9]+([eE][-+]?[0-9]+)?");
    private static final Pattern ODD_NUMBER =
            Pattern.compile("(?i)[-+]?(nan|inf|infinity)|[-+]?[0-9,]+,[0-9]+|" + DECIMAL_COMMA.pattern());
    private static final String LFS_POINTER = "version https://git-lfs.github.com/spec/";

    private final String where;
    private final ReadOptions options;
    private final List<String> row;
    private final String place; // of the line, for messages
    private final boolean named; // whether the names are those of a source that always has them
    private boolean headed;
    private List<String> names = new ArrayList<>();
    private int[] places = {};
    private Supplier<TableWriter> writers = () -> {
        throw new IllegalStateException("columns: expects to be found first");
    };

    /// Finds the columns.
    /// @param row the first line
    /// @param line its number, from 1
    CsvColumns(String where, ReadOptions options, List<String> row, long line) {
        this(where, options, row, where + ", line " + line, false);
    }

    private CsvColumns(String where, ReadOptions options, List<String> row, String place, boolean named) {
        this.where = where;
        this.options = options;
        this.row = row;
        this.place = place;
        this.named = named;
        find();
    }

    /// Finds the columns by the names that a source other than a CSV file has for them.
    static CsvColumns named(String where, ReadOptions options, List<String> names) {
        return new CsvColumns(where, options, names, where, true);
    }

    /// Whether the first line is a header, not a row.
    boolean headed() {
        return headed;
    }

    /// Whether the first line was taken for a row but may be a header with other names: all columns that are
    /// needed hold texts.
    boolean mayBeHeader() {
        return !headed && options.csv().header() == Header.AUTO && expectsTexts();
    }

    /// The names, in the order of the cells of a line.
    List<String> names() {
        return names;
    }

    /// The table's column for each cell of a line; −1 for none.
    int[] places() {
        return places;
    }

    TableWriter writer() {
        return writers.get();
    }

    private void find() {
        if (row.size() > TableWriter.MOST_COLUMNS) {
            throw new DataException(
                    place,
                    String.format(
                            Locale.ROOT, "expects at most %,d columns, got %,d", TableWriter.MOST_COLUMNS, row.size()));
        }
        if (row.isEmpty()) throw new DataException(where, "expects at least one column, got none");
        if (!named && row.get(0).startsWith(LFS_POINTER)) {
            throw new DataException(
                    where, "expects CSV, got a pointer of Git LFS instead of the file", "'git lfs pull' fetches it");
        }
        headed = named || isHeader();
        if (!headed && options.known().isEmpty()) noteHeaderOfNumbers();
        Set<String> once = new HashSet<>();
        for (int i = 0; i < row.size(); i++) {
            String name = headed ? row.get(i).strip() : "";
            if (name.isEmpty()) name = "column" + (i + 1);
            if (!once.add(name)) {
                throw new DataException(place, "expects each column's name once, got '" + name + "' again");
            }
            names.add(name);
        }
        if (!named
                && row.size() == 1
                && options.known().size() != 1
                && !delimiterHint(options, row, row.size()).isEmpty()) {
            throw new DataException(place, "expects several columns, got one", delimiterHint(options, row, row.size()));
        }
        places = new int[names.size()];
        if (options.known().isEmpty()) all();
        else known();
    }

    private boolean isHeader() {
        if (options.csv().header() != Header.AUTO) return options.csv().header() == Header.YES;
        Set<String> cells = row.stream().map(String::strip).collect(Collectors.toSet());
        if (options.known().stream().anyMatch(each -> cells.contains(each.name()))) return true;
        return !expectsTexts()
                && cells.stream().noneMatch(NumberText::isNumber)
                && cells.stream().noneMatch(CsvColumns::isOddNumber);
    }

    /// Whether all columns that are needed hold texts, so that a row looks as a header does.
    private boolean expectsTexts() {
        return !options.known().isEmpty()
                && options.known().stream().noneMatch(each -> each.kind() == Kind.NUMERIC && !each.optional());
    }

    /// Notes a first line of numbers that was taken for a row but may be a header: years, or column numbers.
    private void noteHeaderOfNumbers() {
        if (options.csv().header() != Header.AUTO) return;
        List<String> whole = row.stream()
                .map(String::strip)
                .filter(each -> each.length() < 10 && DIGITS.matcher(each).matches())
                .toList();
        boolean texts = row.stream().map(String::strip).anyMatch(each -> !each.isEmpty() && !NumberText.isNumber(each));
        boolean years = whole.stream().allMatch(each -> each.matches("(19|20)[0-9]{2}"));
        if (whole.size() < (years ? 2 : 3) || (!texts && whole.size() < row.size())) return;
        for (int i = 1; i < whole.size(); i++) {
            if (Integer.parseInt(whole.get(i)) != Integer.parseInt(whole.get(i - 1)) + 1) return;
        }
        options.notes()
                .accept(place + ": taken for a row, as cells are numbers: " + Spelling.listed(whole)
                        + ". If they are names of columns, say so" + options.settable("withHeader", "--header yes"));
    }

    /// Whether a cell is a number in a form that is not read: `NaN`, `1,5`.
    static boolean isOddNumber(String cell) {
        return ODD_NUMBER.matcher(cell).matches();
    }

    private void all() {
        Stream.of(options.dropped(), options.texts(), options.numeric())
                .flatMap(Set::stream)
                .filter(name -> !names.contains(name))
                .sorted()
                .findFirst()
                .ifPresent(name -> {
                    throw new ConfigException(
                            where + ", column '" + name + "'",
                            "expects one of " + Spelling.listed(names) + ", got none of that name",
                            Spelling.hint(name, names));
                });
        Arrays.setAll(places, i -> options.dropped().contains(names.get(i)) ? -1 : i);
        writers = () -> {
            var to = new TableWriter(names, options.dropped(), where, options.heapBytes());
            for (int i = 0; i < places.length && options.numbers(); i++) {
                if (places[i] >= 0) to.declare(i, Kind.NUMERIC);
            }
            for (String each : options.texts()) to.declare(names.indexOf(each), Kind.CATEGORICAL);
            for (String each : options.numeric()) to.declare(names.indexOf(each), Kind.NUMERIC);
            return to;
        };
    }

    private void known() {
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
                            place,
                            String.format(Locale.ROOT, "expects %,d cells, %s", least.size(), listed(least))
                                    + (least.size() == needed.size()
                                            ? ""
                                            : String.format(
                                                    Locale.ROOT,
                                                    ", or all %,d of the training, %s",
                                                    wanted.size(),
                                                    listed(wanted)))
                                    + String.format(Locale.ROOT, ", got %,d", row.size()),
                            delimiterHint(options, row, row.size())));
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
        requireAll(cells.keySet());
        Arrays.fill(places, -1);
        for (int i = 0; i < found.size(); i++)
            places[cells.getOrDefault(found.get(i).name(), 0)] = i;
        writers = () -> {
            var to = new TableWriter(found.stream().map(Known::name).toList(), Set.of(), where, options.heapBytes());
            for (int i = 0; i < found.size(); i++) to.declare(i, found.get(i).kind());
            return to;
        };
        Set<String> known = wanted.stream().map(Known::name).collect(Collectors.toSet());
        List<String> others =
                names.stream().filter(name -> !known.contains(name)).toList();
        if (!others.isEmpty()) options.notes().accept(where + ": not used: " + Spelling.listed(others));
    }

    private static String listed(List<Known> columns) {
        return Spelling.listed(columns.stream().map(Known::name).toList());
    }

    private void requireAll(Set<String> there) {
        List<Known> wanted = options.known();
        List<String> missing = wanted.stream()
                .filter(each -> !each.optional() && !there.contains(each.name()))
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
                wanted.stream().map(Known::name).anyMatch(there::contains) ? renamed(missing) : noHeader());
    }

    /// Why the first line was taken for a header, where it may be none.
    private String noHeader() {
        if (named) return "";
        return options.csv().header() == Header.AUTO
                ? "Its first line was taken for a header, as none of its cells is a number"
                : "Its first line is taken for the header, which names the columns";
    }

    /// A question whether an unknown column is a missing one; empty if none is called like one.
    private String renamed(List<String> missing) {
        List<String> known = options.known().stream().map(Known::name).toList();
        for (String each : names) {
            String hint = known.contains(each) ? "" : Spelling.hint(each, missing);
            if (!hint.isEmpty()) return hint.replace("?", " by '" + each + "'?");
        }
        return "";
    }

    /// A hint for a row whose cells seem to have another delimiter; empty for others.
    /// @param width the number of cells of the first line
    static String delimiterHint(ReadOptions options, List<String> row, int width) {
        if (row.size() != 1) {
            return row.size() > width && options.csv().delimiter() == ','
                    ? "Cells with commas need quotes; decimal commas need to be points"
                            + (options.isFree()
                                    ? ", or cells another delimiter" + options.settable("withDelimiter", "--delimiter")
                                    : "")
                    : "";
        }
        for (char other : new char[] {';', '\t', ',', '|'}) {
            if (other == options.csv().delimiter() || row.get(0).indexOf(other) < 0) continue;
            String shown = other == '\t' ? "tab" : "'" + other + "'";
            return "Cells look separated by " + shown
                    + (options.isFree()
                            ? ": choose that delimiter" + options.settable("withDelimiter", "--delimiter " + shown)
                            : ": separate them by '" + options.csv().delimiter() + "'");
        }
        return "";
    }
}

package dev.neurite.cli.option;

import dev.neurite.data.table.ColumnSettings;
import dev.neurite.data.table.ColumnSettings.Missing;
import dev.neurite.data.table.ColumnSettings.Scaler;
import dev.neurite.data.table.NumberText;
import dev.neurite.data.table.PreprocessingSettings.Task;
import dev.neurite.datasets.CsvFormat.Header;
import dev.neurite.datasets.ReadOptions;
import dev.neurite.error.ConfigException;
import dev.neurite.tensor.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of tables: reading, splitting and preprocessing.
public final class TableOptions {
    public static final String LABEL = "--label";
    public static final String TEXT = "--text";
    public static final String TEST = "--test";
    static final String TEST_SHARE = "--test-share";
    public static final String TASK = "--task";
    static final String IMAGE = "--image";
    public static final String MISSING = "--missing";
    public static final String MISSING_RULE = "--missing-rule";
    private static final String INDICATOR = "--missing-indicator";
    public static final String UNSEEN = "--unseen";
    private static final String SCALE = "--scale";
    public static final String DROP = "--drop";
    public static final String CATEGORIES = "--categories";
    private static final String NUMBERS = "--numbers";
    public static final String DATES = "--dates";
    private static final String HEADER = "--header";
    static final String DELIMITER = "--delimiter";
    static final List<String> OF_CSV = List.of(HEADER, DELIMITER);

    /// Options that say how columns become inputs.
    public static final List<String> OF_COLUMNS =
            List.of(MISSING_RULE, INDICATOR, UNSEEN, SCALE, CATEGORIES, NUMBERS, DATES);

    private static final Header[] HEADERS = {Header.YES, Header.NO};

    @Option(names = LABEL, paramLabel = "COLUMN", description = "The column to predict: its name, or first or last.")
    private @Nullable String label;

    @Option(
            names = TEXT,
            paramLabel = "COLUMN",
            description = "A column of texts: their words are an input, see --tokens and --window, beside the other"
                    + " columns, which --drop leaves out. The network is --model text-and-table by default, without"
                    + " other columns text-classifier.")
    private @Nullable String text;

    @Option(
            names = TEST,
            paramLabel = "FILE",
            description = "A file with the test rows, of any format that a table may have.")
    private @Nullable String test;

    @Option(
            names = TEST_SHARE,
            paramLabel = "SHARE",
            description = "Without --test: the share of the rows that become the test part; 0.2 by default.")
    private @Nullable Double testShare;

    @Option(
            names = TASK,
            paramLabel = "KIND",
            description = "classify or regress. By default classify if the label is text, or has at most 50"
                    + " different whole numbers, each twice on average; else regress.")
    private @Nullable String task;

    @Option(
            names = MISSING,
            paramLabel = "TEXT,…",
            description = "Cells that mean a missing value, besides empty ones: NA,?.")
    private @Nullable String missing;

    @Option(
            names = MISSING_RULE,
            paramLabel = "RULE",
            description = "What replaces a missing value: refuse (default) is an error; mean, median, or a number."
                    + " Except with refuse, a missing category becomes zeros.")
    private @Nullable String missingRule;

    @Option(names = INDICATOR, description = "Add an input for each column: 1 if its value is missing, else 0.")
    private boolean indicator;

    @Option(
            names = UNSEEN,
            paramLabel = "RULE",
            description = "What happens at a category that was not in the training rows: refuse (default) is an"
                    + " error, ignore makes it zeros.")
    private @Nullable String unseen;

    @Option(
            names = SCALE,
            paramLabel = "KIND",
            description = "How numbers are scaled: standardize (default, to mean 0 and standard deviation 1), minmax"
                    + " (to 0 to 1), pixels (divided by 255), none.")
    private @Nullable String scale;

    @Option(names = DROP, paramLabel = "COLUMN,…", description = "Columns to leave out.")
    private @Nullable String drop;

    @Option(
            names = CATEGORIES,
            paramLabel = "COLUMN,…",
            description = "Treat these columns as categorical, even if their cells look like numbers.")
    private @Nullable String categories;

    @Option(
            names = NUMBERS,
            paramLabel = "COLUMN,…",
            description = "Treat these columns as numbers, even if their cells have leading zeros, as codes like 007"
                    + " do.")
    private @Nullable String numbers;

    @Option(
            names = DATES,
            paramLabel = "COLUMN,…",
            description =
                    "Columns of dates or times, such as 2026-11-26, 26.11.2026 or 2026-11-26T08:30: their place in"
                            + " the year and the week, of times in the day too, and their age become inputs.")
    private @Nullable String dates;

    @Option(
            names = HEADER,
            paramLabel = "yes|no",
            description = "Whether the first line is a header; by default yes if none of its cells is a number.")
    private @Nullable String header;

    @Option(
            names = DELIMITER,
            paramLabel = "CHAR",
            description = "The character between cells, or 'tab'; by default a comma, in .tsv files a tab.")
    private @Nullable String delimiter;

    @Option(
            names = IMAGE,
            paramLabel = "CxHxW",
            description = "Rows are images of this shape, channels x height x width: 1x28x28. Implies --scale pixels.")
    private @Nullable String image;

    @Option(
            names = RowColumns.WEIGHT,
            paramLabel = "COLUMN",
            description = "The column of row weights in the training loss: numbers, at least 0. Validation and test"
                    + " rows are not weighted. The column is not an input.")
    private @Nullable String weight;

    @Option(
            names = RowColumns.GROUP,
            paramLabel = "COLUMN",
            description = "Rows with the same value in this column, such as all visits of a patient, stay in one part"
                    + " (training, validation or test) or one fold. The column is not an input.")
    private @Nullable String groupBy;

    @Option(
            names = RowColumns.ORDER,
            paramLabel = "COLUMN",
            description = "Split by time instead of at random: rows are sorted by this column, the last become the"
                    + " test part, those before them the validation part. Numbers, or dates such as 2026-11-26."
                    + " The column is not an input.")
    private @Nullable String orderBy;

    /// The settings of rows that are no time series.
    /// @throws ConfigException for unknown names and values out of range
    public TableSettings settings() {
        return settings(Optional.empty());
    }

    /// The settings.
    /// @param series those of a time series; empty for other rows
    /// @throws ConfigException for unknown names and values out of range, or options that time series do not have
    TableSettings settings(Optional<SeriesSettings> series) {
        Map<String, Object> given = given();
        if (series.isPresent()) {
            for (String option :
                    List.of(TEST, TASK, IMAGE, DATES, RowColumns.WEIGHT, RowColumns.GROUP, RowColumns.ORDER)) {
                if (!given.containsKey(option)) continue;
                throw new ConfigException(
                        option,
                        "expects no " + SeriesOptions.FORECAST + ", got both",
                        option.equals(RowColumns.ORDER) || option.equals(DATES)
                                ? "The column of times is " + SeriesOptions.TIME
                                : "");
            }
            given.putAll(series.get().given());
        }
        if (text != null) refuseWithText(given);
        refuseDropped();
        if (test != null && testShare != null) {
            throw new ConfigException(TEST_SHARE, "expects no " + TEST + ", got both");
        }
        if (testShare != null) DataOptions.requireShare(TEST_SHARE, testShare);
        return new TableSettings(
                Optional.ofNullable(label),
                Optional.ofNullable(text),
                Optional.ofNullable(test),
                testShare == null ? TableSettings.TEST_SHARE : testShare,
                task == null ? Optional.empty() : Optional.of(EnumChoice.of(TASK, task, Task.values())),
                reading(),
                columns(),
                names(DATES, dates),
                image == null ? Optional.empty() : Optional.of(shape(image)),
                new RowColumns(Optional.ofNullable(weight), Optional.ofNullable(groupBy), Optional.ofNullable(orderBy)),
                series,
                given);
    }

    /// Refuses rows that are no row of columns.
    private static void refuseWithText(Map<String, Object> given) {
        for (String option : List.of(SeriesOptions.FORECAST, IMAGE)) {
            if (given.containsKey(option)) throw new ConfigException(option, "expects no " + TEXT + ", got both");
        }
    }

    /// Refuses columns that are inputs and left out.
    private void refuseDropped() {
        Set<String> inputs = new LinkedHashSet<>(names(DATES, dates));
        if (text != null) inputs.add(text);
        inputs.retainAll(names(DROP, drop));
        if (inputs.isEmpty()) return;
        throw new ConfigException(
                DROP,
                "expects columns other than those of " + TEXT + " and " + DATES + ", got '"
                        + inputs.iterator().next() + "' in both");
    }

    private ReadOptions reading() {
        ReadOptions reading = ReadOptions.USUAL
                .withMissing(names(MISSING, missing))
                .without(names(DROP, drop))
                .withTexts(names(CATEGORIES, categories))
                .withNumbers(names(NUMBERS, numbers));
        if (header != null) reading = reading.withHeader(EnumChoice.of(HEADER, header, HEADERS));
        return delimiter == null ? reading : reading.withDelimiter(delimiter(delimiter));
    }

    private ColumnSettings columns() {
        Scaler usual = image == null ? Scaler.STANDARDIZE : Scaler.PIXELS;
        ColumnSettings columns = ColumnSettings.USUAL.withScaling(scale == null ? usual : scaling(scale));
        if (missingRule != null) columns = missing(columns, missingRule);
        if (indicator) {
            if (columns.missing() == Missing.REFUSE) {
                throw new ConfigException(INDICATOR, "expects a " + MISSING_RULE + " other than refuse");
            }
            columns = columns.withIndicator();
        }
        if (unseen != null && unseen("" + unseen)) columns = columns.withUnseenIgnored();
        return columns;
    }

    private static Set<String> names(String option, @Nullable String text) {
        if (text == null) return Set.of();
        Set<String> names = new LinkedHashSet<>();
        for (String each : text.split(",", -1)) {
            if (each.isBlank()) throw new ConfigException(option, "expects comma-separated names, got '" + text + "'");
            names.add(each.strip());
        }
        return names;
    }

    private static char delimiter(String text) {
        if (text.equals("tab") || text.equals("\\t")) return '\t';
        if (text.length() == 1) return text.charAt(0);
        throw new ConfigException(DELIMITER, "expects one character, or tab, got '" + text + "'");
    }

    private static boolean unseen(String text) {
        return switch (text) {
            case "ignore" -> true;
            case "refuse" -> false;
            default -> throw new ConfigException(UNSEEN, "expects refuse or ignore, got '" + text + "'");
        };
    }

    private static Scaler scaling(String text) {
        return switch (text) {
            case "standardize" -> Scaler.STANDARDIZE;
            case "minmax" -> Scaler.MIN_MAX;
            case "pixels" -> Scaler.PIXELS;
            case "none" -> Scaler.NONE;
            default ->
                throw new ConfigException(
                        SCALE, "expects one of standardize, minmax, pixels, none, got '" + text + "'");
        };
    }

    private static ColumnSettings missing(ColumnSettings columns, String text) {
        return switch (text) {
            case "refuse" -> columns.withMissing(Missing.REFUSE);
            case "mean" -> columns.withMissing(Missing.MEAN);
            case "median" -> columns.withMissing(Missing.MEDIAN);
            default -> {
                if (NumberText.isNumber(text)) yield columns.withMissingAs(Double.parseDouble(text));
                throw new ConfigException(
                        MISSING_RULE, "expects one of refuse, mean, median, or a number, got '" + text + "'");
            }
        };
    }

    private static Shape shape(String text) {
        if (!text.matches("[1-9][0-9]{0,4}x[1-9][0-9]{0,4}x[1-9][0-9]{0,4}")) {
            throw new ConfigException(IMAGE, "expects channels, height and width as in 1x28x28, got '" + text + "'");
        }
        int[] sides = Arrays.stream(text.split("x")).mapToInt(Integer::parseInt).toArray();
        if ((long) sides[0] * sides[1] * sides[2] > 100_000) {
            throw new ConfigException(IMAGE, "expects at most 100,000 pixels, got '" + text + "'");
        }
        return Shape.of(sides);
    }

    /// The options that were given, with their values, for `config.yaml`.
    private Map<String, Object> given() {
        Map<String, Object> given = new LinkedHashMap<>();
        put(given, LABEL, label);
        put(given, TEXT, text);
        put(given, TEST, test);
        put(given, TEST_SHARE, testShare);
        put(given, TASK, task);
        put(given, MISSING, missing);
        put(given, MISSING_RULE, missingRule);
        put(given, INDICATOR, indicator ? true : null);
        put(given, UNSEEN, unseen);
        put(given, SCALE, scale);
        put(given, DROP, drop);
        put(given, CATEGORIES, categories);
        put(given, NUMBERS, numbers);
        put(given, DATES, dates);
        put(given, HEADER, header);
        put(given, DELIMITER, delimiter);
        put(given, IMAGE, image);
        put(given, RowColumns.WEIGHT, weight);
        put(given, RowColumns.GROUP, groupBy);
        put(given, RowColumns.ORDER, orderBy);
        return given;
    }

    static void put(Map<String, Object> given, String option, @Nullable Object value) {
        if (value != null) given.put(option, value);
    }
}

package dev.neurite.cli.input;

import dev.neurite.cli.console.Console;
import dev.neurite.cli.console.Text;
import dev.neurite.cli.option.RowColumns;
import dev.neurite.cli.option.TableOptions;
import dev.neurite.cli.option.TableSettings;
import dev.neurite.cli.option.TrainSettings;
import dev.neurite.data.DataParts;
import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.data.DerivedDataset;
import dev.neurite.data.table.ColumnEncoding.ClassLabel;
import dev.neurite.data.table.ColumnEncoding.OneHot;
import dev.neurite.data.table.ColumnEncoding.Scaled;
import dev.neurite.data.table.ColumnSettings.Scaler;
import dev.neurite.data.table.NumberText;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.PreprocessingSettings;
import dev.neurite.data.table.PreprocessingSettings.Task;
import dev.neurite.data.table.Table;
import dev.neurite.data.table.Table.Kind;
import dev.neurite.data.table.TableSplit;
import dev.neurite.datasets.ReadOptions;
import dev.neurite.datasets.TableFiles;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.Spelling;
import dev.neurite.io.ModelFile;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Reads a table for training: splits its rows and fits a preprocessing on the training part.
public final class TableTrainingData {
    /// The seed of the test part: always the same, so that test rows are never trained on with another `--seed`.
    static final long TEST_SEED = 0;

    private static final double NEARLY_CONSTANT = 30; // deviations; normal values reach 6
    private static final int MANY_COLUMNS = 64;

    private final Path path;
    private final TrainSettings settings;
    private final TableSettings table;
    private final List<String> remarks = new ArrayList<>();

    TableTrainingData(Path path, TrainSettings settings) {
        this.path = path;
        this.settings = settings;
        this.table = settings.data().table();
    }

    LoadedData load() {
        String label = label(path, table);
        Optional<Path> test = testFile(table);
        Table all = read(path, readingOf(path, test), remarks, read -> numbers(read, column(path, read, label)));
        String labelColumn = column(path, all, label);
        for (RowColumns.Named each : table.rows().all()) requireColumn(all, labelColumn, each);
        for (String each : table.dates()) {
            requireColumn(all, labelColumn, new RowColumns.Named(TableOptions.DATES, each));
        }
        requireTextAlone(table);
        RowSplitter splitter = RowSplitter.of(table.rows());
        Task task = table.task().orElseGet(() -> guessTask(all, labelColumn));
        Table learn = all;
        Table rest = all;
        if (test.isEmpty()) {
            TableSplit split = splitter.split(all, labelColumn, task, table.testShare(), TEST_SEED);
            splitter.remark(split).forEach(remarks::add);
            learn = split.train();
            rest = split.test();
        }
        Optional<Table> validation = Optional.empty();
        if (settings.data().validation().isPresent()) {
            double share = settings.data().validation().getAsDouble();
            TableSplit split = splitter.split(learn, labelColumn, task, share, settings.seed());
            learn = split.train();
            validation = Optional.of(split.test());
        }
        Table train = learn;
        PreprocessingSettings how = table.preprocessing(labelColumn, task);
        ColumnRows rows = rows(train, how);
        Preprocessing fitted = rows.columns();
        ModelFile.requireRoom(fitted);
        if (test.isPresent())
            rest = TableFiles.read(test.get(), rows.options(readingOf(test.get(), Optional.of(path)), true));
        remark(all, fitted);
        if (rows.inputs().getFirst() instanceof ColumnRows.Texts each) {
            remarks.add(TableOfTexts.remark(each.of(train), each.column(), each.tokenizer())
                    + Text.format(
                            "   beside %,d other columns", fitted.inputColumns().size()));
        }
        Set<String> plain = new HashSet<>(fitted.inputColumns());
        plain.removeAll(table.dates());
        ColumnStats.useless(all, plain::contains).forEach(line -> remarks.add("note: " + line));
        DataParts parts = new DataParts(weighted(rows, train), validation.map(rows::of), rows.of(rest));
        return new LoadedData(
                parts,
                Optional.of(fitted),
                notes(test, all),
                remarks,
                splitter.splitter(train),
                split -> refit(train, how, split));
    }

    /// The column to predict, as it was given.
    /// @throws ConfigException if it was not
    static String label(Path file, TableSettings table) {
        return table.label()
                .orElseThrow(() -> new ConfigException(
                        TableOptions.LABEL,
                        "expects the column to predict: its name, first or last, got nothing",
                        "To see the columns: " + Console.commandLine("data", file.toString())));
    }

    /// The columns that the settings take as numbers.
    private Set<String> numbers(Table read, String label) {
        Set<String> numbers = new HashSet<>();
        table.rows().weight().ifPresent(numbers::add);
        if (table.task().equals(Optional.of(Task.REGRESS))) numbers.add(label);
        if (table.image().isEmpty()) return numbers;
        read.columns().stream()
                .map(Table.Column::name)
                .filter(each -> !each.equals(label))
                .forEach(numbers::add);
        table.rows().group().ifPresent(numbers::remove);
        table.rows().order().ifPresent(numbers::remove);
        return numbers;
    }

    /// Reads a file. Columns that settings take as numbers hold numbers, even if their cells have leading
    /// zeros, as codes do.
    /// @param remarks empty; takes the notes of the options
    /// @param numbers finds those columns in the table that was read
    static Table read(Path path, ReadOptions options, List<String> remarks, Function<Table, Set<String>> numbers) {
        Table all = TableFiles.read(path, options);
        Set<String> taken = numbers.apply(all);
        Set<String> padded = all.columns().stream()
                .filter(each -> taken.contains(each.name()) && each.kind() == Kind.CATEGORICAL)
                .filter(each -> !options.texts().contains(each.name())
                        && each.categories().stream().allMatch(NumberText::isNumber))
                .map(Table.Column::name)
                .collect(Collectors.toSet());
        if (padded.isEmpty()) return all;
        all.close();
        remarks.clear();
        padded.addAll(options.numeric());
        return TableFiles.read(path, options.withNumbers(padded));
    }

    private ReadOptions readingOf(Path file, Optional<Path> beside) {
        return table.readingOf(file, beside).withNotes(line -> remarks.add("note: " + line));
    }

    /// Fits what makes rows, with tokens that are learned of the same rows.
    private ColumnRows rows(Table train, PreprocessingSettings how) {
        return ColumnRows.of(
                fit(train, how),
                table.text()
                        .map(column -> new ColumnRows.Texts(column, TableOfTexts.tokenizer(settings, train, column))));
    }

    /// Refuses a text that is also a column of another use.
    private static void requireTextAlone(TableSettings table) {
        for (RowColumns.Named each : table.rows().all()) {
            if (!table.text().equals(Optional.of(each.column()))) continue;
            throw new ConfigException(each.option(), "expects a column other than the text, got both");
        }
        if (table.text().filter(table.dates()::contains).isPresent()) {
            throw new ConfigException(TableOptions.DATES, "expects a column other than the text, got both");
        }
    }

    /// Fits a preprocessing. A single class gets a second one, `not` and its name, as a classifier needs two.
    private static Preprocessing fit(Table train, PreprocessingSettings how) {
        Preprocessing fitted = Preprocessing.fit(train, how);
        if (fitted.classNames().size() != 1) return fitted;
        List<Preprocessing.Column> columns = fitted.columns().stream()
                .map(each -> each.encoding() instanceof ClassLabel(List<String> names)
                        ? new Preprocessing.Column(
                                each.name(), new ClassLabel(List.of(names.getFirst(), "not " + names.getFirst())))
                        : each)
                .toList();
        return new Preprocessing(columns, fitted.inputShape(), fitted.missingTexts());
    }

    /// A split with a preprocessing fitted on its own training part.
    private DataSplit refit(Table rows, PreprocessingSettings how, DataSplit split) {
        Table train = rows.rows(numbers(split.train()));
        ColumnRows made = rows(train, how);
        return new DataSplit(weighted(made, train), made.of(rows.rows(numbers(split.test()))));
    }

    /// The training rows, with weights if a column has them.
    private Dataset weighted(ColumnRows rows, Table train) {
        return weighted(rows.of(train), train, table.rows());
    }

    /// The rows of a table, with weights if a column has them.
    static Dataset weighted(Dataset data, Table train, RowColumns columns) {
        if (columns.weight().isEmpty()) return data;
        int column = train.column(columns.weight().get());
        float[] weights = new float[train.rows()];
        boolean any = false;
        for (int row = 0; row < weights.length; row++) {
            float weight = train.value(row, column);
            if (!(weight >= 0)) {
                throw new DataException(
                        train.place(row) + ", column '"
                                + train.columns().get(column).name() + "'",
                        "expects a weight of at least 0, got " + (Float.isNaN(weight) ? "none" : weight));
            }
            weights[row] = weight;
            any |= weight > 0;
        }
        if (!any) throw new DataException("table", "expects a weight above 0 in a training row, got 0 in all");
        return data.withWeights(weights);
    }

    /// Refuses a column that does not exist, is the label, or has texts as weights.
    public static void requireColumn(Table all, String labelColumn, RowColumns.Named named) {
        List<String> names = all.columns().stream().map(Table.Column::name).toList();
        String where = named.option() + " " + named.column();
        if (!names.contains(named.column())) {
            throw new ConfigException(
                    where,
                    "expects one of " + Spelling.listed(names) + ", got none of that name",
                    Spelling.hint(named.column(), names));
        }
        if (named.column().equals(labelColumn)) {
            throw new ConfigException(where, "expects a column other than the label");
        }
        boolean texts = all.columns().get(all.column(named.column())).kind() == Kind.CATEGORICAL;
        if (texts && named.option().equals(RowColumns.WEIGHT)) {
            throw new ConfigException(where, "expects a column of numbers, got one of texts");
        }
    }

    /// The table's row numbers of a part of its data.
    private static int[] numbers(Dataset part) {
        DerivedDataset chosen = (DerivedDataset) part;
        return IntStream.range(0, part.size()).map(chosen::sourceRow).toArray();
    }

    /// The file with the test rows; empty if there is none.
    static Optional<Path> testFile(TableSettings table) {
        if (table.test().isEmpty()) return Optional.empty();
        String text = table.test().get();
        try {
            return Optional.of(Path.of(text));
        } catch (InvalidPathException e) {
            throw new ConfigException(TableOptions.TEST, "expects a file, got '" + text + "': " + e.getReason());
        }
    }

    /// The column of a name, or the first or last column.
    /// @throws DataException if it does not exist
    public static String column(Path file, Table table, String label) {
        List<String> names = table.columns().stream().map(Table.Column::name).toList();
        if (names.contains(label)) return label;
        if (label.equals("first")) return names.getFirst();
        if (label.equals("last")) return names.getLast();
        throw new DataException(
                file + ", column '" + label + "'",
                "expects one of " + Spelling.listed(names) + ", got none of that name",
                (Spelling.hint(label, names) + " The column to predict is chosen with " + TableOptions.LABEL).strip());
    }

    private Task guessTask(Table all, String label) {
        boolean classes = all.looksLikeClasses(all.column(label));
        remarks.add("task   " + (classes ? "classify" : "regress") + ", as '" + label + "' looks like "
                + (classes ? "classes; " : "numbers; ") + TableOptions.TASK + (classes ? " regress" : " classify")
                + " changes that");
        return classes ? Task.CLASSIFY : Task.REGRESS;
    }

    private void remark(Table all, Preprocessing fitted) {
        if (all.isMapped()) remarks.add("note: the table is kept in a temporary file, as it would fill the heap");
        List<String> constant = new ArrayList<>();
        for (Preprocessing.Column each : fitted.columns()) {
            boolean one = each.encoding() instanceof Scaled scaled
                    ? scaled.low() == scaled.high()
                    : each.encoding() instanceof OneHot oneHot
                            && oneHot.categories().size() == 1;
            if (one) constant.add(each.name());
        }
        pixels(fitted).or(() -> nearlyConstant(fitted)).ifPresent(remarks::add);
        if (!constant.isEmpty()) {
            remarks.add(Text.format("note: %,d constant columns carry no information: ", constant.size())
                    + String.join(", ", constant.stream().limit(8).toList())
                    + (constant.size() > 8 ? ", …" : ""));
        }
    }

    /// The note on the first column with extreme outliers in the training rows. In rows to predict it
    /// may be further away still and outweigh the other columns.
    private Optional<String> nearlyConstant(Preprocessing fitted) {
        if (table.columns().scaling() != Scaler.STANDARDIZE) return Optional.empty();
        List<Preprocessing.Column> found = fitted.columns().stream()
                .filter(each -> each.encoding() instanceof Scaled scaled && reach(scaled) > NEARLY_CONSTANT)
                .toList();
        if (found.isEmpty() || !(found.getFirst().encoding() instanceof Scaled first)) return Optional.empty();
        String name = found.getFirst().name();
        String others = found.size() == 1 ? "" : Text.format(", as %,d others do", found.size() - 1);
        return Optional.of(Text.format(
                "note: column '%s' is nearly constant or has extreme values: standardized, it reaches %.0f"
                        + " deviations%s. --drop %s leaves it out, --scale minmax scales columns by their range",
                name, reach(first), others, Console.quoted(name)));
    }

    /// The largest size of a standardized training value.
    private static double reach(Scaled scaled) {
        return Math.max(scaled.high() - scaled.shift(), scaled.shift() - scaled.low()) / scaled.scale();
    }

    /// The note on columns that look like pixels and are scaled one by one. A pixel that is nearly
    /// constant in the training rows may be thousands of standard deviations away in others.
    private Optional<String> pixels(Preprocessing fitted) {
        List<Scaled> columns = fitted.columns().stream()
                .map(Preprocessing.Column::encoding)
                .filter(Scaled.class::isInstance)
                .map(Scaled.class::cast)
                .toList();
        boolean chosen = table.image().isPresent() || table.columns().scaling() != Scaler.STANDARDIZE;
        if (chosen
                || columns.size() < MANY_COLUMNS
                || columns.size() != fitted.inputShape().size()) {
            return Optional.empty();
        }
        boolean bytes = columns.stream().allMatch(each -> each.low() >= 0 && each.high() <= 255)
                && columns.stream().anyMatch(each -> each.high() > 127)
                && columns.stream().allMatch(each -> each.high() == Math.rint(each.high()));
        if (!bytes) return Optional.empty();
        int n = columns.size();
        int channels = n % 3 == 0 && isSquare(n / 3) && !isSquare(n) ? 3 : 1;
        int side = (int) Math.round(Math.sqrt(n / (double) channels));
        String image = isSquare(n / channels) ? "--image " + channels + "x" + side + "x" + side : "--scale pixels";
        return Optional.of(Text.format(
                "note: %,d columns of 0 to 255 look like pixels, and each is scaled by itself. %s scales all in the"
                        + " same way, which is better if some are nearly constant",
                n, image));
    }

    private static boolean isSquare(int number) {
        long side = Math.round(Math.sqrt(number));
        return side * side == number;
    }

    private Map<String, String> notes(Optional<Path> test, Table all) {
        return notes(table, path, test, all);
    }

    /// The notes to read such a file again and to find its test part.
    static Map<String, String> notes(TableSettings table, Path path, Optional<Path> test, Table all) {
        Map<String, String> notes = new LinkedHashMap<>(table.csvNotes(path, test));
        if (test.isPresent()) notes.put(TableEvaluationData.TEST, test.get().toString());
        else notes.put(TableEvaluationData.TEST_SHARE, Double.toString(table.testShare()));
        table.rows().group().ifPresent(each -> notes.put(TableEvaluationData.GROUP, each));
        table.rows().order().ifPresent(each -> notes.put(TableEvaluationData.ORDER, each));
        RowSplitter.of(table.rows()).column().ifPresent(each -> {
            Kind kind = all.columns().get(all.column(each)).kind();
            notes.put(TableEvaluationData.SPLIT_KIND, kind.name().toLowerCase(Locale.ROOT));
        });
        return notes;
    }
}

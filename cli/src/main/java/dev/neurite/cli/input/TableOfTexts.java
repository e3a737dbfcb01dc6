package dev.neurite.cli.input;

import dev.neurite.cli.console.Text;
import dev.neurite.cli.network.LoadedModel;
import dev.neurite.cli.network.ModelInput;
import dev.neurite.cli.option.RowColumns;
import dev.neurite.cli.option.TableOptions;
import dev.neurite.cli.option.TableSettings;
import dev.neurite.cli.option.TextSettings;
import dev.neurite.cli.option.TrainSettings;
import dev.neurite.data.DataParts;
import dev.neurite.data.Dataset;
import dev.neurite.data.table.NumberText;
import dev.neurite.data.table.PreprocessingSettings.Task;
import dev.neurite.data.table.Table;
import dev.neurite.data.table.Table.Kind;
import dev.neurite.data.table.TableSplit;
import dev.neurite.datasets.Csv;
import dev.neurite.datasets.ReadOptions;
import dev.neurite.datasets.ReadOptions.Known;
import dev.neurite.datasets.TableFiles;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.signature.Input;
import dev.neurite.text.Tokenizer;
import dev.neurite.text.Truncation;
import dev.neurite.text.data.TextRows;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// A table with a column of texts and one of their classes, and no other columns that are inputs, see [ColumnRows].
final class TableOfTexts {
    private static final String LABEL = "text.label"; // the note with the column of classes

    private TableOfTexts() {}

    /// Reads a file for a training: splits its rows, and learns tokens and classes from the training part.
    static LoadedData load(Path path, TrainSettings settings, String text) {
        TableSettings table = settings.data().table();
        Optional<Path> testFile = TableTrainingData.testFile(table);
        List<String> remarks = new ArrayList<>();
        Consumer<String> notes = line -> remarks.add("note: " + line);
        String given = TableTrainingData.label(path, table);
        ReadOptions how = table.readingOf(path, testFile).withNotes(notes);
        boolean byPlace = given.equals("first") || given.equals("last");
        Table all = TableFiles.read(path, how.withTexts(byPlace ? Set.of(text) : new HashSet<>(List.of(text, given))));
        String label = TableTrainingData.column(path, all, given);
        if (all.columns().get(all.column(label)).kind() == Kind.NUMERIC) { // classes are named as they are written
            all.close();
            all = TableFiles.read(path, how.withTexts(Set.of(text, label)).withNotes(_ -> {}));
        }
        TableTrainingData.requireColumn(all, label, new RowColumns.Named(TableOptions.TEXT, text));
        if (hasOthers(all, label, text, table)) {
            all.close();
            return new TableTrainingData(path, settings).load();
        }
        refuseColumnOptions(table);
        for (RowColumns.Named each : table.rows().all()) TableTrainingData.requireColumn(all, label, each);
        RowSplitter splitter = RowSplitter.of(table.rows());
        Table train = all;
        Optional<Table> validation = Optional.empty();
        Table test;
        if (testFile.isPresent()) {
            ReadOptions like =
                    table.readingOf(testFile.get(), Optional.of(path)).withNotes(notes);
            test = TableFiles.read(testFile.get(), columns(like, text, Optional.of(label)));
        } else {
            TableSplit split =
                    splitter.split(train, label, Task.CLASSIFY, table.testShare(), TableTrainingData.TEST_SEED);
            splitter.remark(split).forEach(remarks::add);
            train = split.train();
            test = split.test();
        }
        if (settings.data().validation().isPresent()) {
            double share = settings.data().validation().getAsDouble();
            TableSplit split = splitter.split(train, label, Task.CLASSIFY, share, settings.seed());
            train = split.train();
            validation = Optional.of(split.test());
        }
        Tokenizer tokenizer = tokenizer(settings, train, text);
        List<String> classes = classes(train, label);
        var rows = new Rows(tokenizer, text, label, classes);
        TextRows learned = rows.of(train);
        remarks.add(remark(learned, text, tokenizer));
        return new LoadedData(
                new DataParts(
                        TableTrainingData.weighted(learned, train, table.rows()),
                        validation.map(rows::of),
                        rows.of(test)),
                Optional.empty(),
                notes(table, path, testFile, all, rows),
                remarks,
                splitter.splitter(train),
                UnaryOperator.identity());
    }

    /// Whether a table has columns that are inputs besides the text.
    private static boolean hasOthers(Table all, String label, String text, TableSettings table) {
        Set<String> known = new HashSet<>(List.of(label, text));
        for (RowColumns.Named each : table.rows().all()) known.add(each.column());
        return all.columns().stream().anyMatch(each -> each.kind() != Kind.SKIPPED && !known.contains(each.name()));
    }

    /// Refuses options that say how other columns become inputs, where there are none.
    private static void refuseColumnOptions(TableSettings table) {
        for (String option : TableOptions.OF_COLUMNS) {
            if (!table.given().containsKey(option)) continue;
            throw new ConfigException(option, "expects columns besides the text and the label, got none");
        }
        if (table.task().equals(Optional.of(Task.REGRESS))) {
            throw new ConfigException(
                    TableOptions.TASK, "expects classify for a text without other columns, got regress");
        }
    }

    private record Rows(Tokenizer tokenizer, String text, String label, List<String> classes) {
        TextRows of(Table table) {
            return TextRows.of(tokenizer, table, text, label, classes);
        }
    }

    static Tokenizer tokenizer(TrainSettings settings, Table train, String text) {
        TextSettings how = settings.data().texts();
        Tokenizer learned = how.tokenizer(TextSettings.WORDS, settings.network(), TextRows.texts(train, text));
        return how.window().isEmpty()
                ? learned
                : learned.withTruncation(new Truncation(how.window().getAsInt()));
    }

    /// The classes of the training rows, numbers by size, others by their letters.
    private static List<String> classes(Table train, String label) {
        int column = train.column(label);
        Table.Column labels = train.columns().get(column);
        Set<String> names = new TreeSet<>();
        for (int row = 0; row < train.rows(); row++) {
            float value = train.value(row, column);
            if (Float.isNaN(value)) {
                throw new DataException(
                        train.place(row) + ", column '" + label + "'", "expects a class, got a missing value");
            }
            names.add(labels.text(value));
        }
        if (names.size() < 2) {
            throw new DataException(
                    "column '" + label + "'", "expects at least 2 classes in the training rows, got " + names);
        }
        boolean numbers = names.stream().allMatch(NumberText::isNumber);
        return numbers
                ? names.stream()
                        .sorted(Comparator.comparingDouble(Double::parseDouble))
                        .toList()
                : List.copyOf(names);
    }

    static String remark(TextRows rows, String text, Tokenizer tokenizer) {
        int longest = 0;
        long sum = 0;
        for (int row = 0; row < rows.size(); row++) {
            longest = Math.max(longest, rows.length(row));
            sum += rows.length(row);
        }
        return Text.format(
                "texts  '%s'   %,d tokens known   mean length %.1f   longest %,d",
                text, tokenizer.vocabularySize(), (double) sum / rows.size(), longest);
    }

    private static Map<String, String> notes(
            TableSettings table, Path path, Optional<Path> test, Table all, Rows rows) {
        Map<String, String> notes = new LinkedHashMap<>(TableTrainingData.notes(table, path, test, all));
        notes.put(LABEL, rows.label);
        return notes;
    }

    // ------------------------------------------------------------------------------------- for a trained model

    private static ReadOptions columns(ReadOptions options, String text, Optional<String> label) {
        ReadOptions with = options.withKnown(new Known(text, Kind.CATEGORICAL, false));
        return label.isPresent() ? with.withKnown(new Known(label.get(), Kind.CATEGORICAL, false)) : with;
    }

    private static Rows rows(LoadedModel model) {
        String label = model.notes().get(LABEL);
        if (label == null) {
            throw new ModelFormatException(model.file().toString(), "expects the note '" + LABEL + "', got none");
        }
        return new Rows(model.tokenizer(), model.textColumn().orElseThrow(), label, model.classNames());
    }

    private static Table read(Path path, LoadedModel model, Rows rows, Consumer<String> notes) {
        ReadOptions options =
                columns(TableEvaluationData.options(path.toString(), model, notes), rows.text, Optional.of(rows.label));
        return TableInput.read(path, TableEvaluationData.withSplitColumn(options, model));
    }

    /// Reads texts with classes: of the file that the model was trained on the test part, of another file all rows.
    static Dataset load(String text, Path path, LoadedModel model, Consumer<String> notes) {
        if (TableEvaluationData.isTrainedOn(path, model)
                && TableEvaluationData.share(model).isPresent()) {
            notes.accept("note: the run was trained on " + text + ", so only its test part is used");
            return testPart(path, model, notes);
        }
        Rows rows = rows(model);
        TextRows texts = rows.of(read(path, model, rows, notes));
        ColumnRows.Texts.warnOfUnknown(texts, rows.tokenizer, notes);
        return texts;
    }

    static Dataset testPart(Path path, LoadedModel model, Consumer<String> notes) {
        Rows rows = rows(model);
        Optional<Path> test = TableEvaluationData.testFile(model);
        if (test.isPresent()) return rows.of(read(test.get(), model, rows, notes));
        OptionalDouble share = TableEvaluationData.share(model);
        Table all = read(path, model, rows, notes);
        if (share.isEmpty()) return rows.of(all);
        return rows.of(TableEvaluationData.splitter(model)
                .split(all, rows.label, Task.CLASSIFY, share.getAsDouble(), TableTrainingData.TEST_SEED)
                .test());
    }

    /// Reads texts to predict: of a column of a table, or of a model whose texts have no column a text a line.
    static TextRows inputs(TableInput rows, ModelInput input, Consumer<String> notes) {
        Tokenizer tokenizer = input.tokenizer();
        Optional<String> column = column(input);
        TextRows texts = column.isPresent()
                ? TextRows.of(tokenizer, rows.read(options(rows.where(), input, notes)), column.get())
                : TextRows.of(tokenizer, lines(rows));
        ColumnRows.Texts.warnOfUnknown(texts, tokenizer, notes);
        return texts;
    }

    /// Reads texts to predict in parts, as they arrive.
    /// @param most the most rows of a part
    static void streamInputs(
            String where,
            InputStream in,
            ModelInput input,
            Consumer<String> notes,
            int most,
            Consumer<? super TextRows> parts) {
        Optional<String> column = column(input);
        if (column.isEmpty()) {
            parts.accept(inputs(TableInput.of(where, in), input, notes));
            return;
        }
        Tokenizer tokenizer = input.tokenizer();
        var warned = new boolean[1];
        Csv.readParts(where, in, options(where, input, notes), most, part -> {
            TextRows texts = TextRows.of(tokenizer, part, column.get());
            if (!warned[0]) warned[0] = ColumnRows.Texts.warnOfUnknown(texts, tokenizer, notes);
            parts.accept(texts);
        });
    }

    private static Optional<String> column(ModelInput input) {
        return input.input() instanceof Input.Text text ? text.column() : Optional.empty();
    }

    private static ReadOptions options(String where, ModelInput input, Consumer<String> notes) {
        return columns(
                TableEvaluationData.options(where, input.model(), notes),
                column(input).orElseThrow(),
                Optional.empty());
    }

    private static List<String> lines(TableInput rows) {
        String where = rows.where();
        TableFiles.Format format = rows.file().map(TableFiles::format).orElse(TableFiles.Format.CSV);
        if (format != TableFiles.Format.CSV) {
            throw new DataException(where, "expects texts in UTF-8, a text a line, got a table");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(rows.in().readAllBytes()))
                    .toString()
                    .lines()
                    .toList();
        } catch (CharacterCodingException _) {
            throw new DataException(where, "expects texts in UTF-8, a text a line, got other bytes");
        } catch (IOException e) {
            throw new DataException(where, "cannot be read: " + e.getMessage());
        }
    }
}

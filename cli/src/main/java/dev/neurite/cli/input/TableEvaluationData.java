package dev.neurite.cli.input;

import dev.neurite.cli.console.Text;
import dev.neurite.cli.network.LoadedModel;
import dev.neurite.cli.network.ModelInput;
import dev.neurite.cli.option.TableSettings;
import dev.neurite.data.DataHash;
import dev.neurite.data.Dataset;
import dev.neurite.data.table.ColumnEncoding.Scaled;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.PreprocessingSettings.Task;
import dev.neurite.data.table.Table;
import dev.neurite.data.table.Table.Kind;
import dev.neurite.datasets.Csv;
import dev.neurite.datasets.CsvFormat;
import dev.neurite.datasets.CsvFormat.Header;
import dev.neurite.datasets.ReadOptions;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.model.RowSource;
import dev.neurite.signature.Input;
import dev.neurite.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// Reads tables for a trained model, with the settings of its training.
public final class TableEvaluationData {
    static final String TEST = LoadedModel.TEST;
    static final String TEST_SHARE = "csv.test-share";
    static final String GROUP = "csv.group"; // the column by which the training split the rows
    static final String ORDER = "csv.order";
    static final String SPLIT_KIND = "csv.split-kind"; // the type of that column

    private TableEvaluationData() {}

    /// Reads labeled rows: of the file that the model was trained on the test part, of another file all rows.
    static Dataset load(String text, Path path, LoadedModel model, Consumer<String> notes) {
        ColumnRows rows = ColumnRows.of(model)
                .orElseThrow(() ->
                        new DataException(text, "expects the kind of data that the model was trained on, got a table"));
        Preprocessing fitted = rows.columns();
        if (fitted.target().isEmpty())
            throw new DataException(text, "expects a model with a label column, got one without");
        Table table = TableInput.read(path, labeledOptions(path, model, rows, notes));
        boolean named = isTrainedOn(path, model);
        OptionalDouble share = share(model);
        String part = share.isPresent() ? RecordedEnvironment.TEST : RecordedEnvironment.TRAIN;
        Optional<String> hash = RecordedEnvironment.dataHash(model.file(), part);
        if (table.rows() > 1 && splitter(model).fits(table) && (named || hash.isPresent())) {
            Dataset seen = share.isPresent() ? testRows(table, rows, share.getAsDouble(), model) : rows.of(table);
            boolean same = hash.map(DataHash.sha256(seen)::equals).orElse(named);
            if (same && share.isPresent()) {
                notes.accept(Text.format(
                        "note: the run was trained on %s, so only its test part is used, %,d of %,d rows",
                        text, seen.size(), table.rows()));
                return seen;
            }
            if (same || named) {
                boolean changed = !same
                        && share.isPresent(); // without a test share, validation rows may explain a different hash
                notes.accept("warning: " + text
                        + (changed
                                ? " has changed since the training; some of these rows may have been trained on"
                                : ": these rows were trained on"));
            }
        }
        Dataset data = rows.of(table);
        ColumnRows.warn(text, rows.inputs(), data, notes);
        if (isOfOneClass(data)) {
            notes.accept("note: " + text + ": all rows are of one class, '"
                    + data.classNames().get(data.label(0)) + "'");
        }
        return data;
    }

    /// Whether the model was trained on that file, by its note.
    static boolean isTrainedOn(Path path, LoadedModel model) {
        try {
            Path noted = Path.of(model.data().orElse(""));
            return Files.exists(noted) && Files.isSameFile(noted, path);
        } catch (InvalidPathException _) {
            return false; // the note is not a path
        } catch (IOException e) {
            throw new DataException(path.toString(), "cannot be read: " + e.getMessage());
        }
    }

    /// The share of the test part in the training; empty if the test rows were a file of their own.
    static OptionalDouble share(LoadedModel model) {
        String share = model.notes().get(TEST_SHARE);
        if (share == null) return OptionalDouble.empty();
        String where = model.file() + ", note '" + TEST_SHARE + "'";
        try {
            double number = Double.parseDouble(share);
            if (number > 0 && number < 1) return OptionalDouble.of(number);
            throw new ModelFormatException(where, "expects a number above 0 and below 1, got " + share);
        } catch (NumberFormatException _) {
            throw new ModelFormatException(where, "expects a number, got '" + share + "'");
        }
    }

    /// How the training split the rows.
    static RowSplitter splitter(LoadedModel model) {
        return new RowSplitter(
                Optional.ofNullable(model.notes().get(GROUP)),
                Optional.ofNullable(model.notes().get(ORDER)));
    }

    /// How labeled rows are read, with the column by which they are split.
    private static ReadOptions labeledOptions(Path path, LoadedModel model, ColumnRows rows, Consumer<String> notes) {
        return withSplitColumn(rows.options(options(path.toString(), model, notes), true), model);
    }

    /// Options that read the column to split by, too.
    static ReadOptions withSplitColumn(ReadOptions options, LoadedModel model) {
        boolean numbers = "numeric".equals(model.notes().get(SPLIT_KIND));
        return splitter(model).withSplitColumn(options, numbers ? Kind.NUMERIC : Kind.CATEGORICAL);
    }

    private static Dataset testRows(Table table, ColumnRows rows, double share, LoadedModel model) {
        Preprocessing fitted = rows.columns();
        Task task = fitted.classNames().isEmpty() ? Task.REGRESS : Task.CLASSIFY;
        String label = fitted.target().orElseThrow().name();
        return rows.of(splitter(model)
                .split(table, label, task, share, TableTrainingData.TEST_SEED)
                .test());
    }

    static Dataset testPart(String text, Path path, LoadedModel model, Consumer<String> notes) {
        Optional<Path> test = testFile(model);
        if (test.isPresent()) return load(test.get().toString(), test.get(), model, notes);
        OptionalDouble share = share(model);
        Optional<ColumnRows> rows = ColumnRows.of(model);
        if (share.isEmpty() || rows.isEmpty()) return load(text, path, model, notes);
        Table all = TableInput.read(path, labeledOptions(path, model, rows.get(), notes));
        return testRows(all, rows.get(), share.getAsDouble(), model);
    }

    /// The file with the test rows of the training; empty if there was none.
    static Optional<Path> testFile(LoadedModel model) {
        try {
            return Optional.ofNullable(model.notes().get(TEST)).map(Path::of);
        } catch (InvalidPathException e) {
            throw new ModelFormatException(
                    model.file() + ", note '" + TEST + "'", "expects the path of a file: " + e.getReason());
        }
    }

    /// Reads inputs: raw columns for the model's preprocessing; without one numbers, by the model's
    /// column names or else in order. All rows are checked first. Of sequences they are the steps of one, of time
    /// series the last ones are.
    static RowSource inputs(TableInput rows, ModelInput input, Consumer<String> notes) {
        String where = rows.where();
        if (input.input() instanceof Input.Series series) {
            return SeriesEvaluationData.last(rows, input, series, notes);
        }
        Inputs inputs = Inputs.of(where, input, notes);
        RowSource made = inputs.prepare(rows.read(inputs.options()), notes);
        if (!input.isSequence()) return made;
        int steps = input.shape().extent(0);
        if (made.size() == 0 || (steps != Shape.OPEN && steps != made.size())) {
            throw new DataException(
                    where,
                    Text.format(
                            "expects %s, as the lines of a file are the steps of one row, got %,d",
                            steps == Shape.OPEN ? "at least 1 line" : Text.format("%,d lines", steps), made.size()));
        }
        return new PredictionInput.OneSequence(made, input.shape());
    }

    /// Reads all inputs of a model, each from its columns of one file. All rows are checked first.
    static RowSource inputs(TableInput rows, LoadedModel model, Consumer<String> notes) {
        Inputs inputs = Inputs.of(rows.where(), model, notes);
        return inputs.prepare(rows.read(inputs.options()), notes);
    }

    /// Reads inputs in parts, as they arrive.
    /// @param most the most rows of a part
    static void streamInputs(
            String where,
            InputStream in,
            ModelInput input,
            Consumer<String> notes,
            int most,
            Consumer<? super RowSource> parts) {
        Inputs.of(where, input, notes).stream(in, notes, most, parts);
    }

    /// Reads all inputs of a model in parts, as they arrive.
    /// @param most the most rows of a part
    static void streamInputs(
            String where,
            InputStream in,
            LoadedModel model,
            Consumer<String> notes,
            int most,
            Consumer<? super RowSource> parts) {
        Inputs.of(where, model, notes).stream(in, notes, most, parts);
    }

    /// How inputs are read for a model.
    /// @param made makes the inputs of columns; empty for numbers that are inputs in their order
    /// @param shape of the input that a line of such numbers becomes
    private record Inputs(String where, ReadOptions options, List<ColumnRows.Part> made, Shape shape) {
        static Inputs of(String where, ModelInput input, Consumer<String> notes) {
            Shape shape = input.isSequence() ? input.shape().row() : input.shape();
            if (input.preprocessing().isPresent()) {
                var columns = new ColumnRows.Columns(input.preprocessing().get(), shape);
                return of(where, TableEvaluationData.options(where, input.model(), notes), List.of(columns));
            }
            ReadOptions usual = ReadOptions.USUAL
                    .withDelimiter(TableSettings.isTabbed(where) ? '\t' : ',')
                    .withNotes(line -> notes.accept("note: " + line));
            if (input.features().isEmpty()) return new Inputs(where, usual.withNumbers(), List.of(), shape);
            return of(where, usual, List.of(new ColumnRows.Columns(identity(input.features(), shape), shape)));
        }

        static Inputs of(String where, LoadedModel model, Consumer<String> notes) {
            return of(where, TableEvaluationData.options(where, model, notes), ColumnRows.inputs(model.inputs()));
        }

        private static Inputs of(String where, ReadOptions usual, List<ColumnRows.Part> made) {
            return new Inputs(where, ColumnRows.options(made, usual, false), made, Shape.SCALAR);
        }

        void stream(InputStream in, Consumer<String> notes, int most, Consumer<? super RowSource> parts) {
            Set<String> noted = new HashSet<>();
            Consumer<String> once = note -> {
                if (noted.add(note.replaceAll("[0-9].*", ""))) notes.accept(note); // once, not for each part
            };
            Csv.readParts(where, in, options, most, part -> parts.accept(prepare(part, once)));
        }

        RowSource prepare(Table table, Consumer<String> notes) {
            if (!made.isEmpty()) {
                RowSource rows = ColumnRows.of(made, table);
                ColumnRows.warn(where, made, rows, notes);
                return rows;
            }
            List<String> names =
                    table.columns().stream().map(Table.Column::name).toList();
            if (names.size() != shape.size()) {
                throw new DataException(
                        where, Text.format("expects %,d columns for this model, got %,d", shape.size(), names.size()));
            }
            return identity(names, shape).applyToInputs(table);
        }
    }

    /// A preprocessing that leaves numbers unchanged.
    static Preprocessing identity(List<String> names, Shape shape) {
        var plain = new Scaled(0, 1, -Float.MAX_VALUE, Float.MAX_VALUE, OptionalDouble.empty(), false);
        return new Preprocessing(
                names.stream()
                        .map(name -> new Preprocessing.Column(name, plain))
                        .toList(),
                shape);
    }

    /// Whether the data has classes and all rows are of the same one.
    public static boolean isOfOneClass(Dataset data) {
        return data.hasLabelPerRow()
                && IntStream.range(0, data.size()).allMatch(row -> data.label(row) == data.label(0));
    }

    /// @param file the file to read; its name decides on the delimiter if the training had no `--delimiter`
    static ReadOptions options(String file, LoadedModel model, Consumer<String> notes) {
        String where = model.file().toString();
        String delimiter =
                model.notes().getOrDefault(TableSettings.DELIMITER_NOTE, TableSettings.isTabbed(file) ? "\t" : ",");
        String header =
                model.notes().getOrDefault(TableSettings.HEADER_NOTE, "auto").toUpperCase(Locale.ROOT);
        if (delimiter.length() != 1 || !Set.of("AUTO", "YES", "NO").contains(header)) {
            throw new ModelFormatException(where, "expects valid notes on CSV, got others");
        }
        if (CsvFormat.NO_DELIMITERS.indexOf(delimiter.charAt(0)) >= 0) {
            throw new ModelFormatException(
                    where + ", note '" + TableSettings.DELIMITER_NOTE + "'",
                    "expects a delimiter, got a character that cannot be one");
        }
        // The header is found by the known column names, even where training needed --header yes.
        return ReadOptions.USUAL
                .withHeader(header.equals("NO") ? Header.NO : Header.AUTO)
                .withDelimiter(delimiter.charAt(0))
                .withNotes(line -> notes.accept("note: " + line));
    }
}

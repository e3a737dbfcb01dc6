package dev.neurite.cli.input;

import dev.neurite.cli.console.Text;
import dev.neurite.cli.network.InputRange;
import dev.neurite.cli.network.LoadedModel;
import dev.neurite.cli.option.TableSettings;
import dev.neurite.data.DataHash;
import dev.neurite.data.Dataset;
import dev.neurite.data.table.Encoding.Scaled;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.PreprocessingSettings.Task;
import dev.neurite.data.table.Table;
import dev.neurite.data.table.Table.Kind;
import dev.neurite.datasets.Csv;
import dev.neurite.datasets.CsvOptions;
import dev.neurite.datasets.CsvOptions.Header;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.io.json.Json;
import dev.neurite.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// Reads CSV files for a model that was trained on one, as that was read.
public final class CsvEvaluationData {
    static final String DELIMITER = "csv.delimiter";
    static final String HEADER = "csv.header";
    private static final String MISSING = "csv.missing"; // of older models, whose preprocessing has no such texts
    static final String TEST = "csv.test";
    static final String TEST_SHARE = "csv.test-share";
    static final String GROUP = "csv.group"; // the column that the training's parts were split by
    static final String ORDER = "csv.order";
    static final String SPLIT_KIND = "csv.split-kind"; // what that column holds

    private CsvEvaluationData() {}

    /// Rows with answers: of the file that the model was trained on those that it left to test with, of another all.
    static Dataset load(String text, Path path, LoadedModel model, Consumer<String> notes) {
        Preprocessing fitted = model.preprocessing()
                .orElseThrow(() -> new DataException(
                        text, "expects data of a kind that the model was trained on, got a CSV file"));
        if (fitted.target().isEmpty()) throw new DataException(text, "expects a model with answers, got one without");
        Table table = Csv.read(path, answered(path, model, fitted, notes));
        boolean named = isTrainedOn(path, model);
        OptionalDouble share = share(model);
        String part = share.isPresent() ? RecordedEnvironment.TEST : RecordedEnvironment.TRAIN;
        Optional<String> hash = RecordedEnvironment.dataHash(model.file(), part);
        if (table.rows() > 1 && splitter(model).fits(table) && (named || hash.isPresent())) {
            Dataset seen = share.isPresent() ? left(table, fitted, share.getAsDouble(), model) : fitted.apply(table);
            boolean same = hash.map(DataHash.sha256(seen)::equals).orElse(named);
            if (same && share.isPresent()) {
                notes.accept(Text.format(
                        "note: %s is what the run was trained on: measured are the %,d of its %,d rows that were left"
                                + " to test with",
                        text, seen.size(), table.rows()));
                return seen;
            }
            if (same || named) {
                boolean changed = !same && share.isPresent(); // validation rows may explain another hash of the rest
                notes.accept("warning: " + text
                        + (changed ? " has changed since the training, which may have" : ": the training has")
                        + " seen these rows");
            }
        }
        return data(text, fitted, table, true, notes);
    }

    /// Whether a model notes that it was trained on that file.
    private static boolean isTrainedOn(Path path, LoadedModel model) {
        try {
            Path noted = Path.of(model.data().orElse(""));
            return Files.exists(noted) && Files.isSameFile(noted, path);
        } catch (InvalidPathException _) {
            return false; // a note of data of another kind
        } catch (IOException e) {
            throw new DataException(path.toString(), "cannot be read: " + e.getMessage());
        }
    }

    /// The share of its rows that a training left to test with; empty where it did not.
    private static OptionalDouble share(LoadedModel model) {
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

    /// How the training's parts were split.
    private static RowSplitter splitter(LoadedModel model) {
        return new RowSplitter(
                Optional.ofNullable(model.notes().get(GROUP)),
                Optional.ofNullable(model.notes().get(ORDER)));
    }

    /// How rows with answers are read, with the column that they are split by.
    private static CsvOptions answered(Path path, LoadedModel model, Preprocessing fitted, Consumer<String> notes) {
        boolean numbers = "numeric".equals(model.notes().get(SPLIT_KIND));
        CsvOptions options = options(path.toString(), model, notes).like(fitted, true);
        return splitter(model).read(options, numbers ? Kind.NUMERIC : Kind.CATEGORICAL);
    }

    private static Dataset left(Table table, Preprocessing fitted, double share, LoadedModel model) {
        Task task = fitted.classNames().isEmpty() ? Task.REGRESS : Task.CLASSIFY;
        String answer = fitted.target().orElseThrow().name();
        return fitted.apply(splitter(model)
                .split(table, answer, task, share, CsvTrainingData.TEST_SEED)
                .test());
    }

    /// The rows that a training left to test with.
    static Dataset tested(String text, Path path, LoadedModel model, Consumer<String> notes) {
        String test = model.notes().get(TEST);
        if (test != null) return load(test, testFile(test, model), model, notes);
        OptionalDouble share = share(model);
        if (share.isEmpty() || model.preprocessing().isEmpty()) return load(text, path, model, notes);
        Preprocessing fitted = model.preprocessing().get();
        return left(Csv.read(path, answered(path, model, fitted, notes)), fitted, share.getAsDouble(), model);
    }

    private static Path testFile(String test, LoadedModel model) {
        try {
            return Path.of(test);
        } catch (InvalidPathException e) {
            throw new ModelFormatException(
                    model.file() + ", note '" + TEST + "'", "expects the path of a file: " + e.getReason());
        }
    }

    /// Rows without answers: columns as the model's preprocessing takes them, or without one numbers as they are, by
    /// their names where the model has them, else in order. All are checked before they are given.
    static Dataset inputs(String where, InputStream in, LoadedModel model, Consumer<String> notes) {
        Inputs inputs = Inputs.of(where, model, notes);
        return inputs.prepare(Csv.read(where, in, inputs.options()), notes);
    }

    /// The same in parts, which are given as they come.
    /// @param most rows of a part
    static void streamInputs(
            String where,
            InputStream in,
            LoadedModel model,
            Consumer<String> notes,
            int most,
            Consumer<Dataset> parts) {
        Set<String> noted = new HashSet<>();
        Consumer<String> once = note -> {
            if (noted.add(note.replaceAll("[0-9].*", ""))) notes.accept(note); // not again for each part
        };
        Inputs inputs = Inputs.of(where, model, notes);
        Csv.readParts(where, in, inputs.options(), most, part -> parts.accept(inputs.prepare(part, once)));
    }

    /// How rows without answers are read for a model.
    /// @param fitted what becomes of columns; empty for numbers, which are inputs in their order
    private record Inputs(String where, CsvOptions options, Optional<Preprocessing> fitted, Shape shape) {
        static Inputs of(String where, LoadedModel model, Consumer<String> notes) {
            Shape shape = model.model().network().inputs().getFirst();
            if (model.preprocessing().isPresent()) {
                CsvOptions options = CsvEvaluationData.options(where, model, notes)
                        .like(model.preprocessing().get(), false);
                return new Inputs(where, options, model.preprocessing(), shape);
            }
            CsvOptions usual = CsvOptions.USUAL
                    .withDelimiter(TableSettings.isTabbed(where) ? '\t' : ',')
                    .withNotes(line -> notes.accept("note: " + line));
            if (model.features().isEmpty()) return new Inputs(where, usual.withNumbers(), Optional.empty(), shape);
            Preprocessing named = unchanged(model.features(), shape);
            return new Inputs(where, usual.like(named, false), Optional.of(named), shape);
        }

        Dataset prepare(Table table, Consumer<String> notes) {
            if (fitted.isPresent()) return data(where, fitted.get(), table, false, notes);
            List<String> names =
                    table.columns().stream().map(Table.Column::name).toList();
            if (names.size() != shape.size()) {
                throw new DataException(
                        where, Text.format("expects %,d columns for this model, got %,d", shape.size(), names.size()));
            }
            return unchanged(names, shape).applyToInputs(table);
        }
    }

    /// Numbers that become inputs as they are.
    private static Preprocessing unchanged(List<String> names, Shape shape) {
        var plain = new Scaled(0, 1, -Float.MAX_VALUE, Float.MAX_VALUE, OptionalDouble.empty(), false);
        return new Preprocessing(
                names.stream()
                        .map(name -> new Preprocessing.Column(name, plain))
                        .toList(),
                shape);
    }

    private static Dataset data(
            String where, Preprocessing fitted, Table table, boolean answered, Consumer<String> notes) {
        Dataset data = answered ? fitted.apply(table) : fitted.applyToInputs(table);
        String far = far(fitted, table);
        if (!far.isEmpty()) notes.accept("note: " + where + ": " + far);
        if (isOfOneClass(data)) {
            notes.accept("note: " + where + ": all rows are of one class, '"
                    + data.classNames().get(data.label(0)) + "'");
        }
        return data;
    }

    /// Whether answers are classes, and all the same.
    public static boolean isOfOneClass(Dataset data) {
        return data.isLabeled() && IntStream.range(0, data.size()).allMatch(row -> data.label(row) == data.label(0));
    }

    /// @param file what is read; its name says what is between its cells where the training was not told
    private static CsvOptions options(String file, LoadedModel model, Consumer<String> notes) {
        String where = model.file().toString();
        String delimiter = model.notes().getOrDefault(DELIMITER, TableSettings.isTabbed(file) ? "\t" : ",");
        String header = model.notes().getOrDefault(HEADER, "auto").toUpperCase(Locale.ROOT);
        if (delimiter.length() != 1 || !Set.of("AUTO", "YES", "NO").contains(header)) {
            throw new ModelFormatException(where, "expects notes on CSV that make sense, got others");
        }
        String missing = model.notes().getOrDefault(MISSING, "[]");
        if (CsvOptions.NO_DELIMITERS.indexOf(delimiter.charAt(0)) >= 0) {
            throw new ModelFormatException(
                    where + ", note '" + DELIMITER + "'", "expects a character between cells, got one that is none");
        }
        // With names to look for, a header is found even where a person had to say that there is one.
        return CsvOptions.USUAL
                .withHeader(header.equals("NO") ? Header.NO : Header.AUTO)
                .withDelimiter(delimiter.charAt(0))
                .withMissing(new HashSet<>(Json.readStrings(where + ", note '" + MISSING + "'", missing)))
                .withNotes(line -> notes.accept("note: " + line));
    }

    /// What is far from all that training has seen, as pixels from 0 to 255 are for a model of pixels from 0 to 1.
    private static String far(Preprocessing fitted, Table table) {
        List<String> columns = new ArrayList<>();
        String first = "";
        for (Preprocessing.Column each : fitted.columns()) {
            if (!(each.encoding() instanceof Scaled scaled)) continue;
            var seen = new InputRange(scaled.low(), scaled.high());
            InputRange got = InputRange.of(table, table.column(each.name()));
            if (!seen.isFar(got)) continue;
            columns.add(each.name());
            if (first.isEmpty()) first = seen.farText("'" + each.name() + "'", got);
        }
        if (columns.isEmpty()) return "";
        return first + (columns.size() == 1 ? "" : Text.format("; so do %,d more columns", columns.size() - 1));
    }
}

package dev.neurite.cli.network;

import dev.neurite.check.PermutationImportance.Inputs;
import dev.neurite.cli.console.Console;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.io.Catalog;
import dev.neurite.io.Checkpoints;
import dev.neurite.io.ModelFile;
import dev.neurite.io.kind.FileKind;
import dev.neurite.loss.Loss;
import dev.neurite.model.Model;
import dev.neurite.predict.Forecaster;
import dev.neurite.predict.Predictor;
import dev.neurite.signature.Input;
import dev.neurite.signature.Output;
import dev.neurite.signature.Signature;
import dev.neurite.signature.Threshold;
import dev.neurite.tensor.Shape;
import dev.neurite.text.Tokenizer;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// A model from a run's directory or a file.
/// @param file the model file
/// @param content the model, with its notes and signature
public record LoadedModel(Path file, ModelFile content) {
    /// The model file of a run, written at its end.
    public static final String MODEL_FILE = "model.safetensors";

    /// The log of a run, written from its beginning.
    public static final String METRICS_FILE = "metrics.jsonl";

    /// The directory of a run's checkpoints.
    public static final String CHECKPOINTS = "checkpoints";

    private static final String EXPECTED = "a run's directory or a model file of neurite";
    public static final String DATA = "data";
    public static final String LOSS = "loss";
    public static final String RANGE = "range"; // of inputs in training, for models without preprocessing
    public static final String TEST = "csv.test"; // the file of the test rows

    /// Reads a model.
    /// @param run a run's directory, or a model file
    /// @throws DataException if the file does not exist
    /// @throws dev.neurite.error.ConfigException for a file of other software, with the commands that take it
    /// @throws ModelFormatException if the file is damaged or not a Neurite model
    public static LoadedModel read(String run) {
        Path file = file(run);
        ForeignFile.refuseAsRun(file.toString(), EXPECTED);
        return new LoadedModel(file, ModelFile.read(file, Catalog.standard()));
    }

    public Model model() {
        return content.model();
    }

    /// Texts by name.
    public Map<String, String> notes() {
        return content.notes();
    }

    /// What the model takes and gives.
    public Signature signature() {
        return content.signature();
    }

    /// The preprocessing of the columns of a table; empty for a model that takes none.
    public Optional<Preprocessing> preprocessing() {
        return content.preprocessing();
    }

    /// Whether a path is the directory of a run that has ended.
    public static boolean isRun(String path) {
        return ForeignFile.existing(path)
                .filter(each -> Files.exists(each.resolve(MODEL_FILE)))
                .isPresent();
    }

    /// Whether a path is the directory of a run, also of one that has not ended.
    static boolean isBegun(String path) {
        return isRun(path)
                || ForeignFile.existing(path)
                        .filter(each -> Files.exists(each.resolve(METRICS_FILE)))
                        .isPresent();
    }

    /// Whether a path names an ONNX model: a file that ends with `.onnx`, or is one by its content.
    public static boolean isOnnx(String path) {
        return ForeignFile.kind(path) == FileKind.ONNX;
    }

    /// The model file of a run, or the file itself.
    /// @throws DataException if it does not exist
    public static Path file(String run) {
        try {
            Path path = Path.of(run);
            if (run.isEmpty() || !Files.exists(path)) {
                throw run.isEmpty()
                        ? new DataException("run", "expects a run's directory or a model file, got no name")
                        : DataException.missing(path, "a run's directory or a model file");
            }
            if (!Files.isDirectory(path)) return path;
            Path file = path.resolve(MODEL_FILE);
            if (Files.exists(file)) return file;
            boolean begun = Files.exists(path.resolve(METRICS_FILE));
            throw new DataException(
                    run,
                    "expects a run with " + MODEL_FILE + ", got "
                            + (begun ? "one whose training has not ended" : "a directory without it"),
                    begun
                            ? "To continue it: " + Console.commandLine("train", "--resume", run)
                                    + newest(path)
                                            .map(each -> "; or " + useAsItIs(each))
                                            .orElse("")
                            : "");
        } catch (InvalidPathException e) {
            throw new DataException(run, "expects a run's directory or a model file: " + e.getReason());
        }
    }

    private static Optional<Path> newest(Path run) {
        return Checkpoints.files(run.resolve(CHECKPOINTS)).reversed().stream().findFirst();
    }

    /// How to predict with a checkpoint of a run that has not ended.
    public static String useAsItIs(Path checkpoint) {
        return Console.commandLine("predict", checkpoint.toString(), "FILE") + " uses the newest checkpoint as it is";
    }

    /// The predictor, which names classes.
    /// @throws ModelFormatException if notes are invalid
    public Predictor predictor() {
        return Predictor.of(content, file.toString());
    }

    /// The forecaster of time series; empty for another model.
    public Optional<Forecaster> forecaster() {
        return Forecaster.of(content);
    }

    /// The inputs, in their order.
    public List<ModelInput> inputs() {
        List<ModelInput> all = new ArrayList<>();
        List<Shape> shapes = model().network().inputs();
        signature()
                .inputs()
                .forEach((name, input) -> all.add(new ModelInput(this, name, input, shapes.get(all.size()))));
        return all;
    }

    /// The only input, or the first of several.
    public ModelInput input() {
        return inputs().getFirst();
    }

    /// The input of texts, or the first of several; empty for a model that takes none.
    private Optional<ModelInput> text() {
        return inputs().stream()
                .filter(each -> each.input() instanceof Input.Text)
                .findFirst();
    }

    /// The column of texts that the model takes, alone or beside other columns; empty for another model.
    public Optional<String> textColumn() {
        return text().flatMap(each -> each.input() instanceof Input.Text text ? text.column() : Optional.empty());
    }

    /// Whether a column of texts is all that the model takes.
    public boolean takesTextsAlone() {
        return textColumn().isPresent() && signature().inputs().size() == 1;
    }

    /// Whether it is a model of language, which predicts the next token at each position.
    public boolean isOfLanguage() {
        return signature().output() instanceof Output.Continuation;
    }

    /// The tokenizer of a model of texts.
    /// @throws DataException if the file has none
    /// @throws ModelFormatException if it is damaged
    public Tokenizer tokenizer() {
        return text().orElse(input()).tokenizer();
    }

    /// The names of the classes; empty if it predicts none.
    public List<String> classNames() {
        return signature().output().classNames();
    }

    /// The name of the training data; empty if the file has none.
    public Optional<String> data() {
        return Optional.ofNullable(notes().get(DATA));
    }

    /// The file of the test rows, where it is not that of the training rows; empty if the file has none.
    public Optional<String> testFile() {
        return Optional.ofNullable(notes().get(TEST));
    }

    /// The same with a threshold that decides between its two classes; the file stays as it is.
    public LoadedModel with(Threshold threshold) {
        return new LoadedModel(file, content.with(signature().with(threshold)));
    }

    /// The inputs of each raw column; of several inputs those of each table, and each other input as a whole.
    /// Empty for a model of one input that has no columns, and of several with outputs for steps.
    public Optional<List<Inputs>> columns() {
        if (signature().inputs().size() > 1) return columnsOfSeveral();
        return switch (signature().input()) {
            case Input.Columns(Preprocessing columns) -> Optional.of(Inputs.of(columns));
            case Input.Numbers(Shape shape, List<String> names)
            when shape.isKnown() && shape.rank() == 1 ->
                Optional.of(Inputs.of(
                        names.isEmpty()
                                ? IntStream.rangeClosed(1, shape.size())
                                        .mapToObj(i -> "x" + i)
                                        .toList()
                                : names));
            case Input.Numbers _, Input.Steps _, Input.Series _, Input.Image _, Input.Text _ -> Optional.empty();
        };
    }

    private Optional<List<Inputs>> columnsOfSeveral() {
        if (!model().network().outputs().stream().allMatch(Shape::isKnown)) return Optional.empty();
        List<List<Inputs>> columns = signature().inputs().values().stream()
                .map(each -> switch (each) {
                    case Input.Columns(Preprocessing table) -> Inputs.of(table);
                    case Input.Numbers numbers -> Inputs.of(numbers.names());
                    case Input.Steps _, Input.Series _, Input.Image _, Input.Text _ -> List.<Inputs>of();
                })
                .toList();
        return Optional.of(Inputs.joint(List.copyOf(signature().inputs().keySet()), columns));
    }

    /// The range of inputs in training; empty if the file has none.
    /// @throws ModelFormatException if the note is invalid
    public Optional<InputRange> range() {
        return InputRange.read(file + ", note '" + RANGE + "'", notes().getOrDefault(RANGE, "[]"));
    }

    /// The training loss; empty if the file has none.
    /// @throws ModelFormatException if the note is invalid
    public Optional<Loss> loss() {
        return content.loss(file.toString());
    }
}

package dev.neurite.cli.command;

import dev.neurite.cli.console.Console;
import dev.neurite.cli.console.Context;
import dev.neurite.cli.console.FilesRead;
import dev.neurite.cli.console.OutputFile;
import dev.neurite.cli.input.PredictionInput;
import dev.neurite.cli.input.SeriesEvaluationData;
import dev.neurite.cli.network.InputRange;
import dev.neurite.cli.network.LoadedModel;
import dev.neurite.cli.onnx.OnnxPrediction;
import dev.neurite.cli.report.ForecastWriter;
import dev.neurite.cli.report.PredictionWriter;
import dev.neurite.cli.run.RunDirectory;
import dev.neurite.error.ConfigException;
import dev.neurite.io.Forecaster;
import dev.neurite.kernel.Kernels;
import dev.neurite.predict.Prediction;
import dev.neurite.predict.Predictor;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `neurite predict`.
@Command(
        name = "predict",
        description = "Predict new rows with a trained network.",
        footer = {
            "",
            "FILE is a PNG or JPEG image of the size that the network was trained on, a directory of such",
            "images, an IDX file of images (gzipped or not), a NumPy array of rows (.npy), or a CSV file, one",
            "row a line, with or without a header; - reads CSV from standard input. A file is checked as a",
            "whole before the first prediction; rows from a pipe are predicted as they arrive.",
            "",
            "The output is CSV: the row's number (from 0), the predicted class, and the probability of each",
            "class; with --top K the K most probable classes, best first; with --json one object a line. With",
            "several files or a directory each line begins with the file's name, and rows are counted for each",
            "file.",
            "A network that was trained on a CSV file takes its raw columns: in any order if a header names",
            "them, else in the order of the training; the label column is optional. Networks trained on margin",
            "losses give scores instead of probabilities, networks for regression give their values.",
            "A network that was trained with --forecast takes a CSV file whose last rows are the steps to forecast",
            "from, and gives a line for each step after its end: the time, or else the step, and the value.",
            "A network that was trained with --text takes a CSV file with the column of texts, and with the other",
            "columns of its training.",
            "",
            "An ONNX model takes an array (.npy) for each of its inputs, of the type and shape that 'neurite summary'",
            "shows. Its outputs are shown by their shapes and first elements; with --output they are written as"
                    + " arrays.",
            "",
            "Examples:",
            "  neurite predict runs/2026-11-24_fashion-mnist-1 shirt.png --top 3",
            "  neurite predict runs/2026-11-28_demand-1 demand.csv",
            "  neurite predict runs/2026-11-24_pets-1 photos/ --out predictions.csv",
            "  neurite predict runs/2026-11-24_fashion-mnist-1 t10k-images-idx3-ubyte.gz > predictions.csv",
            "  echo 5.1,3.5,1.4,0.2 | neurite predict runs/2026-11-24_iris-1 - --json",
            "  neurite predict resnet18.onnx --input x.npy --output y.npy",
            "  neurite predict bert.onnx --input ids=ids.npy --input mask=mask.npy --output answers/"
        })
final class PredictCommand implements Callable<Integer> {
    private static final int ROWS_AT_ONCE = 512;
    private static final int VALUES_AT_ONCE = 1 << 24; // 64 MB
    private static final String OUT = "--out";
    private static final String INPUT = "--input";

    private final Context context;

    @Parameters(index = "0", paramLabel = "RUN", description = "A run's directory, a model file, or an ONNX model.")
    private String run = "";

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "FILE",
            description =
                    "Rows to predict: images, a directory of images, IDX, .npy, CSV (gzipped or not), or - for CSV on"
                            + " standard input.")
    private List<String> files = List.of();

    @Option(names = "--top", paramLabel = "K", description = "Print only the K most probable classes, best first.")
    private @Nullable Integer top;

    @Option(
            names = {OUT, "--output"},
            paramLabel = "FILE",
            description = "Write to this file instead of standard output. It appears when all rows are predicted. For"
                    + " an ONNX model an array (.npy), or a directory that takes NAME.npy for each output.")
    private @Nullable String out;

    @Option(
            names = INPUT,
            paramLabel = "[NAME=]FILE",
            description = "For an ONNX model: an array (.npy) for the input of that name, or else for the next one.")
    private List<String> inputs = List.of();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    PredictCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        refuseExchanged();
        int threads = context.threads();
        if (top != null && top < 1) throw new ConfigException("--top", "expects at least 1, got " + top);
        if (LoadedModel.isOnnx(run)) {
            onnx();
            return 0;
        }
        requireFiles();
        LoadedModel loaded = LoadedModel.read(run);
        if (loaded.isOfLanguage()) {
            throw new ConfigException(
                    "predict",
                    "expects a network that predicts rows, got a model of language",
                    "To go on with a text: " + Console.commandLine("generate", run, "--prompt", "TEXT"));
        }
        Optional<Forecaster> forecaster = loaded.forecaster();
        if (forecaster.isPresent()) return forecast(loaded, forecaster.get(), threads);
        Predictor predictor = loaded.predictor();
        if (top != null && predictor.classNames().isEmpty()) {
            throw new ConfigException("--top", "expects a network that predicts classes, got one for regression");
        }
        int shown = top == null ? 0 : Math.min(top, predictor.classNames().size());
        context.noteMissingVectors();
        List<String> all = files.stream()
                .flatMap(file -> PredictionInput.files(file).stream())
                .toList();
        boolean named = files.size() > 1 || !all.equals(files);
        try (OutputFile output = output(loaded, all);
                Kernels kernels = Kernels.create(threads)) {
            boolean escapes = out == null && context.io().outIsTerminal();
            Consumer<String> lines = line -> output.stream().print((escapes ? Console.printable(line) : line) + '\n');
            var layout = new PredictionWriter.Layout(shown, named, lines);
            PredictionWriter writer =
                    context.json() ? new PredictionWriter.JsonLines(layout) : new PredictionWriter.Csv(layout);
            var rows = new RowPredictor(loaded, predictor, kernels, writer, output);
            for (String file : all) rows.file(file);
            output.keep();
        } catch (ReaderGone _) {
            return 0; // the reader of a pipe has closed it, as head does
        }
        return 0;
    }

    private OutputFile output(LoadedModel loaded, List<String> rows) {
        FilesRead read = FilesRead.of(rows).and(List.of(loaded.file())).and(RunDirectory.filesBeside(loaded.file()));
        return OutputFile.of(OUT, out, read, context.io().out());
    }

    /// Runs an ONNX model.
    private void onnx() {
        if (top != null) {
            throw new ConfigException("--top", "expects a run, got an ONNX model, whose file names no classes");
        }
        List<String> all = Stream.concat(inputs.stream(), files.stream()).toList();
        new OnnxPrediction(context, run, all, Optional.ofNullable(out)).run();
    }

    /// Refuses a run without files, in picocli's words, and with inputs of an ONNX model.
    private void requireFiles() {
        if (!inputs.isEmpty()) {
            throw new ConfigException(
                    INPUT,
                    "expects an ONNX model, got a run",
                    "Files come after a run: " + Console.commandLine("predict", run, inputs.getFirst()));
        }
        if (files.isEmpty()) throw new ParameterException(spec.commandLine(), "Missing required parameter: 'FILE'");
    }

    /// Forecasts what comes after the end of each file.
    private int forecast(LoadedModel loaded, Forecaster forecaster, int threads) {
        if (top != null) throw new ConfigException("--top", "expects a network that predicts classes, got a forecast");
        context.noteMissingVectors();
        try (OutputFile output = output(loaded, files);
                Kernels kernels = Kernels.create(threads)) {
            boolean escapes = out == null && context.io().outIsTerminal();
            Consumer<String> lines = line -> output.stream().print((escapes ? Console.printable(line) : line) + '\n');
            var writer = new ForecastWriter(forecaster.columns(), files.size() > 1, context.json(), lines);
            for (String file : files) {
                writer.write(
                        file,
                        SeriesEvaluationData.forecast(
                                file, context.io().in(), loaded, forecaster, kernels, context::note));
                if (!output.flush()) return 0; // the reader of a pipe has closed it
            }
            output.keep();
        }
        return 0;
    }

    /// Refuses a file in the place of the run and a run in the place of a file.
    private void refuseExchanged() {
        if (isModel(run) || files.isEmpty() || !isModel(files.getFirst())) return;
        throw new ConfigException(
                "predict",
                "expects a run and then files, got " + run + " first",
                "Type " + Console.commandLine("predict", files.getFirst(), run));
    }

    private static boolean isModel(String path) {
        return LoadedModel.isRun(path) || LoadedModel.isOnnx(path);
    }

    /// The reader of standard output has closed it.
    private static final class ReaderGone extends RuntimeException {
        private static final long serialVersionUID = 1;

        ReaderGone() {
            super(null, null, false, false);
        }
    }

    /// Predicts the rows of files and writes the predictions.
    private final class RowPredictor {
        private final LoadedModel loaded;
        private final Predictor predictor;
        private final Kernels kernels;
        private final PredictionWriter writer;
        private final OutputFile output;
        private final int atOnce; // rows
        private Optional<InputRange> seen;
        private String file = "";
        private int row;

        RowPredictor(
                LoadedModel loaded, Predictor predictor, Kernels kernels, PredictionWriter writer, OutputFile output) {
            this.loaded = loaded;
            this.predictor = predictor;
            this.kernels = kernels;
            this.writer = writer;
            this.output = output;
            this.seen = loaded.range();
            this.atOnce = atOnce(loaded.model().network().inputs().getFirst());
        }

        void file(String next) {
            file = next;
            row = 0;
            PredictionInput.read(file, context.io().in(), loaded, context::note, atOnce, this::rows);
        }

        /// Fewer rows of large images.
        private static int atOnce(Shape row) {
            return row.isKnown() ? Math.clamp(VALUES_AT_ONCE / Math.max(1, row.size()), 1, ROWS_AT_ONCE) : ROWS_AT_ONCE;
        }

        private void rows(PredictionInput rows) {
            for (int from = 0; from < rows.count(); from += atOnce) {
                List<Tensor> inputs = rows.rows(from, Math.min(rows.count(), from + atOnce));
                if (seen.isPresent()) {
                    InputRange range = InputRange.of(inputs.getFirst()); // a model of several has a preprocessing
                    if (seen.get().isFar(range)) {
                        context.note("warning: " + seen.get().farText(file, range));
                        seen = Optional.empty(); // warn once
                    }
                }
                for (Prediction each : predictor.predictPrepared(inputs, kernels)) {
                    writer.write(file, row, each.requireFinite(file + ", row " + row + " (from 0)"));
                    row++;
                }
                if (!output.flush()) throw new ReaderGone();
            }
        }
    }
}

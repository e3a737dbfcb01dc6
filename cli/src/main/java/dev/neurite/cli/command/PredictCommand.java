package dev.neurite.cli.command;

import dev.neurite.cli.console.Console;
import dev.neurite.cli.console.Context;
import dev.neurite.cli.console.FilesRead;
import dev.neurite.cli.console.NamedFiles;
import dev.neurite.cli.console.OutputFile;
import dev.neurite.cli.input.PredictionInput;
import dev.neurite.cli.input.SeriesEvaluationData;
import dev.neurite.cli.network.LoadedModel;
import dev.neurite.cli.network.ModelInput;
import dev.neurite.cli.onnx.OnnxPrediction;
import dev.neurite.cli.report.ForecastWriter;
import dev.neurite.cli.report.PredictionWriter;
import dev.neurite.cli.run.RunDirectory;
import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.Kernels.Engine;
import dev.neurite.predict.Forecaster;
import dev.neurite.signature.Output;
import dev.neurite.signature.Signature;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
            "FILE is a PNG or JPEG image, which becomes as in training, a directory of such",
            "images, an IDX file of images (gzipped or not), a NumPy array of rows (.npy), or a table: a CSV",
            "file, one row a line, with or without a header, a Parquet or ARFF file, or a query of a database",
            "(.sql); - reads CSV from standard input. A file is checked as a",
            "whole before the first prediction; rows from a pipe are predicted as they arrive.",
            "",
            "The output is CSV: the row's number (from 0), the predicted class, and the probability of each",
            "class; with --top K the K most probable classes, best first; with --json one object a line. With",
            "several files or a directory each line begins with the file's name, and rows are counted for each",
            "file.",
            "A network that was trained on a table takes its raw columns: in any order if a header names",
            "them, else in the order of the training; the label column is optional. Networks trained on margin",
            "losses give scores instead of probabilities, networks for regression give their values.",
            "A network that was trained with --forecast takes a table whose last rows are the steps to forecast",
            "from, and gives a line for each step after its end: the time, or else the step, and the value.",
            "A network that was trained with --text takes a table with the column of texts, and with the other",
            "columns of its training. A network of",
            "sequences takes a .npy array of rows, or a CSV file for each row, whose lines are the steps.",
            "A network of several inputs takes a file for each of them, all of as many rows, by the names that",
            "'neurite summary' shows: an image or a directory of images, .npy or CSV. If all are columns, one CSV",
            "file is enough.",
            "",
            "An ONNX model takes an array (.npy) for each of its inputs, of the type and shape that 'neurite summary'",
            "shows; where each is one column, a table with columns of their names is enough. Its outputs are shown",
            "by their shapes and first elements; with --output they are written as arrays.",
            "",
            "Examples:",
            "  neurite predict runs/2026-11-24_fashion-mnist-1 shirt.png --top 3",
            "  neurite predict runs/2026-11-28_demand-1 demand.csv",
            "  neurite predict runs/2026-11-24_pets-1 photos/ --out predictions.csv",
            "  neurite predict runs/2026-11-24_fashion-mnist-1 t10k-images-idx3-ubyte.gz > predictions.csv",
            "  echo 5.1,3.5,1.4,0.2 | neurite predict runs/2026-11-24_iris-1 - --json",
            "  neurite predict houses.safetensors --input image=photos/ --input table=houses.csv",
            "  neurite predict resnet18.onnx --input x.npy --output y.npy",
            "  neurite predict forest.onnx rows.csv",
            "  neurite predict bert.onnx --input ids=ids.npy --input mask=mask.npy --output answers/"
        })
final class PredictCommand implements Callable<Integer> {
    private static final String TOP = "--top";
    private static final String OUT = "--out";
    private static final int LITTLE = 1 << 22; // bytes × parameters, which plain loops take in a few milliseconds

    private final Context context;

    @Parameters(index = "0", paramLabel = "RUN", description = "A run's directory, a model file, or an ONNX model.")
    private String run = "";

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "FILE",
            description =
                    "Rows to predict: images, a directory of images, IDX, .npy, CSV (gzipped or not), Parquet, ARFF,"
                            + " or - for CSV on standard input.")
    private List<String> files = List.of();

    @Option(names = TOP, paramLabel = "K", description = "Print only the K most probable classes, best first.")
    private @Nullable Integer top;

    @Option(
            names = {OUT, "--output"},
            paramLabel = "FILE",
            description = "Write to this file instead of standard output. It appears when all rows are predicted. For"
                    + " an ONNX model an array (.npy), or a directory that takes NAME.npy for each output.")
    private @Nullable String out;

    @Option(
            names = NamedFiles.OPTION,
            paramLabel = "[NAME=]FILE",
            description = "For a model of several inputs: the file or directory for the input of that name, or else for"
                    + " the next one. Of an ONNX model an array (.npy).")
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
        if (top != null && top < 1) throw new ConfigException(TOP, "expects at least 1, got " + top);
        if (LoadedModel.isOnnx(run)) {
            onnx();
            return 0;
        }
        if (files.isEmpty() && inputs.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "Missing required parameter: 'FILE'");
        }
        LoadedModel loaded = LoadedModel.read(run);
        requireTop(loaded.signature());
        Optional<Forecaster> forecaster = loaded.forecaster();
        if (forecaster.isPresent()) forecast(loaded, forecaster.get(), threads);
        else rows(loaded, threads);
        return 0;
    }

    /// Refuses a model of language, and `--top` for a model without classes of rows.
    private void requireTop(Signature signature) {
        List<String> kinds = new ArrayList<>();
        for (Output each : signature.outputs().values()) {
            kinds.add(
                    switch (each) {
                        case Output.Continuation _ ->
                            throw new ConfigException(
                                    "predict",
                                    "expects a network that predicts rows, got a model of language",
                                    "To go on with a text: "
                                            + Console.commandLine("generate", run, "--prompt", "TEXT"));
                        case Output.Classes _ -> "classes";
                        case Output.Labels _ -> "several labels";
                        case Output.StepClasses _ -> "a class for each step";
                        case Output.Forecast _ -> "a forecast";
                        case Output.Values _, Output.Numbers _ -> "numbers";
                    });
        }
        if (top == null || kinds.contains("classes")) return;
        throw new ConfigException(
                TOP, "expects a network that predicts classes, got one that predicts " + String.join(", ", kinds));
    }

    /// Predicts rows of files, or of a file for each of several inputs.
    private void rows(LoadedModel loaded, int threads) {
        List<ModelInput> takes = loaded.inputs();
        boolean one = takes.size() == 1;
        if (one && !inputs.isEmpty()) {
            throw new ConfigException(
                    NamedFiles.OPTION,
                    "expects a model of several inputs, got one that takes "
                            + takes.getFirst().described(),
                    "Files come after a run: " + Console.commandLine("predict", run, inputs.getFirst()));
        }
        boolean tables =
                inputs.isEmpty() && takes.stream().allMatch(each -> each.input().isOfColumns());
        List<String> all = one
                ? files.stream()
                        .flatMap(file -> PredictionInput.files(file).stream())
                        .toList()
                : files;
        FilesRead read = FilesRead.of(all).and(NamedFiles.read(inputs).paths());
        try (OutputFile output = output(loaded, read);
                Kernels kernels = one && isLittle(loaded, FilesRead.of(all))
                        ? Kernels.create(Engine.SCALAR, 1)
                        : kernels(threads)) {
            boolean named = (one || tables)
                    ? files.size() > 1 || !all.equals(files)
                    : read.paths().stream().anyMatch(Files::isDirectory);
            var layout = new PredictionWriter.Layout(top == null ? 0 : top, named, lines(output));
            PredictionWriter writer =
                    context.json() ? new PredictionWriter.JsonLines(layout) : new PredictionWriter.Csv(layout);
            var rows = new RowPredictor(context, loaded, kernels, writer, output);
            if (one || tables) for (String file : all) rows.file(file);
            else rows.inputs(Stream.concat(inputs.stream(), files.stream()).toList());
            output.keep();
        } catch (RowPredictor.ReaderGone _) {
            // the reader of a pipe has closed it, as head does
        }
    }

    private Kernels kernels(int threads) {
        context.noteMissingVectors();
        return Kernels.create(threads);
    }

    /// Whether rows of columns in files are predicted before the Vector API would be loaded: plain loops give
    /// the same bits.
    private boolean isLittle(LoadedModel loaded, FilesRead read) {
        boolean columns = loaded.inputs().getFirst().input().isOfColumns();
        if (!columns || read.paths().size() < files.size()) return false; // standard input may be long
        long bytes = 0; // more than there are values
        for (Path each : read.paths()) {
            if (!each.toString().endsWith(".csv")) return false; // a query, or rows that are compressed
            bytes += each.toFile().length();
        }
        return bytes * loaded.model().network().count() <= LITTLE;
    }

    private Consumer<String> lines(OutputFile output) {
        boolean escapes = out == null && context.io().outIsTerminal();
        return line -> output.stream().print((escapes ? Console.printable(line) : line) + '\n');
    }

    private OutputFile output(LoadedModel loaded, FilesRead rows) {
        FilesRead read = rows.and(List.of(loaded.file())).and(RunDirectory.filesBeside(loaded.file()));
        return OutputFile.of(OUT, out, read, context.io().out());
    }

    private void onnx() {
        if (top != null) {
            throw new ConfigException(TOP, "expects a run, got an ONNX model, whose file names no classes");
        }
        List<String> all = Stream.concat(inputs.stream(), files.stream()).toList();
        new OnnxPrediction(context, run, all, Optional.ofNullable(out)).run();
    }

    /// Forecasts what comes after the end of each file.
    private void forecast(LoadedModel loaded, Forecaster forecaster, int threads) {
        if (!inputs.isEmpty()) {
            throw new ConfigException(
                    NamedFiles.OPTION,
                    "expects a model of several inputs, got a forecaster",
                    "Files come after a run: " + Console.commandLine("predict", run, inputs.getFirst()));
        }
        try (OutputFile output = output(loaded, FilesRead.of(files));
                Kernels kernels = kernels(threads)) {
            var writer = new ForecastWriter(forecaster.columns(), files.size() > 1, context.json(), lines(output));
            for (String file : files) {
                writer.write(
                        file,
                        SeriesEvaluationData.forecast(
                                file, context.io().in(), loaded, forecaster, kernels, context::note));
                if (!output.flush()) return; // the reader of a pipe has closed it
            }
            output.keep();
        }
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
}

package dev.neurite.cli.command;

import dev.neurite.cli.console.Console;
import dev.neurite.cli.console.Context;
import dev.neurite.cli.console.OutputFile;
import dev.neurite.cli.input.PredictionInput;
import dev.neurite.cli.network.InputRange;
import dev.neurite.cli.network.LoadedModel;
import dev.neurite.cli.report.PredictionWriter;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.io.Prediction;
import dev.neurite.io.Predictor;
import dev.neurite.kernel.Kernels;
import dev.neurite.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `neurite predict`.
@Command(
        name = "predict",
        description = "Predict new rows with a trained network.",
        footer = {
            "",
            "FILE is a PNG or JPEG image of the size that the network was trained on, a directory of them, an IDX",
            "file of images (packed by gzip or not), rows in NumPy's format (.npy), or a CSV file: a row a line,",
            "with or without a header; - reads CSV from standard input. A file is checked as a whole before the",
            "first prediction; rows from a pipe are predicted as they come.",
            "",
            "The result is CSV: the row (from 0), the predicted class, and the probability of each class; with",
            "--top K the K most probable classes, best first; with --json an object a line. With several files",
            "or a directory each line begins with its file, and rows are counted in each file.",
            "A network that was trained on a CSV file takes its raw columns, in any order with a header that names",
            "them, or else in its order; the label's column may be there or not. A network that was trained on",
            "margins gives scores in place of probabilities, one for regression its values.",
            "",
            "Examples:",
            "  neurite predict runs/2026-11-24_fashion-mnist-1 shirt.png --top 3",
            "  neurite predict runs/2026-11-24_pets-1 photos/ --out answers.csv",
            "  neurite predict runs/2026-11-24_fashion-mnist-1 t10k-images-idx3-ubyte.gz > answers.csv",
            "  echo 5.1,3.5,1.4,0.2 | neurite predict runs/2026-11-24_iris-1 - --json"
        })
final class PredictCommand implements Callable<Integer> {
    private static final int ROWS_AT_ONCE = 512;
    private static final String OUT = "--out";

    private final Context context;

    @Parameters(index = "0", paramLabel = "RUN", description = "A run's directory, or a model file.")
    private String run = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "FILE",
            description =
                    "What to predict: images, a directory of images, IDX, .npy, CSV (packed or not), or - for CSV.")
    private List<String> files = List.of();

    @Option(names = "--top", paramLabel = "K", description = "Only the K most probable classes, best first.")
    private @Nullable Integer top;

    @Option(
            names = OUT,
            paramLabel = "FILE",
            description = "Write to this file, which is there when all is predicted, instead of to standard output.")
    private @Nullable String out;

    PredictCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        int threads = context.threads();
        if (top != null && top < 1) throw new ConfigException("--top", "expects at least 1, got " + top);
        LoadedModel loaded = LoadedModel.read(run);
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
        try (OutputFile output = OutputFile.of(OUT, out, context.io().out());
                Kernels kernels = Kernels.create(threads)) {
            boolean escapes = out == null && context.io().outIsTerminal();
            Consumer<String> lines = line -> output.stream().print((escapes ? Console.printable(line) : line) + '\n');
            var layout = new PredictionWriter.Layout(predictor, shown, named, lines);
            PredictionWriter writer =
                    context.json() ? new PredictionWriter.JsonLines(layout) : new PredictionWriter.Csv(layout);
            var answers = new Answers(loaded, predictor, kernels, writer, output);
            for (String file : all) answers.file(file);
            output.keep();
        } catch (NobodyReads _) {
            return 0; // as behind | head
        }
        return 0;
    }

    /// Nobody reads the output any more.
    private static final class NobodyReads extends RuntimeException {
        private static final long serialVersionUID = 1;

        NobodyReads() {
            super(null, null, false, false);
        }
    }

    /// Predicts rows and writes what comes of them.
    private final class Answers {
        private final LoadedModel loaded;
        private final Predictor predictor;
        private final Kernels kernels;
        private final PredictionWriter writer;
        private final OutputFile output;
        private Optional<InputRange> seen;
        private String file = "";
        private int row;

        Answers(LoadedModel loaded, Predictor predictor, Kernels kernels, PredictionWriter writer, OutputFile output) {
            this.loaded = loaded;
            this.predictor = predictor;
            this.kernels = kernels;
            this.writer = writer;
            this.output = output;
            this.seen = loaded.range();
        }

        void file(String next) {
            file = next;
            row = 0;
            PredictionInput.read(file, context.io().in(), loaded, context::note, ROWS_AT_ONCE, this::rows);
        }

        private void rows(PredictionInput rows) {
            for (int from = 0; from < rows.count(); from += ROWS_AT_ONCE) {
                Tensor inputs = rows.rows(from, Math.min(rows.count(), from + ROWS_AT_ONCE));
                InputRange range = InputRange.of(inputs);
                if (seen.isPresent() && seen.get().isFar(range)) {
                    context.note("warning: " + seen.get().farText(file, range));
                    seen = Optional.empty(); // once is enough
                }
                for (Prediction each : predictor.predictPrepared(inputs, kernels)) {
                    requireNumbers(each);
                    writer.write(file, row++, each);
                }
                if (!output.flush()) throw new NobodyReads();
            }
        }

        private void requireNumbers(Prediction prediction) {
            Stream.concat(prediction.values().stream(), prediction.probabilities().values().stream())
                    .filter(value -> !Float.isFinite(value.floatValue()))
                    .findFirst()
                    .ifPresent(value -> {
                        throw new DataException(
                                file + ", row " + row + " (from 0)",
                                "expects a prediction that is a number, got " + value,
                                "The row may have numbers far beyond those of the training");
                    });
        }
    }
}

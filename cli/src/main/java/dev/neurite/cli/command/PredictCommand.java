package dev.neurite.cli.command;

import dev.neurite.cli.input.PredictionInput;
import dev.neurite.cli.network.InputRange;
import dev.neurite.cli.network.LoadedModel;
import dev.neurite.cli.report.PredictionWriter;
import dev.neurite.error.ConfigException;
import dev.neurite.io.Prediction;
import dev.neurite.io.Predictor;
import dev.neurite.kernel.Kernels;
import dev.neurite.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `neurite predict`.
@Command(
        name = "predict",
        description = "What a trained network says about new rows.",
        footer = {
            "",
            "FILE is an IDX file of images (packed by gzip or not), a PNG or JPEG image of the size that the",
            "network was trained on, rows in NumPy's format (.npy), or a CSV file: numbers, one row a line, with or"
                    + " without a header; - reads CSV from",
            "standard input. The result is CSV: the row (from 0), the predicted class, and the probability of",
            "each class; with --top K the K most probable classes, best first; with --json an object a line.",
            "A network that was trained on a CSV file takes its raw columns, in any order with a header that names",
            "them, or else in its order; the column of the answers may be there or not.",
            "In CSV a text that a spreadsheet would run as a formula, such as =A1, is written with an apostrophe"
                    + " before",
            "it: '=A1. --json has all texts as they are.",
            "Networks that were trained on margins give scores in place of probabilities, and those that answer",
            "with numbers give these.",
            "",
            "Examples:",
            "  neurite predict runs/2026-11-24_fashion-mnist-1 shirt.png --top 3",
            "  neurite predict runs/2026-11-24_fashion-mnist-1 t10k-images-idx3-ubyte.gz > answers.csv",
            "  echo 5.1,3.5,1.4,0.2 | neurite predict runs/2026-11-24_iris-1 - --json"
        })
final class PredictCommand implements Callable<Integer> {
    private static final int ROWS_AT_ONCE = 512;

    private final RootCommand neurite;

    @Parameters(index = "0", paramLabel = "RUN", description = "A run's directory, or a model file.")
    private String run = "";

    @Parameters(
            index = "1",
            paramLabel = "FILE",
            description = "What to look at: IDX, PNG, JPEG, .npy, CSV (packed or not), or - for CSV.")
    private String file = "";

    @Option(names = "--top", paramLabel = "K", description = "Only the K most probable classes, best first.")
    private @Nullable Integer top;

    PredictCommand(RootCommand neurite) {
        this.neurite = neurite;
    }

    @Override
    public Integer call() {
        int threads = neurite.threads();
        if (top != null && top < 1) throw new ConfigException("--top", "expects at least 1, got " + top);
        LoadedModel loaded = LoadedModel.read(run);
        Predictor predictor = loaded.predictor();
        if (top != null && predictor.classNames().isEmpty()) {
            throw new ConfigException("--top", "expects a network that tells classes apart, got one that gives values");
        }
        int shown = top == null ? 0 : Math.min(top, predictor.classNames().size());
        neurite.noteMissingVectors();
        PredictionInput rows = PredictionInput.read(file, neurite.io().in(), loaded, neurite::note);
        PredictionWriter writer = neurite.json()
                ? new PredictionWriter.JsonLines(predictor, shown, neurite.io().out())
                : new PredictionWriter.Csv(predictor, shown, neurite.io().out());
        Optional<InputRange> seen = loaded.range();
        try (Kernels kernels = Kernels.create(threads)) {
            for (int from = 0; from < rows.count(); from += ROWS_AT_ONCE) {
                int to = Math.min(rows.count(), from + ROWS_AT_ONCE);
                Tensor inputs = rows.rows(from, to);
                InputRange range = InputRange.of(inputs);
                if (seen.isPresent() && seen.get().isFar(range)) {
                    neurite.note(seen.get().warning(file, range));
                    seen = Optional.empty(); // once is enough
                }
                List<Prediction> told = predictor.predictPrepared(inputs, kernels);
                for (int i = 0; i < told.size(); i++) writer.write(from + i, told.get(i));
                if (neurite.io().out().checkError()) break; // nobody reads any more, as behind | head
            }
        }
        return 0;
    }
}

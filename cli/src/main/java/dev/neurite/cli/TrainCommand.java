package dev.neurite.cli;

import dev.neurite.data.Split;
import dev.neurite.error.ConfigException;
import dev.neurite.layer.Layers;
import dev.neurite.metric.Metric;
import dev.neurite.optim.Adam;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Sgd;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `neurite train`: every option is checked before any data is read.
@Command(
        name = "train",
        description = "Train a network on a data set and keep it in a directory of its own, a run.",
        footer = {
            "",
            "DATA is fashion-mnist, digits, iris, wine, breast-cancer or diabetes, or a directory with the four",
            "IDX files of MNIST (train-images-idx3-ubyte and so on, packed by gzip or not).",
            "",
            "Examples:",
            "  neurite train fashion-mnist",
            "  neurite train fashion-mnist --layers 256,64 --activation tanh --epochs 10",
            "  neurite train mnist/ --optimizer sgd --lr 0.1 --momentum 0.9 --out runs/sgd",
            "  neurite train iris --json --metrics log-loss,roc-auc",
            "  neurite train fashion-mnist --epochs 1 --profile"
        })
final class TrainCommand implements Callable<Integer> {
    private static final double ADAM_RATE = 1e-3;
    private static final double SGD_RATE = 1e-2;
    private static final int DEEPEST = 1000;
    private static final int TABLE_EPOCHS = 50;
    private static final int TABLE_BATCH = 16;
    private static final int IMAGE_EPOCHS = 5;
    private static final int IMAGE_BATCH = 128;

    private final Neurite neurite;

    @Parameters(paramLabel = "DATA", description = "A data set's name, or a directory.")
    private String data = "";

    @Option(
            names = "--layers",
            paramLabel = "N,N,…",
            description = "Units of each hidden layer, 128 by default; 'none' for no hidden layer.")
    private String layers = "128";

    @Option(
            names = "--activation",
            paramLabel = "NAME",
            description = "Of the hidden layers: relu (default), leaky-relu, tanh, sigmoid.")
    private String activation = "relu";

    @Option(names = "--optimizer", paramLabel = "NAME", description = "adam (default) or sgd.")
    private String optimizer = "adam";

    @Option(names = "--lr", paramLabel = "RATE", description = "Learning rate: 0.001 by default, 0.01 for sgd.")
    private @Nullable Double rate;

    @Option(names = "--momentum", paramLabel = "M", description = "For sgd: 0 (default) to below 1.")
    private @Nullable Double momentum;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "How often to go through the data: 5 by default, 50 for tables.")
    private @Nullable Integer epochs;

    @Option(names = "--batch", paramLabel = "ROWS", description = "Rows a step: 128 by default, 16 for tables.")
    private @Nullable Integer batch;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where to keep the run: a new or empty directory, runs/<date>_<name>-<n> by default.")
    private @Nullable String out;

    @Option(
            names = Measures.OPTION,
            paramLabel = "NAME,…",
            description =
                    "Also measure these on the test data after each epoch: roc-auc,brier,top-3, see evaluate --help.")
    private @Nullable String metrics;

    @Option(
            names = "--profile",
            description = "Also tell where the time of the steps went: each layer, forward and backward.")
    private boolean profile;

    @Option(
            names = "--watch-updates",
            paramLabel = "N",
            description = "Also write to metrics.jsonl what the first step, and every N-th from there, did to each"
                    + " parameter: the sizes of gradient, value and update.")
    private @Nullable Integer watchEvery;

    TrainCommand(Neurite neurite) {
        this.neurite = neurite;
    }

    /// Optimizers, by the names that the option has.
    enum Rule {
        ADAM,
        SGD;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Override
    public Integer call() {
        Settings.Hidden hidden = Choice.of("--activation", activation, Settings.Hidden.values());
        Optimizer chosen = optimizer();
        List<Integer> units = units();
        int threads = neurite.threads();
        positive("--epochs", epochs);
        positive("--batch", batch);
        positive("--watch-updates", watchEvery);
        Optional<Path> place = place();
        List<Metric> measured = metrics == null ? List.of() : Measures.named(metrics);
        DataSource source = DataSource.of(data);

        neurite.noteMissingVectors();
        Split split = source.load();
        boolean table = split.train().inputShape().rank() == 1;
        var settings = new Settings(
                source.text(),
                units,
                hidden,
                chosen,
                epochs != null ? epochs : table ? TABLE_EPOCHS : IMAGE_EPOCHS,
                batch != null ? batch : table ? TABLE_BATCH : IMAGE_BATCH,
                neurite.seed(),
                threads);
        OptionalInt watched = watchEvery == null ? OptionalInt.empty() : OptionalInt.of(watchEvery);
        Task task = Task.of(settings, split);
        return new Training(neurite, settings, source, task, measured, profile, watched).run(place);
    }

    private Optimizer optimizer() {
        return switch (Choice.of("--optimizer", optimizer, Rule.values())) {
            case ADAM -> {
                if (momentum != null) {
                    throw new ConfigException("--momentum", "belongs to --optimizer sgd, got adam");
                }
                yield new Adam(rate != null ? rate : ADAM_RATE);
            }
            case SGD -> new Sgd(rate != null ? rate : SGD_RATE).withMomentum(momentum != null ? momentum : 0);
        };
    }

    private List<Integer> units() {
        List<Integer> units = new ArrayList<>();
        if (layers.equals("none")) return units;
        for (String number : layers.split(",", -1)) {
            try {
                units.add(Layers.dense(Integer.parseInt(number.strip())).units());
            } catch (NumberFormatException | ConfigException e) {
                throw new ConfigException(
                        "--layers",
                        "expects a number of units, 1 or more, for each hidden layer, got '" + layers + "'",
                        "As in --layers 128,64; 'none' for no hidden layer");
            }
        }
        if (units.size() > DEEPEST) {
            throw new ConfigException("--layers", "expects at most " + DEEPEST + " layers, got " + units.size());
        }
        return units;
    }

    private static void positive(String option, @Nullable Integer value) {
        if (value != null && value < 1) throw new ConfigException(option, "expects at least 1, got " + value);
    }

    private Optional<Path> place() {
        if (out == null) return Optional.empty();
        try {
            if (out.isBlank()) throw new ConfigException("--out", "expects a directory, got nothing");
            Path path = Path.of(out);
            RunDirectory.requireFree(path);
            return Optional.of(path);
        } catch (InvalidPathException e) {
            throw new ConfigException("--out", "expects a directory, got '" + out + "': " + e.getReason());
        }
    }
}

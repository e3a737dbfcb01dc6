package dev.neurite.cli.command;

import dev.neurite.cli.config.ConfigKeys;
import dev.neurite.cli.console.Context;
import dev.neurite.cli.input.DataSource;
import dev.neurite.cli.input.LoadedData;
import dev.neurite.cli.input.RecordedEnvironment;
import dev.neurite.cli.option.CheckpointOptions;
import dev.neurite.cli.option.NetworkOptions;
import dev.neurite.cli.option.RateOption;
import dev.neurite.cli.option.ScheduleOptions;
import dev.neurite.cli.option.TrainSettings;
import dev.neurite.cli.option.TrainingOptions;
import dev.neurite.cli.run.FoldsRun;
import dev.neurite.cli.run.RunDirectory;
import dev.neurite.cli.run.TrainingPlan;
import dev.neurite.cli.run.TrainingRun;
import dev.neurite.data.DataHash;
import dev.neurite.datasets.Datasets;
import dev.neurite.error.ConfigException;
import dev.neurite.metric.Metric;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `neurite train`: every option is checked before any data is read.
@Command(
        name = "train",
        description = "Train a network on a data set and keep it in a directory of its own, a run.",
        abbreviateSynopsis = true,
        sortOptions = false,
        footer = {
            "",
            "DATA is fashion-mnist, digits, iris, wine, breast-cancer or diabetes, or a directory with the four",
            "IDX files of MNIST (train-images-idx3-ubyte and so on, packed by gzip or not), the binary files of",
            "CIFAR-10 or CIFAR-100, or PNG and JPEG images: train/<class>/* and test/<class>/*, or <class>/* of",
            "which a fifth is to test with; or a NumPy file .npz with x and y, or x_train, y_train, x_test and",
            "y_test, or a directory with x.npy and y.npy. A CSV file (.csv, .tsv, or packed: .csv.gz) is a table:",
            "--label names the column to predict; how the others become inputs is fitted on the training rows and",
            "kept in the model. A data set's name means the data set, ./name a file or directory called so.",
            "SPEC is a name of 'neurite list', or with settings",
            "name:setting=value,setting=value.",
            "",
            "Examples:",
            "  neurite train fashion-mnist",
            "  neurite train fashion-mnist --layers 256,64 --activation tanh --epochs 10",
            "  neurite train mnist/ --optimizer sgd --lr 0.1 --momentum 0.9 --out runs/sgd",
            "  neurite train digits --layers 64 --dropout 0.2 --optimizer adamw --warmup 50 --schedule cosine",
            "  neurite train pets/ --image-size 64x64 --augment flip,crop:padding=4 --epochs 20",
            "  neurite train diabetes --loss huber:delta=1.5 --l2 0.01",
            "  neurite train iris --json --metrics log-loss,roc-auc",
            "  neurite train fashion-mnist --epochs 1 --profile",
            "  neurite train houses.csv --label price --missing NA --missing-rule median --validation 0.1",
            "  neurite train visits.csv --label outcome --group-by patient --weight importance",
            "  neurite train prices.csv.gz --label price --order-by date --validation 0.1",
            "  neurite train mnist_train.csv --label first --image 1x28x28 --model lenet5",
            "  neurite train fashion-mnist --model lenet5",
            "  neurite train iris --folds 5 --metrics roc-auc",
            "  neurite train --resume runs/2026-11-24_fashion-mnist-1",
            "  neurite train data.npz --balance --drop-last",
            "  neurite train photos/ --from runs/cifar-1 --freeze layer1.*,layer2.*"
        })
public final class TrainCommand implements Callable<Integer> {
    private final Context context;
    private final Optional<ConfigInvocation> invocation;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(
            paramLabel = "DATA",
            arity = "0..1",
            description = "A data set's name, a directory, a CSV or .npz file, or a configuration: FILE.yaml.")
    private @Nullable String data;

    @Mixin
    private RateOption rate = new RateOption();

    @Mixin
    private TrainingOptions training = new TrainingOptions();

    @Option(
            names = NetworkOptions.FROM,
            paramLabel = "RUN",
            description = "Begin with the weights of this run, model file or safetensors file, as far as names and"
                    + " shapes are the same. Without --model and --layers also with its network, with a new head"
                    + " where its end is another.")
    private @Nullable String from;

    @ArgGroup(validate = false, order = 4, heading = "%nThe course of the training:%n")
    private ScheduleOptions course = new ScheduleOptions();

    @ArgGroup(validate = false, order = 7, heading = "%nEnding early and keeping:%n")
    private CheckpointOptions keeping = new CheckpointOptions();

    @Mixin
    private RunOptions run = new RunOptions();

    TrainCommand(Context context, Optional<ConfigInvocation> invocation) {
        this.context = context;
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        if (run.folds().isPresent()) return crossValidate(run.folds().getAsInt());
        if (run.resumed().isPresent()) return resume(run.resumed().get());
        Optional<Path> directory = run.directory();
        return training(true).run(directory, run.overwrites());
    }

    private int crossValidate(int folds) {
        TrainSettings settings = settings();
        run.refuseWithFolds(settings);
        return new FoldsRun(context, settings, source(), run.metrics(), folds).run();
    }

    /// The value of each option, also where it was left to what is usual.
    public Map<String, Object> options() {
        Map<String, Object> options = training().options();
        run.folds().ifPresent(each -> options.put("folds", each));
        return options;
    }

    /// What the options say, for a command that has folds of its own.
    public TrainSettings settingsWithoutFolds(String command) {
        if (run.folds().isEmpty()) return settings();
        throw new ConfigException(
                RunOptions.FOLDS,
                "expects a training, got a " + command,
                "That has folds of its own, in its section " + command);
    }

    private int resume(String path) {
        run.refuseDirectory();
        RunDirectory directory = RunDirectory.begun(Path.of(path));
        if (!directory.isComplete()) {
            requireSameDirectory(directory);
            return training(true).resume(directory);
        }
        List<String> others = invocation.orElseThrow().settings(new ConfigKeys(spec));
        if (!others.isEmpty()) {
            throw new ConfigException(
                    RunDirectory.RESUME + " " + path,
                    "expects a run that has not ended to go on with, got one that has, and "
                            + String.join(", ", others),
                    "To begin a new run with its settings: " + TrainingRun.anew(directory.path()));
        }
        settings(); // refuses what makes no sense, as elsewhere
        if (context.json()) context.printJson(Map.of("run", path, "ended", true));
        context.note("run    " + path + " has ended already, there is nothing left to do");
        context.next("evaluate", path);
        return 0;
    }

    /// Refuses to look for data by a relative path where another file may be.
    private void requireSameDirectory(RunDirectory run) {
        if (data == null || Datasets.names().contains(data) || Path.of(data).isAbsolute()) return;
        RecordedEnvironment.directoryElsewhere(run.model()).ifPresent(began -> {
            throw new ConfigException(
                    RunDirectory.RESUME + " " + run.path(),
                    "expects to go on in " + began + ", where the run began with " + data + ", got another directory",
                    "Change to that directory, or say where the data is: --set data.source=FILE");
        });
    }

    /// What the options and the data make: all is checked.
    /// @throws dev.neurite.error.NeuriteException for options or data that do not do
    public TrainingRun training() {
        return training(false);
    }

    /// @param runs whether it is going to run: it notes the checksum of its data, and its checkpoints do
    private TrainingRun training(boolean runs) {
        TrainSettings settings = settings();
        OptionalInt watchEvery = run.watchEvery();
        List<Metric> metrics = run.metrics();
        settings.keeping().requireMeasured(metrics);
        DataSource source = source();

        context.noteMissingVectors();
        LoadedData loaded = source.load(settings);
        if (runs) DataHash.prepare(List.of(loaded.train(), loaded.test()));
        TrainingPlan task = TrainingPlan.of(settings, loaded);
        task.requireMemory();
        return new TrainingRun(context, new ConfigKeys(spec), source, task, metrics, run.profiles(), watchEvery);
    }

    /// What the options say.
    /// @throws ConfigException for what is unknown or out of its range
    public TrainSettings settings() {
        return training.settings(context.options(), rate.rate(), course, keeping, from);
    }

    /// The data, read anew.
    /// @throws dev.neurite.error.NeuriteException if it cannot be
    public LoadedData data() {
        return source().load(settings());
    }

    private DataSource source() {
        if (data != null) return DataSource.of(data);
        throw new ConfigException(
                "DATA",
                "expects a data set's name, a directory, a file, or a configuration, got nothing",
                "See 'neurite train --help'");
    }
}

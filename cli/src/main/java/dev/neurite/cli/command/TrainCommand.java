package dev.neurite.cli.command;

import dev.neurite.cli.config.ConfigKeys;
import dev.neurite.cli.console.Context;
import dev.neurite.cli.console.Text;
import dev.neurite.cli.input.DataSource;
import dev.neurite.cli.input.LoadedData;
import dev.neurite.cli.input.RecordedEnvironment;
import dev.neurite.cli.option.CheckpointOptions;
import dev.neurite.cli.option.DataOptions;
import dev.neurite.cli.option.NetworkOptions;
import dev.neurite.cli.option.RateOption;
import dev.neurite.cli.option.ScheduleOptions;
import dev.neurite.cli.option.TrainSettings;
import dev.neurite.cli.option.TrainingOptions;
import dev.neurite.cli.report.EvaluationReport;
import dev.neurite.cli.report.FoldsReport;
import dev.neurite.cli.report.MetricNames;
import dev.neurite.cli.run.CrossValidation;
import dev.neurite.cli.run.MemoryBudget;
import dev.neurite.cli.run.RunDirectory;
import dev.neurite.cli.run.SignalPause;
import dev.neurite.cli.run.TrainingPlan;
import dev.neurite.cli.run.TrainingRun;
import dev.neurite.data.DataHash;
import dev.neurite.data.DataSplit;
import dev.neurite.datasets.Datasets;
import dev.neurite.error.ConfigException;
import dev.neurite.metric.Metric;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
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
    private static final String FOLDS = "--folds";
    private static final String PROFILE = "--profile";
    private static final String WATCH = "--watch-updates";

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

    @Option(
            names = RunDirectory.RESUME,
            paramLabel = "RUN",
            description =
                    "Go on with a run that was interrupted, killed or paused, from its newest checkpoint: the result"
                            + " is that of an unbroken run, to the bit. Takes no DATA; all settings are the run's.")
    private @Nullable String resume;

    @Option(
            names = RunDirectory.OUT,
            paramLabel = "DIR",
            description = "Where to keep the run: a new or empty directory, runs/<date>_<name>-<n> by default.")
    private @Nullable String out;

    @Option(
            names = RunDirectory.OVERWRITE,
            description = "Let the run take the place of the one in " + RunDirectory.OUT
                    + ", which is deleted when the training starts.")
    private boolean overwrite;

    @Option(
            names = MetricNames.OPTION,
            paramLabel = "NAME,…",
            description = "Also measure these on the test data after each epoch: roc-auc,brier,top-3."
                    + " See 'neurite list metrics'.")
    private @Nullable String metrics;

    @Option(
            names = FOLDS,
            paramLabel = "K",
            description =
                    "Cross-validation instead of a run: trains K times, each time without one K-th of the training"
                        + " part, and evaluates on that. Prints loss, accuracy and --metrics of each fold, their mean"
                        + " and standard deviation. No model is kept and the test part is not used.")
    private @Nullable Integer folds;

    @Option(
            names = PROFILE,
            description =
                    "Also print how long each layer took, forward and backward, over all steps: number of calls, time,"
                            + " its share, arithmetic speed, the MB that must be read and written at least, and how"
                            + " fast they were.")
    private boolean profile;

    @Option(
            names = WATCH,
            paramLabel = "N",
            description = "Also write to metrics.jsonl what the first step, and every N-th from there, did to each"
                    + " parameter: the sizes of gradient, value and update.")
    private @Nullable Integer watchEvery;

    TrainCommand(Context context, Optional<ConfigInvocation> invocation) {
        this.context = context;
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        if (folds != null) return crossValidate(folds);
        if (resume != null) return resume(resume);
        Optional<Path> place = place();
        return training(true).run(place, overwrite);
    }

    private int crossValidate(int count) {
        if (count < 2) throw new ConfigException(FOLDS, "expects at least 2, got " + count);
        TrainSettings settings = settings();
        requireAlone(settings);
        List<Metric> measured = metrics == null ? List.of() : MetricNames.named(metrics);
        DataSource source = source();
        context.noteMissingVectors();
        LoadedData loaded = source.load(settings);
        List<DataSplit> splits = loaded.folds(FOLDS, count, settings.seed());
        MetricNames.check(measured, loaded.train(), settings.loss().loss(loaded.train()));
        loaded.remarks().forEach(context::note);
        context.note(Text.format(
                "folds  %d of the %,d training rows of %s   seed %d",
                count, loaded.train().size(), source.text(), settings.seed()));
        Optional<CrossValidation.Result> result;
        try (var interruption = new SignalPause(context::note)) {
            var validation =
                    new CrossValidation(settings, settings.threads(), measured, MemoryBudget.ofHeap(), interruption);
            result = validation.run(
                    splits,
                    OptionalInt.empty(),
                    (evaluation, fold) -> context.note(
                            Text.format("fold %d of %d   ", fold, count) + EvaluationReport.headline(evaluation)));
            if (result.isEmpty()) return interruption.exitCode().orElse(0);
        }
        var report = new FoldsReport(result.get().evaluations(), measured);
        if (context.json()) context.printJson(report.json());
        else context.print(report.toString());
        return 0;
    }

    /// Refuses options that say nothing to trainings that are not kept.
    private void requireAlone(TrainSettings settings) {
        Map<String, Boolean> given = new LinkedHashMap<>();
        given.put(RunDirectory.RESUME, resume != null);
        given.put(RunDirectory.OUT, out != null);
        given.put(RunDirectory.OVERWRITE, overwrite);
        given.put(PROFILE, profile);
        given.put(WATCH, watchEvery != null);
        given.put(DataOptions.VALIDATION, settings.data().validation().isPresent());
        given.entrySet().stream()
                .filter(Map.Entry::getValue)
                .map(Map.Entry::getKey)
                .findFirst()
                .or(settings.keeping()::unusual)
                .ifPresent(option -> {
                    throw new ConfigException(
                            option,
                            "expects to stand without " + FOLDS + ", whose trainings go to their end and are not kept");
                });
    }

    /// The value of each option, also where it was left to what is usual.
    public Map<String, Object> options() {
        Map<String, Object> options = training().options();
        if (folds != null) options.put("folds", folds);
        return options;
    }

    /// What the options say, for a command that has folds of its own.
    public TrainSettings settingsWithoutFolds(String command) {
        if (folds == null) return settings();
        throw new ConfigException(
                FOLDS, "expects a training, got a " + command, "That has folds of its own, in its section " + command);
    }

    private int resume(String path) {
        if (out != null || overwrite) {
            throw new ConfigException(
                    out != null ? RunDirectory.OUT : RunDirectory.OVERWRITE,
                    "expects to stand without " + RunDirectory.RESUME);
        }
        RunDirectory run = RunDirectory.begun(Path.of(path));
        if (!run.isComplete()) {
            requirePlace(run);
            return training(true).resume(run);
        }
        List<String> others = invocation.orElseThrow().settings(new ConfigKeys(spec));
        if (!others.isEmpty()) {
            throw new ConfigException(
                    RunDirectory.RESUME + " " + path,
                    "expects a run that has not ended to go on with, got one that has, and "
                            + String.join(", ", others),
                    "To begin a new run with its settings: " + TrainingRun.anew(run.path()));
        }
        settings(); // refuses what makes no sense, as elsewhere
        if (context.json()) context.printJson(Map.of("run", path, "ended", true));
        context.note("run    " + path + " has ended already, there is nothing left to do");
        context.next("evaluate", path);
        return 0;
    }

    /// Refuses to look for data by a relative path where another file may be.
    private void requirePlace(RunDirectory run) {
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
        OptionalInt watched = TrainingOptions.positive(WATCH, watchEvery);
        List<Metric> measured = metrics == null ? List.of() : MetricNames.named(metrics);
        settings.keeping().requireMeasured(measured);
        DataSource source = source();

        context.noteMissingVectors();
        LoadedData loaded = source.load(settings);
        if (runs) DataHash.prepare(List.of(loaded.train(), loaded.test()));
        TrainingPlan task = TrainingPlan.of(settings, loaded);
        task.requireMemory();
        return new TrainingRun(context, new ConfigKeys(spec), source, task, measured, profile, watched);
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

    private Optional<Path> place() {
        if (out == null && overwrite) {
            throw new ConfigException(
                    RunDirectory.OVERWRITE, "expects " + RunDirectory.OUT + " with the run to overwrite, got none");
        }
        if (out == null) return Optional.empty();
        try {
            if (out.isBlank()) throw new ConfigException(RunDirectory.OUT, "expects a directory, got nothing");
            Path path = Path.of(out);
            RunDirectory.requireFree(path, overwrite);
            return Optional.of(path);
        } catch (InvalidPathException e) {
            throw new ConfigException(RunDirectory.OUT, "expects a directory, got '" + out + "': " + e.getReason());
        }
    }
}

package dev.neurite.cli.command;

import dev.neurite.cli.config.ConfigKeys;
import dev.neurite.cli.console.Context;
import dev.neurite.cli.console.FilesRead;
import dev.neurite.cli.input.DataSource;
import dev.neurite.cli.input.LoadedData;
import dev.neurite.cli.input.RecordedEnvironment;
import dev.neurite.cli.input.TableProblems;
import dev.neurite.cli.option.CheckpointOptions;
import dev.neurite.cli.option.ClusterOptions;
import dev.neurite.cli.option.LoraOptions;
import dev.neurite.cli.option.NetworkOptions;
import dev.neurite.cli.option.PageOptions;
import dev.neurite.cli.option.SettingOptions;
import dev.neurite.cli.option.TrainSettings;
import dev.neurite.cli.option.TrainingOptions;
import dev.neurite.cli.report.MetricNames;
import dev.neurite.cli.run.ClusterRun;
import dev.neurite.cli.run.FoldsRun;
import dev.neurite.cli.run.RunDirectory;
import dev.neurite.cli.run.RunExports;
import dev.neurite.cli.run.TrainingPlan;
import dev.neurite.cli.run.TrainingRun;
import dev.neurite.data.DataHash;
import dev.neurite.datasets.Datasets;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.metric.Metric;
import dev.neurite.settings.TrainingSetting;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `neurite train`. Every option is checked before any data is read.
@Command(
        name = "train",
        description = "Train a network and save it in a directory of its own, a run.",
        abbreviateSynopsis = true,
        sortOptions = false,
        footer = {
            "",
            "DATA is one of:",
            "  a data set: fashion-mnist, digits, iris, wine, breast-cancer or diabetes",
            "  a table (.csv, .tsv, .csv.gz, .parquet, .arff): --label names the column to predict. The preprocessing"
                    + " of",
            "    the other columns is fitted on the training rows and saved in the model.",
            "    With --forecast N the rows are a time series, whose next N values are forecast;",
            "    with --text COLUMN the texts of that column are classified",
            "  a text (.txt): the network learns to go on with it, see 'neurite generate --help'",
            "  a directory of PNG and JPEG images: train/<class>/* and test/<class>/*, or <class>/*, of which",
            "    a fifth becomes the test part",
            "  a directory with the four IDX files of MNIST (train-images-idx3-ubyte …, gzipped or not),",
            "    the binary files of CIFAR-10 or CIFAR-100, or x.npy and y.npy",
            "  a NumPy file .npz with x and y, or x_train, y_train, x_test and y_test",
            "  a configuration: FILE.yaml, see 'neurite init --help'",
            "A file or directory that has the name of a data set is ./name.",
            "SPEC is a name that 'neurite list' shows, alone or with settings:",
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
            "  neurite train fashion-mnist --ui",
            "  neurite train fashion-mnist --html report.html --tensorboard",
            "  neurite train houses.csv --label price --missing NA --missing-rule median --validation 0.1",
            "  neurite train visits.csv --label outcome --group-by patient --weight importance",
            "  neurite train prices.csv.gz --label price --order-by date --validation 0.1",
            "  neurite train demand.csv --forecast 24",
            "  neurite train sales.csv --label sold --forecast 7 --window 28 --series shop --model"
                    + " time-series-forecaster:cell=gru",
            "  neurite train text.txt --model char-rnn",
            "  neurite train reviews.csv --text review --label kind",
            "  neurite train mnist_train.csv --label first --image 1x28x28 --model lenet5",
            "  neurite train fashion-mnist --model lenet5",
            "  neurite train iris --folds 5 --metrics roc-auc",
            "  neurite train --resume runs/2026-11-24_fashion-mnist-1",
            "  neurite train data.npz --balance --drop-last",
            "  neurite train photos/ --from runs/cifar-1 --freeze layer1.*,layer2.*",
            "  neurite train fashion-mnist --spark spark://host:7077 --workers 4"
        })
public final class TrainCommand implements Callable<Integer>, SettingOptions.Trains {
    private final Context context;
    private final Optional<ConfigInvocation> invocation;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(
            paramLabel = "DATA",
            arity = "0..1",
            description = "A data set's name, a directory, a table (CSV, Parquet, ARFF), a query (.sql), a .npz or .txt"
                    + " file, or a configuration: FILE.yaml.")
    private @Nullable String data;

    @Mixin
    private TrainingOptions training = new TrainingOptions();

    @Option(
            names = NetworkOptions.FROM,
            paramLabel = "RUN",
            description = "Transfer learning: begin with the weights of this run, model file or file of weights"
                    + " (.safetensors, .pt, .npz, .weights.h5) that have the same names and shapes. Without"
                    + " --model and --layers also take its network, with a new output layer if the data needs"
                    + " another.")
    private @Nullable String from;

    @ArgGroup(validate = false, order = 2, heading = "%nAdapters:%n")
    private LoraOptions lora = new LoraOptions();

    @ArgGroup(validate = false, order = 10, heading = "%nCheckpoints:%n")
    private CheckpointOptions checkpoints = new CheckpointOptions();

    @ArgGroup(validate = false, order = 11, heading = "%nTraining on a cluster:%n")
    private ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private RunOptions run = new RunOptions();

    @Mixin
    private PageOptions page = new PageOptions();

    TrainCommand(Context context, Optional<ConfigInvocation> invocation) {
        this.context = context;
        this.invocation = invocation;
    }

    @Override
    public boolean takes(TrainingSetting<?> setting) {
        return true;
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
        page.refuseWithFolds(RunOptions.FOLDS);
        return new FoldsRun(context, settings, source(), settings.metrics(), folds).run();
    }

    /// The value of each option, with defaults filled in.
    public Map<String, Object> options() {
        Map<String, Object> options = training().options();
        run.folds().ifPresent(each -> options.put("folds", each));
        return options;
    }

    /// The settings, for a command that makes folds itself.
    /// @throws ConfigException if `--folds` is given
    public TrainSettings settingsWithoutFolds(String command) {
        if (run.folds().isEmpty()) return settings();
        throw new ConfigException(
                RunOptions.FOLDS,
                "expects a training, got a " + command,
                "A " + command + " has folds of its own, in its section " + command);
    }

    private int resume(String path) {
        run.refuseDirectory();
        RunDirectory directory = RunDirectory.open(Path.of(path));
        if (!directory.isComplete()) {
            requireSameDirectory(directory);
            return training(true).resume(directory);
        }
        List<String> others = invocation.orElseThrow().settings(new ConfigKeys(spec));
        if (!others.isEmpty()) {
            throw new ConfigException(
                    RunDirectory.RESUME + " " + path,
                    "expects a run that has not ended, got one that has, and " + String.join(", ", others),
                    "To begin a new run with its settings: " + TrainingRun.newRunCommand(directory.path()));
        }
        settings(); // refuses invalid settings
        if (context.json()) context.printJson(Map.of("run", path, "ended", true));
        context.note("run    " + path + " has ended already, there is nothing left to train");
        context.next("evaluate", path);
        return 0;
    }

    /// Refuses to resume in another directory if the path of the data is relative.
    private void requireSameDirectory(RunDirectory run) {
        if (data == null || Datasets.names().contains(data) || Path.of(data).isAbsolute()) return;
        RecordedEnvironment.directoryElsewhere(run.model()).ifPresent(began -> {
            throw new ConfigException(
                    RunDirectory.RESUME + " " + run.path(),
                    "expects to continue in " + began + ", where the run began with " + data
                            + ", got another directory",
                    "Change to that directory, or name the data: --set data.source=FILE");
        });
    }

    /// Reads the data and builds the network; everything is checked.
    /// @throws dev.neurite.error.NeuriteException for invalid options or data
    public TrainingRun training() {
        return training(false);
    }

    /// @param runs whether the training will run: then the checksum of the data is computed meanwhile
    private TrainingRun training(boolean runs) {
        TrainSettings settings = settings();
        Optional<PageOptions.Settings> shown = page.settings();
        Optional<ClusterRun> elsewhere = cluster.settings().map(ClusterRun::new);
        DataSource source = source();
        RunExports exports = run.exports(read(settings, source));
        List<Metric> metrics = settings.metrics();
        settings.requireMeasured(metrics);

        context.noteMissingVectors();
        LoadedData loaded = load(source, settings);
        if (runs) DataHash.prepare(List.of(loaded.train(), loaded.test()));
        TrainingPlan plan = TrainingPlan.of(settings, loaded);
        MetricNames.check(metrics, loaded.train(), plan.loss());
        plan.requireMemory();
        return new TrainingRun(context, new ConfigKeys(spec), source, plan, metrics, shown, exports, elsewhere);
    }

    /// Reads the data. Where a table is refused for several reasons, the error names them all, with a command line
    /// that mends them.
    private LoadedData load(DataSource source, TrainSettings settings) {
        try {
            return source.load(settings);
        } catch (DataException first) {
            if (!(source instanceof DataSource.TableSource(String text, Path path))
                    || run.resumed().isPresent()
                    || first.where().equals(path.toString())) { // of the whole file, as of a database that refuses
                throw first;
            }
            Optional<TableProblems> problems = problems(path, settings, first);
            if (problems.isEmpty()) throw first; // the only one
            List<String> words = ConfigInvocation.again("train", invocation, spec, text);
            throw problems.get().error(path, problems.get().command(words));
        }
    }

    private static Optional<TableProblems> problems(Path path, TrainSettings settings, DataException first) {
        try {
            return TableProblems.of(path, settings);
        } catch (DataException beyond) {
            first.addSuppressed(beyond); // a table that cannot be searched: the first problem is what to mend
            throw first;
        }
    }

    /// The settings of the options.
    /// @throws ConfigException for unknown names and values out of range
    public TrainSettings settings() {
        TrainSettings settings = training.settings(context.options(), spec, checkpoints, from, lora.settings(from));
        if (cluster.settings().isEmpty()) return settings;
        run.refuseWithCluster();
        TrainSettings spread = settings.onCluster();
        cluster.requireShards(spread.trainer().shards() * spread.trainer().accumulate());
        return spread;
    }

    /// Reads the data.
    /// @throws dev.neurite.error.NeuriteException if that fails
    public LoadedData data() {
        return source().load(settings());
    }

    /// What the training reads: its data, its configuration, and the weights that it begins with.
    private FilesRead read(TrainSettings settings, DataSource source) {
        Stream<String> names = Stream.of(
                        settings.data().table().test(),
                        invocation.map(each -> each.configuration().file()),
                        Optional.ofNullable(from))
                .flatMap(Optional::stream);
        FilesRead files = FilesRead.of(names.toList()).and(source.read());
        return files.and(files.paths().stream()
                .flatMap(each -> RunDirectory.filesBeside(each).stream())
                .toList());
    }

    private DataSource source() {
        if (data != null) return DataSource.of(data);
        throw new ConfigException(
                "DATA",
                "expects a data set's name, a directory, a file, or a configuration, got nothing",
                "See 'neurite train --help'");
    }
}

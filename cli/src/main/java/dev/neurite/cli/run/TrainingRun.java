package dev.neurite.cli.run;

import dev.neurite.cli.config.ConfigKeys;
import dev.neurite.cli.config.ConfigWriter;
import dev.neurite.cli.config.YamlEdits;
import dev.neurite.cli.console.Console;
import dev.neurite.cli.console.Context;
import dev.neurite.cli.console.ErrorReporter;
import dev.neurite.cli.console.Text;
import dev.neurite.cli.input.DataSource;
import dev.neurite.cli.input.RecordedEnvironment;
import dev.neurite.cli.input.TableEvaluationData;
import dev.neurite.cli.network.InputRange;
import dev.neurite.cli.network.LoadedModel;
import dev.neurite.cli.network.NetworkSource;
import dev.neurite.cli.option.ClusterOptions;
import dev.neurite.cli.option.PageOptions;
import dev.neurite.cli.option.TrainSettings;
import dev.neurite.cli.report.MetricNames;
import dev.neurite.cli.report.Progress;
import dev.neurite.data.Dataset;
import dev.neurite.data.ScaledTwice;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.NeuriteException;
import dev.neurite.io.Catalog;
import dev.neurite.io.Checkpoints;
import dev.neurite.io.LoraFile;
import dev.neurite.io.MetricsLog;
import dev.neurite.io.ModelFile;
import dev.neurite.io.PretrainedWeights;
import dev.neurite.io.PretrainedWeights.Transfer;
import dev.neurite.io.json.Json;
import dev.neurite.kernel.Kernels;
import dev.neurite.metric.Metric;
import dev.neurite.metric.Metrics;
import dev.neurite.model.Model;
import dev.neurite.model.Parameter;
import dev.neurite.model.RowSource;
import dev.neurite.tensor.Shape;
import dev.neurite.tensorboard.TensorBoardLog;
import dev.neurite.train.Callback;
import dev.neurite.train.Evaluation;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingControl;
import dev.neurite.train.TrainingEvent;
import dev.neurite.train.TrainingState;
import dev.neurite.train.cluster.ClusterConnection;
import dev.neurite.yaml.YamlNode.Place;
import dev.neurite.yaml.YamlReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A training from the command line: trains, prints progress and results, and saves the run.
/// @param keys of its configuration
/// @param metrics to compute after each epoch and at the end
/// @param page the page that shows it; empty for none
/// @param exports what to write besides
/// @param cluster where the steps are taken; empty for this process
public record TrainingRun(
        Context context,
        ConfigKeys keys,
        DataSource source,
        TrainingPlan plan,
        List<Metric> metrics,
        Optional<PageOptions.Settings> page,
        RunExports exports,
        Optional<ClusterRun> cluster) {
    private static final Path RUNS = Path.of("runs");
    private static final Path TEMPORARY = Path.of(System.getProperty("java.io.tmpdir"));

    /// Trains and saves the run.
    /// @param place the run's directory; empty for the next free one
    /// @param overwrites whether to delete a run that is in the directory
    /// @return the exit code
    public int run(Optional<Path> place, boolean overwrites) {
        boolean there = place.filter(Files::exists).isPresent();
        RunDirectory run = place.map(RunDirectory::at).orElseGet(() -> RunDirectory.next(RUNS, source.name()));
        return shown(run, shown -> {
            DirectoryLock lock = run.lock(); // if this fails, another process owns the files
            try {
                return run(run, Optional.empty(), cluster -> begin(run, overwrites, cluster), shown);
            } finally {
                run.release(lock, !there);
            }
        });
    }

    /// Continues a run from its newest checkpoint, or from the beginning if it has none.
    /// @return the exit code
    public int resume(RunDirectory run) {
        return shown(run, shown -> {
            try (var _ = run.lock()) {
                requireSame(run);
                Path checkpoints = run.checkpoints();
                Optional<TrainingState> state = Checkpoints.files(checkpoints).isEmpty()
                        ? Optional.empty()
                        : Optional.of(Checkpoints.newest(checkpoints, Catalog.standard(), context::note)
                                .state());
                Consumer<Map<String, Object>> begin = _ -> {
                    header(run);
                    if (state.isEmpty()) context.note("resume from the beginning: the run has no checkpoint");
                };
                return run(run, state, begin, shown);
            }
        });
    }

    /// Trains with a page, which stays after the training. The run is not locked then any more, so that others see
    /// that it has ended.
    private int shown(RunDirectory directory, ToIntFunction<RunPage> training) {
        try (var shown = new RunPage(context, page, directory, plan, cluster.isPresent(), this::file)) {
            int code;
            try {
                code = training.applyAsInt(shown);
            } catch (RuntimeException | Error e) {
                shown.stayAfter(e);
                throw e;
            }
            if (code == 0) shown.stay();
            return code;
        }
    }

    /// @param begin called when all checks have passed, with what is to be known of the cluster; nothing is written
    /// before
    private int run(
            RunDirectory directory, Optional<TrainingState> state, Consumer<Map<String, Object>> begin, RunPage shown) {
        long start = System.nanoTime();
        Run run;
        ModelFile file;
        Optional<Integer> interrupted;
        try (var progress =
                        new Progress(context.io(), System::nanoTime, plan.data().validationName(), cluster.isEmpty());
                var interruption = new SignalPause(progress.wiping(context::note));
                ClusterConnection connection = connect(directory, progress.wiping(context::note))) {
            shown.open(interruption);
            Trainer trainer = plan.trainer().callback(interruption);
            if (connection != null) trainer = trainer.listener(event -> note(event, connection));
            if (!context.quiet()) trainer = trainer.listener(progress);
            if (state.isPresent()) trainer = trainer.resume(state.get());
            trainer = trainer.callback(
                    training -> { // after callbacks that may refuse it, before those that write files
                        begin.accept(description(connection));
                        return begun(training);
                    });
            trainer = shown.watch(withLogs(trainer, directory));
            run = connection == null
                    ? trainer.fit(plan.train(), plan.validation())
                    : trainer.fit(interruption.interrupting(connection), plan.validation());
            Thread.interrupted(); // by a signal while the cluster trained, which has paused the training
            file = file(run.model());
            if (!run.paused()) {
                if (plan.settings().network().lora().isPresent()) LoraFile.save(run.model(), directory.path());
                directory.save(file, TEMPORARY); // before the test evaluation, which may be long or fail
            }
            interrupted = interruption.exitCode();
        } catch (NeuriteException e) {
            if (cluster.isPresent() && Files.exists(directory.clusterLog())) {
                context.note("log    " + directory.clusterLog());
            }
            throw e;
        }
        if (run.paused()) return reportPause(directory, run, interrupted.orElse(ErrorReporter.PAUSED));
        run.stopReason().ifPresent(reason -> context.note("ended  " + reason));
        if (plan.settings().monitor().isPresent()) {
            context.note("best   " + directory.checkpoints().resolve(Checkpoints.BEST));
        }
        if (interrupted.isPresent()) {
            noteEvaluate(directory);
            return interrupted.get();
        }
        Evaluation test = test(run, file.model());
        new RunResults(this, directory, run, file, test, (System.nanoTime() - start) * 1e-9).report();
        return 0;
    }

    /// Null without a cluster.
    private @Nullable ClusterConnection connect(RunDirectory directory, Consumer<String> notes) {
        if (cluster.isEmpty()) return null;
        return cluster.get()
                .connect(
                        context.io().environment(),
                        plan,
                        directory.clusterLog(),
                        note -> notes.accept("note: " + note));
    }

    private void note(TrainingEvent event, ClusterConnection connection) {
        if (event instanceof TrainingEvent.Started) {
            context.note(Text.format("spark  %s   workers %d", master(), workers(connection)));
        }
    }

    private String master() {
        return cluster.orElseThrow().settings().master();
    }

    private int workers(ClusterConnection connection) {
        return Math.min(
                connection.workers(), plan.trainer().shards() * plan.trainer().accumulate());
    }

    /// What a run records of its cluster; empty without one.
    private Map<String, Object> description(@Nullable ClusterConnection connection) {
        Map<String, Object> description = new LinkedHashMap<>();
        if (connection == null) return description;
        description.put("software", connection.software());
        description.put("master", master());
        description.put("workers", workers(connection));
        return description;
    }

    private Callback.Observer begun(TrainingControl training) {
        return event -> {
            if (!(event instanceof TrainingEvent.Started) || !training.isResumed()) return;
            context.note(Text.format("resume after step %,d, in epoch %d", training.steps(), training.epoch()));
        };
    }

    private Trainer withLogs(Trainer trainer, RunDirectory directory) {
        Trainer logged = trainer.metrics(plan.inTargetUnits(metrics))
                .callback(new MetricsLog(directory.metrics(), context::note)
                        .withKind(plan.data().validationName()))
                .callback(plan.settings()
                        .checkpoints()
                        .checkpoints(directory.checkpoints(), plan.settings().monitor())
                        .withForm(this::file));
        if (exports.tensorboard()) {
            TensorBoardLog board =
                    RunExports.log(directory.path(), context::note, plan.data().validationName(), settings());
            OptionalInt watched = trainer.watchUpdates();
            logged = logged.callback(watched.isPresent() ? board.withSamples(watched.getAsInt()) : board);
        }
        return logged;
    }

    /// The model file: the trained model with outputs in the units of the data, its notes and its signature.
    private ModelFile file(Model trained) {
        return new ModelFile(plan.inDataUnits(trained), notes(), plan.signature());
    }

    private int reportPause(RunDirectory directory, Run run, int exitCode) {
        String reason = run.stopReason().orElse("");
        if (context.json()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("run", directory.path().toString());
            json.put("paused", reason);
            context.printJson(json);
        } else {
            context.print("paused: " + reason);
        }
        List<String> resume = new ArrayList<>(
                List.of("train", RunDirectory.RESUME, directory.path().toString()));
        cluster.ifPresent(each ->
                resume.addAll(List.of(ClusterOptions.SPARK, each.settings().master())));
        context.next(resume.toArray(String[]::new));
        List<Path> files = Checkpoints.files(directory.checkpoints());
        if (!files.isEmpty()) {
            context.note("or     " + LoadedModel.useAsItIs(files.getLast()));
        }
        return exitCode;
    }

    /// Writes the first files of the run; all checks have passed.
    private void begin(RunDirectory directory, boolean overwrites, Map<String, Object> cluster) {
        RunDirectory.requireFree(directory.path(), overwrites); // checked again: a run may have been created meanwhile
        directory.clear();
        Map<String, Object> environment = RunEnvironment.describe(plan);
        if (!cluster.isEmpty()) environment.put("cluster", cluster);
        directory.write(RecordedEnvironment.FILE, Json.of(environment).write() + "\n");
        directory.write(RunDirectory.CONFIG, new ConfigWriter(keys).write(options())); // marks the run as begun
        header(directory);
    }

    /// The value of each option, with defaults filled in.
    public Map<String, Object> options() {
        Map<String, Object> options = plan.toJson(source.text());
        options.put("metrics", metrics.stream().map(Metric::name).toList());
        exports.describe(options);
        return options;
    }

    /// The settings by path, as texts.
    SequencedMap<String, String> settings() {
        return RunExports.settings(new ConfigWriter(keys).write(options()));
    }

    /// Refuses to resume with other settings or data. The checkpoint would refuse them too, but not by
    /// the keys of the configuration.
    private void requireSame(RunDirectory run) {
        var writer = new ConfigWriter(keys);
        String file = run.config().toString();
        var before = writer.values(file, YamlEdits.read(file, List.of()));
        String resolved = writer.write(options());
        var now = writer.values(
                RunDirectory.RESUME,
                YamlReader.text(new Place(RunDirectory.RESUME, 0), resolved).asMapping());
        Set<String> paths = new LinkedHashSet<>(before.keySet());
        paths.addAll(now.keySet());
        paths.removeAll(ConfigKeys.WITHOUT_EFFECT);
        List<String> others = paths.stream()
                .filter(key -> !Objects.equals(before.get(key), now.get(key)))
                .map(key ->
                        key + " " + now.getOrDefault(key, "unset") + " instead of " + before.getOrDefault(key, "unset"))
                .toList();
        if (!others.isEmpty()) {
            throw new ConfigException(
                    RunDirectory.RESUME,
                    "expects the settings that the run began with, got " + String.join(", ", others),
                    "Leave them out, or begin a new run: " + newRunCommand(run.path()));
        }
        requireSameData(run);
    }

    private void requireSameData(RunDirectory run) {
        List<String> changed = new ArrayList<>();
        RunEnvironment.parts(plan).forEach((part, data) -> {
            if (RecordedEnvironment.isOfOtherData(run.model(), part, data))
                changed.add("rows of the part '" + part + "'");
        });
        RunEnvironment.names(plan).forEach((kind, hash) -> {
            boolean same = RecordedEnvironment.namesHash(run.model(), kind)
                    .map(hash::equals)
                    .orElse(true);
            if (same) return;
            changed.add(
                    switch (kind) {
                        case "classes" -> "names of classes";
                        case "tokens" -> "tokens of the texts";
                        default -> "names of columns or categories";
                    });
        });
        if (changed.isEmpty()) return;
        throw new DataException(
                source.text(),
                "expects the data that the run began with, got other data, with other "
                        + String.join(", other ", changed),
                "Restore the data, or begin a new run: " + newRunCommand(run.path()));
    }

    /// The command line of a new run with the settings of a run and other options.
    public static String newRunCommand(Path run) {
        return Console.commandLine("train", run.resolve(RunDirectory.CONFIG).toString()) + " <options>";
    }

    /// Evaluates the model on the test part, in the units of the data, unless the last epoch did.
    private Evaluation test(Run run, Model model) {
        boolean ended = run.stopReason().isEmpty(); // else there may be steps after the last epoch that ended
        boolean same =
                ended && plan.data().validatesOnTest() && plan.data().test().isLabeled();
        Optional<Evaluation> last = same ? run.history().last().validation() : Optional.empty();
        if (last.flatMap(Evaluation::confusion).isPresent()) return last.get();
        try (Kernels kernels = Kernels.create(plan.settings().threads())) {
            Dataset data = plan.data().test();
            List<Metric> all = new ArrayList<>(metrics);
            if (!data.isLabeled()) all.add(Metrics.rmse()); // of the score, in the units of the data
            return Evaluation.of(model, data, plan.loss(), kernels, MetricNames.withHeadline(all, data));
        }
    }

    private Map<String, String> notes() {
        Map<String, String> notes = new LinkedHashMap<>();
        if (plan.data().preprocessing().isEmpty()
                && NetworkSource.vocabulary(plan.data().train()) == 0) {
            notes.put(LoadedModel.RANGE, InputRange.of(plan.data().train()).note());
        }
        notes.put(LoadedModel.DATA, source.text());
        notes.putAll(plan.data().notes());
        notes.put(LoadedModel.LOSS, Catalog.standard().text(plan.loss()));
        return notes;
    }

    private void header(RunDirectory directory) {
        Dataset train = plan.data().train();
        TrainSettings settings = plan.settings();
        context.note(Text.format(
                "run    %s   seed %d   threads %d (the result is the same for any number)   %s",
                directory.path(), settings.seed(), settings.threads(), RunEnvironment.engine()));
        String targets = train.isLabeled() ? train.classNames().size() + " classes" : "targets " + train.targetShape();
        if (plan.scale().isPresent()) targets += ", scaled to mean 0 and standard deviation 1 in training";
        context.note(Text.format(
                "data   %s   train %,d   %stest %,d   %s   %s",
                source.text(),
                train.size(),
                plan.data().validatesOnTest()
                        ? ""
                        : Text.format(
                                "validation %,d   ", plan.data().validation().size()),
                plan.data().test().size(),
                train.inputs().stream().map(TrainingRun::rows).collect(Collectors.joining(" and ")),
                targets));
        plan.data().remarks().forEach(context::note);
        if (TableEvaluationData.isOfOneClass(train)) {
            context.note("warning: all training rows are of one class, '"
                    + train.classNames().get(train.label(0))
                    + "', so the model cannot learn to tell classes apart");
        }
        ScaledTwice.warning(plan.model(), train).ifPresent(each -> context.note("warning: " + each));
        if (plan.batch() > train.size()) {
            context.note(Text.format("note: a batch is all %,d training rows, as --batch is larger", train.size()));
        }
        Shape output = plan.model().network().outputs().getFirst();
        List<String> model = new ArrayList<>(List.of(settings.network().source().name(train, output)));
        model.add(Text.format("%,d parameters", plan.model().parameters().size()));
        model.addAll(settings.network().notes(train));
        context.note("model  " + String.join("   ", model));
        plan.start().ifPresent(each -> context.note("start  " + start(each)));
        if (settings.network().lora().isPresent()) {
            long trained =
                    plan.model().kept().stream().mapToLong(Parameter::size).sum();
            context.note(Text.format("lora   %,d of them are trained", trained));
        }
        context.note("train  " + String.join("   ", plan.notes()));
        if (context.verbose()) context.note(plan.model().summary().toString());
    }

    /// What a row of an input is: `[1×28×28]`, or `texts`.
    private static String rows(RowSource input) {
        return input.inputShape().isKnown() || input.vocabulary() == 0
                ? input.inputShape().toString()
                : "texts";
    }

    /// `62 of 64 tensors from runs/cifar-1   newly initialized fc.weight, fc.bias`
    private String start(Transfer transfer) {
        List<String> anew = new ArrayList<>(transfer.missing());
        for (PretrainedWeights.Misfit each : transfer.misshapen()) anew.add(each.toString());
        int loaded = transfer.loaded().size();
        return Text.format("%,d of %,d tensors from %s", loaded, loaded + anew.size(), transfer.source())
                + (anew.isEmpty() ? "" : "   newly initialized " + String.join(", ", anew));
    }

    private void noteEvaluate(RunDirectory directory) {
        context.next("evaluate", directory.path().toString());
    }
}

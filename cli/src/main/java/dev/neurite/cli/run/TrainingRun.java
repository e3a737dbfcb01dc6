package dev.neurite.cli.run;

import dev.neurite.cli.config.ConfigKeys;
import dev.neurite.cli.config.ConfigWriter;
import dev.neurite.cli.config.YamlEdits;
import dev.neurite.cli.config.YamlNode.Place;
import dev.neurite.cli.config.YamlReader;
import dev.neurite.cli.console.Console;
import dev.neurite.cli.console.Context;
import dev.neurite.cli.console.ErrorReporter;
import dev.neurite.cli.console.Text;
import dev.neurite.cli.input.CsvEvaluationData;
import dev.neurite.cli.input.DataSource;
import dev.neurite.cli.input.RecordedEnvironment;
import dev.neurite.cli.network.InputRange;
import dev.neurite.cli.network.LoadedModel;
import dev.neurite.cli.network.WeightsHash;
import dev.neurite.cli.option.TrainSettings;
import dev.neurite.cli.report.EvaluationReport;
import dev.neurite.cli.report.MetricNames;
import dev.neurite.cli.report.Progress;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.io.Catalog;
import dev.neurite.io.Checkpoints;
import dev.neurite.io.MetricsLog;
import dev.neurite.io.ModelFile;
import dev.neurite.io.PretrainedWeights;
import dev.neurite.io.PretrainedWeights.Transfer;
import dev.neurite.io.json.Json;
import dev.neurite.kernel.Kernels;
import dev.neurite.metric.Metric;
import dev.neurite.metric.Metrics;
import dev.neurite.model.Model;
import dev.neurite.model.Profile;
import dev.neurite.tensor.Shape;
import dev.neurite.train.Callback;
import dev.neurite.train.Evaluation;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingControl;
import dev.neurite.train.TrainingEvent;
import dev.neurite.train.TrainingState;
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
import java.util.Set;

/// One training from the command line: what it says, what it keeps.
/// @param keys where options stand in its configuration
/// @param metrics what to measure on the test data after each epoch and at the end
/// @param profiles whether it also says where the time went
/// @param watchEvery every how many steps the log has what one did to each parameter; empty for never
public record TrainingRun(
        Context context,
        ConfigKeys keys,
        DataSource source,
        TrainingPlan task,
        List<Metric> metrics,
        boolean profiles,
        OptionalInt watchEvery) {
    private static final Path RUNS = Path.of("runs");

    /// Trains and keeps the result.
    /// @param place the run's directory; empty for the next free one
    /// @param overwrites whether it may have a run, which is deleted
    /// @return the exit code
    public int run(Optional<Path> place, boolean overwrites) {
        boolean there = place.filter(Files::exists).isPresent();
        RunDirectory run = place.map(RunDirectory::at).orElseGet(() -> RunDirectory.next(RUNS, source.name()));
        DirectoryLock lock = run.lock(); // where another one has it, what is there is not ours to delete
        try (lock) {
            try {
                return run(run, Optional.empty(), () -> begin(run, overwrites));
            } finally {
                run.deleteIfUnused(!there); // with the lock, while no other process can have it
            }
        }
    }

    /// Goes on with a run from its newest checkpoint, or from its beginning where it has none yet.
    /// @return the exit code
    public int resume(RunDirectory run) {
        try (var _ = run.lock()) {
            requireSame(run);
            Path checkpoints = run.checkpoints();
            Optional<TrainingState> state = Checkpoints.files(checkpoints).isEmpty()
                    ? Optional.empty()
                    : Optional.of(Checkpoints.newest(checkpoints, Catalog.standard(), context::note)
                            .state());
            return run(run, state, () -> {
                header(run);
                if (state.isEmpty()) context.note("resume from the beginning: the run has no checkpoint");
            });
        }
    }

    /// @param begin what is to be done once nothing is refused any more: until then, nothing is to be left behind
    private int run(RunDirectory directory, Optional<TrainingState> state, Runnable begin) {
        long start = System.nanoTime();
        Run run;
        ModelFile file;
        Optional<Integer> interrupted;
        try (var progress =
                        new Progress(context.io(), System::nanoTime, task.data().watchedName());
                var interruption = new SignalPause(progress.wiping(context::note))) {
            Trainer trainer = task.trainer().callback(interruption);
            if (!context.quiet()) trainer = trainer.listener(progress);
            if (state.isPresent()) trainer = trainer.resume(state.get());
            run = kept(trainer.callback(training -> begin(training, begin)), directory)
                    .fit(task.train(), task.watched());
            file = file(run.model());
            if (!run.paused()) file.write(directory.model(), Catalog.standard()); // the test may be long, or fail
            interrupted = interruption.exitCode();
        }
        if (run.paused()) return paused(directory, run, interrupted.orElse(ErrorReporter.PAUSED));
        run.stopped().ifPresent(reason -> context.note("ended  " + reason));
        if (task.settings().keeping().monitor().isPresent()) {
            context.note("best   " + directory.checkpoints().resolve(Checkpoints.BEST));
        }
        if (interrupted.isPresent()) {
            noteEvaluate(directory);
            return interrupted.get();
        }
        Evaluation test = test(run, file.model());
        report(directory, file.model(), test, run.profile(), (System.nanoTime() - start) * 1e-9);
        return 0;
    }

    /// Begins when those before have agreed to watch this training, and those behind may find the directory.
    private Callback.Observer begin(TrainingControl training, Runnable begin) {
        begin.run();
        return event -> {
            if (!(event instanceof TrainingEvent.Started) || !training.isResumed()) return;
            context.note(Text.format("resume after step %,d, in epoch %d", training.steps(), training.epoch()));
        };
    }

    private Trainer kept(Trainer trainer, RunDirectory directory) {
        Trainer kept = trainer.metrics(task.measured(metrics))
                .profile(profiles)
                .callback(new MetricsLog(directory.metrics(), context::note)
                        .calling(task.data().watchedName()))
                .callback(task.settings()
                        .keeping()
                        .checkpoints(directory.checkpoints())
                        .withForm(this::file));
        return watchEvery.isPresent() ? kept.watchUpdates(watchEvery.getAsInt()) : kept;
    }

    /// A trained model, giving answers in the units of the data, and what travels with it.
    private ModelFile file(Model trained) {
        return new ModelFile(task.finished(trained), notes(), task.data().preprocessing());
    }

    private int paused(RunDirectory directory, Run run, int exitCode) {
        String reason = run.stopped().orElse("");
        if (context.json()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("run", directory.path().toString());
            json.put("paused", reason);
            context.printJson(json);
        } else {
            context.print("paused: " + reason);
        }
        context.next("train", RunDirectory.RESUME, directory.path().toString());
        return exitCode;
    }

    /// Fills the run's directory: all is checked now, so that something may be left behind.
    private void begin(RunDirectory directory, boolean overwrites) {
        RunDirectory.requireFree(directory.path(), overwrites); // one may have come meanwhile
        directory.clear();
        directory.write(
                RecordedEnvironment.FILE, Json.of(RunEnvironment.describe(task)).write() + "\n");
        directory.write(RunDirectory.CONFIG, new ConfigWriter(keys).write(options())); // it has begun
        header(directory);
    }

    /// The value of each option that decides what is trained, also where it was left to what is usual.
    public Map<String, Object> options() {
        Map<String, Object> options = task.toJson(source.text());
        options.put("metrics", metrics.stream().map(Metric::name).toList());
        watchEvery.ifPresent(each -> options.put("watch_updates", each));
        return options;
    }

    /// Refuses to go on with other settings or data, in the words of the configuration; the checkpoint would, in the
    /// library's.
    private void requireSame(RunDirectory run) {
        var before =
                YamlEdits.values(YamlEdits.mapping(YamlReader.file(run.config().toString())));
        String resolved = new ConfigWriter(keys).write(options());
        var now = YamlEdits.values(YamlEdits.mapping(YamlReader.text(new Place(RunDirectory.RESUME, 0), resolved)));
        Set<String> paths = new LinkedHashSet<>(before.keySet());
        paths.addAll(now.keySet());
        paths.removeAll(ConfigKeys.OF_A_CALL);
        List<String> others = paths.stream()
                .filter(key -> !Objects.equals(before.get(key), now.get(key)))
                .map(key ->
                        key + " " + now.getOrDefault(key, "unset") + " instead of " + before.getOrDefault(key, "unset"))
                .toList();
        if (!others.isEmpty()) {
            throw new ConfigException(
                    RunDirectory.RESUME,
                    "expects the settings that the run began with, got " + String.join(", ", others),
                    "Leave them out, or begin a new run: " + anew(run.path()));
        }
        boolean other = RunEnvironment.parts(task).entrySet().stream()
                .anyMatch(part -> RecordedEnvironment.isOfOtherData(run.model(), part.getKey(), part.getValue()));
        if (other) {
            throw new DataException(source.text(), "expects the data that the run began with, got other data");
        }
    }

    /// How to train with the settings of a run, and others.
    public static String anew(Path run) {
        return Console.commandLine("train", run.resolve(RunDirectory.CONFIG).toString()) + " <options>";
    }

    /// How good the model is on the test data, in the units of the data.
    private Evaluation test(Run run, Model model) {
        Optional<Evaluation> last = run.history().last().validation();
        boolean same = task.data().watchesTest() && task.data().test().isLabeled();
        if (same && last.flatMap(Evaluation::confusion).isPresent()) return last.get();
        try (Kernels kernels = Kernels.create(task.settings().threads())) {
            Dataset data = task.data().test();
            return Evaluation.of(model, data, task.loss(), kernels, MetricNames.withHeadline(metrics, data));
        }
    }

    private Map<String, String> notes() {
        Map<String, String> notes = new LinkedHashMap<>();
        List<String> classes = task.data().train().classNames();
        if (!classes.isEmpty()) notes.put(LoadedModel.CLASSES, Json.of(classes).write());
        if (!source.features().isEmpty())
            notes.put(LoadedModel.FEATURES, Json.of(source.features()).write());
        if (task.settings().data().images().isResized()) notes.put(LoadedModel.RESIZED, "true");
        if (task.data().preprocessing().isEmpty()) {
            notes.put(LoadedModel.RANGE, InputRange.of(task.data().train()).note());
        }
        notes.put(LoadedModel.DATA, source.text());
        notes.putAll(task.data().notes());
        notes.put(LoadedModel.LOSS, Catalog.standard().text(task.loss()));
        return notes;
    }

    private void header(RunDirectory directory) {
        Dataset train = task.data().train();
        TrainSettings settings = task.settings();
        context.note(Text.format(
                "run    %s   seed %d   threads %d (the result is the same for any number)   %s",
                directory.path(), settings.seed(), settings.threads(), RunEnvironment.engine()));
        String answers = train.isLabeled() ? train.classNames().size() + " classes" : "answers " + train.targetShape();
        if (task.scale().isPresent()) answers += ", scaled to mean 0 and deviation 1 while training";
        context.note(Text.format(
                "data   %s   train %,d   %stest %,d   %s   %s",
                source.text(),
                train.size(),
                task.data().watchesTest()
                        ? ""
                        : Text.format("validation %,d   ", task.data().watched().size()),
                task.data().test().size(),
                train.inputShape(),
                answers));
        task.data().remarks().forEach(context::note);
        if (CsvEvaluationData.isOfOneClass(train)) {
            context.note("warning: all rows to learn from are of one class, '"
                    + train.classNames().get(train.label(0))
                    + "', so nothing can be learned that tells it from others");
        }
        if (task.batch() > train.size()) {
            context.note(Text.format("note: a batch is all %,d rows, fewer than --batch asks for", train.size()));
        }
        Shape output = task.model().network().outputs().getFirst();
        List<String> model = new ArrayList<>(List.of(settings.network().body().name(train, output)));
        model.add(Text.format("%,d parameters", task.model().parameters().size()));
        model.addAll(settings.network().notes(train));
        context.note("model  " + String.join("   ", model));
        task.start().ifPresent(each -> context.note("start  " + start(each)));
        context.note("train  " + String.join("   ", task.notes()));
        if (context.verbose()) context.note(task.model().summary().toString());
    }

    /// `62 of 64 from runs/cifar-1, anew fc.weight, fc.bias`
    private String start(Transfer transfer) {
        List<String> anew = new ArrayList<>(transfer.missing());
        for (PretrainedWeights.Misfit each : transfer.misshapen()) anew.add(each.toString());
        int loaded = transfer.loaded().size();
        return Text.format("%,d of %,d tensors from %s", loaded, loaded + anew.size(), transfer.source())
                + (anew.isEmpty() ? "" : "   anew " + String.join(", ", anew));
    }

    private void report(RunDirectory directory, Model model, Evaluation test, Profile profile, double seconds) {
        var figures = MetricNames.of(metrics, test);
        if (context.json()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("run", directory.path().toString());
            json.put("accuracy", test.accuracy());
            json.put("loss", test.loss());
            if (test.confusion().isEmpty()) json.put("r2", MetricNames.of(Metrics.r2(), test));
            if (!metrics.isEmpty()) json.put("metrics", figures);
            json.put("rows", test.rows());
            json.put("epochs", task.epochs());
            json.put("parameters", model.parameters().size());
            json.put("weights", WeightsHash.sha256(model));
            json.put("seconds", seconds);
            if (profiles) json.put("profile", EvaluationReport.profile(profile));
            context.printJson(json);
            return;
        }
        context.print("test " + EvaluationReport.headline(test));
        if (!metrics.isEmpty()) context.print(MetricNames.table(figures));
        if (profiles) context.print(profile.toString());
        context.note("run    " + directory.path());
        noteEvaluate(directory);
    }

    private void noteEvaluate(RunDirectory directory) {
        List<String> words =
                new ArrayList<>(List.of("evaluate", directory.path().toString()));
        if (task.data().preprocessing().isEmpty()) words.addAll(List.of("--data", source.text()));
        context.next(words.toArray(String[]::new));
    }
}

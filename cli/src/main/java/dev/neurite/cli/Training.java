package dev.neurite.cli;

import dev.neurite.data.Dataset;
import dev.neurite.io.Catalog;
import dev.neurite.io.ModelFile;
import dev.neurite.io.PretrainedWeights;
import dev.neurite.io.PretrainedWeights.Transfer;
import dev.neurite.kernel.Kernels;
import dev.neurite.metric.Metric;
import dev.neurite.metric.Metrics;
import dev.neurite.model.Model;
import dev.neurite.model.Profile;
import dev.neurite.tensor.Shape;
import dev.neurite.train.Evaluation;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// One training from the command line: what it says, what it keeps.
/// @param metrics what to measure on the test data after each epoch and at the end
/// @param profiles whether it also says where the time went
/// @param watchEvery every how many steps the log has what one did to each parameter; empty for never
record Training(
        Neurite neurite, DataSource source, Task task, List<Metric> metrics, boolean profiles, OptionalInt watchEvery) {
    private static final Path RUNS = Path.of("runs");

    /// Trains and keeps the result.
    /// @param place the run's directory; empty for the next free one
    /// @return the exit code
    int run(Optional<Path> place) {
        long start = System.nanoTime();
        RunDirectory directory;
        Run run;
        try (var log = new RunLog(() -> begin(place), neurite::note);
                var progress = new Progress(neurite.io(), System::nanoTime)) {
            run = fit(log, progress);
            directory = log.directory();
        }
        Model model = task.finished(run.model());
        Evaluation test = test(run, model);
        new ModelFile(model, notes(), task.data().preprocessing()).write(directory.model(), Catalog.standard());
        report(directory, model, test, run.profile(), (System.nanoTime() - start) * 1e-9);
        return 0;
    }

    private Run fit(RunLog log, Progress progress) {
        Trainer trainer =
                task.trainer().metrics(task.measured(metrics)).profile(profiles).listener(log);
        if (watchEvery.isPresent()) trainer = trainer.watchUpdates(watchEvery.getAsInt());
        if (!neurite.quiet()) trainer = trainer.listener(progress);
        return trainer.fit(task.train(), task.watched());
    }

    /// Makes the run's directory: all is checked now, so that something may be left behind.
    private RunDirectory begin(Optional<Path> place) {
        RunDirectory directory = place.map(RunDirectory::at).orElseGet(() -> RunDirectory.next(RUNS, source.name()));
        Map<String, Object> config = task.toJson(source.text());
        config.put("metrics", metrics.stream().map(Metric::name).toList());
        directory.write("config.json", config);
        directory.write("env.json", Environment.describe(task.settings().threads()));
        header(directory);
        return directory;
    }

    /// How good the model is on the test data, in the units of the data.
    private Evaluation test(Run run, Model model) {
        Optional<Evaluation> last = run.history().last().validation();
        if (last.isPresent() && task.data().watchesTest() && task.data().test().isLabeled()) return last.get();
        try (Kernels kernels = Kernels.create(task.settings().threads())) {
            Dataset data = task.data().test();
            return Evaluation.of(model, data, task.loss(), kernels, Measures.withHeadline(metrics, data));
        }
    }

    private Map<String, String> notes() {
        Map<String, String> notes = new LinkedHashMap<>();
        List<String> classes = task.data().train().classNames();
        if (!classes.isEmpty()) notes.put(LoadedModel.CLASSES, Json.write(classes));
        if (!source.features().isEmpty()) notes.put(LoadedModel.FEATURES, Json.write(source.features()));
        if (task.settings().data().images().isResized()) notes.put(LoadedModel.RESIZED, "true");
        notes.put(LoadedModel.DATA, source.text());
        notes.putAll(task.data().notes());
        notes.put(LoadedModel.LOSS, Chosen.CATALOG.text(task.loss()));
        return notes;
    }

    private void header(RunDirectory directory) {
        Dataset train = task.data().train();
        Settings settings = task.settings();
        neurite.note(Neurite.format(
                "run    %s   seed %d   threads %d (the result is the same for any number)   %s",
                directory.path(), settings.seed(), settings.threads(), Environment.engine()));
        String answers = train.isLabeled() ? train.classNames().size() + " classes" : "answers " + train.targetShape();
        if (task.scale().isPresent()) answers += ", scaled to mean 0 and deviation 1 while training";
        neurite.note(Neurite.format(
                "data   %s   train %,d   %stest %,d   %s   %s",
                source.text(),
                train.size(),
                task.data().watchesTest()
                        ? ""
                        : Neurite.format(
                                "validation %,d   ", task.data().watched().size()),
                task.data().test().size(),
                train.inputShape(),
                answers));
        task.data().remarks().forEach(neurite::note);
        if (task.batch() > train.size()) {
            neurite.note(Neurite.format("note: a batch is all %,d rows, fewer than --batch asks for", train.size()));
        }
        Shape output = task.model().network().outputs().getFirst();
        List<String> model = new ArrayList<>(List.of(settings.network().body().name(train, output)));
        model.add(Neurite.format("%,d parameters", task.model().parameters().size()));
        model.addAll(settings.network().notes());
        neurite.note("model  " + String.join("   ", model));
        task.start().ifPresent(each -> neurite.note("start  " + start(each)));
        neurite.note("train  " + String.join("   ", task.notes()));
        if (neurite.verbose()) neurite.note(task.model().summary().toString());
    }

    /// `62 of 64 from runs/cifar-1, anew fc.weight, fc.bias`
    private String start(Transfer transfer) {
        List<String> anew = new ArrayList<>(transfer.missing());
        for (PretrainedWeights.Misfit each : transfer.misshapen()) anew.add(each.toString());
        int loaded = transfer.loaded().size();
        return Neurite.format("%,d of %,d tensors from %s", loaded, loaded + anew.size(), transfer.source())
                + (anew.isEmpty() ? "" : "   anew " + String.join(", ", anew));
    }

    private void report(RunDirectory directory, Model model, Evaluation test, Profile profile, double seconds) {
        var figures = Measures.of(metrics, test);
        if (neurite.json()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("run", directory.path().toString());
            json.put("accuracy", test.accuracy());
            json.put("loss", test.loss());
            if (test.confusion().isEmpty()) json.put("r2", Measures.of(Metrics.r2(), test));
            if (!metrics.isEmpty()) json.put("metrics", figures);
            json.put("rows", test.rows());
            json.put("epochs", task.epochs());
            json.put("parameters", model.parameters().size());
            json.put("weights", Weights.sha256(model));
            json.put("seconds", seconds);
            if (profiles) json.put("profile", Results.profile(profile));
            neurite.printJson(json);
            return;
        }
        neurite.print("test " + Results.headline(test));
        if (!metrics.isEmpty()) neurite.print(Measures.table(figures));
        if (profiles) neurite.print(profile.toString());
        neurite.note("run    " + directory.path());
        String data = task.data().preprocessing().isPresent() ? "" : " --data " + source.text();
        neurite.note("next   neurite evaluate " + directory.path() + data);
    }
}

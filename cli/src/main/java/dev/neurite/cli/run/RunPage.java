package dev.neurite.cli.run;

import dev.neurite.cli.console.Browser;
import dev.neurite.cli.console.Console;
import dev.neurite.cli.console.Context;
import dev.neurite.cli.option.PageOptions;
import dev.neurite.dashboard.Dashboard;
import dev.neurite.io.ModelFile;
import dev.neurite.io.ProbeLog;
import dev.neurite.model.Model;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The page of a training; nothing if none was asked for.
final class RunPage implements AutoCloseable {
    private final Context context;
    private final Optional<PageOptions.Settings> settings;
    private final RunDirectory directory;
    private final TrainingPlan plan;
    private final boolean cluster;
    private final Function<Model, ModelFile> form;
    private @Nullable Dashboard dashboard;
    private boolean begun; // the training: the page has something to show

    /// A page that is not open yet.
    /// @param settings empty for no page
    /// @param cluster whether a cluster takes the steps, which no probe can look into
    /// @param form turns a trained model into the file of the run
    RunPage(
            Context context,
            Optional<PageOptions.Settings> settings,
            RunDirectory directory,
            TrainingPlan plan,
            boolean cluster,
            Function<Model, ModelFile> form) {
        this.context = context;
        this.settings = settings;
        this.directory = directory;
        this.plan = plan;
        this.cluster = cluster;
        this.form = form;
    }

    /// Opens the page, and shows its address.
    /// @param interruption ends a pause
    /// @throws dev.neurite.error.ResourceException if the port is taken that was asked for
    void open(SignalPause interruption) {
        if (settings.isEmpty()) return;
        String part = plan.data().validationName();
        Path runs = directory.path().toAbsolutePath().normalize().getParent();
        Dashboard page = Dashboard.on(0)
                .run(directory.path(), part)
                .data(part, plan.data().validation())
                .loss(plan.loss())
                .form(form)
                .source(new RunContents(context::note))
                .endsWithProgram()
                .goesOnWhen(() -> interruption.exitCode().isPresent())
                .announce(_ -> {});
        if (!plan.data().validatesOnTest()) page = page.test(plan.data().test());
        if (runs != null) page = page.runs(runs);
        Dashboard whole = page;
        page = PageOptions.opened(
                settings.get().port(), port -> whole.port(port).open());
        dashboard = page;
        context.io().err().println("page   " + Console.printable(page.url().toString()));
        Browser.of(context.io()).open(page.url());
    }

    /// A trainer that the page watches, as the last of its callbacks: it may wait there.
    Trainer watch(Trainer trainer) {
        Dashboard page = dashboard;
        if (page == null) return trainer;
        boolean probes = !cluster && !plan.settings().minimizes();
        Trainer probed = probes
                ? trainer.callback(new ProbeLog(directory.path().resolve(RunDirectory.HISTOGRAMS), context::note))
                : trainer;
        return probed.listener(event -> begun |= event instanceof TrainingEvent.Started)
                .callback(page);
    }

    /// Waits as [#stay()] after a training that has failed, so that people can see why; not if it did not begin.
    void stayAfter(Throwable failure) {
        if (!begun) return;
        context.note("failed " + failure.getMessage());
        stay();
    }

    /// Waits after a training for Enter, so that people can go on looking.
    void stay() {
        Dashboard page = dashboard;
        if (page == null) return;
        context.io().out().flush();
        context.io()
                .err()
                .println("page   " + Console.printable(page.url().toString())
                        + " stays until you press Enter or Ctrl-C; later: "
                        + context.io()
                                .typed(Console.commandLine(
                                        "ui", directory.path().toString())));
        try {
            int next = context.io().in().read();
            while (next >= 0 && next != '\n') next = context.io().in().read();
            if (next < 0) context.note("note: the page ends, as standard input has ended");
        } catch (IOException e) {
            context.note("note: the page ends, as there is no input: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        Dashboard page = dashboard;
        if (page != null) page.close();
    }
}

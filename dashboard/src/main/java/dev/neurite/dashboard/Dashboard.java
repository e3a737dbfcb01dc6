package dev.neurite.dashboard;

import dev.neurite.dashboard.api.Api;
import dev.neurite.dashboard.api.PlaygroundApi;
import dev.neurite.dashboard.api.Runs;
import dev.neurite.dashboard.live.LiveSettings;
import dev.neurite.dashboard.live.LiveTraining;
import dev.neurite.dashboard.runs.DirectoryRun;
import dev.neurite.dashboard.runs.RunDirectories;
import dev.neurite.dashboard.runs.RunName;
import dev.neurite.dashboard.runs.SubjectReader;
import dev.neurite.dashboard.view.Subject;
import dev.neurite.data.Dataset;
import dev.neurite.error.ResourceException;
import dev.neurite.http.HttpService;
import dev.neurite.http.Route;
import dev.neurite.io.ModelFile;
import dev.neurite.io.ProbeLog;
import dev.neurite.loss.Criterion;
import dev.neurite.model.Model;
import dev.neurite.train.Callback;
import dev.neurite.train.Snapshot;
import dev.neurite.train.TrainingControl;
import dev.neurite.train.TrainingEvent;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.module.ModuleDescriptor;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A page that shows trainings while they run and afterwards: curves, health in words, layers, errors,
/// predictions.
///
/// ```java
/// try (var dashboard = Dashboard.on(8080)) {
///     Trainer.of(model).callback(dashboard).fit(train, validation);
///     System.in.read(); // the page goes on until Enter
/// }
/// ```
///
/// The page opens with the first training, or with [#open()], and stays until [#close()]: without a
/// `close` the program goes on after its trainings, until Ctrl-C. Its address has a secret, which only
/// who reads it knows: it lets in whoever has it, also to stop a training. It goes to [#announce], by
/// default whole to the logger `dev.neurite.dashboard` of [System.Logger] with level INFO. An
/// application whose logs others read gives `announce` a receiver of its own.
///
/// A page can pause a training, let it take single steps, end it, and change its learning rate. Apart
/// from that it changes nothing: the weights have the same bits with and without it. The training never
/// waits for a page.
///
/// The withers make copies, which open pages of their own.
public final class Dashboard implements Callback, AutoCloseable {
    private static final String HISTOGRAMS = "histograms.jsonl";
    private static final System.Logger LOG = System.getLogger("dev.neurite.dashboard");

    private final Settings settings;
    private final Object lock = new Object();
    private @Nullable Opened opened;

    /// What is set.
    private record Settings(
            HttpService.Settings http,
            Optional<Path> runs,
            RunSource source,
            LiveSettings live,
            String version,
            boolean histograms,
            Optional<Path> temporary,
            Consumer<URI> announced) {
        Settings http(HttpService.Settings other) {
            return new Settings(other, runs, source, live, version, histograms, temporary, announced);
        }

        Settings live(LiveSettings other) {
            return new Settings(http, runs, source, other, version, histograms, temporary, announced);
        }

        Settings runs(Path other) {
            return new Settings(http, Optional.of(other), source, live, version, histograms, temporary, announced);
        }

        Settings source(RunSource other) {
            return new Settings(http, runs, other, live, version, histograms, temporary, announced);
        }

        Settings announced(Consumer<URI> other) {
            return new Settings(http, runs, source, live, version, histograms, temporary, other);
        }

        Settings temporary(Path other) {
            return new Settings(http, runs, source, live, version, histograms, Optional.of(other), announced);
        }

        Settings withoutHistograms() {
            return new Settings(http, runs, source, live, version, false, temporary, announced);
        }
    }

    private record Opened(Runs runs, PlaygroundApi playground, HttpService service, List<Path> temporary) {}

    private Dashboard(Settings settings) {
        this.settings = settings;
    }

    /// A page for the trainings of this program.
    /// @param port its port on this machine; 0 for any free one
    public static Dashboard on(int port) {
        return new Dashboard(new Settings(
                HttpService.Settings.USUAL.port(port),
                Optional.empty(),
                RunSource.modelsOnly(),
                LiveSettings.USUAL,
                version(),
                true,
                Optional.empty(),
                Dashboard::log));
    }

    /// A page for directories of runs, as the command `neurite train` makes them, on port 8080. Runs
    /// that other processes train are followed while they grow.
    /// @param runs a directory of runs, or that of one run
    public static Dashboard of(Path runs) {
        return on(8080).runs(runs);
    }

    private static String version() {
        return Optional.ofNullable(Dashboard.class.getModule().getDescriptor())
                .flatMap(ModuleDescriptor::rawVersion)
                .or(() -> Optional.ofNullable(
                        Dashboard.class.getPackage().getImplementationVersion())) // on the class path
                .orElse("(development)");
    }

    private static void log(URI url) {
        LOG.log(Level.INFO, "The training is shown at {0}", url.toString()); // a URI's digits get no separators
    }

    // ---------------------------------------------------------------------------------------------------------
    // settings

    /// With another port; 0 for any free one.
    public Dashboard port(int port) {
        return new Dashboard(settings.http(settings.http().port(port)));
    }

    /// With another address of this machine, which makes the page reachable from elsewhere: whoever has
    /// the token then controls the trainings. Needs a [#token(String)].
    /// @param host an address of this machine, `0.0.0.0` for all of them
    public Dashboard host(String host) {
        return new Dashboard(settings.http(settings.http().host(host)));
    }

    /// With a token of your own instead of a random one.
    /// @param token at least 16 letters, digits or any of `. _ ~ -`
    public Dashboard token(String token) {
        return new Dashboard(settings.http(settings.http().token(token)));
    }

    /// With a page that ends with the program: it does not keep the program alive.
    public Dashboard endsWithProgram() {
        return new Dashboard(settings.http(settings.http().daemon(true)));
    }

    /// With the finished runs of a directory beside the trainings of this program.
    /// @param directory a directory of runs, or that of one run
    public Dashboard runs(Path directory) {
        return new Dashboard(settings.runs(directory));
    }

    /// With models and data of finished runs from elsewhere; by default models without data.
    public Dashboard source(RunSource source) {
        return new Dashboard(settings.source(source));
    }

    /// With another receiver of the address, which contains the secret; by default the logger
    /// `dev.neurite.dashboard`.
    public Dashboard announce(Consumer<URI> receiver) {
        return new Dashboard(settings.announced(receiver));
    }

    /// Without histograms of the layers of a training: they are measured at the first steps, then
    /// ever more rarely, in at most about 0.5 % of the time, see [ProbeLog].
    public Dashboard withoutHistograms() {
        return new Dashboard(settings.withoutHistograms());
    }

    /// With another place for histograms than the system's temporary directory.
    Dashboard temporaryIn(Path directory) {
        return new Dashboard(settings.temporary(directory));
    }

    public Dashboard name(String name) {
        return new Dashboard(settings.live(settings.live().withName(name)));
    }

    /// With other data for errors and predictions than the validation data of the training.
    /// @param part its name: `test`
    public Dashboard data(String part, Dataset data) {
        return new Dashboard(settings.live(settings.live().withData(part, data)));
    }

    /// With the test part of the data: after the training errors and predictions are those of its rows, and those of
    /// the data before on request.
    public Dashboard test(Dataset rows) {
        return new Dashboard(settings.live(settings.live().withTest(rows)));
    }

    /// With the loss that the training minimizes: then the page compares the first loss with that of a
    /// guess, and measures where the time goes. Without it errors are measured by cross-entropy, or for
    /// values by the squared error.
    public Dashboard loss(Criterion loss) {
        return new Dashboard(settings.live(settings.live().withLoss(loss)));
    }

    /// With a model file for each model of the training, such as one in the units of the data. By default it has the
    /// signature that the training data gives it.
    /// @param form called in the thread of the training, at the beginning with the initial model. What it
    /// throws then refuses the training; later the page goes without the model
    public Dashboard form(Function<Model, ModelFile> form) {
        return new Dashboard(settings.live(settings.live().withForm(form)));
    }

    /// With a directory for checkpoints, which the page can ask for.
    public Dashboard checkpoints(Path directory) {
        return new Dashboard(settings.live(settings.live().withCheckpoints(directory)));
    }

    /// With the directory of the training's run, in which other callbacks write `metrics.jsonl` and
    /// `histograms.jsonl`: the page then follows these files, those of a resumed run from its
    /// beginning. The page writes its notes there, as `notes.jsonl`.
    /// @param part the name of the validation data in the log: `val`, `test`
    public Dashboard run(Path directory, String part) {
        return new Dashboard(settings.live(settings.live()
                .withDirectory(directory, part)
                .withName(RunName.of(directory.toAbsolutePath().normalize()))
                .withCheckpoints(directory.resolve("checkpoints"))));
    }

    /// With a condition that ends a pause, such as a signal to the program: the training then goes on.
    public Dashboard goesOnWhen(BooleanSupplier condition) {
        return new Dashboard(settings.live(settings.live().goesOnWhen(condition)));
    }

    // ---------------------------------------------------------------------------------------------------------
    // the page

    /// Opens the page, unless it is open.
    /// @return this
    /// @throws ResourceException if the port is taken; the message names the next free one
    /// @throws dev.neurite.error.ConfigException for a host that is not this machine alone, without a
    /// token
    public Dashboard open() {
        if (start()) settings.announced().accept(url());
        return this;
    }

    private boolean start() {
        synchronized (lock) {
            if (opened != null) return false;
            SubjectReader reader = file -> {
                RunSource.Content content = settings.source().read(file);
                return new Subject(content.model(), content.part(), content.data(), content.loss(), -1);
            };
            var runs = new Runs(settings.runs().map(each -> RunDirectories.of(each, reader)));
            var playground = new PlaygroundApi();
            try {
                List<Route> routes = new ArrayList<>(new Api(runs, settings.version()).routes());
                routes.addAll(playground.routes());
                HttpService service =
                        HttpService.start(settings.http(), routes, PlaygroundApi.addTo(PageFiles.assets()));
                opened = new Opened(runs, playground, service, new CopyOnWriteArrayList<>());
                return true;
            } catch (RuntimeException | Error e) {
                playground.close();
                throw e;
            }
        }
    }

    private Opened page() {
        open();
        synchronized (lock) {
            Opened page = opened;
            if (page == null) throw new IllegalStateException("the page was closed");
            return page;
        }
    }

    /// The address of the page for a browser on this machine, with its secret. Opens the page.
    public URI url() {
        return page().service().url();
    }

    /// The port. Opens the page.
    public int port() {
        return page().service().port();
    }

    /// Whether others than this machine can reach the page. Opens the page.
    public boolean isPublic() {
        return page().service().isPublic();
    }

    /// Closes the page. Trainings go on; one that is paused, too.
    @Override
    public void close() {
        Opened page;
        synchronized (lock) {
            page = opened;
            opened = null;
        }
        if (page == null) return;
        page.runs().close();
        page.playground().close();
        page.service().close();
        for (Path each : page.temporary()) delete(each);
    }

    private static void delete(Path directory) {
        try {
            Files.deleteIfExists(directory.resolve(HISTOGRAMS));
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "a temporary directory cannot be deleted: {0}", directory.toString());
        }
    }

    // -----------------------------------------------------------------------------------------------------
    // the training

    /// Shows a training. Opens the page, unless it is open.
    @Override
    public Observer begin(TrainingControl training) {
        Opened page = page();
        LiveSettings live = settings.live();
        Optional<DirectoryRun> files = live.directory()
                .map(each -> new DirectoryRun(live.name(), each, _ -> {
                    throw new IllegalStateException("the training has its model");
                }));
        Optional<Observer> probing = Optional.empty();
        Optional<DirectoryRun> samples = Optional.empty();
        Optional<Path> place =
                files.isEmpty() && settings.histograms() && !training.minimizes() ? temporary(page) : Optional.empty();
        if (place.isPresent()) {
            Path directory = place.get();
            probing =
                    Optional.of(new ProbeLog(directory.resolve(HISTOGRAMS), warning -> LOG.log(Level.WARNING, warning))
                            .begin(training));
            samples = Optional.of(new DirectoryRun(live.name(), directory, _ -> {
                throw new IllegalStateException("the training has its model");
            }));
        }
        String id = page.runs().nextId(live.name(), files.isPresent());
        var watched = new LiveTraining(id, live, files, samples, training);
        page.runs().add(watched);
        return probing.isPresent() ? new Both(probing.get(), watched.observer()) : watched.observer();
    }

    /// A directory for histograms, with an empty file for them, which ends with the page or the program;
    /// empty if there is no place for it: the training goes on without.
    private Optional<Path> temporary(Opened page) {
        try {
            Optional<Path> parent = settings.temporary();
            Path directory = parent.isPresent()
                    ? Files.createTempDirectory(parent.get(), "neurite-")
                    : Files.createTempDirectory("neurite-");
            page.temporary().add(directory);
            directory.toFile().deleteOnExit();
            Files.createFile(directory.resolve(HISTOGRAMS)).toFile().deleteOnExit(); // before its directory
            return Optional.of(directory);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the page has no histograms: {0}", ResourceException.reason(e));
            return Optional.empty();
        }
    }

    @Override
    public boolean probes() {
        return settings.histograms() && settings.live().directory().isEmpty();
    }

    /// The model that pages look at, the one whose errors they still show, and the next while it is copied.
    /// None is copied unless a page asks for it; what does not fit then is not shown.
    @Override
    public int modelCopies() {
        return 3;
    }

    /// The observer of the page, and that of its histograms before it.
    /// @param page the last one: it may wait
    private record Both(Observer histograms, Observer page) implements Observer {
        @Override
        public void on(TrainingEvent event) {
            histograms.on(event);
            page.on(event);
        }

        @Override
        public void afterEvents() {
            histograms.afterEvents();
            page.afterEvents();
        }

        @Override
        public void save(Snapshot memory) {
            page.save(memory);
        }

        @Override
        public void restore(Snapshot memory) {
            page.restore(memory);
        }

        @Override
        public void close() {
            histograms.close();
            page.close();
        }
    }
}

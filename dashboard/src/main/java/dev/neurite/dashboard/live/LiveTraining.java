package dev.neurite.dashboard.live;

import dev.neurite.check.Advice;
import dev.neurite.dashboard.runs.DirectoryRun;
import dev.neurite.dashboard.view.FirstLossView;
import dev.neurite.dashboard.view.Histograms;
import dev.neurite.dashboard.view.Lines;
import dev.neurite.dashboard.view.NetworkView;
import dev.neurite.dashboard.view.Note;
import dev.neurite.dashboard.view.RunFacts;
import dev.neurite.dashboard.view.RunState;
import dev.neurite.dashboard.view.RunState.Phase;
import dev.neurite.dashboard.view.Subject;
import dev.neurite.dashboard.view.Tags;
import dev.neurite.dashboard.view.TestScore;
import dev.neurite.dashboard.view.Times;
import dev.neurite.dashboard.view.WatchedRun;
import dev.neurite.error.ResourceException;
import dev.neurite.loss.Criterion;
import dev.neurite.loss.Loss;
import dev.neurite.train.Callback;
import dev.neurite.train.Snapshot;
import dev.neurite.train.TrainingControl;
import dev.neurite.train.TrainingEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A training of this JVM as a page shows and steers it.
///
/// The thread of the training stores where it is, and puts lines into a bounded queue; it never waits
/// for a client. Between two steps it does what clients have asked for. When it is paused it waits
/// there, and still does so. Weights have the same bits with and without: a page changes nothing but
/// the learning rate, and when the training ends.
public final class LiveTraining implements WatchedRun, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10); // for an answer of the training

    private final String id;
    private final LiveSettings settings;
    private final TrainingControl training;
    private final boolean minimizes;
    private final Optional<DirectoryRun> files;
    private final Optional<DirectoryRun> samples;
    private final Optional<EventLines> own; // without a directory

    private final Notes notes;
    private final TrainingProgress progress;
    private final Wishes wishes;
    private final LiveModel model;
    private final SavedCheckpoints saved;
    private final Steering steering;

    private final NetworkView network;
    private final List<String> classNames;
    private final List<Integer> inputShape;
    private final String kind;

    /// A training that begins.
    /// @param id its name in addresses
    /// @param files its directory; empty if its lines come from its events
    /// @param samples a directory with its histograms; empty if there are none, or `files` has them
    /// @param training the training, in whose thread this is called
    public LiveTraining(
            String id,
            LiveSettings settings,
            Optional<DirectoryRun> files,
            Optional<DirectoryRun> samples,
            TrainingControl training) {
        this(id, settings, files, samples, training, PATIENCE);
    }

    /// The same with another time for an answer of the training.
    LiveTraining(
            String id,
            LiveSettings settings,
            Optional<DirectoryRun> files,
            Optional<DirectoryRun> samples,
            TrainingControl training,
            Duration patience) {
        this.id = id;
        this.settings = settings;
        this.training = training;
        this.minimizes = training.minimizes();
        this.files = files;
        this.samples = samples;
        this.own = files.isPresent() ? Optional.empty() : Optional.of(new EventLines(training, settings.part()));
        this.progress = new TrainingProgress(minimizes ? Double.NaN : training.learningRate());
        this.notes = new Notes(settings.directory());
        this.wishes = new Wishes(patience);
        this.model = new LiveModel(settings, training, wishes, progress);
        this.saved = new SavedCheckpoints(settings, training);
        this.steering = new Steering(training, settings.goesOn(), wishes, progress, saved, notes);
        Subject known = model.initial();
        this.network = NetworkView.of(known.model().network());
        this.classNames = known.classNames();
        this.kind = RunFacts.kind(known);
        this.inputShape = known.input().isKnown() ? known.input().extents() : List.of();
    }

    /// What the training calls, in its own thread.
    public Callback.Observer observer() {
        return new Observing();
    }

    private final class Observing implements Callback.Observer {
        private TrainingEvent.@Nullable Ended ended; // until it is dealt with

        @Override
        public void on(TrainingEvent event) {
            progress.on(event, System.nanoTime());
            notes.on(event);
            switch (event) {
                case TrainingEvent.Started started -> begin(started);
                case TrainingEvent.StepEnded _ -> steering.stepEnded();
                case TrainingEvent.Ended last -> ended = last;
                case TrainingEvent.Failed failed ->
                    fail("The training has failed: " + failed.cause().getMessage());
                default -> {}
            }
            own.ifPresent(each -> each.on(event));
        }

        /// Notes how long a training that goes on had been interrupted: since the newest line of its log.
        private void begin(TrainingEvent.Started started) {
            if (!started.resumed() || files.isEmpty()) return;
            try {
                double interrupted =
                        System.currentTimeMillis() / 1000.0 - files.get().changed();
                if (interrupted > 0) notes.stoodStill(interrupted);
            } catch (ResourceException e) {
                notes.warning("How long the training was interrupted is not known", e);
            }
        }

        @Override
        public void afterEvents() {
            TrainingEvent.Ended event = ended;
            ended = null;
            if (event != null) end(event.stopReason().orElse(""));
            steering.betweenSteps();
        }

        /// Takes the result of the training, after all callbacks have handled its end. Whatever happens
        /// here, the training returns its model.
        @SuppressWarnings("IllegalCatch")
        private void end(String reason) {
            try {
                model.takeResult();
            } catch (RuntimeException | Error e) {
                notes.warning("The page cannot show the model", e);
            }
            model.takeTimes();
            progress.enter(training.isPaused() ? Phase.INTERRUPTED : Phase.FINISHED);
            notes.info("The training has ended" + (reason.isEmpty() ? "." : ": " + reason + "."));
            wishes.close();
        }

        private void fail(String text) {
            ended = null;
            progress.enter(Phase.FAILED);
            notes.error(text);
            wishes.close();
        }

        @Override
        public void save(Snapshot memory) {
            own.ifPresent(each -> each.save(memory));
        }

        @Override
        public void restore(Snapshot memory) {
            own.ifPresent(each -> each.restore(memory));
        }

        @Override
        public void close() {
            if (!isOver()) fail("The training did not begin."); // another callback has refused it
            own.ifPresent(EventLines::close);
        }
    }

    @Override
    public String id() {
        return id;
    }

    /// The directory of the run; empty if it has none.
    public Optional<Path> directory() {
        return settings.directory();
    }

    /// Whether the training has ended.
    public boolean isOver() {
        return wishes.isClosed();
    }

    @Override
    public RunState state() {
        return progress.state(isOver());
    }

    @Override
    public RunFacts facts() {
        if (settings.facts().isPresent()) return settings.facts().get();
        var about = new RunFacts.Data(
                "",
                OptionalInt.of(progress.rows()),
                settings.part(),
                model.data().map(each -> OptionalInt.of(each.size())).orElse(OptionalInt.empty()),
                inputShape,
                classNames,
                kind,
                Optional.empty());
        return files.map(each -> each.facts(about))
                .orElseGet(() -> new RunFacts(settings.name(), about, Map.of(), environment(), ""));
    }

    private static Map<String, Object> environment() {
        return Map.of(
                "java", String.valueOf(System.getProperty("java.runtime.version")),
                "os", System.getProperty("os.name") + " " + System.getProperty("os.version"),
                "processors", Runtime.getRuntime().availableProcessors());
    }

    @Override
    public Lines lines() {
        return own.map(EventLines::lines).orElseGet(() -> files.orElseThrow().lines());
    }

    @Override
    public Histograms histograms() {
        return files.or(() -> samples).map(DirectoryRun::histograms).orElseGet(Histograms::new);
    }

    @Override
    public NetworkView network() {
        return network;
    }

    @Override
    public Subject subject() throws RefusedException {
        return model.subject();
    }

    @Override
    public List<String> parts() {
        return model.parts();
    }

    @Override
    public Subject subject(String part) throws RefusedException {
        return model.subject(part);
    }

    @Override
    public Optional<TestScore> testScore() {
        return files.flatMap(DirectoryRun::testScore);
    }

    @Override
    public Tags tags() {
        return files.map(DirectoryRun::tags).orElse(Tags.NONE);
    }

    @Override
    public boolean keepsTags() {
        return files.isPresent();
    }

    @Override
    public void tag(Tags tags) throws RefusedException {
        if (files.isEmpty()) throw new RefusedException("This training has no directory to keep tags in.");
        files.get().tag(tags);
    }

    @Override
    public Optional<FirstLossView> firstLoss() {
        double first = progress.firstLoss();
        Optional<Loss> minimized = settings.loss().map(LiveTraining::single);
        if (Double.isNaN(first) || minimized.isEmpty()) return files.flatMap(DirectoryRun::firstLoss);
        return FirstLossView.of(first, minimized.get(), classNames.size());
    }

    @Override
    public List<Advice> advice() {
        return isOver() ? files.map(DirectoryRun::advice).orElse(List.of()) : List.of();
    }

    private static Loss single(Criterion criterion) {
        return criterion.losses().getFirst().loss();
    }

    @Override
    public List<Note> notes() {
        return notes.all();
    }

    @Override
    public List<String> warnings() {
        List<String> warnings =
                new ArrayList<>(files.map(DirectoryRun::warningsOfLogs).orElse(List.of()));
        long lost = own.map(EventLines::lost).orElse(0L);
        if (lost > 0) warnings.add(lost + " lines were lost, as the training is faster than they can be shown.");
        return warnings;
    }

    @Override
    public List<CheckpointFile> checkpoints() {
        List<CheckpointFile> all =
                new ArrayList<>(files.map(DirectoryRun::checkpoints).orElse(List.of()));
        Set<String> names = all.stream().map(CheckpointFile::name).collect(Collectors.toSet());
        for (CheckpointFile each : saved.all()) if (!names.contains(each.name())) all.add(each);
        return all;
    }

    @Override
    public Optional<Path> checkpoint(String name) {
        return files.flatMap(each -> each.checkpoint(name)).or(() -> saved.find(name));
    }

    @Override
    public List<Action> controls() {
        if (isOver()) return List.of();
        List<Action> controls = new ArrayList<>(List.of(Action.PAUSE, Action.RESUME, Action.STEP, Action.STOP));
        if (saved.arePossible()) controls.add(Action.SAVE);
        if (!minimizes) controls.add(Action.RATE);
        return controls;
    }

    @Override
    public RunState control(Command command) throws RefusedException {
        steering.control(command);
        return state();
    }

    @Override
    public Optional<Times> times() {
        return model.times();
    }

    /// Ends a pause, and refuses what is asked from now on. The training itself goes on.
    @Override
    public void close() {
        wishes.close();
    }
}

package dev.neurite.dashboard.live;

import dev.neurite.dashboard.runs.DirectoryRun;
import dev.neurite.dashboard.view.FirstLoss;
import dev.neurite.dashboard.view.Histograms;
import dev.neurite.dashboard.view.Lines;
import dev.neurite.dashboard.view.NetworkView;
import dev.neurite.dashboard.view.Note;
import dev.neurite.dashboard.view.RunFacts;
import dev.neurite.dashboard.view.RunState;
import dev.neurite.dashboard.view.RunState.Phase;
import dev.neurite.dashboard.view.Subject;
import dev.neurite.dashboard.view.Times;
import dev.neurite.dashboard.view.WatchedRun;
import dev.neurite.data.Dataset;
import dev.neurite.error.NeuriteException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.Catalog;
import dev.neurite.io.Checkpoint;
import dev.neurite.io.MetricsLines;
import dev.neurite.io.ModelFile;
import dev.neurite.loss.Criterion;
import dev.neurite.loss.Loss;
import dev.neurite.model.Model;
import dev.neurite.train.Callback;
import dev.neurite.train.Snapshot;
import dev.neurite.train.TrainingControl;
import dev.neurite.train.TrainingEvent;
import dev.neurite.train.TrainingEvent.EpochEnded;
import dev.neurite.train.TrainingEvent.RateChanged;
import dev.neurite.train.TrainingEvent.Started;
import dev.neurite.train.TrainingEvent.StepEnded;
import dev.neurite.train.TrainingEvent.StepSkipped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A training of this JVM as a page shows and steers it.
///
/// The thread of the training stores where it is, and puts lines into a bounded queue; it never waits
/// for a client. Between two steps it does what clients have asked for. When it is paused it waits
/// there, and still does so. Weights have the same bits with and without: a page changes nothing but
/// the learning rate, and when the training ends.
public final class LiveTraining implements WatchedRun, AutoCloseable {
    private static final int MOST_WISHES = 64;
    private static final int MOST_NOTES = 1_000;
    private static final Duration PATIENCE = Duration.ofSeconds(10); // for an answer of the training
    private static final long LOOK = 50; // milliseconds between looks at whether to go on
    private static final double SMOOTHING = 0.05; // share of the newest step in the mean time of a step

    private final String id;
    private final LiveSettings settings;
    private final TrainingControl training;
    private final Duration patience;
    private final Optional<DirectoryRun> files;
    private final Optional<DirectoryRun> samples;
    private final Optional<Dataset> data;
    private final boolean minimizes;
    private final Lines lines = new Lines();
    private final Optional<LineQueue> queue;
    private final Optional<MetricsLines> writer;
    private final BlockingQueue<Wish<?>> wishes = new ArrayBlockingQueue<>(MOST_WISHES);
    private final Deque<Note> notes = new ArrayDeque<>();
    private final Map<String, Path> saved = new ConcurrentSkipListMap<>(); // for a page, by name
    private final NetworkView network;
    private final List<String> classNames;
    private final List<Integer> inputShape;
    private final String kind;

    // Written by the thread of the training only.
    private volatile Phase phase = Phase.TRAINING;
    private volatile Started plan = new Started(1, 1, 1, 0, 0, false);
    private volatile @Nullable StepEnded last;
    private volatile double stepSeconds = Double.NaN;
    private volatile double rowsPerSecond = Double.NaN;
    private volatile double afterEpoch; // seconds of what follows the steps of an epoch
    private volatile Stopwatch watch = Stopwatch.begin(System.nanoTime());
    private volatile double rate; // from which the schedule starts; NaN with a minimizer
    private volatile double first = Double.NaN;
    private volatile @Nullable Subject latest; // the result at the end, before it the model when it was asked for
    private volatile @Nullable Times times;
    private long stepEnded;
    private boolean stepped;
    private boolean pauses;
    private int stepsLeft;
    private TrainingEvent.@Nullable Ended ended; // until it is dealt with
    private volatile boolean over;

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
        this.patience = patience;
        this.id = id;
        this.settings = settings;
        this.training = training;
        this.files = files;
        this.samples = samples;
        this.data = settings.data().or(training::validation);
        this.minimizes = training.minimizes();
        this.rate = minimizes ? Double.NaN : training.learningRate();
        boolean own = files.isEmpty();
        this.queue = own ? Optional.of(new LineQueue(lines)) : Optional.empty();
        this.writer = own ? Optional.of(new MetricsLines(training, settings.part())) : Optional.empty();
        ModelFile file = settings.form().apply(training.model());
        this.network = NetworkView.of(file.model().network());
        Subject known = subject(file, 0);
        this.classNames = known.classNames();
        this.kind = RunFacts.kind(known);
        this.inputShape = known.input().isKnown() ? known.input().extents() : List.of();
    }

    // ----------------------------------------------------------------------------------- in the thread
    // of the training

    /// What the training calls.
    public Callback.Observer observer() {
        return new Observing();
    }

    private final class Observing implements Callback.Observer {
        @Override
        public void on(TrainingEvent event) {
            long now = System.nanoTime();
            switch (event) {
                case Started started -> {
                    plan = started;
                    watch = Stopwatch.begin(now);
                    stepEnded = now;
                    note(
                            "info",
                            started.resumed()
                                    ? "The training goes on after step " + started.steps() + "."
                                    : "The training begins.");
                }
                case StepEnded step -> step(step, now);
                case EpochEnded _ -> {
                    afterEpoch = (now - stepEnded) * 1e-9;
                    stepEnded = now;
                }
                case TrainingEvent.Validated _ -> stepEnded = now;
                case StepSkipped skipped ->
                    note(
                            "warning",
                            "Step " + skipped.step() + " was skipped: "
                                    + skipped.problem().problem());
                case RateChanged changed -> {
                    rate = changed.after();
                    note(
                            "info",
                            String.format(
                                    Locale.ROOT,
                                    "The learning rate changed from %.3g to %.3g after step %d.",
                                    changed.before(),
                                    changed.after(),
                                    changed.step()));
                }
                case TrainingEvent.UpdatesMeasured _ -> {}
                case TrainingEvent.Ended last -> {
                    watch = watch.stop(now);
                    ended = last;
                }
                case TrainingEvent.Failed failed -> {
                    watch = watch.stop(now);
                    fail(failed.cause());
                }
            }
            for (MetricsLines each : writer.stream().toList()) {
                for (String line : each.of(event)) queue.orElseThrow().offer(line);
            }
        }

        @Override
        public void afterEvents() {
            between();
        }

        @Override
        public void save(Snapshot memory) {
            writer.ifPresent(each -> each.save(memory));
        }

        @Override
        public void restore(Snapshot memory) {
            if (memory.has("rows")) writer.ifPresent(each -> each.restore(memory));
        }

        @Override
        public void close() {
            if (!over) fail("The training did not begin."); // another callback has refused it
            refuseAll();
            queue.ifPresent(LineQueue::close);
        }
    }

    private void step(StepEnded step, long now) {
        double seconds = (now - stepEnded) * 1e-9;
        stepEnded = now;
        double before = stepSeconds;
        boolean early = step.step() - plan.steps() <= 3; // the first steps compile
        stepSeconds = Double.isNaN(before) || early ? seconds : before + SMOOTHING * (seconds - before);
        rowsPerSecond = step.rows() / stepSeconds;
        if (last == null && step.step() == 1) first = step.loss();
        last = step;
        stepped = true;
    }

    /// Takes the result of the training, after all callbacks have handled its end. Whatever happens here,
    /// the training returns its model.
    @SuppressWarnings("IllegalCatch")
    private void end(TrainingEvent.Ended event) {
        String reason = event.stopReason().orElse("");
        latest = null; // an earlier model is not the result
        try {
            Optional<Model> chosen = training.result();
            latest = chosen.isPresent() ? subject(settings.form().apply(chosen.get()), -1) : present();
        } catch (RuntimeException | Error e) {
            note("warning", "The page cannot show the model: " + told(e));
        }
        Times measured = Times.of(training.profile());
        if (!measured.layers().isEmpty()) times = measured;
        phase = training.isPaused() ? Phase.INTERRUPTED : Phase.FINISHED;
        note("info", "The training has ended" + (reason.isEmpty() ? "." : ": " + reason + "."));
        over = true;
    }

    private void fail(Throwable cause) {
        fail("The training has failed: " + cause.getMessage());
    }

    private void fail(String text) {
        ended = null;
        phase = Phase.FAILED;
        note("error", text);
        over = true;
    }

    /// What went wrong, for a person.
    private static String told(Throwable problem) {
        return problem instanceof OutOfMemoryError
                ? "there is too little memory."
                : String.valueOf(problem.getMessage());
    }

    /// Between two steps: counts the steps of [Action#STEP], does what was asked for, and waits while
    /// it is paused.
    private void between() {
        if (stepped && stepsLeft > 0 && --stepsLeft == 0) pauses = true;
        stepped = false;
        TrainingEvent.Ended event = ended;
        ended = null;
        if (event != null) end(event);
        if (over) {
            refuseAll();
            return;
        }
        for (Wish<?> wish = wishes.poll(); wish != null; wish = wishes.poll()) wish.grant();
        if (pauses) pause();
    }

    private void pause() {
        watch = watch.stop(System.nanoTime());
        phase = Phase.PAUSED;
        note("info", "Paused after step " + training.steps() + ".");
        while (pauses && !over && !goesOn()) {
            try {
                Wish<?> wish = wishes.poll(LOOK, TimeUnit.MILLISECONDS);
                if (wish != null) wish.grant();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt(); // the training pauses for good
                break;
            }
        }
        pauses = false;
        long now = System.nanoTime();
        watch = watch.goOn(now);
        stepEnded = now;
        phase = Phase.TRAINING;
    }

    /// Whether the program ends the pause. A condition that fails ends it, too.
    @SuppressWarnings("IllegalCatch")
    private boolean goesOn() {
        try {
            return settings.goesOn().getAsBoolean();
        } catch (RuntimeException | Error e) {
            note("warning", "The training goes on, as the condition for it has failed: " + told(e));
            return true;
        }
    }

    private void refuseAll() {
        for (Wish<?> wish = wishes.poll(); wish != null; wish = wishes.poll()) {
            wish.refuse(new RefusedException("The training has ended."));
        }
    }

    /// The present model, copied.
    private Subject present() {
        return subject(settings.form().apply(training.model()), training.steps());
    }

    private Subject subject(ModelFile file, long step) {
        return new Subject(file, settings.part(), data, settings.loss(), step);
    }

    // ---------------------------------------------------------------------------------------------- in
    // other threads

    /// Asks the training to do something between two steps, and waits for it.
    private <T> T ask(Wish.Task<T> task) throws RefusedException {
        if (over) throw new RefusedException("The training has ended.");
        Wish<T> wish = new Wish<>(task);
        if (!wishes.offer(wish)) throw new RefusedException("The training has been asked for too much at once.");
        if (over) refuseAll(); // it may have ended since
        try {
            try {
                return wish.result().get(patience.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException _) {
                if (!wish.withdraw()) return wish.result().get(); // it is being done
                throw new RefusedException("The training does not answer: it is in a long step or an evaluation.");
            }
        } catch (InterruptedException _) {
            wish.withdraw();
            Thread.currentThread().interrupt();
            throw new RefusedException("The server closes.");
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RefusedException refused -> throw refused;
                case NeuriteException problem -> throw new RefusedException(String.valueOf(problem.getMessage()));
                case OutOfMemoryError _ -> throw new RefusedException("There is too little memory for this.");
                case null, default -> throw new IllegalStateException(e.getCause());
            }
        }
    }

    @Override
    public RunState control(Command command) throws RefusedException {
        switch (command.action()) {
            case PAUSE ->
                ask(() -> {
                    requireUnpaused(true);
                    pauses = true;
                    stepsLeft = 0;
                    phase = Phase.PAUSED;
                    return true;
                });
            case RESUME ->
                ask(() -> {
                    requireUnpaused(false);
                    pauses = false;
                    stepsLeft = 0;
                    phase = Phase.TRAINING;
                    return true;
                });
            case STEP ->
                ask(() -> {
                    stepsLeft = Math.max(1, command.steps());
                    pauses = false;
                    phase = Phase.TRAINING;
                    return true;
                });
            case STOP ->
                ask(() -> {
                    training.finish("stopped on the page");
                    pauses = false;
                    phase = Phase.TRAINING;
                    return true;
                });
            case SAVE -> ask(this::save);
            case RATE ->
                ask(() -> {
                    training.learningRate(command.rate());
                    rate = command.rate();
                    return true;
                });
        }
        return state();
    }

    private void requireUnpaused(boolean wanted) throws RefusedException {
        boolean unpaused = phase != Phase.PAUSED;
        if (unpaused == wanted) return;
        throw new RefusedException(wanted ? "The training is paused already." : "The training is not paused.");
    }

    private boolean save() throws RefusedException {
        Path place = settings.checkpoints()
                .orElseThrow(() -> new RefusedException("The program has not said where to save checkpoints."));
        if (training.steps() == 0) throw new RefusedException("There is nothing to save before the first step.");
        String name =
                String.format(Locale.ROOT, "step-%09d-epoch-%06d.safetensors", training.steps(), training.epoch());
        try {
            Files.createDirectories(place);
        } catch (IOException e) {
            throw new ResourceException(place.toString(), "cannot be created: " + ResourceException.reason(e));
        }
        new Checkpoint(settings.form().apply(training.model()), training.state())
                .write(place.resolve(name), Catalog.standard());
        saved.put(name, place.resolve(name));
        note("info", "Saved " + name + ".");
        return true;
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
        return over;
    }

    @Override
    public RunState state() {
        StepEnded step = last;
        Started started = plan;
        Phase now = phase;
        long taken = step == null ? started.steps() : step.step();
        long all = (long) started.epochs() * started.batches();
        int epoch = step == null
                ? (int) Math.min(started.epochs(), taken / Math.max(1, started.batches()) + 1)
                : step.epoch();
        double eta = (all - taken) * stepSeconds + (started.epochs() - epoch + 1) * afterEpoch;
        Runtime heap = Runtime.getRuntime();
        return new RunState(
                now,
                epoch,
                started.epochs(),
                taken,
                all,
                step == null ? -1 : step.batch(),
                started.batches(),
                over ? Double.NaN : Math.max(0, eta),
                watch.seconds(System.nanoTime()),
                rowsPerSecond,
                1000 * stepSeconds,
                heap.totalMemory() - heap.freeMemory(),
                heap.maxMemory(),
                rate);
    }

    @Override
    public RunFacts facts() {
        if (settings.facts().isPresent()) return settings.facts().get();
        var about = new RunFacts.Data(
                "",
                OptionalInt.of(plan.rows()),
                settings.part(),
                data.map(each -> OptionalInt.of(each.size())).orElse(OptionalInt.empty()),
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
        return files.map(DirectoryRun::lines).orElse(lines);
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
        Subject known = latest;
        StepEnded step = last;
        long taken = step == null ? plan.steps() : step.step();
        if (known != null && (over || known.step() == taken)) return known;
        try {
            return ask(() -> {
                Subject now = present();
                latest = now; // in the thread of the training: never after its result
                return now;
            });
        } catch (RefusedException e) {
            Subject result = latest;
            if (over && result != null) return result; // it has ended meanwhile
            throw e;
        }
    }

    @Override
    public Optional<FirstLoss> firstLoss() {
        double loss = first;
        Optional<Loss> minimized = settings.loss().map(LiveTraining::single);
        if (Double.isNaN(loss) || minimized.isEmpty()) return files.flatMap(DirectoryRun::firstLoss);
        return FirstLoss.of(loss, minimized.get(), classNames.size());
    }

    private static Loss single(Criterion criterion) {
        return criterion.losses().getFirst().loss();
    }

    private void note(String level, String text) {
        synchronized (notes) {
            notes.addLast(Note.now(level, text));
            if (notes.size() > MOST_NOTES) notes.removeFirst();
        }
    }

    @Override
    public List<Note> notes() {
        synchronized (notes) {
            return List.copyOf(notes);
        }
    }

    @Override
    public List<String> warnings() {
        List<String> warnings =
                new ArrayList<>(files.map(DirectoryRun::warningsOfLogs).orElse(List.of()));
        long lost = queue.map(LineQueue::lost).orElse(0L);
        if (lost > 0) warnings.add(lost + " lines were lost, as the training is faster than they can be shown.");
        return warnings;
    }

    @Override
    public List<CheckpointFile> checkpoints() {
        List<CheckpointFile> all =
                new ArrayList<>(files.map(DirectoryRun::checkpoints).orElse(List.of()));
        Set<String> names = all.stream().map(CheckpointFile::name).collect(Collectors.toSet());
        saved.forEach((name, file) -> {
            if (!names.contains(name))
                size(file).ifPresent(bytes -> all.add(new CheckpointFile(name, step(name), bytes, false)));
        });
        return all;
    }

    /// The size of a file in bytes; empty if it is there no more.
    private static OptionalLong size(Path file) {
        try {
            return OptionalLong.of(Files.size(file));
        } catch (IOException _) {
            return OptionalLong.empty();
        }
    }

    private static long step(String name) {
        return Long.parseLong(name.split("-", 3)[1]);
    }

    @Override
    public Optional<Path> checkpoint(String name) {
        return files.flatMap(each -> each.checkpoint(name))
                .or(() -> Optional.ofNullable(saved.get(name)).filter(Files::isRegularFile));
    }

    @Override
    public List<Action> controls() {
        if (over) return List.of();
        List<Action> controls = new ArrayList<>(List.of(Action.PAUSE, Action.RESUME, Action.STEP, Action.STOP));
        if (settings.checkpoints().isPresent()) controls.add(Action.SAVE);
        if (!minimizes) controls.add(Action.RATE);
        return controls;
    }

    @Override
    public Optional<Times> times() {
        Times known = times;
        if (known != null) return Optional.of(known);
        try {
            Optional<Times> measured = Times.measured(subject());
            if (measured.isPresent()) times = measured.get();
            return measured;
        } catch (RefusedException _) {
            return Optional.empty();
        }
    }

    /// Ends a pause, and refuses what is asked from now on. The training itself goes on.
    @Override
    public void close() {
        over = true;
        refuseAll();
    }
}

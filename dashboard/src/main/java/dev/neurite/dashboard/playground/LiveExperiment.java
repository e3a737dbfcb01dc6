package dev.neurite.dashboard.playground;

import dev.neurite.dashboard.playground.Frame.Score;
import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DivergedException;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.model.Inspection;
import dev.neurite.model.Model;
import dev.neurite.model.Parameters;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Evaluation;
import dev.neurite.train.Snapshot;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingSession;
import dev.neurite.train.TrainingState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// An experiment in training: a [TrainingSession] of the library that takes one step after the
/// other, by itself or on demand. Steps by batches and epochs train what [Trainer#fit] trains
/// with the same settings, bit for bit.
///
/// Any thread may call it. Playing has a thread of its own, which ends when it pauses.
public final class LiveExperiment implements AutoCloseable {
    private static final String THETA = "step.theta"; // of the state of a session
    private static final String SLOT = "step.update.slot";
    private static final long FRAME_NANOS = 50_000_000; // at most 20 frames a second
    private static final long WORK_NANOS = 25_000_000; // of steps between two frames
    private static final long JOIN_MILLIS = 5_000;

    /// What one step trains on.
    public enum Unit {
        /// The next row.
        EXAMPLE,
        /// The rest of the present batch.
        BATCH,
        /// The rest of the present epoch.
        EPOCH
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Consumer<Frame> listener;
    private final Dataset train;
    private final Dataset test;
    private final Batches batches;
    private final Heatmaps heatmaps;
    private final Trainer trainer;
    private Experiment experiment;
    private TrainingSession session;
    private int[] order = {}; // of the rows in the present epoch
    private int row; // the number of rows of the present epoch that were trained on
    private double stepsPerSecond; // 0 for as many as possible
    private boolean playing;
    private boolean closed;
    private Optional<String> problem = Optional.empty();
    private @Nullable Thread player;

    /// Begins an experiment, before its first step.
    /// @param listener gets a frame after each change, at most 20 a second while it plays; must
    /// not block
    public LiveExperiment(Experiment experiment, Consumer<Frame> listener) {
        this.experiment = experiment;
        this.listener = listener;
        this.train = experiment.train();
        this.test = experiment.test();
        this.trainer = experiment.trainer();
        this.batches = new Batches(train, experiment.batch());
        this.heatmaps = new Heatmaps(experiment);
        this.session = trainer.begin(train);
        beginEpoch();
    }

    private void beginEpoch() {
        int epoch = session.epoch();
        row = 0;
        if (experiment.shuffle()) {
            batches.shuffle(experiment.seed(), epoch);
            order = new KeyedRandom(experiment.seed(), epoch).permutation(train.size()); // as in Batches
        } else {
            batches.begin(experiment.seed(), epoch);
            order = IntStream.range(0, train.size()).toArray();
        }
    }

    /// The settings. Edits made before the first step are part of them.
    public Experiment experiment() {
        lock.lock();
        try {
            return experiment;
        } finally {
            lock.unlock();
        }
    }

    /// The heat maps of the inputs, [Frame#UNIT_SIDE] pixels square.
    public List<Heatmap> inputHeatmaps() {
        return heatmaps.inputs();
    }

    /// The present state.
    public Frame frame() {
        lock.lock();
        try {
            return draw();
        } finally {
            lock.unlock();
        }
    }

    /// A copy of the present model.
    public Model model() {
        lock.lock();
        try {
            return session.last();
        } finally {
            lock.unlock();
        }
    }

    // ---------------------------------------------------------------------------------------------------------- steps

    /// Takes steps, and pauses.
    /// @param count how many, 1 to 1,000
    /// @throws ConfigException for another number
    public Frame step(Unit by, int count) {
        if (count < 1 || count > 1000) throw new ConfigException("count", "expects 1 to 1000, got " + count);
        lock.lock();
        try {
            requireOpen();
            playing = false;
            changed.signalAll();
            problem = Optional.empty();
            try {
                for (int i = 0; i < count; i++) take(by);
            } catch (DivergedException e) {
                problem = Optional.ofNullable(e.getMessage());
            }
            return publish();
        } finally {
            lock.unlock();
        }
    }

    private void take(Unit by) {
        switch (by) {
            case EXAMPLE -> take(row + 1);
            case BATCH -> take(endOfBatch());
            case EPOCH -> {
                int epoch = session.epoch();
                while (session.epoch() == epoch) take(endOfBatch());
            }
        }
    }

    private int endOfBatch() {
        return Math.min((row / batches.rows() + 1) * batches.rows(), train.size());
    }

    /// Takes a step on the rows up to this one of the epoch, which are in one batch.
    private void take(int end) {
        int first = row / batches.rows() * batches.rows();
        session.step(batches.batch(row / batches.rows()).rows(row - first, end - first));
        row = end;
        if (row < train.size()) return;
        session.endEpoch();
        beginEpoch();
    }

    /// Trains by itself, batch after batch.
    /// @param speed the number of steps a second, 0.1 to 100,000; 0 for as many as possible
    /// @throws ConfigException for another number
    public void play(double speed) {
        if (speed != 0 && !(speed >= 0.1 && speed <= 100_000)) {
            throw new ConfigException("speed", "expects 0, or a number from 0.1 to 100000, got " + speed);
        }
        lock.lock();
        try {
            requireOpen();
            stepsPerSecond = speed;
            if (playing) return;
            problem = Optional.empty();
            playing = true;
            changed.signalAll();
            if (player == null) {
                player = Thread.ofPlatform().daemon().name("neurite-playground").start(this::run);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Stops training by itself.
    public void pause() {
        lock.lock();
        try {
            if (!playing) return;
            playing = false;
            changed.signalAll();
            publish();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        lock.lock();
        try {
            double credit = 1; // steps that are due
            while (playing) {
                long begun = System.nanoTime();
                double speed = stepsPerSecond;
                int taken = 0;
                while (playing && (speed == 0 || credit >= 1) && System.nanoTime() - begun < WORK_NANOS) {
                    takeWhilePlaying();
                    credit--;
                    taken++;
                }
                if (taken > 0) publish();
                while (playing && System.nanoTime() - begun < FRAME_NANOS) {
                    changed.awaitNanos(FRAME_NANOS - (System.nanoTime() - begun));
                }
                double due = speed * (System.nanoTime() - begun) * 1e-9;
                credit = Math.min(Math.max(credit, 0) + due, Math.max(1, due)); // a slow machine owes nothing
            }
        } catch (InterruptedException _) {
            playing = false; // nobody interrupts this thread but a JVM that ends
        } finally {
            playing = false;
            player = null;
            changed.signalAll();
            lock.unlock();
        }
    }

    private void takeWhilePlaying() {
        try {
            take(endOfBatch());
        } catch (DivergedException e) {
            problem = Optional.ofNullable(e.getMessage());
            playing = false;
        }
    }

    // ---------------------------------------------------------------------------------------------------------- edits

    /// Sets a weight or bias. Optimizer and position stay. Before the first step it becomes part
    /// of the experiment.
    /// @throws ConfigException for an edit that does not fit the network
    public Frame edit(Edit edit) {
        lock.lock();
        try {
            requireOpen();
            experiment.check(edit);
            if (session.steps() == 0) {
                List<Edit> edits = new ArrayList<>(experiment.edits());
                edits.removeIf(each ->
                        each.layer() == edit.layer() && each.unit() == edit.unit() && each.input() == edit.input());
                edits.add(edit);
                experiment = experiment.withEdits(edits);
            }
            TrainingState state = session.state();
            Map<String, Tensor> arrays = new LinkedHashMap<>(state.memory().arrays());
            float[] theta = array(state, THETA);
            Experiment.apply(edit, trainer.model().parameters().parts(), theta);
            arrays.put(THETA, Tensor.view(Shape.of(theta.length), theta, 0));
            var edited = new TrainingState(
                    state.settings(), Snapshot.of(state.memory().texts(), arrays));
            TrainingSession next = trainer.resume(edited).begin(train);
            session.close();
            session = next;
            return publish();
        } finally {
            lock.unlock();
        }
    }

    private static float[] array(TrainingState state, String name) {
        Tensor array = state.memory().arrays().get(name);
        if (array == null) throw new IllegalStateException("a training without " + name);
        return array.toArray();
    }

    // ------------------------------------------------------------------------------------------------------- numbers

    /// All numbers of the next step, which is not taken: the library runs it on a copy of the
    /// training.
    /// @param example the index of the example to show, among those that are trained on; empty
    /// for the next one
    /// @param alone whether the step is one on this example alone, not on the next batch
    /// @throws ConfigException for an example that there is not
    /// @throws DivergedException if that step is not finite
    StepNumbers look(OptionalInt example, boolean alone) {
        lock.lock();
        try {
            requireOpen();
            if (example.isPresent() && (example.getAsInt() < 0 || example.getAsInt() >= train.size())) {
                throw new ConfigException(
                        "example", "expects 0 to " + (train.size() - 1) + ", got " + example.getAsInt());
            }
            int[] rows = Arrays.copyOfRange(order, row, endOfBatch());
            int wanted = example.orElse(rows[0]);
            if (alone) rows = new int[] {wanted};
            int shown = 0;
            for (int i = 0; i < rows.length; i++) if (rows[i] == wanted) shown = i;
            Dataset data = train.rows(rows);
            TrainingState state = session.state();
            Trainer resumed = trainer.resume(state);
            Inspection inspection = resumed.inspectStep(data);
            Parameters before = session.last().parameters();
            List<float[]> kept = slots(state);
            try (TrainingSession trial = resumed.begin(train)) {
                double loss = trial.step(Batch.of(data));
                return new StepNumbers(
                        experiment,
                        inspection,
                        before,
                        trial.last().parameters(),
                        kept,
                        slots(trial.state()),
                        loss,
                        trial.steps(),
                        Arrays.stream(rows).boxed().toList(),
                        shown);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Copies of the numbers that the optimizer keeps for each parameter.
    private List<float[]> slots(TrainingState state) {
        List<float[]> copies = new ArrayList<>();
        for (int i = 0; i < experiment.optimizer().slots().size(); i++) copies.add(array(state, SLOT + i));
        return copies;
    }

    // -------------------------------------------------------------------------------------------------------- frames

    private Frame publish() {
        Frame frame = draw();
        listener.accept(frame);
        return frame;
    }

    private Frame draw() {
        Model model = session.last();
        Optional<Score> tested = test.size() == 0 ? Optional.empty() : Optional.of(score(test));
        return new Frame(
                session.steps(),
                session.epoch() - 1,
                row,
                train.size(),
                playing,
                score(train),
                tested,
                heatmaps.layers(model),
                heatmaps.surface(model),
                heatmaps.outputScale(),
                problem);
    }

    private Score score(Dataset data) {
        Evaluation result = session.evaluate(data);
        return new Score(result.loss(), result.accuracy());
    }

    private void requireOpen() {
        if (closed) throw new IllegalStateException("the experiment has ended");
    }

    @Override
    public void close() {
        Thread running;
        lock.lock();
        try {
            closed = true;
            playing = false;
            running = player;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (running != null && running != Thread.currentThread()) join(running);
        lock.lock();
        try {
            session.close();
        } finally {
            lock.unlock();
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}

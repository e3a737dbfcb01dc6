package dev.neurite.train;

import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.Dataset;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Model;
import dev.neurite.model.Profile;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// A training in the hands of the caller, who gives it batch after batch: for loops of one's own, and
/// for measurements. [Trainer#begin] makes one; a step does what it does in [Trainer#fit], with the same
/// bits. Only values as answers are not looked through, as `fit` does before it begins.
///
/// Has threads of its own, which [#close] ends. Belongs to one thread at a time: what would learn or measure while
/// another such call goes on, or after [#close], is an [IllegalStateException]. The models stay to be had.
public final class TrainingSession implements AutoCloseable {
    private final Trainer trainer;
    private final Step step;
    private final Map<String, String> settings;
    private final Kernels kernels;
    private final Turns turns = new Turns("training session");
    private int passes; // over rows that were given as data sets

    /// @param settings what the result depends on
    /// @param from where to go on, with the same settings; null for the beginning
    TrainingSession(
            Trainer trainer, Step step, Map<String, String> settings, @Nullable TrainingState from, Kernels kernels) {
        this.trainer = trainer;
        this.step = step;
        this.settings = settings;
        this.kernels = kernels;
        if (from == null) return;
        Snapshot memory = from.memory();
        passes = memory.small("passes");
        step.restore(memory.scope("step"));
        step.beginEpoch(memory.small("epoch"));
    }

    /// Learns from a batch.
    /// @param batch like the one that the session began with, with any number of rows from 1
    /// @return the mean loss of a row of the batch, by the rows' weights, before the step; of several
    /// outputs' losses the weighted sum; 0 if no row counts, and then nothing changes and no step is
    /// counted
    /// @throws ShapeException if it does not fit
    /// @throws dev.neurite.error.DataException for a label that is no class of the model
    /// @throws dev.neurite.error.DivergedException if the loss or a gradient is no number, before
    /// anything has changed
    public double step(Batch batch) {
        if (batch.rows() == 0) throw new ShapeException("batch", "expects at least 1 row, got none");
        try (var _ = turns.take()) {
            step.startClock();
            step.take(batch);
            step.profiler().stop();
            return step.losses().total();
        }
    }

    /// Learns from some rows, each once: in batches of the trainer's size, in an order that its seed and
    /// the number of such passes so far decide, unless it does not shuffle. Rows may be others each
    /// time, as they come in; those of before are not kept. Passes over the same rows with [#endEpoch()]
    /// after each learn what [Trainer#fit] learns, bit for bit, if no schedule asks how long the run is.
    ///
    /// Optimizer and averages go on where they were, with [#state()] also in another session. To go on with
    /// a saved model alone, begin with `Trainer.of(run.model())`, a warm start: the parameters are those of
    /// the model, and the optimizer starts anew.
    /// @return the mean loss of a row, by the rows' weights, each before the step that learned it
    /// @throws ShapeException if the rows do not fit
    /// @throws dev.neurite.error.ConfigException if [Trainer#dropLast] leaves nothing
    /// @throws dev.neurite.error.DataException for answers that the loss does not take, before anything
    /// is learned
    /// @throws dev.neurite.error.DivergedException if the loss or a gradient is no number; the steps
    /// before stay
    public double partialFit(Dataset rows) {
        try (var _ = turns.take()) {
            trainer.objective(rows).checkTargets(rows);
            Batches batches = trainer.batches(rows);
            trainer.begin(batches, passes + 1);
            passes++;
            var losses = new LossSums(step.objective());
            step.startClock();
            for (int i = 0; i < batches.count(); i++) {
                step.take(batches.batch(i));
                losses.add(step.losses());
            }
            step.profiler().stop();
            return losses.total();
        }
    }

    /// An epoch has ended, and the next one begins: for [ParameterGroup#frozenFor] and its like, for
    /// schedules that count epochs, and for [dev.neurite.optim.Averaging#swa], which takes the
    /// parameters into its mean now. A session without them need not say so.
    public void endEpoch() {
        try (var _ = turns.take()) {
            nextEpoch();
        }
    }

    /// [#endEpoch()] with the loss of the epoch, for schedules that watch it, as
    /// [dev.neurite.optim.ReduceOnPlateau] does.
    public void endEpoch(double loss) {
        try (var _ = turns.take()) {
            step.watch(loss);
            nextEpoch();
        }
    }

    private void nextEpoch() {
        step.endEpoch();
        step.beginEpoch(step.epoch() + 1);
    }

    /// The number of the epoch that goes on, from 1.
    public int epoch() {
        return step.epoch();
    }

    /// The number of steps taken.
    public long steps() {
        return step.steps();
    }

    /// The share of the last batch's rows that were predicted right before its step; empty where answers
    /// are not classes, or before the first step.
    public OptionalDouble accuracy() {
        return step.losses().accuracy();
    }

    /// All that the session is between two steps, for [Trainer#resume] and [dev.neurite.io.Checkpoint]:
    /// parameters, running statistics, optimizer, averages, schedule, epoch, and how many passes there were.
    /// It shares arrays with the session, so it has to be written or read before the next step.
    public TrainingState state() {
        try (var _ = turns.take()) {
            Snapshot memory = Snapshot.empty();
            memory.put("passes", passes);
            memory.put("epoch", epoch());
            step.save(memory.scope("step"));
            return new TrainingState(settings, memory);
        }
    }

    /// How good the model of [#model()] is, predicting.
    /// @throws ShapeException if the data does not fit
    public Evaluation evaluate(Dataset data) {
        try (var _ = turns.take()) {
            return step.evaluate(data, List.of());
        }
    }

    /// The model as it is now, with the mean of its parameters where one is kept ([Trainer#average]): a
    /// copy, which later steps do not change.
    public Model model() {
        return step.model();
    }

    /// The model as the last step left it: a copy, which later steps do not change.
    public Model last() {
        return step.last();
    }

    /// Where the time of the steps went so far; without rows unless [Trainer#profile] was asked for.
    public Profile profile() {
        return step.profiler().profile();
    }

    /// Ends the threads, and the training.
    @Override
    public void close() {
        turns.close();
        kernels.close();
    }
}

package dev.neurite.train;

import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.Dataset;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Model;
import dev.neurite.model.Profile;
import dev.neurite.train.Setting.User;
import dev.neurite.train.shard.ShardedStep;
import java.util.List;
import java.util.OptionalDouble;

/// A training whose batches come from the caller: for training loops of your own, and for measurements.
/// [Trainer#begin(Batch)] makes one. A step does what it does in [Trainer#fit], with the same bits.
/// [#step] does not check numeric targets, which `fit` checks before it begins.
///
/// A session has threads of its own, which [#close] ends. Only one thread may use it at a time: a call
/// that trains or evaluates during another one, or after [#close], throws [IllegalStateException]. Its
/// models are available at any time.
public final class TrainingSession implements AutoCloseable {
    private final TrainerSettings settings;
    private final Step step;
    private final Kernels kernels;
    private final ExclusiveUse use = new ExclusiveUse("training session");
    private int passes; // calls of partialFit

    TrainingSession(TrainerSettings settings, Step step, Kernels kernels) {
        this.settings = settings;
        this.step = step;
        step.profileLayers();
        this.kernels = kernels;
        settings.get(TrainerSettings.RESUMED).ifPresent(this::restore);
    }

    private void restore(TrainingState state) {
        state.require(settings.compared(User.SESSION));
        Snapshot memory = state.memory();
        passes = memory.small("passes");
        step.restore(memory.scope("step"));
        step.beginEpoch(memory.small("epoch"));
    }

    /// Takes a step on a batch.
    /// @param batch like the one that the session began with, with any number of rows from 1
    /// @return the mean loss of the batch's rows before the step, weighted by row; for several outputs
    /// the weighted sum; 0 if all rows have the weight 0: then nothing changes, and the step does not
    /// count
    /// @throws ShapeException if it does not fit
    /// @throws dev.neurite.error.DataException for a label that is no class of the model
    /// @throws dev.neurite.error.DivergedException if the loss or a gradient is not finite; nothing has
    /// changed then
    public double step(Batch batch) {
        if (batch.rows() == 0) throw new ShapeException("batch", "expects at least 1 row, got none");
        try (var _ = use.begin()) {
            step.startClock();
            step.take(batch);
            step.profiler().stop();
            return step.losses().total();
        }
    }

    /// Steps whose shards are computed by several sessions. In place of [#step] and [#partialFit]; all else is
    /// the same.
    public ShardedStep sharded() {
        return new SharedStep(settings, step, kernels, use);
    }

    /// Makes one pass over these rows, in batches of the trainer's size. Shuffles them if the trainer
    /// shuffles, by its seed and the number of such passes so far. The rows may be new each time;
    /// earlier ones are not kept. Passes over the same rows with [#endEpoch()] after each train what
    /// [Trainer#fit] trains, bit for bit, unless a schedule depends on the length of the run.
    ///
    /// Optimizer and averages continue from call to call, and with [#state()] in another session. To
    /// continue from a saved model alone (a warm start), begin with `Trainer.of(run.model())`. The
    /// optimizer then starts anew.
    /// @return the mean loss of the rows, each before its step, weighted by row
    /// @throws ShapeException if the rows do not fit
    /// @throws dev.neurite.error.ConfigException if [Trainer#dropLast] leaves no batch
    /// @throws dev.neurite.error.DataException for targets that the loss does not take; no step was
    /// taken then
    /// @throws dev.neurite.error.DivergedException if the loss or a gradient is not finite; the steps
    /// before it are kept
    public double partialFit(Dataset rows) {
        try (var _ = use.begin()) {
            Objective.of(settings.model(), settings.get(TrainerSettings.LOSS), rows)
                    .checkTargets(rows);
            Batches batches = settings.batches(rows);
            settings.beginEpoch(batches, passes + 1);
            passes++;
            var losses = new LossSums(step.objective());
            step.startClock();
            for (int i = 0; i < batches.count(); i++) {
                step.take(batches.batch(i), batches, i);
                losses.add(step.losses());
            }
            step.profiler().stop();
            return losses.total();
        }
    }

    /// Ends an epoch and begins the next: for groups that are frozen by epoch, for schedules that count
    /// epochs, and for [dev.neurite.optim.Averaging#swa], which averages the parameters at the ends of
    /// epochs. Other sessions need no epochs.
    public void endEpoch() {
        try (var _ = use.begin()) {
            nextEpoch();
        }
    }

    /// [#endEpoch()] with the value of the metric that the schedule watches, for schedules such as
    /// [dev.neurite.optim.ReduceOnPlateau].
    public void endEpoch(double metric) {
        try (var _ = use.begin()) {
            step.trained().rates().endEpoch(metric);
            nextEpoch();
        }
    }

    private void nextEpoch() {
        step.trained().endEpoch();
        step.beginEpoch(step.epoch() + 1);
    }

    /// The number of the present epoch, from 1.
    public int epoch() {
        return step.epoch();
    }

    /// The learning rate of the last step; before the first step, also after resuming, that of the
    /// next.
    public double learningRate() {
        return step.trained().rate();
    }

    /// Sets the learning rate from which the schedule starts, in place of the optimizer's, from the
    /// next step on. Without a schedule it is the rate of all later steps. Part of [#state()].
    /// @throws dev.neurite.error.ConfigException unless from 0 to below 1e10
    public void learningRate(double rate) {
        try (var _ = use.begin()) {
            step.trained().rates().change(rate);
        }
    }

    /// The number of steps taken.
    public long steps() {
        return step.steps();
    }

    /// The accuracy on the last batch before its step; empty without classes, or before the first step.
    public OptionalDouble accuracy() {
        return step.losses().accuracy();
    }

    /// The state of the session between two steps, for [Trainer#resume] and
    /// [dev.neurite.io.Checkpoint]: parameters, running statistics, optimizer, averages, schedule,
    /// epoch, number of passes. It shares arrays with the session: write or read it before the next
    /// step.
    /// @throws dev.neurite.error.ConfigException for a setting that cannot be compared on resuming,
    /// such as a lambda
    public TrainingState state() {
        try (var _ = use.begin()) {
            return state(settings, step, passes);
        }
    }

    /// The state of a session whose steps are these.
    /// @param passes the number of calls of [#partialFit]
    static TrainingState state(TrainerSettings settings, Step step, int passes) {
        Snapshot memory = Snapshot.empty();
        memory.put("passes", passes);
        memory.put("epoch", step.epoch());
        step.save(memory.scope("step"));
        return new TrainingState(settings.compared(User.SESSION), memory);
    }

    /// Evaluates [#model()].
    /// @throws ShapeException if the data does not fit
    public Evaluation evaluate(Dataset data) {
        try (var _ = use.begin()) {
            return step.evaluate(data, List.of());
        }
    }

    /// A copy of the present model, with the average of its parameters if there is one
    /// ([Trainer#average]).
    public Model model() {
        return step.trained().model();
    }

    /// A copy of the model with the parameters of the last step.
    public Model last() {
        return step.trained().last();
    }

    /// The time of the steps so far by layer and phase; without rows unless [Trainer#profile] is set.
    public Profile profile() {
        return step.profiler().profile();
    }

    /// Ends the threads and the training.
    @Override
    public void close() {
        use.close();
        kernels.close();
    }
}

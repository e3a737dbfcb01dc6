package dev.neurite.train;

import dev.neurite.data.Batch;
import dev.neurite.data.Dataset;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Model;
import dev.neurite.model.Profile;
import java.util.List;
import java.util.OptionalDouble;

/// A training in the hands of the caller, who gives it batch after batch: for loops of one's own, and for
/// measurements. [Trainer#begin] makes one; a step does what it does in [Trainer#fit], with the same bits. Only
/// values as answers are not looked through, as `fit` does before it begins.
///
/// Has threads of its own, which [#close] ends. Belongs to one thread at a time.
public final class TrainingSession implements AutoCloseable {
    private final Step step;
    private final Kernels kernels;

    TrainingSession(Step step, Kernels kernels) {
        this.step = step;
        this.kernels = kernels;
    }

    /// Learns from a batch.
    /// @param batch like the one that the session began with, with any number of rows from 1
    /// @return the mean loss of a row of the batch, by the rows' weights, before the step; of several outputs'
    /// losses the weighted sum; 0 if no row counts, and then nothing changes and no step is counted
    /// @throws ShapeException if it does not fit
    /// @throws dev.neurite.error.DataException for a label that is no class of the model
    /// @throws dev.neurite.error.DivergedException if the loss or a gradient is no number, before anything has
    /// changed
    public double step(Batch batch) {
        if (batch.rows() == 0) throw new ShapeException("batch", "expects at least 1 row, got none");
        step.startClock();
        step.take(batch);
        step.profiler().stop();
        return step.losses().total();
    }

    /// An epoch has ended, and the next one begins: for [ParameterGroup#frozenFor] and its like, for schedules that
    /// count epochs, and for [dev.neurite.optim.Averaging#swa], which takes the parameters into its mean now. A
    /// session without them need not say so.
    public void endEpoch() {
        step.endEpoch();
        step.beginEpoch(step.epoch() + 1);
    }

    /// [#endEpoch()] with the loss of the epoch, for schedules that watch it, as
    /// [dev.neurite.optim.ReduceOnPlateau] does.
    public void endEpoch(double loss) {
        step.watch(loss);
        endEpoch();
    }

    /// The number of the epoch that goes on, from 1.
    public int epoch() {
        return step.epoch();
    }

    /// The number of steps taken.
    public long steps() {
        return step.steps();
    }

    /// The share of the last batch's rows that were predicted right before its step; empty where answers are
    /// not classes, or before the first step.
    public OptionalDouble accuracy() {
        return step.losses().accuracy();
    }

    /// How good the model of [#model()] is, predicting.
    /// @throws ShapeException if the data does not fit
    public Evaluation evaluate(Dataset data) {
        return step.evaluate(data, List.of());
    }

    /// The model as it is now, with the mean of its parameters where one is kept ([Trainer#average]): a copy,
    /// which later steps do not change.
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

    /// Ends the threads. A step after that computes on its caller's thread alone.
    @Override
    public void close() {
        kernels.close();
    }
}

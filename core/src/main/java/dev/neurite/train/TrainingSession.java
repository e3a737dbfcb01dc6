package dev.neurite.train;

import dev.neurite.data.Batch;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Model;
import dev.neurite.model.Profile;
import java.util.OptionalDouble;

/// A training in the hands of the caller, who gives it batch after batch: for loops of one's own, and for
/// measurements. [Trainer#begin] makes one; a step does what it does in [Trainer#fit], with the same bits.
///
/// Has threads of its own, which [#close] ends. Belongs to one thread at a time.
public final class TrainingSession implements AutoCloseable {
    private final Step step;
    private final Kernels kernels;
    private long steps;

    TrainingSession(Step step, Kernels kernels) {
        this.step = step;
        this.kernels = kernels;
    }

    /// What a step brought.
    /// @param step which step it was, from 1
    /// @param loss the mean loss of a row of the batch, before the step
    /// @param accuracy the share of the batch's rows predicted right before the step; empty without classes
    public record StepResult(long step, double loss, OptionalDouble accuracy) {}

    /// Learns from a batch.
    /// @param batch like the one that the session began with, with any number of rows from 1
    /// @throws ShapeException if it does not fit
    /// @throws dev.neurite.error.DataException for a label that is no class of the model
    /// @throws dev.neurite.error.DivergedException if the loss or a gradient is no number, before anything has
    /// changed
    public StepResult step(Batch batch) {
        if (batch.rows() == 0) throw new ShapeException("batch", "expects at least 1 row, got none");
        steps++;
        step.startClock();
        Step.Outcome outcome = step.take(batch, () -> "training, step " + steps);
        step.profiler().stop();
        double rows = batch.rows();
        return new StepResult(
                steps,
                outcome.loss() / rows,
                step.objective().classifies() ? OptionalDouble.of(outcome.correct() / rows) : OptionalDouble.empty());
    }

    /// The model as it is now: a copy, which later steps do not change.
    public Model model() {
        return step.model();
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

package dev.neurite.train;

import dev.neurite.error.DivergedException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/// What a trainer tells its listeners while it works.
public sealed interface TrainingEvent {
    /// Training begins.
    /// @param epochs how many there will be
    /// @param batches how many an epoch has
    /// @param rows how many rows an epoch has
    /// @param parameters how many numbers are trained
    /// @param steps how many were taken already
    /// @param resumed whether it goes on where another one was
    record Started(int epochs, int batches, int rows, int parameters, long steps, boolean resumed)
            implements TrainingEvent {}

    /// A step has ended, or an iteration of a minimizer, whose batch is all rows.
    /// @param epoch which epoch, from 1
    /// @param batch which batch of it, from 1
    /// @param step which step of all, from 1
    /// @param rows the number of rows of this batch
    /// @param loss the mean loss of a row of this batch, by the rows' weights, before the step; of several
    /// outputs' losses the weighted sum; 0 if no row counts
    /// @param accuracy the share of this batch's rows predicted right before the step, by the first output that
    /// tells classes; empty without classes
    /// @param rate the learning rate of this step; of an iteration of a minimizer, how far it went along its
    /// direction
    record StepEnded(int epoch, int batch, long step, int rows, double loss, OptionalDouble accuracy, double rate)
            implements TrainingEvent {}

    /// What a step did to each parameter, if [Trainer#watchUpdates] asked for it; told after its [StepEnded].
    /// @param epoch which epoch, from 1
    /// @param step which step of all, from 1
    /// @param parameters those that learned by it, in the order of the network
    record UpdatesMeasured(int epoch, long step, List<ParameterFlow> parameters) implements TrainingEvent {}

    /// A step was not taken, as its loss or a gradient was no number, see [Trainer#skipDiverged]. Nothing has changed.
    /// @param epoch which epoch, from 1
    /// @param batch which batch of it, from 1
    /// @param step which step of all it would have been, from 1
    /// @param problem what was wrong
    record StepSkipped(int epoch, int batch, long step, DivergedException problem) implements TrainingEvent {}

    /// The model was evaluated on the validation data between steps, see [Trainer#validateEvery].
    /// @param epoch which epoch, from 1
    /// @param step after which step of all, from 1
    /// @param evaluation how good it was
    record Validated(int epoch, long step, Evaluation evaluation) implements TrainingEvent {}

    /// An epoch has ended.
    /// @param result what it brought
    record EpochEnded(EpochResult result) implements TrainingEvent {}

    /// Training has ended.
    /// @param history all epochs
    /// @param stopped why it has not gone through all epochs, see [Run#stopped()]
    record Ended(History history, Optional<String> stopped) implements TrainingEvent {}

    /// Training fails: the cause is thrown next.
    /// @param cause what was thrown
    record Failed(Throwable cause) implements TrainingEvent {}

    /// What one epoch brought.
    /// @param epoch which, from 1
    /// @param loss the mean loss of its rows, by their weights, each before the step that learned from it; of
    /// several outputs' losses the weighted sum
    /// @param losses the mean loss of each output by itself
    /// @param accuracy the share of its rows predicted right then; empty without classes
    /// @param validation how good the model was on the validation data at its end; empty without such data
    /// @param seconds how long its steps took, without the validation
    record EpochResult(
            int epoch,
            double loss,
            List<Double> losses,
            OptionalDouble accuracy,
            Optional<Evaluation> validation,
            double seconds) {}
}

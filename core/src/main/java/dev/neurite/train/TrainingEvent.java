package dev.neurite.train;

import dev.neurite.error.DivergedException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/// What a trainer reports to its callbacks while it trains.
public sealed interface TrainingEvent {
    /// Training begins.
    /// @param epochs how many there will be
    /// @param batches how many an epoch has
    /// @param rows how many rows an epoch has
    /// @param parameters the number of trained parameters
    /// @param steps how many were taken already
    /// @param resumed whether it continues another one
    record Started(int epochs, int batches, int rows, int parameters, long steps, boolean resumed)
            implements TrainingEvent {}

    /// A step has ended, or an iteration of a minimizer, whose batch is all rows.
    /// @param epoch which epoch, from 1
    /// @param batch which batch of it, from 1
    /// @param step which step of all, from 1
    /// @param rows the number of rows of this batch
    /// @param loss the mean loss of this batch's rows, by their weights, before the step; of several
    /// outputs the weighted sum; 0 if all weights are 0
    /// @param accuracy on this batch before the step, of the first output that predicts classes; empty
    /// without classes
    /// @param rate the learning rate of this step; of an iteration of a minimizer, how far it went
    /// along its direction
    record StepEnded(int epoch, int batch, long step, int rows, double loss, OptionalDouble accuracy, double rate)
            implements TrainingEvent {}

    /// The update of each parameter by a step, where [Trainer#watchUpdates] is set; reported after its
    /// [StepEnded].
    /// @param epoch which epoch, from 1
    /// @param step which step of all, from 1
    /// @param parameters those that were updated, in the order of the network
    record UpdatesMeasured(int epoch, long step, List<ParameterFlow> parameters) implements TrainingEvent {}

    /// A step was skipped, as its loss or a gradient was not finite, see [Trainer#skipDiverged].
    /// Nothing has changed.
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

    /// A callback has changed the learning rate that the schedule begins from, see
    /// [TrainingControl#learningRate].
    /// @param epoch which epoch, from 1
    /// @param step after which step of all
    /// @param before what it was
    /// @param after what it is from the next step on
    record RateChanged(int epoch, long step, double before, double after) implements TrainingEvent {}

    /// An epoch has ended.
    /// @param result its losses and metrics
    record EpochEnded(EpochResult result) implements TrainingEvent {}

    /// Training has ended.
    /// @param history all epochs
    /// @param stopped why it has not gone through all epochs, see [Run#stopped()]
    record Ended(History history, Optional<String> stopped) implements TrainingEvent {}

    /// Training fails: the cause is thrown when this was reported.
    /// @param cause what was thrown
    record Failed(Throwable cause) implements TrainingEvent {}

    /// The losses and metrics of one epoch.
    /// @param epoch which, from 1
    /// @param loss the mean loss of its rows, by their weights, each before its step; of several
    /// outputs the weighted
    /// sum
    /// @param losses the mean loss of each output by itself
    /// @param accuracy on its rows, each before its step; empty without classes
    /// @param validation of the model at its end on the validation data; empty without such data
    /// @param seconds how long its steps took, without the validation
    record EpochResult(
            int epoch,
            double loss,
            List<Double> losses,
            OptionalDouble accuracy,
            Optional<Evaluation> validation,
            double seconds) {}
}

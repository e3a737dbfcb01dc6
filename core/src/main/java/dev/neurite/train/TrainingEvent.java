package dev.neurite.train;

import dev.neurite.error.DivergedException;
import dev.neurite.model.TextTable;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/// An event that a trainer reports to its callbacks.
public sealed interface TrainingEvent {
    /// Training begins.
    /// @param epochs the number of epochs
    /// @param batches the number of batches of an epoch
    /// @param rows the number of rows of an epoch
    /// @param parameters the number of trained parameters
    /// @param steps the number of steps taken before
    /// @param resumed whether it continues another training
    record Started(int epochs, int batches, int rows, int parameters, long steps, boolean resumed)
            implements TrainingEvent {}

    /// A step has ended, or an iteration of a minimizer, whose batch is all rows.
    /// @param epoch the number of the epoch, from 1
    /// @param batch the number of the batch in the epoch, from 1
    /// @param step the number of the step, from 1
    /// @param rows the number of rows of the batch
    /// @param loss the mean loss of the batch's rows before the step, weighted by row; for several
    /// outputs the weighted sum; 0 if all weights are 0
    /// @param accuracy the accuracy on the batch before the step, of the first output that predicts
    /// classes; empty without classes
    /// @param rate the learning rate of the step; for an iteration of a minimizer, its step size along
    /// the search direction
    record StepEnded(int epoch, int batch, long step, int rows, double loss, OptionalDouble accuracy, double rate)
            implements TrainingEvent {}

    /// The update of each parameter by a step, with [Trainer#watchUpdates]; reported after its
    /// [StepEnded].
    /// @param epoch the number of the epoch, from 1
    /// @param step the number of the step, from 1
    /// @param parameters the updated parameters, in the order of the network
    record UpdatesMeasured(int epoch, long step, List<ParameterFlow> parameters) implements TrainingEvent {}

    /// A step was skipped, as its loss or a gradient was not finite, see [Trainer#skipDiverged].
    /// Nothing has changed.
    /// @param epoch the number of the epoch, from 1
    /// @param batch the number of the batch in the epoch, from 1
    /// @param step the number that the step would have had, from 1
    /// @param problem the problem
    record StepSkipped(int epoch, int batch, long step, DivergedException problem) implements TrainingEvent {}

    /// The model was evaluated on the validation data between steps, see [Trainer#validateEvery].
    /// @param epoch the number of the epoch, from 1
    /// @param step the number of steps taken
    /// @param evaluation the result
    record Validated(int epoch, long step, Evaluation evaluation) implements TrainingEvent {}

    /// A callback has changed the learning rate from which the schedule starts, see
    /// [TrainingControl#learningRate].
    /// @param epoch the number of the epoch, from 1
    /// @param step the number of steps taken
    /// @param before the rate before
    /// @param after the rate from the next step on
    record RateChanged(int epoch, long step, double before, double after) implements TrainingEvent {}

    /// An epoch has ended.
    /// @param result its losses and metrics
    record EpochEnded(EpochResult result) implements TrainingEvent {}

    /// Training has ended.
    /// @param history the results of all epochs
    /// @param stopReason why it did not run all epochs, see [Run#stopReason()]
    record Ended(History history, Optional<String> stopReason) implements TrainingEvent {}

    /// Training fails. The cause is thrown after this event.
    /// @param cause the exception
    record Failed(Throwable cause) implements TrainingEvent {}

    /// The losses and metrics of one epoch.
    /// @param epoch the number of the epoch, from 1
    /// @param loss the mean loss of its rows, each before its step, weighted by row; for several
    /// outputs the weighted sum
    /// @param losses the mean loss of each output
    /// @param accuracy the accuracy on its rows, each before its step; empty without classes
    /// @param validation the evaluation of the model at its end; empty without validation data
    /// @param seconds the time of its steps, without the validation
    record EpochResult(
            int epoch,
            double loss,
            List<Double> losses,
            OptionalDouble accuracy,
            Optional<Evaluation> validation,
            double seconds) {
        /// The figures in one line: `epoch 3/20  loss 0.4012  acc 0.8301  | val loss 0.4377  acc 0.8125  1.52
        /// s`, then of the validation also its metrics.
        /// @param epochs the number of epochs of the training
        /// @param measured the name of the validation data, here `val`
        public String line(int epochs, String measured) {
            return line(epoch + "/" + epochs, measured);
        }

        private String line(String number, String measured) {
            String validated = validation
                    .map(data -> "  | " + measured + " " + data.figures())
                    .orElse("");
            return "epoch " + number + "  " + figures(loss, accuracy) + validated
                    + String.format(Locale.ROOT, "  %.2f s", seconds);
        }

        /// [#line] without the number of epochs.
        @Override
        public String toString() {
            return line(Integer.toString(epoch), "validation");
        }

        static String figures(double loss, OptionalDouble accuracy) {
            String text = "loss " + TextTable.number(loss);
            return accuracy.isEmpty() ? text : text + "  acc " + TextTable.number(accuracy.getAsDouble());
        }
    }
}

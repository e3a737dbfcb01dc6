package dev.neurite.train;

import dev.neurite.data.Dataset;
import dev.neurite.metric.Metric;
import dev.neurite.model.Model;
import java.util.List;
import java.util.Optional;

/// What a [Callback] can read of a training and change in it, while it is told of an event.
public interface TrainingControl {
    /// Whether the training was resumed.
    boolean isResumed();

    /// The number of steps taken.
    long steps();

    /// The number of the present or next epoch, from 1: after the last one, one more than there are.
    int epoch();

    /// The learning rate that the schedule begins from: the optimizer's, unless it was changed. The
    /// rate of the last step is [TrainingEvent.StepEnded#rate()].
    double learningRate();

    /// Has the schedule begin from this learning rate from the next step on; with the constant schedule
    /// it is the rate of all further steps. Checkpoints have it, and it is reported as
    /// [TrainingEvent.RateChanged]. To be called in
    /// [Callback.Observer#on]; a callback that does has to say so in [Callback#decides()].
    /// @throws dev.neurite.error.ConfigException unless from 0 to below 1e10, or with a minimizer
    void learningRate(double rate);

    /// The model that training would give now: a copy.
    Model model();

    /// The data that is evaluated at the end of each epoch; empty for none.
    Optional<Dataset> validation();

    /// What is measured on it, besides loss and accuracy.
    List<Metric> metrics();

    /// Whether an output of the model predicts classes, so that there is an accuracy.
    boolean classifies();

    /// Evaluates the model.
    /// @throws dev.neurite.error.ShapeException if the data does not fit
    Evaluation evaluate(Dataset data, Metric... metrics);

    /// The state of the training, to be saved before the next step: in [Callback.Observer#settled()],
    /// when all callbacks were told of the step. It shares arrays with the training.
    /// @throws IllegalStateException unless [#isSteady()]
    /// @throws dev.neurite.error.ConfigException for a setting that could not be compared on resuming,
    /// as a lambda
    TrainingState state();

    /// Whether the training is between two steps: false only if one has failed halfway.
    boolean isSteady();

    /// Ends the training after this step or epoch for good: resumed, it takes no more steps.
    /// @param reason for [Run#stopped()]
    void finish(String reason);

    /// Ends the training after this step for now: [Trainer#resume] continues it.
    /// @param reason for [Run#stopped()]
    void pause(String reason);

    /// Makes this model the result of the training in place of the last one.
    void result(Model model);
}

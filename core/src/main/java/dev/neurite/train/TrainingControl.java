package dev.neurite.train;

import dev.neurite.data.Dataset;
import dev.neurite.metric.Metric;
import dev.neurite.model.Model;
import dev.neurite.model.ParameterView;
import dev.neurite.model.Profile;
import dev.neurite.signature.Signature;
import java.util.List;
import java.util.Optional;

/// A training as its callbacks see it: what they can read and change while they handle an event.
public interface TrainingControl {
    /// Whether the training was resumed.
    boolean isResumed();

    /// The number of steps taken; while the event of a step is reported, up to that one.
    long steps();

    /// The number of the present or next epoch, from 1; after the last epoch, one more.
    int epoch();

    /// The learning rate from which the schedule starts: the optimizer's, unless it was changed. The
    /// rate of the last step is [TrainingEvent.StepEnded#rate()].
    double learningRate();

    /// Sets the learning rate from which the schedule starts, from the next step on. With the constant
    /// schedule it is the rate of all later steps. Checkpoints contain it, and
    /// [TrainingEvent.RateChanged] reports it. To be called in [Callback.Observer#on]. A callback that
    /// decides the rate by itself must return true from [Callback#affectsResult()].
    /// @throws dev.neurite.error.ConfigException unless from 0 to below 1e10, or with a minimizer
    void learningRate(double rate);

    /// Whether a minimizer trains, see [Trainer#minimizer]: then there is no learning rate to change, and
    /// no step that a probe could look at.
    boolean minimizes();

    /// Whether the steps of an epoch are taken elsewhere, see [Trainer#fit(EpochRunner)]: then events of steps
    /// are reported after the last step of their epoch, [#pause], [#finish] and [#learningRate(double)] take
    /// effect between epochs, and there is no state after another step to be saved.
    boolean takesEpochs();

    /// Adds a probe, which looks into the steps from the next on. To be called in [Callback#begin], or
    /// between steps. A callback that calls it returns true from [Callback#probes()].
    /// @throws dev.neurite.error.ConfigException if a minimizer trains, see [#minimizes()], or the steps are
    /// taken elsewhere
    void probe(Probe probe);

    /// The parameters of the last step, also with averaging, in the order of the network. Nothing is
    /// copied: the views are valid until the next step begins, for the thread of the training.
    List<ParameterView> parameters();

    /// The time of the steps so far by layer and phase; without rows unless [Trainer#profile] is set.
    Profile profile();

    /// The model that the trainer was made with, not a copy: it shows the structure of the network. Its
    /// parameters are those before the first step; of a resumed training, those before it was resumed.
    Model initialModel();

    /// A copy of the model with the present parameters, as training would return it now. It takes the
    /// time and memory of a copy of all parameters; [#parameters()] shows them without one. A callback that
    /// keeps copies says so in [Callback#modelCopies()].
    Model model();

    /// What the model takes and gives, as the training data says.
    Signature signature();

    /// The data that is evaluated at the end of each epoch; empty for none.
    Optional<Dataset> validation();

    /// The metrics of the validation, besides loss and accuracy.
    List<Metric> metrics();

    /// Whether an output of the model predicts classes, so that there is an accuracy.
    boolean classifies();

    /// Evaluates the model.
    /// @throws dev.neurite.error.ShapeException if the data does not fit
    Evaluation evaluate(Dataset data, Metric... metrics);

    /// The state of the training, to be saved before the next step: in
    /// [Callback.Observer#afterEvents()]. It shares arrays with the training.
    /// @throws IllegalStateException unless [#isBetweenSteps()]
    /// @throws dev.neurite.error.ConfigException for a setting that cannot be compared on resuming,
    /// such as a lambda
    TrainingState state();

    /// Whether the training is between two steps: false only if a step has failed.
    boolean isBetweenSteps();

    /// Ends the training after this step or epoch for good: a resumed training takes no more steps.
    /// @param reason for [Run#stopReason()]
    void finish(String reason);

    /// Ends the training after this step for now: [Trainer#resume] continues it.
    /// @param reason for [Run#stopReason()]
    void pause(String reason);

    /// Whether the training ends for now and [Trainer#resume] would continue it: it was asked to [#pause],
    /// and not to [#finish].
    boolean isPaused();

    /// Makes this model the result of the training, in place of the model of the last step.
    void result(Model model);

    /// The model that a callback has made the result, as [EarlyStopping] does at
    /// [TrainingEvent.Ended]; empty if the result is that of the last step. Callbacks before that one
    /// see it in [Callback.Observer#afterEvents()].
    Optional<Model> result();
}

package dev.neurite.train;

import dev.neurite.data.Dataset;
import dev.neurite.metric.Metric;
import dev.neurite.model.Model;
import java.util.List;
import java.util.Optional;

/// What a [Callback] may ask of a training and do to it while it hears of an event.
public interface TrainingControl {
    /// Whether it goes on from where another one was.
    boolean isResumed();

    /// The number of steps taken.
    long steps();

    /// The epoch that goes on or begins next, from 1: after the last one, one more than there are.
    int epoch();

    /// The model that training would give now: a copy.
    Model model();

    /// The data that is evaluated at the end of each epoch; empty for none.
    Optional<Dataset> validation();

    /// What is measured on it, besides loss and accuracy.
    List<Metric> metrics();

    /// How good that model is.
    /// @throws dev.neurite.error.ShapeException if the data does not fit
    Evaluation evaluate(Dataset data, Metric... metrics);

    /// All that the training is now, to be written down before the next step: after
    /// [TrainingEvent.StepEnded] and all events that follow it, in [Callback.Observer#settled()].
    /// @throws IllegalStateException if [#isSteady()] says no
    TrainingState state();

    /// Whether the training is between two steps, as it always is unless one has failed on its way.
    boolean isSteady();

    /// Ends the training after this step or epoch, for good: resumed, it does not go on.
    /// @param reason what [Run#stopped()] says
    void finish(String reason);

    /// Ends the training after this step for now: [Trainer#resume] goes on where it was.
    /// @param reason what [Run#stopped()] says
    void pause(String reason);

    /// Has training give this model, and not the last one.
    void give(Model model);
}

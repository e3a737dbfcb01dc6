package dev.neurite.train;

import dev.neurite.error.ConfigException;
import dev.neurite.model.ParameterView;
import dev.neurite.model.TensorView;
import dev.neurite.train.probing.EveryFewSteps;

/// Looks into steps of a training: outputs and δ of the layers, gradients before the update, updates.
/// [Trainer#probe] and [TrainingControl#probe] add one. Implement only the methods that you need.
///
/// A step at which no probe looks costs nothing: no copy, no memory. A step at which one looks computes
/// the same bits. It copies the parameters once, to know the update, keeps δ where a layer would overwrite
/// it, and takes the time of the probes. Views are valid only during the call that gets them, see [TensorView].
///
/// Calls come in this order: [#output] for each layer, forward; [#delta] for each layer, backward;
/// [#gradient] for each parameter; [#update] for each parameter; [#done]. The output and δ of a layer
/// whose activation the loss computes, such as a softmax, come between the two passes. A step that
/// diverges, or whose rows all have the weight 0, ends earlier.
///
/// With shards or accumulated batches, outputs and δ are those of the first shard that has rows;
/// gradients and updates are those of the step. They equal those of [Trainer#inspectStep] of the same
/// rows.
///
/// All calls come from the thread that trains, and may not change anything in the training. An exception
/// ends the training. One that is no `NeuriteException` becomes the cause of an
/// [IllegalStateException] that names the probe.
public interface Probe {
    /// A step at which a probe looks.
    /// @param step the number of the step, from 1
    /// @param epoch the number of the epoch, from 1
    record Sample(long step, int epoch) {}

    /// Whether this probe looks at a step. Asked once before each step; again for the same number if a
    /// step was skipped.
    /// @param step the number of the step, from 1
    boolean looksAt(long step);

    /// Looks at the output of a layer.
    /// @param layer its path in the network: `dense1`, `residual1.conv2d2`; one that runs again in the
    /// same pass has `#2` … behind it
    /// @param output `[rows × …]`; for the last layer after the activation, also if the loss computes it
    default void output(Sample sample, String layer, TensorView output) {}

    /// Looks at δ of a layer that gets a gradient. A PReLU that is the first layer shows none, as no other
    /// layer needs its ∂L/∂z.
    /// @param layer its name, as in [#output]
    /// @param delta ∂L/∂z of each row's own loss, without the 1/N of a mean, with z the input of the
    /// layer's activation; ∂L/∂output for a layer without one; `[rows × …]`
    default void delta(Sample sample, String layer, TensorView delta) {}

    /// Looks at the gradient of a parameter that is not frozen, before penalties, clipping and update. It
    /// may be infinite or NaN; the step then diverges.
    /// @param parameter the parameter before the update
    /// @param gradient ∂L/∂θ of the loss that training minimizes: of a mean with its 1/N
    default void gradient(Sample sample, ParameterView parameter, TensorView gradient) {}

    /// Looks at the update of a parameter that is not frozen.
    /// @param parameter the parameter after the update
    /// @param update its value after the step minus that before it
    default void update(Sample sample, ParameterView parameter, TensorView update) {}

    /// Called at the end of the step.
    default void done(Sample sample) {}

    /// The same probe at the first step, and at every n-th step after it at which it looks.
    /// @param steps 1 for all, 100 for steps 1, 101, 201 …
    /// @throws ConfigException below 1
    static Probe every(int steps, Probe probe) {
        if (steps < 1) throw new ConfigException("probe", "expects every 1 or more steps, got every " + steps);
        return new EveryFewSteps(steps, probe);
    }
}

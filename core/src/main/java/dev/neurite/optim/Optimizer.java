package dev.neurite.optim;

import dev.neurite.kernel.Kernels;

/// An update rule for parameters θ with gradient g. Implementations are records of settings; the state
/// is an [OptimizerState]. You may implement it: [Sgd] is an example.
///
/// All built-in optimizers begin with g ← scale·g + λ·θ (coupled decay) or θ ← (1 − α·λ)·θ (decoupled).
public interface Optimizer {
    /// The learning rate α, the base of schedules.
    double rate();

    /// The momentum, or β₁, which one-cycle schedules vary; 0 for none.
    default double momentum() {
        return 0;
    }

    /// The weight decay of parameters whose group does not override it.
    default WeightDecay decay() {
        return WeightDecay.NONE;
    }

    /// The number of state values per parameter.
    int slots();

    /// The initial value of a slot.
    default double initial(int slot) {
        return 0;
    }

    /// The number of state values per range, initially 0.
    default int scalars() {
        return 0;
    }

    /// Updates a range of parameters.
    /// @param range the range, and the settings of this step
    /// @param theta θ, updated
    /// @param gradient g in the layout of θ, to be multiplied by `range.scale()`
    /// @param state the state, updated for the range; [OptimizerState#step()] is
    /// the number of this step, from 1
    void step(UpdateRange range, float[] theta, float[] gradient, OptimizerState state, Kernels kernels);
}

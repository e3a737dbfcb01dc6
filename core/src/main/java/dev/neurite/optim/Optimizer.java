package dev.neurite.optim;

import dev.neurite.kernel.Kernels;

/// A rule that changes parameters θ by their gradient g. Implementations are records of settings; what they
/// remember is in an [OptimizerState]. Open to rules of your own: [Sgd] shows how one is written.
///
/// All built-in rules begin with g ← scale·g + λ·θ (coupled decay) or θ ← (1 − α·λ)·θ (decoupled).
public interface Optimizer {
    /// The learning rate α, which a schedule begins from.
    double rate();

    /// The momentum, or β₁: what a one-cycle schedule varies; 0 without.
    default double momentum() {
        return 0;
    }

    /// Weight decay, for parameters whose group says nothing else.
    default WeightDecay decay() {
        return WeightDecay.NONE;
    }

    /// How many numbers are remembered for each parameter.
    int slots();

    /// What the numbers of a slot are before the first step.
    default double initial(int slot) {
        return 0;
    }

    /// How many numbers are remembered for a whole range; 0 before the first step.
    default int scalars() {
        return 0;
    }

    /// Changes a range of parameters.
    /// @param range which, and the settings of this step
    /// @param theta θ, changed
    /// @param gradient g, of the same layout as θ; to be multiplied by `range.scale()`
    /// @param state what is remembered, changed for the same range; [OptimizerState#step()] says which step this
    /// is for the range, from 1
    void step(UpdateRange range, float[] theta, float[] gradient, OptimizerState state, Kernels kernels);
}

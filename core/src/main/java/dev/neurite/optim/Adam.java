package dev.neurite.optim;

import dev.neurite.kernel.AdamStep;
import dev.neurite.kernel.Kernels;

/// Adam: m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², θ ← θ − α·m̂ / (√v̂ + ε) with m̂ = m / (1−β₁ᵗ), v̂ = v /
/// (1−β₂ᵗ). Kingma and Ba 2015, arXiv:1412.6980. Defaults are PyTorch's: β₁ 0.9, β₂ 0.999, ε 1e-8 (Keras
/// has ε 1e-7).
/// @param rate α, above 0
/// @param beta1 β₁, 0 to below 1
/// @param beta2 β₂, 0 to below 1
/// @param epsilon ε, above 0
/// @param decay coupled weight decay (L2), at least 0: g + decay·θ
public record Adam(double rate, double beta1, double beta2, double epsilon, double decay) implements Optimizer {
    /// @throws dev.neurite.error.ConfigException for a setting out of range, naming the range
    public Adam {
        Ranges.positive("learning rate", rate);
        Ranges.fraction("beta1", beta1);
        Ranges.fraction("beta2", beta2);
        Ranges.positive("epsilon", epsilon);
        Ranges.notNegative("weight decay", decay);
    }

    /// Adam with the default settings.
    public Adam(double rate) {
        this(rate, 0.9, 0.999, 1e-8, 0);
    }

    /// The same with coupled weight decay.
    public Adam withDecay(double other) {
        return new Adam(rate, beta1, beta2, epsilon, other);
    }

    @Override
    public int slots() {
        return 2;
    }

    @Override
    public void step(
            long step,
            double rate,
            double scale,
            float[] theta,
            float[] gradient,
            OptimizerState state,
            int from,
            int to,
            Kernels kernels) {
        double t = (double) step;
        double rate1 = rate / (1 - StrictMath.pow(beta1, t));
        double correction2 = 1 / StrictMath.sqrt(1 - StrictMath.pow(beta2, t));
        var numbers = new AdamStep(
                (float) rate1,
                (float) correction2,
                (float) decay,
                (float) scale,
                (float) beta1,
                (float) (1 - beta1),
                (float) beta2,
                (float) (1 - beta2),
                (float) epsilon);
        kernels.adam(numbers, theta, gradient, state.slot(0), state.slot(1), from, to);
    }
}

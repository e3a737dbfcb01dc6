package dev.neurite.optim;

import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.SgdStep;

/// Stochastic gradient descent: θ ← θ − α·v, v ← momentum·v + g; without momentum θ ← θ − α·g. With
/// Nesterov's momentum θ ← θ − α·(g + momentum·v). PyTorch's convention, in which v has no factor α.
/// Sutskever et al. 2013, "On the importance of initialization and momentum in deep learning".
/// @param rate α, above 0
/// @param momentum 0 (none) to below 1
/// @param nesterov whether to look ahead; needs momentum
/// @param decay coupled weight decay (L2), at least 0: g + decay·θ
public record Sgd(double rate, double momentum, boolean nesterov, double decay) implements Optimizer {
    /// @throws dev.neurite.error.ConfigException for a setting out of range, naming the range
    public Sgd {
        Ranges.positive("learning rate", rate);
        Ranges.fraction("momentum", momentum);
        Ranges.notNegative("weight decay", decay);
        Ranges.require(!nesterov || momentum > 0, "Nesterov momentum", "expects a momentum above 0, got " + momentum);
    }

    /// Plain gradient descent.
    public Sgd(double rate) {
        this(rate, 0, false, 0);
    }

    /// The same with momentum.
    public Sgd withMomentum(double other) {
        return new Sgd(rate, other, nesterov, decay);
    }

    /// The same with Nesterov's momentum.
    public Sgd withNesterov(double other) {
        return new Sgd(rate, other, true, decay);
    }

    /// The same with coupled weight decay.
    public Sgd withDecay(double other) {
        return new Sgd(rate, momentum, nesterov, other);
    }

    @Override
    public int slots() {
        return momentum == 0 ? 0 : 1;
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
        var numbers = new SgdStep((float) rate, (float) decay, (float) scale, (float) momentum, nesterov);
        float[] velocity = momentum == 0 ? theta : state.slot(0);
        kernels.sgd(numbers, theta, gradient, velocity, from, to);
    }
}

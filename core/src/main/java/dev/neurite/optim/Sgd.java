package dev.neurite.optim;

import dev.neurite.kernel.Kernels;

/// Stochastic gradient descent: θ ← θ − α·v, v ← μ·v + (1 − τ)·g; without momentum θ ← θ − α·g. With
/// Nesterov's momentum θ ← θ − α·(g + μ·v). PyTorch's convention, in which v does not include α, and is
/// g after the first step. Sutskever et al. 2013, "On the importance of initialization and momentum
/// in deep learning".
/// @param rate α, above 0
/// @param momentum μ, 0 (none) to below 1
/// @param dampening τ, 0 (none, PyTorch's default) to below 1
/// @param nesterov whether to use Nesterov's momentum; needs momentum and no dampening
/// @param decay weight decay; none by default
public record Sgd(double rate, double momentum, double dampening, boolean nesterov, WeightDecay decay)
        implements Optimizer {
    /// @throws dev.neurite.error.ConfigException for a setting out of range, naming the range
    public Sgd {
        Ranges.positive("learning rate", rate);
        Ranges.fraction("momentum", momentum);
        Ranges.fraction("dampening", dampening);
        Ranges.require(!nesterov || momentum > 0, "Nesterov momentum", "expects a momentum above 0, got " + momentum);
        Ranges.require(!nesterov || dampening == 0, "Nesterov momentum", "expects no dampening, got " + dampening);
    }

    /// Plain gradient descent.
    public Sgd(double rate) {
        this(rate, 0, 0, false, WeightDecay.NONE);
    }

    public Sgd withMomentum(double other) {
        return new Sgd(rate, other, dampening, nesterov, decay);
    }

    public Sgd withDampening(double other) {
        return new Sgd(rate, momentum, other, nesterov, decay);
    }

    /// The same with Nesterov's form of its momentum: `sgd(0.1).withMomentum(0.9).withNesterov()`.
    /// @throws dev.neurite.error.ConfigException without momentum
    public Sgd withNesterov() {
        return new Sgd(rate, momentum, dampening, true, decay);
    }

    public Sgd withDecay(WeightDecay other) {
        return new Sgd(rate, momentum, dampening, nesterov, other);
    }

    @Override
    public int slots() {
        return momentum == 0 ? 0 : 1;
    }

    @Override
    public void step(UpdateRange range, float[] theta, float[] gradient, OptimizerState state, Kernels kernels) {
        float keep = range.keep();
        float decay = range.coupled();
        float scale = (float) range.scale();
        float minusRate = (float) -range.rate();
        if (momentum == 0) {
            kernels.update(range.from(), range.to(), (from, to) -> {
                for (int i = from; i < to; i++) {
                    float t = keep * theta[i];
                    float g = Math.fma(decay, t, scale * gradient[i]);
                    theta[i] = Math.fma(minusRate, g, t);
                }
            });
            return;
        }
        float mu = (float) range.momentum();
        float fresh = state.step() == 1 ? 1 : (float) (1 - dampening);
        float ahead = nesterov ? mu : 1; // g + μ·v, or 0·g + 1·v
        float direct = nesterov ? 1 : 0;
        float[] v = state.slot(0);
        kernels.update(
                range.from(),
                range.to(),
                (from, to) -> {
                    for (int i = from; i < to; i++) {
                        float t = keep * theta[i];
                        float g = Math.fma(decay, t, scale * gradient[i]);
                        v[i] = Math.fma(mu, v[i], fresh * g);
                        theta[i] = Math.fma(minusRate, Math.fma(ahead, v[i], direct * g), t);
                    }
                },
                state.slots());
    }
}

package dev.neurite.optim;

import dev.neurite.kernel.Kernels;

/// RMSprop: v ← ρ·v + (1 − ρ)·g², θ ← θ − α·g / (√v + ε). Tieleman and Hinton 2012, "Neural networks for
/// machine learning", lecture 6. With momentum u ← μ·u + g / (√v + ε), θ ← θ − α·u. Centered, v is the
/// variance of the gradient, not the mean of its squares. Graves 2013, arXiv:1308.0850.
///
/// PyTorch's convention and defaults: α 0.01, ρ (its `alpha`) 0.99, ε 1e-8. Keras has 0.001, 0.9 and
/// 1e-7, adds ε under the root, and includes α in u. PyTorch computes the variance as a difference,
/// which rounding can make negative; here it is v ← ρ·(v + (1 − ρ)·(g − m)²), m ← ρ·m + (1 − ρ)·g,
/// which is mathematically equal and never negative.
/// @param rate α, above 0
/// @param rho ρ, 0 to below 1
/// @param epsilon ε, 1e-30 or more
/// @param momentum μ, 0 (none, the default) to below 1
/// @param centered whether v is a variance; not by default
/// @param decay weight decay; none by default
public record RmsProp(double rate, double rho, double epsilon, double momentum, boolean centered, WeightDecay decay)
        implements Optimizer {
    /// @throws dev.neurite.error.ConfigException for a setting out of range, naming the range
    public RmsProp {
        Ranges.positive("learning rate", rate);
        Ranges.fraction("rho", rho);
        Ranges.epsilon(epsilon);
        Ranges.fraction("momentum", momentum);
    }

    /// RMSprop with the default settings.
    public RmsProp(double rate) {
        this(rate, 0.99, 1e-8, 0, false, WeightDecay.NONE);
    }

    /// The same with another ρ.
    public RmsProp withRho(double other) {
        return new RmsProp(rate, other, epsilon, momentum, centered, decay);
    }

    public RmsProp withMomentum(double other) {
        return new RmsProp(rate, rho, epsilon, other, centered, decay);
    }

    /// The same, centered.
    public RmsProp withCentered() {
        return new RmsProp(rate, rho, epsilon, momentum, true, decay);
    }

    /// The same with another ε.
    public RmsProp withEpsilon(double other) {
        return new RmsProp(rate, rho, other, momentum, centered, decay);
    }

    public RmsProp withDecay(WeightDecay other) {
        return new RmsProp(rate, rho, epsilon, momentum, centered, other);
    }

    @Override
    public int slots() {
        return 1 + (centered ? 1 : 0) + (momentum > 0 ? 1 : 0);
    }

    @Override
    public void step(UpdateRange range, float[] theta, float[] gradient, OptimizerState state, Kernels kernels) {
        float keep = range.keep();
        float decay = range.coupled();
        float scale = (float) range.scale();
        float minusRate = (float) -range.rate();
        float mu = (float) range.momentum();
        float old = (float) rho;
        float rest = (float) (1 - rho);
        float eps = (float) epsilon;
        float[] v = state.slot(0);
        float[] m = state.slot(centered ? 1 : 0);
        float[] u = state.slot(slots() - 1);
        kernels.update(
                range.from(),
                range.to(),
                (from, to) -> {
                    if (centered) {
                        for (int i = from; i < to; i++) {
                            float apart = Math.fma(decay, theta[i], scale * gradient[i]) - m[i];
                            v[i] = old * Math.fma(rest * apart, apart, v[i]);
                            m[i] = Math.fma(rest, apart, m[i]);
                        }
                    } else {
                        for (int i = from; i < to; i++) {
                            float g = Math.fma(decay, theta[i], scale * gradient[i]);
                            v[i] = Math.fma(old, v[i], rest * g * g);
                        }
                    }
                    if (momentum > 0) {
                        for (int i = from; i < to; i++) {
                            float g = Math.fma(decay, theta[i], scale * gradient[i]);
                            u[i] = Math.fma(mu, u[i], g / ((float) Math.sqrt(v[i]) + eps));
                            theta[i] = Math.fma(minusRate, u[i], keep * theta[i]);
                        }
                    } else {
                        for (int i = from; i < to; i++) {
                            float g = Math.fma(decay, theta[i], scale * gradient[i]);
                            theta[i] = Math.fma(minusRate, g / ((float) Math.sqrt(v[i]) + eps), keep * theta[i]);
                        }
                    }
                },
                state.slots());
    }
}

package dev.neurite.optim;

import dev.neurite.kernel.Kernels;

/// Adam: m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², θ ← θ − α·m̂ / (√v̂ + ε) with m̂ = m / (1−β₁ᵗ), v̂ = v /
/// (1−β₂ᵗ). Kingma and Ba 2015, arXiv:1412.6980. With decoupled decay it is AdamW, see [Optimizers#adamW].
/// AMSGrad uses the largest v so far instead of v. Reddi et al. 2018, arXiv:1904.09237. Defaults are
/// PyTorch's: β₁ 0.9, β₂ 0.999, ε 1e-8 (Keras has ε 1e-7).
/// @param rate α, above 0
/// @param beta1 β₁, 0 to below 1
/// @param beta2 β₂, 0 to below 1
/// @param epsilon ε, 1e-30 or more
/// @param amsgrad whether to use AMSGrad
/// @param decay weight decay; none by default
public record Adam(double rate, double beta1, double beta2, double epsilon, boolean amsgrad, WeightDecay decay)
        implements Optimizer {
    /// @throws dev.neurite.error.ConfigException for a setting out of range, naming the range
    public Adam {
        Ranges.moments(rate, beta1, beta2, epsilon);
    }

    /// Adam with the default settings.
    public Adam(double rate) {
        this(rate, 0.9, 0.999, 1e-8, false, WeightDecay.NONE);
    }

    /// The same with other β₁ and β₂.
    public Adam withBetas(double first, double second) {
        return new Adam(rate, first, second, epsilon, amsgrad, decay);
    }

    /// The same with AMSGrad.
    public Adam withAmsgrad() {
        return new Adam(rate, beta1, beta2, epsilon, true, decay);
    }

    /// The same with another ε.
    public Adam withEpsilon(double other) {
        return new Adam(rate, beta1, beta2, other, amsgrad, decay);
    }

    public Adam withDecay(WeightDecay other) {
        return new Adam(rate, beta1, beta2, epsilon, amsgrad, other);
    }

    @Override
    public double momentum() {
        return beta1;
    }

    @Override
    public int slots() {
        return amsgrad ? 3 : 2;
    }

    @Override
    public void step(UpdateRange range, float[] theta, float[] gradient, OptimizerState state, Kernels kernels) {
        long t = state.step();
        float keep = range.keep();
        float decay = range.coupled();
        float scale = (float) range.scale();
        float b1 = (float) range.momentum();
        float rest1 = (float) (1 - range.momentum());
        float b2 = (float) beta2;
        float rest2 = (float) (1 - beta2);
        float eps = (float) epsilon;
        float correction2 = (float) (1 / StrictMath.sqrt(1 - Power.of(beta2, t)));
        float minusRate = (float) (-range.rate() / (1 - Power.of(range.momentum(), t)));
        float[] m = state.slot(0);
        float[] v = state.slot(1);
        float[] highest = amsgrad ? state.slot(2) : v;
        kernels.update(
                range.from(),
                range.to(),
                (from, to) -> {
                    for (int i = from; i < to; i++) {
                        float g = Math.fma(decay, theta[i], scale * gradient[i]);
                        m[i] = Math.fma(b1, m[i], rest1 * g);
                        v[i] = Math.fma(b2, v[i], rest2 * g * g);
                    }
                    if (amsgrad) {
                        for (int i = from; i < to; i++) highest[i] = Math.max(highest[i], v[i]);
                    }
                    for (int i = from; i < to; i++) {
                        float root = Math.fma((float) Math.sqrt(highest[i]), correction2, eps);
                        theta[i] = Math.fma(minusRate, m[i] / root, keep * theta[i]);
                    }
                },
                state.slots());
    }
}

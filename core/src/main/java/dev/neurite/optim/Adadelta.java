package dev.neurite.optim;

import dev.neurite.kernel.Kernels;

/// Adadelta: v ← ρ·v + (1 − ρ)·g², Δ = g·√((d + ε) / (v + ε)), d ← ρ·d + (1 − ρ)·Δ², θ ← θ − α·Δ: steps have
/// the unit of θ. Zeiler 2012, arXiv:1212.5701, which has no α.
///
/// PyTorch's convention and defaults: α 1, ρ 0.9, ε 1e-6. Keras has 0.001, 0.95 and 1e-7.
/// @param rate α, above 0
/// @param rho ρ, 0 to below 1
/// @param epsilon ε, 1e-30 or more
/// @param decay weight decay; none by default
public record Adadelta(double rate, double rho, double epsilon, WeightDecay decay) implements Optimizer {
    /// @throws dev.neurite.error.ConfigException for a setting out of range, naming the range
    public Adadelta {
        Ranges.positive("learning rate", rate);
        Ranges.fraction("rho", rho);
        Ranges.epsilon(epsilon);
    }

    /// Adadelta with the default settings.
    public Adadelta(double rate) {
        this(rate, 0.9, 1e-6, WeightDecay.NONE);
    }

    /// The same with another ρ.
    public Adadelta withRho(double other) {
        return new Adadelta(rate, other, epsilon, decay);
    }

    /// The same with another ε.
    public Adadelta withEpsilon(double other) {
        return new Adadelta(rate, rho, other, decay);
    }

    public Adadelta withDecay(WeightDecay other) {
        return new Adadelta(rate, rho, epsilon, other);
    }

    @Override
    public int slots() {
        return 2;
    }

    @Override
    public void step(UpdateRange range, float[] theta, float[] gradient, OptimizerState state, Kernels kernels) {
        float keep = range.keep();
        float decay = range.coupled();
        float scale = (float) range.scale();
        float minusRate = (float) -range.rate();
        float old = (float) rho;
        float rest = (float) (1 - rho);
        float eps = (float) epsilon;
        float[] v = state.slot(0);
        float[] d = state.slot(1);
        kernels.update(
                range.from(),
                range.to(),
                (from, to) -> {
                    for (int i = from; i < to; i++) {
                        float g = Math.fma(decay, theta[i], scale * gradient[i]);
                        v[i] = Math.fma(old, v[i], rest * g * g);
                        float change = g * (float) Math.sqrt((d[i] + eps) / (v[i] + eps));
                        d[i] = Math.fma(old, d[i], rest * change * change);
                        theta[i] = Math.fma(minusRate, change, keep * theta[i]);
                    }
                },
                state.slots());
    }
}

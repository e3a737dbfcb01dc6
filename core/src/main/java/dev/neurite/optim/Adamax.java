package dev.neurite.optim;

import dev.neurite.kernel.Kernels;

/// Adamax: m ← β₁m + (1−β₁)g, u ← max(β₂u, |g| + ε), θ ← θ − α·m̂ / u with m̂ = m / (1−β₁ᵗ): Adam with the
/// infinity norm. Kingma and Ba 2015, arXiv:1412.6980, section 7.1.
///
/// PyTorch's convention and defaults: α 0.002, β₁ 0.9, β₂ 0.999, ε 1e-8. Keras has α 0.001 and ε 1e-7,
/// added to u in the division.
/// @param rate α, above 0
/// @param beta1 β₁, 0 to below 1
/// @param beta2 β₂, 0 to below 1
/// @param epsilon ε, 1e-30 or more
/// @param decay weight decay; none by default
public record Adamax(double rate, double beta1, double beta2, double epsilon, WeightDecay decay) implements Optimizer {
    /// @throws dev.neurite.error.ConfigException for a setting out of range, naming the range
    public Adamax {
        Ranges.moments(rate, beta1, beta2, epsilon);
    }

    /// Adamax with the default settings.
    public Adamax(double rate) {
        this(rate, 0.9, 0.999, 1e-8, WeightDecay.NONE);
    }

    /// The same with other β₁ and β₂.
    public Adamax withBetas(double first, double second) {
        return new Adamax(rate, first, second, epsilon, decay);
    }

    /// The same with another ε.
    public Adamax withEpsilon(double other) {
        return new Adamax(rate, beta1, beta2, other, decay);
    }

    public Adamax withDecay(WeightDecay other) {
        return new Adamax(rate, beta1, beta2, epsilon, other);
    }

    @Override
    public double momentum() {
        return beta1;
    }

    @Override
    public int slots() {
        return 2;
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
        float eps = (float) epsilon;
        float minusRate = (float) (-range.rate() / (1 - Power.of(range.momentum(), t)));
        float[] m = state.slot(0);
        float[] u = state.slot(1);
        kernels.update(
                range.from(),
                range.to(),
                (from, to) -> {
                    for (int i = from; i < to; i++) {
                        float g = Math.fma(decay, theta[i], scale * gradient[i]);
                        m[i] = Math.fma(b1, m[i], rest1 * g);
                        u[i] = Math.max(b2 * u[i], Math.abs(g) + eps);
                        theta[i] = Math.fma(minusRate, m[i] / u[i], keep * theta[i]);
                    }
                },
                state.slots());
    }
}

package dev.neurite.optim;

import dev.neurite.kernel.Kernels;

/// Rectified Adam: does not divide by √v in the first steps, while v averages too few gradients, and
/// then reduces steps according to the variance of v. Liu et al. 2020, arXiv:1908.03265.
///
/// With ρ∞ = 2/(1 − β₂) − 1 and ρₜ = ρ∞ − 2·t·β₂ᵗ/(1 − β₂ᵗ): θ ← θ − α·m̂ while ρₜ ≤ 5, then
/// θ ← θ − α·rₜ·m̂·√(1 − β₂ᵗ) / (√v + ε), rₜ² = (ρₜ−4)(ρₜ−2)ρ∞ / ((ρ∞−4)(ρ∞−2)ρₜ).
///
/// PyTorch's convention and defaults: α 0.001, β₁ 0.9, β₂ 0.999, ε 1e-8, and the threshold 5 instead of
/// the paper's 4. Keras has no RAdam.
/// @param rate α, above 0
/// @param beta1 β₁, 0 to below 1
/// @param beta2 β₂, 0 to below 1
/// @param epsilon ε, 1e-30 or more
/// @param decay weight decay; none by default
public record Radam(double rate, double beta1, double beta2, double epsilon, WeightDecay decay) implements Optimizer {
    /// @throws dev.neurite.error.ConfigException for a setting out of range, naming the range
    public Radam {
        Ranges.moments(rate, beta1, beta2, epsilon);
    }

    /// RAdam with the default settings.
    public Radam(double rate) {
        this(rate, 0.9, 0.999, 1e-8, WeightDecay.NONE);
    }

    /// The same with other β₁ and β₂.
    public Radam withBetas(double first, double second) {
        return new Radam(rate, first, second, epsilon, decay);
    }

    /// The same with another ε.
    public Radam withEpsilon(double other) {
        return new Radam(rate, beta1, beta2, other, decay);
    }

    public Radam withDecay(WeightDecay other) {
        return new Radam(rate, beta1, beta2, epsilon, other);
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
        double power2 = Power.of(beta2, t);
        double longest = 2 / (1 - beta2) - 1;
        double length = longest - 2 * t * power2 / (1 - power2);
        boolean rectified = length > 5;
        double factor = rectified ? rectification(length, longest) * StrictMath.sqrt(1 - power2) : 1;
        float keep = range.keep();
        float decay = range.coupled();
        float scale = (float) range.scale();
        float b1 = (float) range.momentum();
        float rest1 = (float) (1 - range.momentum());
        float b2 = (float) beta2;
        float rest2 = (float) (1 - beta2);
        float divides = rectified ? 1 : 0; // 1: divide by √v + ε; 0: by 1
        float plus = rectified ? (float) epsilon : 1;
        float minusRate = (float) (-range.rate() * factor / (1 - Power.of(range.momentum(), t)));
        float[] m = state.slot(0);
        float[] v = state.slot(1);
        kernels.update(
                range.from(),
                range.to(),
                (from, to) -> {
                    for (int i = from; i < to; i++) {
                        float g = Math.fma(decay, theta[i], scale * gradient[i]);
                        m[i] = Math.fma(b1, m[i], rest1 * g);
                        v[i] = Math.fma(b2, v[i], rest2 * g * g);
                        float root = Math.fma((float) Math.sqrt(v[i]), divides, plus);
                        theta[i] = Math.fma(minusRate, m[i] / root, keep * theta[i]);
                    }
                },
                state.slots());
    }

    private static double rectification(double length, double longest) {
        double above = (length - 4) * (length - 2) * longest;
        return StrictMath.sqrt(above / ((longest - 4) * (longest - 2) * length));
    }
}

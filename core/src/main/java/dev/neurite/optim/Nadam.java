package dev.neurite.optim;

import dev.neurite.kernel.Kernels;

/// Adam with Nesterov's momentum: m and v as in [Adam], and
/// θ ← θ − α·((1 − μₜ)·g / (1 − Πₜ) + μₜ₊₁·m / (1 − Πₜ₊₁)) / (√v̂ + ε) with μₜ = β₁·(1 − ½·0.96^(ψ·t)) and
/// Πₜ = μ₁·…·μₜ. Dozat 2016, "Incorporating Nesterov momentum into Adam".
///
/// PyTorch's convention and defaults: α 0.002, β₁ 0.9, β₂ 0.999, ε 1e-8, ψ 0.004. Keras has α 0.001, ε 1e-7
/// and ψ 1.
/// @param rate α, above 0
/// @param beta1 β₁, 0 to below 1
/// @param beta2 β₂, 0 to below 1
/// @param epsilon ε, 1e-30 or more
/// @param momentumDecay ψ, at least 0: how fast μ rises from β₁/2 to β₁
/// @param decay weight decay; none by default
public record Nadam(double rate, double beta1, double beta2, double epsilon, double momentumDecay, WeightDecay decay)
        implements Optimizer {
    /// @throws dev.neurite.error.ConfigException for a setting out of range, naming the range
    public Nadam {
        Ranges.moments(rate, beta1, beta2, epsilon);
        Ranges.notNegative("momentum decay", momentumDecay);
    }

    /// NAdam with the default settings.
    public Nadam(double rate) {
        this(rate, 0.9, 0.999, 1e-8, 4e-3, WeightDecay.NONE);
    }

    /// The same with other β₁ and β₂.
    public Nadam withBetas(double first, double second) {
        return new Nadam(rate, first, second, epsilon, momentumDecay, decay);
    }

    /// The same with another ψ.
    public Nadam withMomentumDecay(double other) {
        return new Nadam(rate, beta1, beta2, epsilon, other, decay);
    }

    /// The same with another ε.
    public Nadam withEpsilon(double other) {
        return new Nadam(rate, beta1, beta2, other, momentumDecay, decay);
    }

    public Nadam withDecay(WeightDecay other) {
        return new Nadam(rate, beta1, beta2, epsilon, momentumDecay, other);
    }

    @Override
    public double momentum() {
        return beta1;
    }

    @Override
    public int slots() {
        return 2;
    }

    /// Πₜ and its t.
    @Override
    public int scalars() {
        return 2;
    }

    @Override
    public void step(UpdateRange range, float[] theta, float[] gradient, OptimizerState state, Kernels kernels) {
        long t = state.step();
        double mu = mu(range, t);
        double muNext = mu(range, t + 1);
        double product = product(mu, t, state.scalars());
        float keep = range.keep();
        float decay = range.coupled();
        float scale = (float) range.scale();
        float b1 = (float) range.momentum();
        float rest1 = (float) (1 - range.momentum());
        float b2 = (float) beta2;
        float rest2 = (float) (1 - beta2);
        float eps = (float) epsilon;
        float correction2 = (float) (1 / StrictMath.sqrt(1 - Power.of(beta2, t)));
        float minusOfG = (float) (-range.rate() * (1 - mu) / (1 - product));
        float minusOfM = (float) (-range.rate() * muNext / (1 - product * muNext));
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
                        float root = Math.fma((float) Math.sqrt(v[i]), correction2, eps);
                        float both = Math.fma(minusOfG, g, minusOfM * m[i]);
                        theta[i] = Math.fma(keep, theta[i], both / root);
                    }
                },
                state.slots());
    }

    private double mu(UpdateRange range, long t) {
        return range.momentum() * (1 - 0.5 * StrictMath.pow(0.96, t * momentumDecay));
    }

    /// Computes Πₜ, once per step even if a range is updated in several parts.
    private static double product(double mu, long t, double[] scalars) {
        if (scalars[1] < t) {
            scalars[0] = t == 1 ? mu : scalars[0] * mu;
            scalars[1] = t;
        }
        return scalars[0];
    }
}

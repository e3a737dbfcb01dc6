package dev.neurite.optim;

import dev.neurite.kernel.Kernels;

/// Adagrad: s ← s + g², θ ← θ − α/(1 + (t−1)·η) · g / (√s + ε). Duchi et al. 2011, "Adaptive
/// subgradient methods for online learning and stochastic optimization".
///
/// PyTorch's convention and defaults: α 0.01, η 0, initial s 0, ε 1e-10. Keras has α 0.001, initial s
/// 0.1, and ε 1e-7 under the root.
/// @param rate α, above 0
/// @param rateDecay η, at least 0
/// @param accumulator the initial s, at least 0
/// @param epsilon ε, 1e-30 or more
/// @param decay weight decay; none by default
public record Adagrad(double rate, double rateDecay, double accumulator, double epsilon, WeightDecay decay)
        implements Optimizer {
    /// @throws dev.neurite.error.ConfigException for a setting out of range, naming the range
    public Adagrad {
        Ranges.positive("learning rate", rate);
        Ranges.notNegative("learning rate decay", rateDecay);
        Ranges.notNegative("initial accumulator", accumulator);
        Ranges.epsilon(epsilon);
    }

    /// Adagrad with the default settings.
    public Adagrad(double rate) {
        this(rate, 0, 0, 1e-10, WeightDecay.NONE);
    }

    /// The same with another η.
    public Adagrad withRateDecay(double other) {
        return new Adagrad(rate, other, accumulator, epsilon, decay);
    }

    /// The same with another initial s.
    public Adagrad withAccumulator(double other) {
        return new Adagrad(rate, rateDecay, other, epsilon, decay);
    }

    /// The same with another ε.
    public Adagrad withEpsilon(double other) {
        return new Adagrad(rate, rateDecay, accumulator, other, decay);
    }

    public Adagrad withDecay(WeightDecay other) {
        return new Adagrad(rate, rateDecay, accumulator, epsilon, other);
    }

    @Override
    public int slots() {
        return 1;
    }

    @Override
    public double initial(int slot) {
        return accumulator;
    }

    @Override
    public void step(UpdateRange range, float[] theta, float[] gradient, OptimizerState state, Kernels kernels) {
        float keep = range.keep();
        float decay = range.coupled();
        float scale = (float) range.scale();
        float eps = (float) epsilon;
        float minusRate = (float) (-range.rate() / (1 + (state.step() - 1) * rateDecay));
        float[] s = state.slot(0);
        kernels.update(
                range.from(),
                range.to(),
                (from, to) -> {
                    for (int i = from; i < to; i++) {
                        float g = Math.fma(decay, theta[i], scale * gradient[i]);
                        s[i] = Math.fma(g, g, s[i]);
                        theta[i] = Math.fma(minusRate, g / ((float) Math.sqrt(s[i]) + eps), keep * theta[i]);
                    }
                },
                state.slots());
    }
}

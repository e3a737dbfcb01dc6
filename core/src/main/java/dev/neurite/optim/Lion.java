package dev.neurite.optim;

import dev.neurite.kernel.Kernels;

/// Lion: θ ← θ − α·(sign(β₁m + (1−β₁)g) + λ·θ), then m ← β₂m + (1−β₂)g. Chen et al. 2023, arXiv:2302.06675.
/// Every parameter moves by α, so the paper uses an α 3 to 10 times smaller than for AdamW, and a λ as
/// many times larger. Its defaults: β₁ 0.9, β₂ 0.99, which are Keras's too; PyTorch has no Lion. λ is
/// decoupled decay.
/// @param rate α, above 0
/// @param beta1 β₁, 0 to below 1
/// @param beta2 β₂, 0 to below 1
/// @param decay weight decay; none by default, decoupled in the paper
public record Lion(double rate, double beta1, double beta2, WeightDecay decay) implements Optimizer {
    /// @throws dev.neurite.error.ConfigException for a setting out of range, naming the range
    public Lion {
        Ranges.positive("learning rate", rate);
        Ranges.fraction("beta1", beta1);
        Ranges.fraction("beta2", beta2);
    }

    /// Lion with the default settings.
    public Lion(double rate) {
        this(rate, 0.9, 0.99, WeightDecay.NONE);
    }

    /// The same with other β₁ and β₂.
    public Lion withBetas(double first, double second) {
        return new Lion(rate, first, second, decay);
    }

    public Lion withDecay(WeightDecay other) {
        return new Lion(rate, beta1, beta2, other);
    }

    @Override
    public double momentum() {
        return beta1;
    }

    @Override
    public int slots() {
        return 1;
    }

    @Override
    public void step(UpdateRange range, float[] theta, float[] gradient, OptimizerState state, Kernels kernels) {
        float keep = range.keep();
        float decay = range.coupled();
        float scale = (float) range.scale();
        float minusRate = (float) -range.rate();
        float b1 = (float) range.momentum();
        float rest1 = (float) (1 - range.momentum());
        float b2 = (float) beta2;
        float rest2 = (float) (1 - beta2);
        float[] m = state.slot(0);
        kernels.update(
                range.from(),
                range.to(),
                (from, to) -> {
                    for (int i = from; i < to; i++) {
                        float g = Math.fma(decay, theta[i], scale * gradient[i]);
                        float direction = Math.signum(Math.fma(b1, m[i], rest1 * g));
                        m[i] = Math.fma(b2, m[i], rest2 * g);
                        theta[i] = Math.fma(minusRate, direction, keep * theta[i]);
                    }
                },
                state.slots());
    }
}

package dev.neurite.optim;

import dev.neurite.kernel.Kernels;

/// Rprop: θ ← θ − Δ·sign g, where each parameter's Δ grows by η⁺ while its gradient keeps its sign, and
/// shrinks by η⁻ when the sign changes; the parameter is then unchanged for one step. Riedmiller and
/// Braun 1993, "A direct adaptive method for faster backpropagation learning"; in the form of Igel and
/// Hüsken 2000 (iRprop⁻), as in PyTorch. For full-batch training: the signs of small batches' gradients
/// are too noisy.
///
/// PyTorch's defaults: α 0.01, η⁻ 0.5, η⁺ 1.2, Δ from 1e-6 to 50. Keras has no Rprop. The initial Δ is
/// α; a schedule or group that changes the learning rate scales the steps (in PyTorch it has no
/// effect).
/// @param rate α, above 0
/// @param shrink η⁻, above 0 and below 1
/// @param grow η⁺, above 1
/// @param smallest the least Δ, above 0
/// @param largest the most
/// @param decay weight decay; none by default
public record Rprop(double rate, double shrink, double grow, double smallest, double largest, WeightDecay decay)
        implements Optimizer {
    /// @throws dev.neurite.error.ConfigException for a setting out of range, naming the range
    public Rprop {
        Ranges.positive("learning rate", rate);
        Ranges.require(shrink > 0 && shrink < 1, "shrink", "expects a number above 0 and below 1, got " + shrink);
        Ranges.require(grow > 1 && grow < 1e10, "grow", "expects a number above 1 and below 1e10, got " + grow);
        Ranges.positive("smallest step", smallest);
        Ranges.positive("largest step", largest);
        Ranges.require(
                smallest <= largest, "largest step", "expects at least the smallest, " + smallest + ", got " + largest);
    }

    /// Rprop with the default settings.
    public Rprop(double rate) {
        this(rate, 0.5, 1.2, 1e-6, 50, WeightDecay.NONE);
    }

    /// The same with other factors.
    /// @param less η⁻
    /// @param more η⁺
    public Rprop withFactors(double less, double more) {
        return new Rprop(rate, less, more, smallest, largest, decay);
    }

    /// The same with other limits of Δ.
    public Rprop withSteps(double least, double most) {
        return new Rprop(rate, shrink, grow, least, most, decay);
    }

    public Rprop withDecay(WeightDecay other) {
        return new Rprop(rate, shrink, grow, smallest, largest, other);
    }

    @Override
    public int slots() {
        return 2;
    }

    @Override
    public double initial(int slot) {
        return slot == 0 ? 0 : rate;
    }

    @Override
    public void step(UpdateRange range, float[] theta, float[] gradient, OptimizerState state, Kernels kernels) {
        float keep = range.keep();
        float decay = range.coupled();
        float scale = (float) range.scale();
        float minusLonger = (float) (-range.rate() / rate);
        float less = (float) shrink;
        float more = (float) grow;
        float least = (float) smallest;
        float most = (float) largest;
        float[] sign = state.slot(0); // sign of the last gradient; 0 after a sign change
        float[] delta = state.slot(1);
        kernels.update(
                range.from(),
                range.to(),
                (from, to) -> {
                    for (int i = from; i < to; i++) {
                        float now = Math.signum(Math.fma(decay, theta[i], scale * gradient[i]));
                        float same = now * sign[i]; // 1 for equal signs, −1 for a sign change, or 0
                        float stays = Math.max(same, 0);
                        float turns = Math.max(-same, 0);
                        float factor = Math.fma(stays, more, Math.fma(turns, less, 1 - stays - turns));
                        delta[i] = Math.min(Math.max(factor * delta[i], least), most);
                        sign[i] = now * (1 - turns);
                        theta[i] = Math.fma(minusLonger * sign[i], delta[i], keep * theta[i]);
                    }
                },
                state.slots());
    }
}

package dev.neurite.optim;

/// Weight decay: moves parameters toward 0 in each step.
///
/// - coupled (L2): the update rule gets the gradient g + λ·θ;
/// - decoupled: θ ← θ − α·λ·θ before the update rule, which gets g. Loshchilov and Hutter 2019,
///   arXiv:1711.05101. As in PyTorch, α is the learning rate of the step; the paper omits it.
///
/// @param rate λ, at least 0
/// @param decoupled whether it is decoupled
public record WeightDecay(double rate, boolean decoupled) {
    /// No decay.
    public static final WeightDecay NONE = new WeightDecay(0, false);

    /// @throws dev.neurite.error.ConfigException for a rate out of range
    public WeightDecay {
        Ranges.notNegative("weight decay", rate);
    }

    /// The gradient becomes g + λ·θ.
    public static WeightDecay coupled(double rate) {
        return new WeightDecay(rate, false);
    }

    /// θ ← θ − α·λ·θ before each step.
    public static WeightDecay decoupled(double rate) {
        return new WeightDecay(rate, true);
    }

    /// The same kind with another λ.
    public WeightDecay withRate(double other) {
        return new WeightDecay(other, decoupled);
    }

    @Override
    public String toString() {
        return rate == 0 ? "none" : (decoupled ? "decoupled " : "coupled ") + rate;
    }
}

package dev.neurite.optim;

/// Draws parameters toward 0, a little each step.
///
/// - coupled (L2): the gradient becomes g + λ·θ, and goes through the optimizer's rule as such;
/// - decoupled: θ ← θ − α·λ·θ before the rule, which sees g alone. Loshchilov and Hutter 2019,
///   arXiv:1711.05101. As in PyTorch, α is the learning rate of the step; the paper leaves it out.
///
/// @param rate λ, at least 0
/// @param decoupled which of the two
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

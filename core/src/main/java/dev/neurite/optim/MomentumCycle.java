package dev.neurite.optim;

/// How [OneCycle] and [Cyclic] vary momentum, or β₁: low where the learning rate is high. Smith 2018,
/// arXiv:1803.09820. An optimizer without momentum stays without. (In PyTorch, SGD of momentum 0 gets
/// one.)
/// @param low at the highest rate, 0 to below 1
/// @param high at the lowest rate, from `low` to below 1; 0, as in [#NONE], to keep the optimizer's own
public record MomentumCycle(double low, double high) {
    /// The optimizer's momentum all the time.
    public static final MomentumCycle NONE = new MomentumCycle(0, 0);

    /// @throws dev.neurite.error.ConfigException for a number out of range
    public MomentumCycle {
        Ranges.fraction("momentum cycle: low", low);
        Ranges.fraction("momentum cycle: high", high);
        Ranges.require(low <= high, "momentum cycle", "expects low to be at most high, got " + low + " and " + high);
    }

    /// The momentum of a step.
    /// @param own the optimizer's
    /// @param height where the rate is between its lowest, 0, and its highest, 1
    double at(double own, double height) {
        return own == 0 || high == 0 ? own : high - (high - low) * height;
    }
}

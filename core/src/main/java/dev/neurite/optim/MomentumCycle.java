package dev.neurite.optim;

/// How [OneCycle] and [Cyclic] vary momentum, or β₁: inversely to the learning rate. Smith 2018,
/// arXiv:1803.09820. An optimizer without momentum keeps none. (In PyTorch, SGD with momentum 0 gets
/// momentum.)
/// @param low the momentum at the highest learning rate, 0 to below 1
/// @param high the momentum at the lowest learning rate, from `low` to below 1; 0, as in [#NONE], keeps
/// the optimizer's
public record MomentumCycle(double low, double high) {
    /// Keeps the optimizer's momentum.
    public static final MomentumCycle NONE = new MomentumCycle(0, 0);

    /// @throws dev.neurite.error.ConfigException for a number out of range
    public MomentumCycle {
        Ranges.fraction("momentum cycle: low", low);
        Ranges.fraction("momentum cycle: high", high);
        Ranges.require(low <= high, "momentum cycle", "expects low to be at most high, got " + low + " and " + high);
    }

    /// @param own the optimizer's momentum
    /// @param height the position of the learning rate between its lowest (0) and its highest (1)
    double at(double own, double height) {
        return own == 0 || high == 0 ? own : high - (high - low) * height;
    }
}

package dev.neurite.optim;

/// Cyclical learning rates: up and down between a lowest learning rate and the optimizer's, with
/// momentum cycled inversely. Smith 2017, arXiv:1506.01186. PyTorch's `CyclicLR`, with the optimizer's
/// learning rate as `max_lr`; its modes are
///
/// - `triangular`: the default;
/// - `triangular2`: [#withHalving], the height of peaks above the lowest rate is halved in each cycle;
/// - `exp_range`: [#withDecay], peaks times γᵗ.
/// Counts steps, as PyTorch, with the same defaults: 2,000 steps up and down, momentum 0.8 to 0.9.
/// @param low the lowest rate, from 0 up to the optimizer's
/// @param up steps from the lowest rate to the highest, at least 1
/// @param down steps back, at least 1
/// @param perCycle the factor of the height per cycle, above 0 to 1; 1 by default
/// @param perStep γ, the factor of the height per step, above 0 to 1; 1 by default
/// @param momentum the range of momentum; its height changes by the same factors
public record Cyclic(double low, long up, long down, double perCycle, double perStep, MomentumCycle momentum)
        implements Schedule {
    /// @throws dev.neurite.error.ConfigException for a setting out of range
    public Cyclic {
        Ranges.notNegative("cyclic schedule: lowest rate", low);
        Ranges.count(1, "cyclic schedule: steps up", up);
        Ranges.count(1, "cyclic schedule: steps down", down);
        Ranges.factor("cyclic schedule: factor of a cycle", perCycle);
        Ranges.factor("cyclic schedule: factor of a step", perStep);
    }

    /// The triangular policy with momentum 0.8 to 0.9.
    /// @param low the lowest rate
    /// @param half steps up, and steps down
    public Cyclic(double low, long half) {
        this(low, half, half, 1, 1, new MomentumCycle(0.8, 0.9));
    }

    /// The same with another number of steps down.
    public Cyclic withDown(long steps) {
        return new Cyclic(low, up, steps, perCycle, perStep, momentum);
    }

    /// The same with the height of peaks halved in each cycle.
    public Cyclic withHalving() {
        return new Cyclic(low, up, down, 0.5, perStep, momentum);
    }

    /// The same with peaks that fall as γᵗ.
    public Cyclic withDecay(double gamma) {
        return new Cyclic(low, up, down, perCycle, gamma, momentum);
    }

    public Cyclic withMomentum(MomentumCycle other) {
        return new Cyclic(low, up, down, perCycle, perStep, other);
    }

    /// @throws dev.neurite.error.ConfigException if the lowest rate is above α
    @Override
    public double rate(double base, Moment at) {
        Ranges.below("cyclic schedule: lowest rate", low, base);
        return low + (base - low) * height(at.now());
    }

    @Override
    public double momentum(double base, Moment at) {
        return momentum.at(base, height(at.now()));
    }

    private double height(long now) {
        long cycle = now / (up + down);
        long t = now % (up + down);
        double side = t <= up ? (double) t / up : (double) (up + down - t) / down;
        return side * StrictMath.pow(perCycle, (double) cycle) * StrictMath.pow(perStep, (double) now);
    }
}

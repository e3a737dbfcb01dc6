package dev.neurite.optim;

/// The one-cycle policy: the learning rate rises from α/d to α in the first part of the run and falls
/// to α/(d·e) in the rest, while momentum falls and rises. Smith and Topin 2018, arXiv:1708.07120.
/// PyTorch's `OneCycleLR`, with the optimizer's learning rate as `max_lr`: it is highest in step rise·T
/// − 1 and lowest in the last. All defaults are PyTorch's.
///
/// With three phases, as in the paper, it falls back to α/d in as many steps as it rose, and then to
/// α/(d·e) with high momentum.
/// @param length T in steps; 0, the default, for the rest of the run
/// @param rise the fraction of T in which the rate rises, 0 to below 1; 0.3 by default
/// @param linear whether the rate changes linearly; by default by a cosine
/// @param startDivisor d, at least 1; 25 by default
/// @param endDivisor e, at least 1; 10,000 by default
/// @param momentum from 0.95 to 0.85 and back by default
/// @param threePhases PyTorch's `three_phase`; false by default
public record OneCycle(
        long length,
        double rise,
        boolean linear,
        double startDivisor,
        double endDivisor,
        MomentumCycle momentum,
        boolean threePhases)
        implements Schedule {
    /// @throws dev.neurite.error.ConfigException for a setting out of range
    public OneCycle {
        Ranges.count(0, "one-cycle schedule: length", length);
        Ranges.fraction("one-cycle schedule: rise", rise);
        Ranges.require(
                !threePhases || rise <= 0.5,
                "one-cycle schedule: rise",
                "expects at most 0.5 with three phases, as the fall takes as long, got " + rise);
        Ranges.divisor("one-cycle schedule: divisor of the first rate", startDivisor);
        Ranges.divisor("one-cycle schedule: divisor of the last rate", endDivisor);
    }

    /// The defaults, over the whole run.
    public OneCycle() {
        this(0, 0.3, false, 25, 1e4, new MomentumCycle(0.85, 0.95), false);
    }

    /// The same with this length in steps.
    /// @throws dev.neurite.error.ConfigException for a length below 1
    public OneCycle withLength(long other) {
        Ranges.count(1, "one-cycle schedule: length", other);
        return new OneCycle(other, rise, linear, startDivisor, endDivisor, momentum, threePhases);
    }

    /// The same with another fraction for the rise.
    public OneCycle withRise(double other) {
        return new OneCycle(length, other, linear, startDivisor, endDivisor, momentum, threePhases);
    }

    /// The same with linear changes.
    public OneCycle withLines() {
        return new OneCycle(length, rise, true, startDivisor, endDivisor, momentum, threePhases);
    }

    /// A cycle from α/d to α, and down to α/(d·e).
    public OneCycle withDivisors(double start, double end) {
        return new OneCycle(length, rise, linear, start, end, momentum, threePhases);
    }

    /// The same with three phases.
    public OneCycle withThreePhases() {
        return new OneCycle(length, rise, linear, startDivisor, endDivisor, momentum, true);
    }

    public OneCycle withMomentum(MomentumCycle other) {
        return new OneCycle(length, rise, linear, startDivisor, endDivisor, other, threePhases);
    }

    /// @throws dev.neurite.error.ConfigException if T is unknown
    @Override
    public double rate(double base, Moment at) {
        double start = base / startDivisor;
        double end = start / endDivisor;
        if (ends(at)) return end + (start - end) * shape((now(at) - second(at)) / (last(at) - second(at)));
        double low = rises(at) || threePhases ? start : end;
        return low + (base - low) * height(at);
    }

    /// @throws dev.neurite.error.ConfigException if T is unknown
    @Override
    public double momentum(double base, Moment at) {
        return momentum.at(base, ends(at) ? 0 : height(at));
    }

    private boolean rises(Moment at) {
        return at.now() < top(at);
    }

    /// Whether the moment is in the last of three phases.
    private boolean ends(Moment at) {
        return threePhases && at.now() >= second(at);
    }

    private double now(Moment at) {
        return Math.min((double) at.now(), last(at));
    }

    private double last(Moment at) {
        return (double) at.span(length) - 1;
    }

    /// The time of the highest rate in steps, possibly fractional.
    private double top(Moment at) {
        return rise * at.span(length) - 1;
    }

    /// The end of the second of three phases, in steps.
    private double second(Moment at) {
        return 2 * top(at);
    }

    /// The position of the rate between the lowest (0) and highest (1) of its phase.
    private double height(Moment at) {
        double top = top(at);
        double bottom = threePhases ? second(at) : last(at);
        double now = now(at);
        return shape(rises(at) ? 1 - now / top : (now - top) / (bottom - top));
    }

    /// The shape of a fall: 1 at 0, 0 at 1.
    private double shape(double x) {
        return linear ? 1 - x : Schedules.halfWave(x);
    }
}

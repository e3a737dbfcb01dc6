package dev.neurite.optim;

import java.util.List;

/// Lowers the learning rate when a metric has not improved for some epochs: the loss on validation
/// data, or on training data where there is no validation data; or the metric that
/// [dev.neurite.train.Trainer#monitor] names. PyTorch's `ReduceLROnPlateau` with its defaults, except
/// that `eps` is 0: reductions of any size are made. It has no state, but processes all values so far
/// each time. Counts epochs.
///
/// A value is better if it is below best·(1 − threshold), or with an absolute threshold below best −
/// threshold; if higher is better, above best·(1 + threshold) or best + threshold. After more than
/// `patience` consecutive epochs without a better value, the rate is multiplied by the factor; the
/// `cooldown` epochs after that are not counted. NaN is never better.
/// @param factor above 0 to below 1; 0.1 by default
/// @param patience the number of consecutive epochs without improvement that are tolerated, from 0; 10
/// by default
/// @param threshold from 0, and below 1 if relative; 1e-4 by default
/// @param absolute whether the threshold is a difference; by default it is relative to the best value
/// @param cooldown from 0; 0 by default
/// @param lowest the lower bound of the learning rate, from 0; 0 by default
/// @param higherIsBetter whether higher values of the metric are better, PyTorch's mode `max`; false by
/// default
public record ReduceOnPlateau(
        double factor,
        int patience,
        double threshold,
        boolean absolute,
        int cooldown,
        double lowest,
        boolean higherIsBetter)
        implements Schedule {
    /// @throws dev.neurite.error.ConfigException for a setting out of range
    public ReduceOnPlateau {
        Ranges.require(
                factor > 0 && factor < 1,
                "reduce on plateau: factor",
                "expects a number above 0 and below 1, got " + factor);
        Ranges.count(0, "reduce on plateau: patience", patience);
        if (absolute) Ranges.notNegative("reduce on plateau: threshold", threshold);
        else Ranges.fraction("reduce on plateau: threshold", threshold);
        Ranges.count(0, "reduce on plateau: cooldown", cooldown);
        Ranges.notNegative("reduce on plateau: lowest rate", lowest);
    }

    /// PyTorch's defaults.
    public ReduceOnPlateau() {
        this(0.1, 10, 1e-4, false, 0, 0, false);
    }

    /// The same with another factor.
    public ReduceOnPlateau withFactor(double other) {
        return new ReduceOnPlateau(other, patience, threshold, absolute, cooldown, lowest, higherIsBetter);
    }

    /// The same with another patience.
    public ReduceOnPlateau withPatience(int epochs) {
        return new ReduceOnPlateau(factor, epochs, threshold, absolute, cooldown, lowest, higherIsBetter);
    }

    /// The same with another relative threshold.
    public ReduceOnPlateau withThreshold(double part) {
        return new ReduceOnPlateau(factor, patience, part, false, cooldown, lowest, higherIsBetter);
    }

    public ReduceOnPlateau withAbsoluteThreshold(double difference) {
        return new ReduceOnPlateau(factor, patience, difference, true, cooldown, lowest, higherIsBetter);
    }

    /// The same with another cooldown.
    public ReduceOnPlateau withCooldown(int epochs) {
        return new ReduceOnPlateau(factor, patience, threshold, absolute, epochs, lowest, higherIsBetter);
    }

    /// The same with another lowest rate.
    public ReduceOnPlateau withLowest(double rate) {
        return new ReduceOnPlateau(factor, patience, threshold, absolute, cooldown, rate, higherIsBetter);
    }

    /// The same for a metric whose higher values are better, such as accuracy: PyTorch's mode `max`.
    public ReduceOnPlateau withHigherIsBetter() {
        return new ReduceOnPlateau(factor, patience, threshold, absolute, cooldown, lowest, true);
    }

    @Override
    public Monitors monitors() {
        return higherIsBetter ? Monitors.HIGHER : Monitors.LOWER;
    }

    @Override
    public Unit unit() {
        return Unit.EPOCH;
    }

    @Override
    public double rate(double base, Moment at) {
        List<Double> values = at.watched();
        double rate = base;
        double best = higherIsBetter ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        int waited = 0;
        int cooling = 0;
        for (double value : values.subList(0, (int) Math.min(at.now(), values.size()))) {
            if (isBetter(value, best)) {
                best = value;
                waited = 0;
            } else {
                waited++;
            }
            if (cooling > 0) {
                cooling--;
                waited = 0;
            }
            if (waited > patience) {
                rate = Math.min(rate, Math.max(rate * factor, lowest));
                cooling = cooldown;
                waited = 0;
            }
        }
        return rate;
    }

    private boolean isBetter(double value, double best) {
        if (higherIsBetter) return value > (absolute ? best + threshold : best * (1 + threshold));
        return value < (absolute ? best - threshold : best * (1 - threshold));
    }
}

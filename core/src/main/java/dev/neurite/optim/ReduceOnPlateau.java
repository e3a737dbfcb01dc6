package dev.neurite.optim;

import java.util.List;

/// Lowers the rate when the loss has not become better for some epochs. As PyTorch's `ReduceLROnPlateau`
/// for a loss, with its defaults; but however small a reduction is, it is made (PyTorch's `eps` is 0
/// here), and nothing is remembered: each time the losses watched so far are gone through from the
/// first. Counts epochs.
///
/// A loss is better if it is below best·(1 − threshold), or best − threshold. After more than `patience`
/// epochs in a row without a better one, the rate is multiplied by the factor; the `cooldown` epochs
/// after that do not count as waiting. A loss that is no number is not better.
/// @param factor above 0 to below 1; 0.1 by default
/// @param patience how many epochs in a row may be no better, from 0; 10 by default
/// @param threshold from 0, and below 1 if relative; 1e-4 by default
/// @param absolute whether the threshold is subtracted; by default it is a part of the best loss
/// @param cooldown from 0; 0 by default
/// @param lowest the rate never falls below this, from 0; 0 by default
public record ReduceOnPlateau(
        double factor, int patience, double threshold, boolean absolute, int cooldown, double lowest)
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
        this(0.1, 10, 1e-4, false, 0, 0);
    }

    /// The same with another factor.
    public ReduceOnPlateau withFactor(double other) {
        return new ReduceOnPlateau(other, patience, threshold, absolute, cooldown, lowest);
    }

    /// The same with another patience.
    public ReduceOnPlateau withPatience(int epochs) {
        return new ReduceOnPlateau(factor, epochs, threshold, absolute, cooldown, lowest);
    }

    /// The same with another part of the best loss as threshold.
    public ReduceOnPlateau withThreshold(double part) {
        return new ReduceOnPlateau(factor, patience, part, false, cooldown, lowest);
    }

    /// The same with a threshold that is subtracted from the best loss.
    public ReduceOnPlateau withAbsoluteThreshold(double difference) {
        return new ReduceOnPlateau(factor, patience, difference, true, cooldown, lowest);
    }

    /// The same with another cooldown.
    public ReduceOnPlateau withCooldown(int epochs) {
        return new ReduceOnPlateau(factor, patience, threshold, absolute, epochs, lowest);
    }

    /// The same with another lowest rate.
    public ReduceOnPlateau withLowest(double rate) {
        return new ReduceOnPlateau(factor, patience, threshold, absolute, cooldown, rate);
    }

    @Override
    public Unit unit() {
        return Unit.EPOCH;
    }

    @Override
    public double rate(double base, Moment at) {
        List<Double> losses = at.watched();
        double rate = base;
        double best = Double.POSITIVE_INFINITY;
        int waited = 0;
        int cooling = 0;
        for (double loss : losses.subList(0, (int) Math.min(at.now(), losses.size()))) {
            if (loss < (absolute ? best - threshold : best * (1 - threshold))) {
                best = loss;
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
}

package dev.neurite.loss;

import java.util.List;

/// A loss with a factor in a sum of losses: factor · L.
/// @param factor at least 0
/// @param loss L
public record Weighted(double factor, Loss loss) implements Criterion {
    /// @throws dev.neurite.error.ConfigException for a factor below 0, infinite or NaN
    public Weighted {
        LossChecks.notNegative("weight of " + loss, factor);
    }

    @Override
    public List<Weighted> losses() {
        return List.of(this);
    }

    @Override
    public String toString() {
        return factor == 1 ? loss.toString() : factor + " · " + loss;
    }
}

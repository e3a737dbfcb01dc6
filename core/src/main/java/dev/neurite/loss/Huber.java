package dev.neurite.loss;

/// Huber loss (1964), quadratic for small errors and linear for large ones: with d = ŷ − y, ½d² for |d|
/// ≤ Δ, else Δ·(|d| − ½Δ), as the mean over outputs. PyTorch's `huber_loss`.
/// @param delta Δ, above 0
public record Huber(double delta) implements PointwiseLoss {
    /// @throws dev.neurite.error.ConfigException for a delta that is not above 0
    public Huber {
        LossChecks.positive("Huber's delta", delta);
    }

    @Override
    public float value(float y, float t) {
        float d = Math.abs(y - t);
        float edge = (float) delta;
        return d <= edge ? 0.5f * d * d : edge * (d - 0.5f * edge);
    }

    @Override
    public float slope(float y, float t) {
        float d = y - t;
        float edge = (float) delta;
        return Math.abs(d) <= edge ? d : edge * Math.signum(d);
    }

    @Override
    public String toString() {
        return "Huber loss (delta " + delta + ")";
    }
}

package dev.neurite.loss;

/// Mean absolute error: Lᵢ = (1/n) Σ |ŷ − y| over a row's n outputs; its derivative at 0 is 0. PyTorch's
/// `l1_loss`.
public record MeanAbsoluteError() implements PointwiseLoss {
    @Override
    public float value(float y, float t) {
        return Math.abs(y - t);
    }

    @Override
    public float slope(float y, float t) {
        return Math.signum(y - t);
    }

    @Override
    public String toString() {
        return "mean absolute error";
    }
}

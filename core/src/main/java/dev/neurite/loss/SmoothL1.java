package dev.neurite.loss;

/// Smooth L1 loss: with d = ŷ − y, ½d²/β for |d| < β, else |d| − ½β, as the mean over outputs (Girshick
/// 2015, arXiv:1504.08083). PyTorch's `smooth_l1_loss`; it is the Huber loss divided by β. For β = 0
/// see [MeanAbsoluteError].
/// @param beta β, above 0
public record SmoothL1(double beta) implements PointwiseLoss {
    /// @throws dev.neurite.error.ConfigException for a beta that is not above 0
    public SmoothL1 {
        LossChecks.positive("smooth L1's beta", beta);
    }

    @Override
    public float value(float y, float t) {
        float d = Math.abs(y - t);
        float edge = (float) beta;
        return d < edge ? 0.5f * d * d / edge : d - 0.5f * edge;
    }

    @Override
    public float slope(float y, float t) {
        float d = y - t;
        float edge = (float) beta;
        return Math.abs(d) < edge ? d / edge : Math.signum(d);
    }

    @Override
    public String toString() {
        return "smooth L1 loss (beta " + beta + ")";
    }
}

package dev.neurite.loss;

import dev.neurite.kernel.Activation;
import dev.neurite.tensor.Shape;

/// Hinge embedding loss of distances y: y for similar pairs (t = 1), max(0, m − y) for dissimilar ones
/// (t = −1), as the mean over outputs. PyTorch's `HingeEmbeddingLoss`. Targets of 0, as in labels,
/// count as −1.
/// @param margin m, above 0; PyTorch's default is 1
public record HingeEmbedding(double margin) implements PointwiseLoss {
    /// @throws dev.neurite.error.ConfigException for a margin that is not above 0
    public HingeEmbedding {
        LossChecks.positive("hinge embedding margin", margin);
    }

    @Override
    public void checkTarget(Activation outputActivation, float[] target, int row) {
        Hinge.checkSigns(target, row);
    }

    @Override
    public float value(float y, float t) {
        return t > 0 ? y : Math.max(0, (float) margin - y);
    }

    @Override
    public float slope(float y, float t) {
        return t > 0 ? 1 : -Math.signum(value(y, t));
    }

    /// 0, as an output is a distance.
    @Override
    public int classes(Activation outputActivation, Shape output, int labels) {
        return 0;
    }

    @Override
    public String toString() {
        return "hinge embedding loss (margin " + margin + ")";
    }
}

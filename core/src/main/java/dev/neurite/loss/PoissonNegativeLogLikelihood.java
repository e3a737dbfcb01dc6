package dev.neurite.loss;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.ScalarMath;

/// Negative log likelihood of Poisson distributed counts t, as the mean over outputs, without the
/// constant term log t!. PyTorch's `poisson_nll_loss` with `full=False`.
///
/// | output | value | derivative |
/// |---|---|---|
/// | y = log of the rate | eʸ − t·y | eʸ − t |
/// | y = rate, above 0 | y − t·log(y + 10⁻⁸) | 1 − t / (y + 10⁻⁸) |
/// @param logInput whether outputs are log rates
public record PoissonNegativeLogLikelihood(boolean logInput) implements PointwiseLoss {
    private static final float EPSILON = 1e-8f;

    @Override
    public void checkTarget(Activation outputActivation, float[] target, int row) {
        LossChecks.targets(target, row, 0, Float.MAX_VALUE, "counts, at least 0");
    }

    @Override
    public float value(float y, float t) {
        return logInput ? ScalarMath.exp(y) - t * y : y - t * ScalarMath.log(y + EPSILON);
    }

    @Override
    public float slope(float y, float t) {
        return logInput ? ScalarMath.exp(y) - t : 1 - t / (y + EPSILON);
    }

    @Override
    public String toString() {
        return "Poisson negative log likelihood" + (logInput ? "" : " (of rates)");
    }
}

package dev.neurite.loss;

import dev.neurite.kernel.ScalarMath;

/// log cosh(ŷ − y), near ½d² for small errors and |d| − log 2 for large ones, as the mean over outputs;
/// its derivative is tanh(ŷ − y). Keras's `LogCosh`.
public record LogCosh() implements PointwiseLoss {
    private static final float LOG_2 = 0.6931472f;
    private static final float SMALL = 0.1f; // below, the next term of the series is less than half an ulp

    @Override
    public float value(float y, float t) {
        float d = Math.abs(y - t);
        if (d < SMALL) return d * d * (0.5f - d * d * (1 / 12f - d * d / 45)); // ½d² − d⁴/12 + d⁶/45
        return d + (ScalarMath.softplus(-2 * d) - LOG_2); // log ((eᵈ + e⁻ᵈ) / 2)
    }

    @Override
    public float slope(float y, float t) {
        return ScalarMath.tanh(y - t);
    }

    @Override
    public String toString() {
        return "log-cosh loss";
    }
}

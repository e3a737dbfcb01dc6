package dev.neurite.kernel;

import static dev.neurite.kernel.ScalarMath.clamped;
import static dev.neurite.kernel.math.Coefficients.SIXTH;
import static dev.neurite.kernel.math.Coefficients.THIRD;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Activation.Elementwise;

/// Piecewise polynomial activations, softsign and the shrinking ones, with their derivatives.
/// [Activation] has constants and factories for them; it also contains ReLU and leaky ReLU.
public final class PiecewiseActivations {

    private PiecewiseActivations() {}

    /// See [Activation#RELU6].
    public record Relu6() implements Elementwise {
        @Override
        public String toString() {
            return "relu6";
        }

        @Override
        public float apply(float z) {
            return clamped(z, 0, 6);
        }

        @Override
        public float derivative(float z, float y) {
            return y > 0 && y < 6 ? 1 : 0;
        }

        @Override
        public boolean derivativeNeedsInput() {
            return false;
        }
    }

    /// See [Activation#hardTanh(double, double)].
    /// @param min the lower bound
    /// @param max the upper bound
    public record HardTanh(float min, float max) implements Elementwise {
        /// @throws ConfigException unless both are finite and min < max
        public HardTanh {
            if (!(min < max && Float.isFinite(min) && Float.isFinite(max))) {
                throw new ConfigException("hard tanh", "expects finite min < max, got " + min + " and " + max);
            }
        }

        @Override
        public String toString() {
            return "hard-tanh(" + min + ", " + max + ")";
        }

        @Override
        public float apply(float z) {
            return clamped(z, min, max);
        }

        @Override
        public float derivative(float z, float y) {
            return y > min && y < max ? 1 : 0;
        }

        @Override
        public boolean derivativeNeedsInput() {
            return false;
        }
    }

    /// See [Activation#HARD_SIGMOID].
    public record HardSigmoid() implements Elementwise {
        @Override
        public String toString() {
            return "hard-sigmoid";
        }

        @Override
        public float apply(float z) {
            return clamped(z + 3, 0, 6) * SIXTH;
        }

        @Override
        public float derivative(float z, float y) {
            return y > 0 && y < 1 ? SIXTH : 0;
        }

        @Override
        public boolean derivativeNeedsInput() {
            return false;
        }
    }

    /// See [Activation#HARD_SWISH].
    public record HardSwish() implements InputDerivative {
        @Override
        public String toString() {
            return "hard-swish";
        }

        @Override
        public float apply(float z) {
            float x = z < -3 ? -3 : z;
            return x * (clamped(x + 3, 0, 6) * SIXTH);
        }

        @Override
        public float derivative(float z, float y) {
            float slope = Math.fma(z, THIRD, 0.5f);
            float raised = z <= -3 ? 0 : slope;
            return z >= 3 ? 1 : raised;
        }
    }

    /// See [Activation#SOFTSIGN]. g′ = (1 − |y|)².
    public record Softsign() implements Elementwise {
        @Override
        public String toString() {
            return "softsign";
        }

        @Override
        public float apply(float z) {
            float x = clamped(z, -Float.MAX_VALUE, Float.MAX_VALUE);
            return x / (1 + Math.abs(x));
        }

        @Override
        public float derivative(float z, float y) {
            float rest = 1 - Math.abs(y);
            return rest * rest;
        }

        @Override
        public boolean derivativeNeedsInput() {
            return false;
        }
    }

    /// See [Activation#TANH_SHRINK]. g′ = tanh² z.
    public record TanhShrink() implements InputDerivative {
        @Override
        public String toString() {
            return "tanh-shrink";
        }

        @Override
        public float apply(float z) {
            return z - ScalarMath.tanh(z);
        }

        @Override
        public float derivative(float z, float y) {
            float t = ScalarMath.tanh(z);
            return t * t;
        }
    }

    /// See [Activation#softShrink(double)].
    /// @param lambda λ: from −λ to λ the result is 0
    public record SoftShrink(float lambda) implements InputDerivative {
        /// @throws ConfigException if λ is negative or not finite
        public SoftShrink {
            checkLambda("soft shrink", lambda);
        }

        @Override
        public String toString() {
            return "soft-shrink(" + lambda + ")";
        }

        @Override
        public float apply(float z) {
            return z - clamped(z, -lambda, lambda);
        }

        @Override
        public float derivative(float z, float y) {
            return Math.abs(z) <= lambda ? 0 : 1;
        }
    }

    /// See [Activation#hardShrink(double)].
    /// @param lambda λ: from −λ to λ the result is 0
    public record HardShrink(float lambda) implements InputDerivative {
        /// @throws ConfigException if λ is negative or not finite
        public HardShrink {
            checkLambda("hard shrink", lambda);
        }

        @Override
        public String toString() {
            return "hard-shrink(" + lambda + ")";
        }

        @Override
        public float apply(float z) {
            return Math.abs(z) <= lambda ? 0 : z;
        }

        @Override
        public float derivative(float z, float y) {
            return Math.abs(z) <= lambda ? 0 : 1;
        }
    }

    /// See [Activation#threshold(double, double)].
    /// @param threshold up to this z the result is `value`
    /// @param value the result there
    public record Threshold(float threshold, float value) implements InputDerivative {
        /// @throws ConfigException unless both are finite
        public Threshold {
            if (!Float.isFinite(threshold) || !Float.isFinite(value)) {
                throw new ConfigException(
                        "threshold", "expects a finite threshold and value, got " + threshold + " and " + value);
            }
        }

        @Override
        public String toString() {
            return "threshold(" + threshold + ", " + value + ")";
        }

        @Override
        public float apply(float z) {
            return z <= threshold ? value : z;
        }

        @Override
        public float derivative(float z, float y) {
            return z <= threshold ? 0 : 1;
        }
    }

    private static void checkLambda(String where, float lambda) {
        if (!(lambda >= 0 && lambda < Float.POSITIVE_INFINITY)) {
            throw new ConfigException(where, "expects a finite lambda of at least 0, got " + lambda);
        }
    }
}

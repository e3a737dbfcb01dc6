package dev.neurite.kernel;

import static dev.neurite.kernel.ScalarMath.clamped;
import static dev.neurite.kernel.math.Coefficients.EXP_LOWEST;
import static dev.neurite.kernel.math.Coefficients.GELU_A;
import static dev.neurite.kernel.math.Coefficients.GELU_B;
import static dev.neurite.kernel.math.Coefficients.GELU_B_THRICE;
import static dev.neurite.kernel.math.Coefficients.GELU_ROOT;
import static dev.neurite.kernel.math.Coefficients.NORMAL_FAR;
import static dev.neurite.kernel.math.Coefficients.SELU_LAMBDA;
import static dev.neurite.kernel.math.Coefficients.SELU_LAMBDA_ALPHA;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Activation.Elementwise;

/// Activations built from exponentials, with their derivatives. [Activation] has constants and
/// factories for them.
///
/// Where a product would be ∞·0 for large |z|, z is clamped to the point where the vanishing factor
/// becomes 0.
public final class SmoothActivations {
    private SmoothActivations() {}

    private static void atLeast(String who, float value, float least) {
        if (!(value >= least && value < Float.POSITIVE_INFINITY)) {
            throw new ConfigException(who, "expects a finite number of at least " + least + ", got " + value);
        }
    }

    /// See [Activation#elu(double)].
    /// @param alpha α: −α is the limit for small z
    public record Elu(float alpha) implements Elementwise {
        /// @throws ConfigException if α is negative or not finite
        public Elu {
            atLeast("ELU's alpha", alpha, 0);
        }

        @Override
        public String toString() {
            return "elu(" + alpha + ")";
        }

        @Override
        public float apply(float z) {
            return z > 0 ? z : alpha * ScalarMath.expm1(z);
        }

        @Override
        public float derivative(float z, float y) {
            return y > 0 ? 1 : y + alpha;
        }

        @Override
        public boolean derivativeNeedsInput() {
            return false;
        }
    }

    /// See [Activation#celu(double)]. g′ = y/α + 1 is computed from y, so z need not be stored. Its
    /// error is up to 6e-8, so for very negative z, where g′ is nearly 0, it may be slightly
    /// negative.
    /// @param alpha α: −α is the limit for small z
    public record Celu(float alpha) implements Elementwise {
        /// @throws ConfigException if α is below 2⁻¹²⁶, where 1/α overflows, or not finite
        public Celu {
            atLeast("CELU's alpha", alpha, Float.MIN_NORMAL);
        }

        @Override
        public String toString() {
            return "celu(" + alpha + ")";
        }

        @Override
        public float apply(float z) {
            return z > 0 ? z : alpha * ScalarMath.expm1(1 / alpha * z);
        }

        @Override
        public float derivative(float z, float y) {
            return y > 0 ? 1 : Math.fma(1 / alpha, y, 1);
        }

        @Override
        public boolean derivativeNeedsInput() {
            return false;
        }
    }

    /// See [Activation#SELU].
    public record Selu() implements Elementwise {

        @Override
        public String toString() {
            return "selu";
        }

        @Override
        public float apply(float z) {
            return z > 0 ? SELU_LAMBDA * z : SELU_LAMBDA_ALPHA * ScalarMath.expm1(z);
        }

        @Override
        public float derivative(float z, float y) {
            return y > 0 ? SELU_LAMBDA : y + SELU_LAMBDA_ALPHA;
        }

        @Override
        public boolean derivativeNeedsInput() {
            return false;
        }
    }

    /// See [Activation#GELU]. g′ = Φ(z) + z·φ(z), and Φ is computed from φ(z) = e^(−z²/2)/√(2π), too.
    public record Gelu() implements InputDerivative {

        @Override
        public String toString() {
            return "gelu";
        }

        @Override
        public float apply(float z) {
            float t = Math.abs(clamped(z, -NORMAL_FAR, NORMAL_FAR));
            float tail = ScalarMath.tailOverBell(t) * ScalarMath.bell(t);
            float x = z < -NORMAL_FAR ? -NORMAL_FAR : z;
            return x * (x < 0 ? tail : 1 - tail);
        }

        @Override
        public float derivative(float z, float y) {
            float x = clamped(z, -NORMAL_FAR, NORMAL_FAR);
            float t = Math.abs(x);
            float bell = ScalarMath.bell(t);
            float tail = ScalarMath.tailOverBell(t) * bell;
            return Math.fma(x, bell * GELU_ROOT, x < 0 ? tail : 1 - tail);
        }
    }

    /// See [Activation#GELU_TANH]; computed as z·sigmoid(u) with u = A·z + B·z³. Its derivative is
    /// sigmoid(u) + z·(A + 3B·z²)·e/(1 + e)² with e = e^−|u|.
    public record GeluTanh() implements InputDerivative {

        @Override
        public String toString() {
            return "gelu-tanh";
        }

        @Override
        public float apply(float z) {
            float x = z < -NORMAL_FAR ? -NORMAL_FAR : z;
            return x * ScalarMath.sigmoid(x * Math.fma(x * x, GELU_B, GELU_A));
        }

        @Override
        public float derivative(float z, float y) {
            float x = clamped(z, -NORMAL_FAR, NORMAL_FAR);
            float e = ScalarMath.expOfMinus(x * Math.fma(x * x, GELU_B, GELU_A));
            float r = 1 / (e + 1);
            float slope = e * r * r * Math.fma(x * x, GELU_B_THRICE, GELU_A);
            return Math.fma(x, slope, x < 0 ? e * r : r);
        }
    }

    /// See [Activation#SILU]. g′ = sigmoid(z) + z·e/(1 + e)² with e = e^−|z|.
    public record Silu() implements InputDerivative {
        @Override
        public String toString() {
            return "silu";
        }

        @Override
        public float apply(float z) {
            float x = z < EXP_LOWEST ? EXP_LOWEST : z;
            return x * ScalarMath.sigmoid(x);
        }

        @Override
        public float derivative(float z, float y) {
            float x = clamped(z, EXP_LOWEST, -EXP_LOWEST);
            float e = ScalarMath.expOfMinus(x);
            float r = 1 / (e + 1);
            return Math.fma(x, e * r * r, x < 0 ? e * r : r);
        }
    }

    /// See [Activation#MISH]. With e = e^−|z|, tanh(log(1 + eᶻ)) = p/q; p = e² + 2e and q = p + 2 below 0, else
    /// p = 1 + 2e and q = p + 2e². Its derivative is 4e·(1 + e)/q² below 0, else e times that.
    public record Mish() implements InputDerivative {
        @Override
        public String toString() {
            return "mish";
        }

        @Override
        public float apply(float z) {
            float x = z < EXP_LOWEST ? EXP_LOWEST : z;
            float e = ScalarMath.expOfMinus(x);
            float p = x < 0 ? e * (e + 2) : e + e + 1;
            float q = p + (x < 0 ? 2 : e * (e + e));
            return x * (p / q);
        }

        @Override
        public float derivative(float z, float y) {
            float x = clamped(z, EXP_LOWEST, -EXP_LOWEST);
            float e = ScalarMath.expOfMinus(x);
            float p = x < 0 ? e * (e + 2) : e + e + 1;
            float q = p + (x < 0 ? 2 : e * (e + e));
            float r = 1 / q;
            float slope = 4 * e * (e + 1) * (x < 0 ? 1 : e) * r * r;
            return Math.fma(x, slope, p * r);
        }
    }

    /// See [Activation#LOG_SIGMOID]. g′ = 1 − eʸ.
    public record LogSigmoid() implements Elementwise {
        @Override
        public String toString() {
            return "log-sigmoid";
        }

        @Override
        public float apply(float z) {
            return -ScalarMath.softplus(-z);
        }

        @Override
        public float derivative(float z, float y) {
            return -ScalarMath.expm1(y);
        }

        @Override
        public boolean derivativeNeedsInput() {
            return false;
        }
    }

    /// See [Activation#softplus(double, double)]. g′ = sigmoid(β·z), or 1 above the threshold.
    /// @param beta β
    /// @param threshold of β·z
    public record Softplus(float beta, float threshold) implements InputDerivative {
        /// @throws ConfigException if β is below 2⁻¹²⁶ or not finite, or the threshold negative or not finite
        public Softplus {
            atLeast("softplus's beta", beta, Float.MIN_NORMAL);
            atLeast("softplus's threshold", threshold, 0);
        }

        @Override
        public String toString() {
            return "softplus(" + beta + ", " + threshold + ")";
        }

        @Override
        public float apply(float z) {
            float x = beta * z;
            return x > threshold ? z : ScalarMath.softplus(x) / beta;
        }

        @Override
        public float derivative(float z, float y) {
            float x = beta * z;
            return x > threshold ? 1 : ScalarMath.sigmoid(x);
        }
    }
}

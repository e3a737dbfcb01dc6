package dev.neurite.kernel;

import dev.neurite.error.ConfigException;

/// The function at the end of a layer: element-wise, or the softmax over each row.
///
/// `z` is what goes in, `y = g(z)` what comes out.
public sealed interface Activation {
    /// y = z.
    Elementwise IDENTITY = new Identity();

    /// y = max(z, 0). Its derivative at 0 is 0, as in PyTorch and Keras.
    Elementwise RELU = new Relu();

    /// y = tanh(z).
    Elementwise TANH = new Tanh();

    /// y = 1 / (1 + e⁻ᶻ).
    Elementwise SIGMOID = new Sigmoid();

    /// y = eᶻ / Σ eᶻ over the row; rows of more than one axis are taken as one.
    Softmax SOFTMAX = new Softmax();

    /// y = z above 0, slope·z elsewhere, with PyTorch's slope of 0.01 (Keras has 0.3).
    static Elementwise leakyRelu() {
        return new LeakyRelu(0.01f);
    }

    /// y = z above 0, slope·z elsewhere.
    /// @param slope finite and at least 0
    static Elementwise leakyRelu(double slope) {
        return new LeakyRelu((float) slope);
    }

    /// An activation of each element by itself. Open to functions of your own: the built-in ones have fast
    /// kernels, others are called element by element.
    non-sealed interface Elementwise extends Activation {
        /// y = g(z).
        float apply(float z);

        /// g′(z), given both z and y = g(z); z is meaningless (0) unless [#derivativeNeedsInput()].
        float derivative(float z, float y);

        /// Whether the derivative cannot be told from y alone, so that z must be kept.
        boolean derivativeNeedsInput();
    }

    /// The normalized exponential of a row, computed as e^(z − max z) so that it cannot overflow.
    record Softmax() implements Activation {
        @Override
        public String toString() {
            return "softmax";
        }
    }

    /// See [Activation#IDENTITY].
    record Identity() implements Elementwise {
        @Override
        public String toString() {
            return "identity";
        }

        @Override
        public float apply(float z) {
            return z;
        }

        @Override
        public float derivative(float z, float y) {
            return 1;
        }

        @Override
        public boolean derivativeNeedsInput() {
            return false;
        }
    }

    /// See [Activation#RELU]. NaN stays NaN.
    record Relu() implements Elementwise {
        @Override
        public String toString() {
            return "relu";
        }

        @Override
        public float apply(float z) {
            return Math.max(z, 0);
        }

        @Override
        public float derivative(float z, float y) {
            return y > 0 ? 1 : 0;
        }

        @Override
        public boolean derivativeNeedsInput() {
            return false;
        }
    }

    /// See [Activation#leakyRelu(double)]. Maas et al. 2013, "Rectifier nonlinearities improve neural
    /// network acoustic models".
    record LeakyRelu(float slope) implements Elementwise {
        @Override
        public String toString() {
            return "leaky-relu(" + slope + ")";
        }

        /// @throws ConfigException if the slope is negative or not finite
        public LeakyRelu {
            if (!(slope >= 0 && slope < Float.POSITIVE_INFINITY)) {
                throw new ConfigException("leaky ReLU", "expects a finite slope of at least 0, got " + slope);
            }
        }

        @Override
        public float apply(float z) {
            return z > 0 ? z : slope * z;
        }

        @Override
        public float derivative(float z, float y) {
            return y > 0 ? 1 : slope;
        }

        @Override
        public boolean derivativeNeedsInput() {
            return false;
        }
    }

    /// See [Activation#TANH].
    record Tanh() implements Elementwise {
        @Override
        public String toString() {
            return "tanh";
        }

        @Override
        public float apply(float z) {
            return ScalarMath.tanh(z);
        }

        @Override
        public float derivative(float z, float y) {
            return Math.fma(-y, y, 1);
        }

        @Override
        public boolean derivativeNeedsInput() {
            return false;
        }
    }

    /// See [Activation#SIGMOID].
    record Sigmoid() implements Elementwise {
        @Override
        public String toString() {
            return "sigmoid";
        }

        @Override
        public float apply(float z) {
            return ScalarMath.sigmoid(z);
        }

        @Override
        public float derivative(float z, float y) {
            return y * (1 - y);
        }

        @Override
        public boolean derivativeNeedsInput() {
            return false;
        }
    }
}

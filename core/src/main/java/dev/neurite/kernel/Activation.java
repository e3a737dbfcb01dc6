package dev.neurite.kernel;

import dev.neurite.error.ConfigException;

/// An activation function: element-wise, or the softmax or log-softmax of each row.
///
/// `z` is the input and `y = g(z)` the output. Functions, settings and derivatives at kinks are
/// PyTorch's unless noted otherwise; for infinite z the result is the limit. Activations with
/// learned parameters, or that combine features, are layers: `prelu()` and `glu()` in
/// `dev.neurite.layer.Layers`.
public sealed interface Activation {
    /// y = z.
    Elementwise IDENTITY = new Identity();

    /// y = max(z, 0). Its derivative at 0 is 0, as in PyTorch and Keras.
    Elementwise RELU = new Relu();

    /// y = tanh(z).
    Elementwise TANH = new Tanh();

    /// y = 1 / (1 + e⁻ᶻ).
    Elementwise SIGMOID = new Sigmoid();

    /// y = eᶻ / Σ eᶻ over the row; rows of several axes are flattened.
    Softmax SOFTMAX = new Softmax();

    /// y = z − log Σ eᶻ over the row, the logarithm of the softmax; rows of several axes are
    /// flattened.
    LogSoftmax LOG_SOFTMAX = new LogSoftmax();

    /// y = max(0, min(z, 6)). Its derivative is 0 at 0 and at 6.
    Elementwise RELU6 = new PiecewiseActivations.Relu6();

    /// y = λ·z if z > 0, else λ·α·(eᶻ − 1). With these λ and α, layers keep mean 0 and variance 1
    /// if their weights are initialized LeCun-normal, as `dense(…, SELU)` does. Klambauer et al.
    /// 2017, arXiv:1706.02515.
    Elementwise SELU = new SmoothActivations.Selu();

    /// y = z·Φ(z) with Φ the cumulative distribution function of the normal distribution: PyTorch's
    /// and Keras's default GELU. Hendrycks and Gimpel 2016, arXiv:1606.08415.
    Elementwise GELU = new SmoothActivations.Gelu();

    /// y = z/2 · (1 + tanh(√(2/π)·(z + 0.044715·z³))), the approximation of [#GELU] that BERT and GPT-2 were
    /// trained with: `approximate="tanh"` in PyTorch. It differs by up to 5e-4.
    Elementwise GELU_TANH = new SmoothActivations.GeluTanh();

    /// y = z·sigmoid(z), also called swish. Hendrycks and Gimpel 2016, arXiv:1606.08415; Ramachandran et al. 2017,
    /// arXiv:1710.05941.
    Elementwise SILU = new SmoothActivations.Silu();

    /// y = z·tanh(log(1 + eᶻ)). Misra 2019, arXiv:1908.08681.
    Elementwise MISH = new SmoothActivations.Mish();

    /// y = log(sigmoid(z)).
    Elementwise LOG_SIGMOID = new SmoothActivations.LogSigmoid();

    /// y = z/6 + 1/2, clamped to 0 … 1: PyTorch's and, since version 3, Keras's (0.2·z + 1/2 in
    /// earlier ones). Its derivative at ±3 is 0.
    Elementwise HARD_SIGMOID = new PiecewiseActivations.HardSigmoid();

    /// y = z·hard-sigmoid(z). Its derivative is 0 at −3 and 1 at 3, as in PyTorch after 2.6, where it depended on
    /// the length of the tensor. Howard et al. 2019, arXiv:1905.02244.
    Elementwise HARD_SWISH = new PiecewiseActivations.HardSwish();

    /// y = z / (1 + |z|).
    Elementwise SOFTSIGN = new PiecewiseActivations.Softsign();

    /// y = z − tanh z. Near 0 the two are almost equal: as in PyTorch, the error is an ulp of z there, not of y.
    Elementwise TANH_SHRINK = new PiecewiseActivations.TanhShrink();

    /// y = z if z > 0, else slope·z, with PyTorch's slope of 0.01 (Keras: 0.3).
    static Elementwise leakyRelu() {
        return new LeakyRelu(0.01f);
    }

    /// y = z if z > 0, else slope·z.
    /// @param slope finite and at least 0
    static Elementwise leakyRelu(double slope) {
        return new LeakyRelu((float) slope);
    }

    /// y = z if z > 0, else eᶻ − 1: [#elu(double)] with α = 1.
    static Elementwise elu() {
        return elu(1);
    }

    /// y = z if z > 0, else α·(eᶻ − 1); its derivative at 0 is α. Clevert et al. 2015,
    /// arXiv:1511.07289.
    /// @param alpha α, finite and at least 0
    static Elementwise elu(double alpha) {
        return new SmoothActivations.Elu((float) alpha);
    }

    /// y = z if z > 0, else eᶻ − 1: [#celu(double)] with α = 1.
    static Elementwise celu() {
        return celu(1);
    }

    /// y = z if z > 0, else α·(e^(z/α) − 1), which makes the derivative continuous. Barron 2017,
    /// arXiv:1704.07483.
    /// @param alpha α, at least 1.2e-38 and finite
    static Elementwise celu(double alpha) {
        return new SmoothActivations.Celu((float) alpha);
    }

    /// y = log(1 + eᶻ): [#softplus(double, double)] with β = 1 and PyTorch's threshold of 20.
    static Elementwise softplus() {
        return softplus(1, 20);
    }

    /// y = log(1 + e^(β·z)) / β, or z if β·z is above the threshold, as in PyTorch. A threshold of
    /// 20 does not change any float result.
    /// @param beta β, at least 1.2e-38 and finite
    /// @param threshold finite and at least 0
    static Elementwise softplus(double beta, double threshold) {
        return new SmoothActivations.Softplus((float) beta, (float) threshold);
    }

    /// y = z, clamped to −1 … 1. Its derivative at ±1 is 0.
    static Elementwise hardTanh() {
        return hardTanh(-1, 1);
    }

    /// y = z, clamped to `min` … `max`; its derivative is 0 at both.
    /// @param min finite
    /// @param max finite, above min
    static Elementwise hardTanh(double min, double max) {
        return new PiecewiseActivations.HardTanh((float) min, (float) max);
    }

    /// y = z − 0.5 above 0.5, z + 0.5 below −0.5, 0 between: [#softShrink(double)] with PyTorch's λ.
    static Elementwise softShrink() {
        return softShrink(0.5);
    }

    /// y = z − λ above λ, z + λ below −λ, 0 between. Its derivative is 0 at ±λ.
    /// @param lambda λ, finite and at least 0
    static Elementwise softShrink(double lambda) {
        return new PiecewiseActivations.SoftShrink((float) lambda);
    }

    /// y = z where |z| > 0.5, else 0: [#hardShrink(double)] with PyTorch's λ.
    static Elementwise hardShrink() {
        return hardShrink(0.5);
    }

    /// y = z where |z| > λ, else 0. Its derivative is 0 at ±λ.
    /// @param lambda λ, finite and at least 0
    static Elementwise hardShrink(double lambda) {
        return new PiecewiseActivations.HardShrink((float) lambda);
    }

    /// y = z above the threshold, else `value`; its derivative is 0 at the threshold.
    /// @param threshold finite
    /// @param value finite
    static Elementwise threshold(double threshold, double value) {
        return new PiecewiseActivations.Threshold((float) threshold, (float) value);
    }

    /// An element-wise activation. You can implement your own, with [ScalarMath]: the built-in ones
    /// have vector kernels, others are called once per element. `toString` is the name in
    /// summaries; `GradientCheck` finds a wrong derivative.
    non-sealed interface Elementwise extends Activation {
        /// y = g(z).
        float apply(float z);

        /// g′(z), given both z and y = g(z); z is meaningless (0) unless [#derivativeNeedsInput()].
        float derivative(float z, float y);

        /// Whether the derivative needs z, so that z must be stored.
        boolean derivativeNeedsInput();
    }

    /// See [Activation#SOFTMAX]; computed from e^(z − max z), which cannot overflow.
    record Softmax() implements Activation {
        @Override
        public String toString() {
            return "softmax";
        }
    }

    /// See [Activation#LOG_SOFTMAX]; computed as (z − max z) − log Σ e^(z − max z), which cannot
    /// overflow.
    record LogSoftmax() implements Activation {
        @Override
        public String toString() {
            return "log-softmax";
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

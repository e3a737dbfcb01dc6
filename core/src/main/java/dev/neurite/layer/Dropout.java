package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Noise;
import dev.neurite.kernel.NoiseKernels;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Mode;
import dev.neurite.model.Pass;
import dev.neurite.model.Pass.Dx;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Dropout: while training, sets each element to 0 with probability `rate` and scales the others, so
/// that the mean stays: y = x ∘ mask / (1 − rate). Returns x when predicting.
///
/// Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from overfitting", scaled
/// while training as in PyTorch and Keras. Unlike there, a rate of 1 is refused.
/// @param rate the probability that an element becomes 0, from 0 to below 1; PyTorch's default is 0.5
public record Dropout(double rate) implements Layer {
    /// @throws ConfigException unless 0 ≤ rate < 1
    public Dropout {
        checkRate("dropout", rate);
    }

    static void checkRate(String layer, double rate) {
        if (!(rate >= 0 && rate < 1)) {
            throw new ConfigException(layer, "expects a rate from 0 to below 1, got " + rate);
        }
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        return in;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        if (rate == 0) return x;
        return random(x, pass, (kernels, noise, from, to) -> kernels.dropout(noise, rate, from, to));
    }

    /// One call of [NoiseKernels], on x or on dy.
    interface Kernel {
        void run(NoiseKernels kernels, Noise noise, Tensor from, Tensor to);
    }

    /// Runs the same kernel with the same noise forward and backward; returns x when predicting.
    static Tensor random(Tensor x, Pass pass, Kernel kernel) {
        return random(x, pass, kernel, kernel);
    }

    /// Runs one kernel forward and another backward, with the same noise; returns x when predicting.
    static Tensor random(Tensor x, Pass pass, Kernel forward, Kernel backward) {
        if (pass.mode() == Mode.PREDICT) return x;
        NoiseKernels kernels = pass.kernels().noise();
        Noise noise = pass.noise();
        Tensor y = pass.like(x);
        forward.run(kernels, noise, x, y);
        return pass.backward(x, y, Dx.MAY_BE_DY, (dy, dx) -> {
            if (pass.wants(x)) backward.run(kernels, noise, dy, dx);
        });
    }

    @Override
    public String toString() {
        return "dropout(" + rate + ")";
    }
}

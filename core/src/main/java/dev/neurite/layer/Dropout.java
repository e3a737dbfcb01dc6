package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.Noise;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Mode;
import dev.neurite.model.Pass;
import dev.neurite.model.Pass.Dx;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Sets elements to 0 while training, each with the same probability, and scales the others so that the mean
/// stays: y = x ∘ mask / (1 − rate). Hands x on when predicting.
///
/// Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from overfitting", in the inverted
/// form of PyTorch and Keras; but a rate of 1, which nothing passes, is refused.
/// @param rate the probability of 0, from 0 to below 1; PyTorch's default is 0.5
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
        if (pass.mode() == Mode.PREDICT || rate == 0) return x;
        Kernels kernels = pass.kernels();
        Noise noise = pass.noise();
        Tensor y = pass.like(x);
        kernels.noise().dropout(noise, rate, x, y);
        return pass.backward(x, y, Dx.MAY_BE_DY, (dy, dx) -> {
            if (pass.wants(x)) kernels.noise().dropout(noise, rate, dy, dx); // dx = dy ∘ mask / (1 − rate)
        });
    }

    @Override
    public String toString() {
        return "dropout(" + rate + ")";
    }
}

package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Mode;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Adds normally distributed noise while training: y = x + deviation·n with n of mean 0 and variance 1.
/// Returns x when predicting. Keras's `GaussianNoise`.
/// @param deviation the standard deviation of the noise, finite, at least 0
public record GaussianNoise(double deviation) implements Layer {
    /// @throws ConfigException unless the deviation is finite and at least 0
    public GaussianNoise {
        if (!(deviation >= 0 && deviation < Double.POSITIVE_INFINITY)) {
            throw new ConfigException("gaussian noise", "expects a finite deviation from 0, got " + deviation);
        }
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        return in;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        if (pass.mode() == Mode.PREDICT || deviation == 0) return x;
        Kernels kernels = pass.kernels();
        Tensor y = pass.like(x);
        kernels.noise().addNoise(pass.noise(), deviation, x, y);
        return pass.backward(x, y, (dy, dx) -> {
            if (pass.wants(x)) kernels.copy(dy, dx); // dx = dy
        });
    }

    @Override
    public String toString() {
        return "gaussianNoise(" + deviation + ")";
    }
}

package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Tensor;

/// Adds normally distributed noise while training: y = x + deviation·n with n of mean 0 and variance 1.
/// Returns x when predicting. Keras's `GaussianNoise`.
/// @param deviation the standard deviation of the noise, finite, at least 0
public record GaussianNoise(double deviation) implements RandomLayer {
    /// @throws ConfigException unless the deviation is finite and at least 0
    public GaussianNoise {
        if (!(deviation >= 0 && deviation < Double.POSITIVE_INFINITY)) {
            throw new ConfigException("gaussian noise", "expects a finite deviation from 0, got " + deviation);
        }
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        if (deviation == 0) return x;
        return RandomLayer.run(
                x,
                pass,
                (kernels, noise, from, to) -> kernels.noise().addNoise(noise, deviation, from, to),
                (kernels, noise, dy, dx) -> kernels.copy(dy, dx)); // dx = dy
    }

    @Override
    public String toString() {
        return "gaussianNoise(" + deviation + ")";
    }
}

package dev.neurite.layer;

import dev.neurite.model.Pass;
import dev.neurite.tensor.Tensor;

/// Gaussian dropout: multiplies by normally distributed noise while training, y = x ∘ (1 + √(rate / (1
/// − rate))·n) with n of mean 0 and variance 1. Mean and variance of y are those of [Dropout]. Returns
/// x when predicting.
///
/// Srivastava et al. 2014, section 10; Keras's `GaussianDropout`.
/// @param rate the rate of the corresponding dropout, from 0 to below 1
public record GaussianDropout(double rate) implements RandomLayer {
    /// @throws dev.neurite.error.ConfigException unless 0 ≤ rate < 1
    public GaussianDropout {
        RandomLayer.checkRate("gaussian dropout", rate);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        if (rate == 0) return x;
        double deviation = Math.sqrt(rate / (1 - rate));
        return RandomLayer.run(
                x, pass, (kernels, noise, from, to) -> kernels.noise().multiplyNoise(noise, deviation, from, to));
    }

    @Override
    public String toString() {
        return "gaussianDropout(" + rate + ")";
    }
}

package dev.neurite.kernel;

import dev.neurite.tensor.Tensor;

/// Dropout and noise, see [Kernels#noise()].
public interface NoiseKernels {
    /// Dropout: y = x / (1 − rate) where the mask keeps an element, else 0; y may be x. The mask
    /// depends on the noise only, so the same call computes dx from dy in the backward pass.
    /// Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from overfitting";
    /// elements are scaled while training.
    /// @param rate the probability that an element becomes 0, from 0 to below 1
    default void dropout(Noise noise, double rate, Tensor x, Tensor y) {
        dropout(noise, rate, 1 / (1 - rate), 0, 0, x, y);
    }

    /// General dropout: y = scale·x + shift where the mask keeps an element, else `otherwise`; y
    /// may be x. The mask is that of [#dropout(Noise, double, Tensor, Tensor)].
    /// @param rate the probability that an element becomes `otherwise`, from 0 to below 1
    void dropout(Noise noise, double rate, double scale, double shift, double otherwise, Tensor x, Tensor y);

    /// Dropout of whole channels: y = x / (1 − rate) in the channels that the mask keeps, else 0; y
    /// may be x. As with [#dropout(Noise, double, Tensor, Tensor)], the same call serves the
    /// backward pass.
    /// @param rate the probability that a channel of a row becomes 0, from 0 to below 1
    /// @param x `[rows × channels × …]`
    void channelDropout(Noise noise, double rate, Tensor x, Tensor y);

    /// y = x + deviation·n with n of the standard normal distribution; y may be x.
    /// @param deviation the standard deviation of the noise, finite, at least 0
    void addNoise(Noise noise, double deviation, Tensor x, Tensor y);

    /// y = x·(1 + deviation·n) with n of the standard normal distribution; y may be x. The same
    /// call computes dx from dy in the backward pass.
    /// @param deviation the standard deviation of the noise, finite, at least 0
    void multiplyNoise(Noise noise, double deviation, Tensor x, Tensor y);
}

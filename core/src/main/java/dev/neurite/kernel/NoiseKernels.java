package dev.neurite.kernel;

import dev.neurite.tensor.Tensor;

/// Dropout and noise: what [Kernels#noise()] gives. Promises and words are those of [Kernels].
public interface NoiseKernels {
    /// y = x / (1 − rate) where the mask keeps an element, else 0; y may be x. The mask is a function of the
    /// noise alone, so the same call takes x to y and, going back, dy to dx. Srivastava et al. 2014, "Dropout:
    /// a simple way to prevent neural networks from overfitting", in the inverted form.
    /// @param rate the probability of 0, from 0 to below 1
    default void dropout(Noise noise, double rate, Tensor x, Tensor y) {
        dropout(noise, rate, 1 / (1 - rate), 0, 0, x, y);
    }

    /// y = scale·x + shift where the mask keeps an element, else `otherwise`; y may be x. The mask is that of
    /// [#dropout(Noise, double, Tensor, Tensor)].
    /// @param rate the probability of `otherwise`, from 0 to below 1
    void dropout(Noise noise, double rate, double scale, double shift, double otherwise, Tensor x, Tensor y);

    /// y = x / (1 − rate) in the channels that the mask keeps, else 0; y may be x. As with
    /// [#dropout(Noise, double, Tensor, Tensor)] the same call goes forward and back.
    /// @param rate the probability that a row's channel becomes 0, from 0 to below 1
    /// @param x `[rows × channels × …]`
    void channelDropout(Noise noise, double rate, Tensor x, Tensor y);

    /// y = x + deviation·n with n of the standard normal distribution; y may be x.
    /// @param deviation finite, from 0
    void addNoise(Noise noise, double deviation, Tensor x, Tensor y);

    /// y = x·(1 + deviation·n) with n of the standard normal distribution; y may be x. The same call takes x to
    /// y and, going back, dy to dx.
    /// @param deviation finite, from 0
    void multiplyNoise(Noise noise, double deviation, Tensor x, Tensor y);
}

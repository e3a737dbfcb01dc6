package dev.neurite.kernel;

import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.tensor.Tensor;

/// Normalization: numbers brought to mean 0 and variance 1, x̂ = (x − mean)·factor with factor = 1 / √(variance + ε),
/// then scaled and shifted, x̂·w + b; and the way back. Part of [Kernels], whose promises hold here too.
///
/// Together are either a channel's numbers in all rows of a batch, x being `[rows × channels × …]`, or the numbers
/// of a span: neighbors in a row, which is one span or several. PackedWeights w and biases b are one a channel,
/// or empty for 1 and 0.
public interface Norms {
    /// The mean of each channel, and its variance Σ (x − mean)² / n; NaN for a batch without rows.
    /// @param mean one a channel
    /// @param variance one a channel
    void channelStatistics(Tensor x, Tensor mean, Tensor variance);

    /// factor = 1 / √(variance + ε).
    /// @param epsilon ε, what keeps the factor of numbers that are all the same finite
    void factors(Tensor variance, double epsilon, Tensor factor);

    /// y = g(x̂·w + b + residual), each channel with its mean and factor.
    /// @param residual of y's shape, or empty for none
    void normalizeChannels(
            Tensor x, Tensor mean, Tensor factor, Tensor w, Tensor b, Tensor residual, Elementwise g, Tensor y);

    /// dw = Σ δ·x̂ and db = Σ δ of each channel with its mean and factor.
    /// @param delta δ, the gradient before the activation
    /// @param dw one a channel
    /// @param db one a channel
    void channelSums(Tensor x, Tensor mean, Tensor factor, Tensor delta, Tensor dw, Tensor db);

    /// The gradient of [#normalizeChannels] by x, mean and variance being those of x: dx = w·factor·(δ − db/n −
    /// x̂·dw/n) with n numbers in a channel.
    /// @param delta δ, before the activation
    /// @param dw as [#channelSums] gives it
    /// @param db as [#channelSums] gives it
    void channelGradient(Tensor x, Tensor mean, Tensor factor, Tensor w, Tensor delta, Tensor dw, Tensor db, Tensor dx);

    /// [#channelStatistics], [#factors] and [#normalizeChannels] in one: a channel is normalized while it is
    /// still in the second cache.
    /// @param residual of y's shape, or empty for none
    void normalizeBatch(
            Tensor x,
            double epsilon,
            Tensor w,
            Tensor b,
            Tensor residual,
            Elementwise g,
            Tensor mean,
            Tensor variance,
            Tensor factor,
            Tensor y);

    /// The way back from [#normalizeBatch]: dy becomes δ = dy ∘ g′(z), then [#channelSums] and [#channelGradient], in
    /// one.
    /// @param z x̂·w + b; where g's derivative does not need it, may be y
    /// @param dx empty if nobody wants it
    void batchGradient(
            Tensor x,
            Tensor mean,
            Tensor factor,
            Tensor w,
            Elementwise g,
            Tensor z,
            Tensor y,
            Tensor dy,
            Tensor dw,
            Tensor db,
            Tensor dx);

    /// y = w·factor·x, each channel with its own; y may be x. It is the gradient of [#normalizeChannels] where mean
    /// and factor do not depend on x.
    void scaleChannels(Tensor x, Tensor factor, Tensor w, Tensor y);

    /// y = x̂·w + b with the mean and factor of each span, which x is cut into. Without means, so that mean 0 is
    /// taken for granted, it is the root mean square that becomes 1.
    /// @param channels how many numbers w and b have: x is `[… × channels × plane]`, cut into planes of neighbors
    /// with one weight. A span is a whole number of planes, and channels of spans.
    /// @param mean one a span, to be written; empty for none
    /// @param factor one a span, to be written
    void normalizeSpans(
            Tensor x,
            int channels,
            int plane,
            double epsilon,
            Tensor w,
            Tensor b,
            Tensor mean,
            Tensor factor,
            Tensor y);

    /// dw = Σ dy·x̂ and db = Σ dy of each channel, over all spans, see [#normalizeSpans].
    /// @param db empty if nobody wants it
    void spanSums(Tensor x, int channels, int plane, Tensor mean, Tensor factor, Tensor dy, Tensor dw, Tensor db);

    /// The gradient of [#normalizeSpans] by x: dx = factor·(g − Σ g/n − x̂·Σ g·x̂/n) with g = dy·w, in spans of n;
    /// without Σ g/n where there are no means.
    void spanGradient(Tensor x, int channels, int plane, Tensor w, Tensor mean, Tensor factor, Tensor dy, Tensor dx);
}

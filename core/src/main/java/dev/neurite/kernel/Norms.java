package dev.neurite.kernel;

import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.tensor.Tensor;

/// Normalization and its gradients, see [Kernels#norms()]: x̂ = (x − mean)·factor with factor = 1 /
/// √(variance + ε), then x̂·w + b.
///
/// Mean and variance are taken either over a channel in all rows of the batch, where x is
/// `[rows × channels × …]`, or over a span: a run of neighboring elements of a row, which consists
/// of one span or several. Weights w and biases b have one element per channel, or are empty for 1
/// and 0.
///
/// The tensors of x's shape have one [dev.neurite.tensor.Layout], which channels take in either order and spans in
/// row-major order alone; the bits are the same. Otherwise a [dev.neurite.error.ShapeException] is thrown.
public interface Norms {
    /// The mean of each channel, and its variance Σ (x − mean)² / n; NaN for a batch without rows.
    /// @param mean one per channel
    /// @param variance one per channel
    void channelStatistics(Tensor x, Tensor mean, Tensor variance);

    /// factor = 1 / √(variance + ε).
    /// @param epsilon ε, keeps the factor finite where the variance is 0
    void factors(Tensor variance, double epsilon, Tensor factor);

    /// y = g(x̂·w + b + residual) with the mean and factor of each channel.
    /// @param residual of y's shape, or empty for none
    void normalizeChannels(
            Tensor x, Tensor mean, Tensor factor, Tensor w, Tensor b, Tensor residual, Elementwise g, Tensor y);

    /// The gradients of w and b: dw = Σ δ·x̂ and db = Σ δ of each channel.
    /// @param delta δ, the gradient before the activation
    /// @param dw one per channel
    /// @param db one per channel
    void channelSums(Tensor x, Tensor mean, Tensor factor, Tensor delta, Tensor dw, Tensor db);

    /// The gradient of [#normalizeChannels] with respect to x, where mean and variance are those of x:
    /// dx = w·factor·(δ − db/n − x̂·dw/n), with n elements per channel.
    /// @param delta δ, the gradient before the activation
    /// @param dw from [#channelSums]
    /// @param db from [#channelSums]
    void channelGradient(Tensor x, Tensor mean, Tensor factor, Tensor w, Tensor delta, Tensor dw, Tensor db, Tensor dx);

    /// [#channelStatistics], [#factors] and [#normalizeChannels] in one call, which normalizes a
    /// channel while it is still in the L2 cache.
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

    /// The gradients of [#normalizeBatch]: dy becomes δ = dy ∘ g′(z), then [#channelSums] and
    /// [#channelGradient], in one call.
    /// @param z x̂·w + b; may be y if g's derivative does not need z
    /// @param dx empty if it is not wanted
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

    /// y = w·factor·x with the w and factor of each channel; y may be x. This is the gradient of
    /// [#normalizeChannels] if mean and factor do not depend on x.
    void scaleChannels(Tensor x, Tensor factor, Tensor w, Tensor y);

    /// y = x̂·w + b with the mean and factor of each span of x. Without means, which are then taken
    /// as 0, the root mean square of each span becomes 1.
    /// @param channels the number of elements of w and b. x is `[… × channels × plane]`; the
    /// elements of a plane share a weight. A span consists of whole planes, and the channels of
    /// whole spans.
    /// @param mean written, one per span; empty for none
    /// @param factor written, one per span
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

    /// The gradients of w and b in [#normalizeSpans]: dw = Σ dy·x̂ and db = Σ dy of each channel
    /// over all spans.
    /// @param db empty if it is not wanted
    void spanSums(Tensor x, int channels, int plane, Tensor mean, Tensor factor, Tensor dy, Tensor dw, Tensor db);

    /// The gradient of [#normalizeSpans] with respect to x: dx = factor·(g − Σ g/n − x̂·Σ g·x̂/n)
    /// with g = dy·w, in spans of n elements; without Σ g/n if there are no means.
    void spanGradient(Tensor x, int channels, int plane, Tensor w, Tensor mean, Tensor factor, Tensor dy, Tensor dx);
}

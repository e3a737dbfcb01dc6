package dev.neurite.kernel;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Activation.Identity;
import dev.neurite.tensor.Tensor;

/// Normalization: numbers brought to mean 0 and variance 1, x̂ = (x − mean)·factor with factor = 1 / √(variance + ε),
/// then scaled and shifted, x̂·w + b; and the way back. Part of [Kernels], whose promises hold here too.
///
/// Together are either a channel's numbers in all rows of a batch, x being `[rows × channels × …]`, or the numbers
/// of a span: neighbors in a row, which is one span or several. Weights w and biases b are one a channel, or empty
/// for 1 and 0.
public final class Norms {
    private static final int BLOCK = 2048; // numbers of neighboring channels that are worked on at a time
    private static final int LARGE = 256; // numbers of a plane that are worth a call of their own

    private final Kernels kernels;

    Norms(Kernels kernels) {
        this.kernels = kernels;
    }

    // ------------------------------------------------------------------------------------------------- channels

    /// The mean of each channel, and its variance Σ (x − mean)² / n; NaN for a batch without rows.
    /// @param mean one a channel
    /// @param variance one a channel
    public void channelStatistics(Tensor x, Tensor mean, Tensor variance) {
        Call call = channels("channelStatistics", x, mean);
        each("channelStatistics", variance, mean.size());
        call.norm.variance = variance;
        if (call.norm.plane == 1) columns(call, (c, from, n) -> c.engine.norms().columnStatistics(c.norm, from, n));
        else channels(call, (c, channel) -> c.engine.norms().statistics(c.norm, channel));
    }

    /// factor = 1 / √(variance + ε).
    /// @param epsilon ε, what keeps the factor of numbers that are all the same finite
    public void factors(Tensor variance, double epsilon, Tensor factor) {
        each("factors", factor, variance.size());
        for (int i = 0; i < variance.size(); i++) {
            Norm.set(factor, i, ScalarNorms.factor(Norm.of(variance, i), (float) epsilon));
        }
    }

    /// y = g(x̂·w + b + residual), each channel with its mean and factor.
    /// @param residual of y's shape, or empty for none
    public void normalizeChannels(
            Tensor x, Tensor mean, Tensor factor, Tensor w, Tensor b, Tensor residual, Elementwise g, Tensor y) {
        Call call = channels("normalizeChannels", x, mean);
        residual(call, "normalizeChannels", residual);
        weights(call, "normalizeChannels", factor, w, b);
        Kernels.same("normalizeChannels", x, y);
        call.norm.y = y;
        call.norm.activation = g;
        if (call.norm.plane == 1) columns(call, (c, from, n) -> c.engine.norms().normalizeColumns(c.norm, from, n));
        else blocks(call, (c, block) -> c.engine.norms().normalize(c.norm, block));
    }

    /// dw = Σ δ·x̂ and db = Σ δ of each channel with its mean and factor.
    /// @param delta δ, the gradient before the activation
    /// @param dw one a channel
    /// @param db one a channel
    public void channelSums(Tensor x, Tensor mean, Tensor factor, Tensor delta, Tensor dw, Tensor db) {
        Call call = channels("channelSums", x, mean);
        weights(call, "channelSums", factor, dw, db);
        Kernels.same("channelSums", x, delta);
        call.norm.dy = delta;
        call.norm.weightGradient = dw;
        call.norm.biasGradient = db;
        if (call.norm.plane == 1) columns(call, (c, from, n) -> c.engine.norms().columnSums(c.norm, from, n));
        else channels(call, (c, channel) -> c.engine.norms().sums(c.norm, channel));
    }

    /// The gradient of [#normalizeChannels] by x, mean and variance being those of x: dx = w·factor·(δ − db/n −
    /// x̂·dw/n) with n numbers in a channel.
    /// @param delta δ, before the activation
    /// @param dw as [#channelSums] gives it
    /// @param db as [#channelSums] gives it
    public void channelGradient(
            Tensor x, Tensor mean, Tensor factor, Tensor w, Tensor delta, Tensor dw, Tensor db, Tensor dx) {
        Call call = channels("channelGradient", x, mean);
        weights(call, "channelGradient", factor, w, w);
        each("channelGradient", dw, mean.size());
        each("channelGradient", db, mean.size());
        Kernels.same("channelGradient", x, delta);
        Kernels.same("channelGradient", x, dx);
        call.norm.dy = delta;
        call.norm.dx = dx;
        call.norm.weightGradient = dw;
        call.norm.biasGradient = db;
        if (call.norm.plane == 1) columns(call, (c, from, n) -> c.engine.norms().columnGradient(c.norm, from, n));
        else blocks(call, (c, block) -> c.engine.norms().gradient(c.norm, block));
    }

    /// [#channelStatistics], [#factors] and [#normalizeChannels] in one: a channel is normalized while it is
    /// still in the second cache.
    /// @param residual of y's shape, or empty for none
    public void normalizeBatch(
            Tensor x,
            double epsilon,
            Tensor w,
            Tensor b,
            Tensor residual,
            Elementwise g,
            Tensor mean,
            Tensor variance,
            Tensor factor,
            Tensor y) {
        Call call = channels("normalizeBatch", x, mean);
        if (call.norm.plane < LARGE) {
            kernels.done(call);
            channelStatistics(x, mean, variance);
            factors(variance, epsilon, factor);
            normalizeChannels(x, mean, factor, w, b, residual, g, y);
            return;
        }
        weights(call, "normalizeBatch", factor, w, b);
        residual(call, "normalizeBatch", residual);
        each("normalizeBatch", variance, mean.size());
        Kernels.same("normalizeBatch", x, y);
        call.norm.variance = variance;
        call.norm.y = y;
        call.norm.activation = g;
        call.norm.epsilon = (float) epsilon;
        channels(call, (c, channel) -> c.engine.norms().normalizeBatch(c.norm, channel));
    }

    /// The way back from [#normalizeBatch]: dy becomes δ = dy ∘ g′(z), then [#channelSums] and [#channelGradient], in
    /// one.
    /// @param z x̂·w + b; where g's derivative does not need it, may be y
    /// @param dx empty if nobody wants it
    public void batchGradient(
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
            Tensor dx) {
        Call call = channels("batchGradient", x, mean);
        if (call.norm.plane < LARGE) {
            kernels.done(call);
            if (!(g instanceof Identity)) kernels.activationGradient(g, z, y, dy, dy);
            channelSums(x, mean, factor, dy, dw, db);
            if (dx.size() > 0) channelGradient(x, mean, factor, w, dy, dw, db, dx);
            return;
        }
        weights(call, "batchGradient", factor, w, w);
        each("batchGradient", dw, mean.size());
        each("batchGradient", db, mean.size());
        Kernels.same("batchGradient", x, dy);
        Kernels.same("batchGradient", x, y);
        Kernels.same("batchGradient", x, z);
        if (dx.size() > 0) Kernels.same("batchGradient", x, dx);
        call.norm.z = z;
        call.norm.y = y;
        call.norm.dy = dy;
        call.norm.dx = dx;
        call.norm.activation = g;
        call.norm.weightGradient = dw;
        call.norm.biasGradient = db;
        channels(call, (c, channel) -> c.engine.norms().batchGradient(c.norm, channel));
    }

    /// y = w·factor·x, each channel with its own; y may be x. It is the gradient of [#normalizeChannels] where mean
    /// and factor do not depend on x.
    public void scaleChannels(Tensor x, Tensor factor, Tensor w, Tensor y) {
        Call call = channels("scaleChannels", x, factor);
        weights(call, "scaleChannels", factor, w, w);
        Kernels.same("scaleChannels", x, y);
        call.norm.dy = x;
        call.norm.dx = y;
        if (call.norm.plane == 1) columns(call, (c, from, n) -> c.engine.norms().scaleColumns(c.norm, from, n));
        else blocks(call, (c, block) -> c.engine.norms().scale(c.norm, block));
    }

    // ----------------------------------------------------------------------------------------------------- spans

    /// y = x̂·w + b with the mean and factor of each span, which x is cut into. Without means, so that mean 0 is
    /// taken for granted, it is the root mean square that becomes 1.
    /// @param channels how many numbers w and b have: x is `[… × channels × plane]`, cut into planes of neighbors
    /// with one weight. A span is a whole number of planes, and channels of spans.
    /// @param mean one a span, to be written; empty for none
    /// @param factor one a span, to be written
    public void normalizeSpans(
            Tensor x,
            int channels,
            int plane,
            double epsilon,
            Tensor w,
            Tensor b,
            Tensor mean,
            Tensor factor,
            Tensor y) {
        Call call = spans("normalizeSpans", x, channels, plane, mean, factor);
        optional("normalizeSpans", w, channels);
        optional("normalizeSpans", b, channels);
        Kernels.same("normalizeSpans", x, y);
        call.norm.weight = w;
        call.norm.bias = b;
        call.norm.y = y;
        call.norm.epsilon = (float) epsilon;
        call.rows = factor.size();
        call.overRows((c, s) -> c.engine.norms().normalizeSpan(c.norm, s), parts(call), kernels.workers());
        kernels.done(call);
    }

    /// dw = Σ dy·x̂ and db = Σ dy of each channel, over all spans, see [#normalizeSpans].
    /// @param db empty if nobody wants it
    public void spanSums(
            Tensor x, int channels, int plane, Tensor mean, Tensor factor, Tensor dy, Tensor dw, Tensor db) {
        Call call = spans("spanSums", x, channels, plane, mean, factor);
        each("spanSums", dw, channels);
        optional("spanSums", db, channels);
        Kernels.same("spanSums", x, dy);
        call.norm.dy = dy;
        call.norm.weightGradient = dw;
        call.norm.biasGradient = db;
        if (plane == 1) columns(call, (c, from, n) -> c.engine.norms().columnSums(c.norm, from, n));
        else channels(call, (c, channel) -> c.engine.norms().sums(c.norm, channel));
    }

    /// The gradient of [#normalizeSpans] by x: dx = factor·(g − Σ g/n − x̂·Σ g·x̂/n) with g = dy·w, in spans of n;
    /// without Σ g/n where there are no means.
    public void spanGradient(
            Tensor x, int channels, int plane, Tensor w, Tensor mean, Tensor factor, Tensor dy, Tensor dx) {
        Call call = spans("spanGradient", x, channels, plane, mean, factor);
        optional("spanGradient", w, channels);
        Kernels.same("spanGradient", x, dy);
        Kernels.same("spanGradient", x, dx);
        call.norm.weight = w;
        call.norm.dy = dy;
        call.norm.dx = dx;
        call.rows = factor.size();
        call.overRows((c, s) -> c.engine.norms().spanGradient(c.norm, s), parts(call), kernels.workers());
        kernels.done(call);
    }

    // ------------------------------------------------------------------------------------------- checks and sharing

    private Call channels(String what, Tensor x, Tensor mean) {
        int channels = mean.size();
        int columns = x.matrix().columns();
        if (channels == 0 ? columns != 0 : columns % channels != 0) {
            throw new ShapeException(what, "expects channels whose number divides " + columns + ", got " + channels);
        }
        Call call = kernels.call();
        Norm norm = call.norm;
        norm.x = x;
        norm.mean = mean;
        norm.rows = x.rows();
        norm.channels = channels;
        norm.plane = channels == 0 ? 1 : columns / channels;
        return call;
    }

    private static void residual(Call call, String what, Tensor residual) {
        if (residual.size() != 0) Kernels.same(what, call.norm.x, residual);
        call.norm.residual = residual;
    }

    private static void weights(Call call, String what, Tensor factor, Tensor w, Tensor b) {
        int channels = call.norm.channels;
        each(what, factor, channels);
        optional(what, w, channels);
        optional(what, b, channels);
        call.norm.factor = factor;
        call.norm.weight = w;
        call.norm.bias = b;
    }

    private Call spans(String what, Tensor x, int channels, int plane, Tensor mean, Tensor factor) {
        int size = x.size();
        int count = factor.size();
        int span = count == 0 ? 1 : size / count;
        boolean fits = channels > 0
                && plane > 0
                && size % ((long) channels * plane) == 0
                && (count == 0 ? size == 0 : size % count == 0 && span % plane == 0)
                && (span == 0 || (long) channels * plane % span == 0);
        if (!fits) {
            throw new ShapeException(
                    what,
                    "expects spans of whole planes that divide " + channels + " channels of " + plane + ", got " + count
                            + " of " + x.shape());
        }
        optional(what, mean, count);
        Call call = kernels.call();
        Norm norm = call.norm;
        norm.x = x;
        norm.mean = mean;
        norm.factor = factor;
        norm.rows = size / channels / plane;
        norm.channels = channels;
        norm.plane = plane;
        norm.span = span;
        norm.centered = mean.size() > 0 || count == 0;
        return call;
    }

    private static void each(String what, Tensor tensor, int count) {
        if (tensor.size() != count) {
            throw new ShapeException(what, "expects " + count + " numbers, got " + tensor.shape());
        }
    }

    private static void optional(String what, Tensor tensor, int count) {
        if (tensor.size() != 0) each(what, tensor, count);
    }

    private int parts(Call call) {
        return kernels.parts(call.norm.x.size());
    }

    private void columns(Call call, Call.Elements code) {
        call.norm.scratch(call.norm.channels);
        call.overElements(code, 0, call.norm.channels, parts(call), kernels.workers());
        kernels.done(call);
    }

    private void channels(Call call, Call.Row code) {
        call.rows = call.norm.channels;
        call.overRows(code, parts(call), kernels.workers());
        kernels.done(call);
    }

    private void blocks(Call call, Call.Row code) {
        Norm norm = call.norm;
        norm.block = Math.max(1, BLOCK / norm.plane);
        norm.blocks = Math.ceilDiv(norm.channels, norm.block);
        call.rows = norm.rows * norm.blocks;
        call.overRows(code, parts(call), kernels.workers());
        kernels.done(call);
    }
}

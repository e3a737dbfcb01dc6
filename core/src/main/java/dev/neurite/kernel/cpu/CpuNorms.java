package dev.neurite.kernel.cpu;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Activation.Identity;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.Norms;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Tensor;

/// [Norms] on the processor.
final class CpuNorms implements Norms {
    private static final int BLOCK = 2048; // elements of neighboring channels that are computed at a time
    private static final int LARGE = 256; // the least elements of a plane for which fusing pays
    private static final int NEAR = 1 << 18; // floats of a thread that stay in its L2 cache
    private final Kernels kernels;
    private final Team team;

    CpuNorms(Kernels kernels, Team team) {
        this.team = team;
        this.kernels = kernels;
    }

    // ------------------------------------------------------------------------------------------------- channels

    @Override
    public void channelStatistics(Tensor x, Tensor mean, Tensor variance) {
        Call call = channels("channelStatistics", x, mean);
        each("channelStatistics", variance, mean.size());
        call.norm.variance = variance;
        if (inBlocks(call)) {
            blockStatistics(call);
            team.done(call);
        } else if (call.norm.plane == 1)
            columns(call, (c, from, n) -> c.engine.columnNorms().columnStatistics(c.norm, from, n));
        else channels(call, (c, channel) -> c.engine.norms().statistics(c.norm, channel));
    }

    @Override
    public void factors(Tensor variance, double epsilon, Tensor factor) {
        each("factors", factor, variance.size());
        for (int i = 0; i < variance.size(); i++) {
            Norm.set(factor, i, ScalarNorms.factor(Norm.of(variance, i), (float) epsilon));
        }
    }

    @Override
    public void normalizeChannels(
            Tensor x, Tensor mean, Tensor factor, Tensor w, Tensor b, Tensor residual, Elementwise g, Tensor y) {
        Call call = channels("normalizeChannels", x, mean);
        residual(call, "normalizeChannels", residual);
        weights(call, "normalizeChannels", factor, w, b);
        Checks.same("normalizeChannels", x, y);
        call.norm.y = y;
        call.norm.activation = g;
        if (inBlocks(call)) {
            normalizeBlocks(call);
            team.done(call);
        } else if (call.norm.plane == 1)
            columns(call, (c, from, n) -> c.engine.columnNorms().normalizeColumns(c.norm, from, n));
        else blocks(call, (c, block) -> c.engine.norms().normalize(c.norm, block));
    }

    @Override
    public void channelSums(Tensor x, Tensor mean, Tensor factor, Tensor delta, Tensor dw, Tensor db) {
        Call call = channels("channelSums", x, mean);
        weights(call, "channelSums", factor, dw, db);
        Checks.same("channelSums", x, delta);
        call.norm.setGradients(delta, dw, db);
        if (inBlocks(call)) {
            blockSums(call);
            team.done(call);
        } else if (call.norm.plane == 1)
            columns(call, (c, from, n) -> c.engine.columnNorms().columnSums(c.norm, from, n));
        else channels(call, (c, channel) -> c.engine.norms().sums(c.norm, channel));
    }

    @Override
    public void channelGradient(
            Tensor x, Tensor mean, Tensor factor, Tensor w, Tensor delta, Tensor dw, Tensor db, Tensor dx) {
        Call call = channels("channelGradient", x, mean);
        weights(call, "channelGradient", factor, w, w);
        each("channelGradient", dw, mean.size());
        each("channelGradient", db, mean.size());
        Checks.same("channelGradient", x, delta);
        Checks.same("channelGradient", x, dx);
        call.norm.setGradients(delta, dw, db);
        call.norm.dx = dx;
        if (inBlocks(call)) {
            blockGradient(call);
            team.done(call);
        } else if (call.norm.plane == 1)
            columns(call, (c, from, n) -> c.engine.columnNorms().columnGradient(c.norm, from, n));
        else blocks(call, (c, block) -> c.engine.norms().gradient(c.norm, block));
    }

    @Override
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
        if (call.norm.plane < LARGE && !inBlocks(call)) {
            team.done(call);
            channelStatistics(x, mean, variance);
            factors(variance, epsilon, factor);
            normalizeChannels(x, mean, factor, w, b, residual, g, y);
            return;
        }
        weights(call, "normalizeBatch", factor, w, b);
        residual(call, "normalizeBatch", residual);
        each("normalizeBatch", variance, mean.size());
        Checks.same("normalizeBatch", x, y);
        call.norm.variance = variance;
        call.norm.y = y;
        call.norm.activation = g;
        call.norm.epsilon = (float) epsilon;
        if (inBlocks(call)) {
            normalizeBatchOfBlocks(call);
            team.done(call);
            return;
        }
        channels(call, (c, channel) -> c.engine.norms().normalizeBatch(c.norm, channel));
    }

    @Override
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
        if (call.norm.plane < LARGE && !inBlocks(call)) {
            team.done(call);
            if (!(g instanceof Identity)) kernels.activations().activationGradient(g, z, y, dy, dy);
            channelSums(x, mean, factor, dy, dw, db);
            if (dx.size() > 0) channelGradient(x, mean, factor, w, dy, dw, db, dx);
            return;
        }
        weights(call, "batchGradient", factor, w, w);
        each("batchGradient", dw, mean.size());
        each("batchGradient", db, mean.size());
        Checks.same("batchGradient", x, dy);
        Checks.same("batchGradient", x, y);
        Checks.same("batchGradient", x, z);
        if (dx.size() > 0) Checks.same("batchGradient", x, dx);
        call.norm.z = z;
        call.norm.y = y;
        call.norm.setGradients(dy, dw, db);
        call.norm.dx = dx;
        call.norm.activation = g;
        if (inBlocks(call)) {
            batchGradientOfBlocks(call);
            team.done(call);
            return;
        }
        channels(call, (c, channel) -> c.engine.norms().batchGradient(c.norm, channel));
    }

    @Override
    public void scaleChannels(Tensor x, Tensor factor, Tensor w, Tensor y) {
        Call call = channels("scaleChannels", x, factor);
        weights(call, "scaleChannels", factor, w, w);
        Checks.same("scaleChannels", x, y);
        call.norm.dy = x;
        call.norm.dx = y;
        if (inBlocks(call)) {
            ScalarBlockNorms.prepareScale(call.norm);
            rowBlocks(call, (c, from, n) -> c.engine.blockNorms().scale(c.norm, from, n));
            team.done(call);
        } else if (call.norm.plane == 1)
            columns(call, (c, from, n) -> c.engine.columnNorms().scaleColumns(c.norm, from, n));
        else blocks(call, (c, block) -> c.engine.norms().scale(c.norm, block));
    }

    // ---------------------------------------------------------------------------------------- channels in blocks

    /// Whether x has channels in blocks, and not in both orders at once as planes of one pixel.
    private static boolean inBlocks(Call call) {
        return call.norm.x.layout() == Layout.BLOCKED && call.norm.plane != 1;
    }

    private void normalizeBatchOfBlocks(Call call) {
        Norm norm = call.norm;
        norm.byBlock = dividesBlocks(call);
        if (norm.byBlock) {
            ScalarBlockNorms.cut(norm);
            ScalarBlockNorms.prepareNormalize(norm);
            overUnits(call, norm.blocks, (c, from, n) -> c.engine.blockNorms().normalizeBatch(c.norm, from, n));
        } else {
            blockStatistics(call);
            factors(norm.variance, norm.epsilon, norm.factor);
            normalizeBlocks(call);
        }
    }

    private void batchGradientOfBlocks(Call call) {
        Norm norm = call.norm;
        norm.byBlock = dividesBlocks(call);
        if (norm.byBlock) {
            ScalarBlockNorms.cut(norm);
            overUnits(call, norm.blocks, (c, from, n) -> c.engine.blockNorms().batchGradient(c.norm, from, n));
        } else {
            blockSums(call);
            if (norm.dx.size() > 0) blockGradient(call);
        }
    }

    /// Whether threads divide the blocks of channels, see [ScalarBlockNorms].
    private boolean dividesBlocks(Call call) {
        int parts = parts(call);
        return call.norm.blocks % parts == 0 && call.norm.x.size() / parts > NEAR;
    }

    private void blockStatistics(Call call) {
        ScalarBlockNorms.cut(call.norm);
        units(call, (c, from, n) -> c.engine.blockNorms().sums(c.norm, from, n));
        ScalarBlockNorms.means(call.norm, call.norm.mean, 0, call.norm.channels);
        units(call, (c, from, n) -> c.engine.blockNorms().squares(c.norm, from, n));
        ScalarBlockNorms.means(call.norm, call.norm.variance, 0, call.norm.channels);
    }

    private void normalizeBlocks(Call call) {
        ScalarBlockNorms.prepareNormalize(call.norm);
        rowBlocks(call, (c, from, n) -> c.engine.blockNorms().normalize(c.norm, from, n));
    }

    private void blockSums(Call call) {
        ScalarBlockNorms.cut(call.norm);
        units(call, (c, from, n) -> c.engine.blockNorms().gradientSums(c.norm, from, n));
        ScalarBlockNorms.gradients(call.norm, 0, call.norm.channels);
    }

    private void blockGradient(Call call) {
        call.norm.workspace(3 * call.norm.channels);
        ScalarBlockNorms.prepareGradient(call.norm, 0, call.norm.channels);
        rowBlocks(call, (c, from, n) -> c.engine.blockNorms().gradient(c.norm, from, n));
    }

    /// [Kernels#channelSums] of channels in blocks, where each plane is summed by itself.
    void blockChannelSums(Tensor x, Tensor y) {
        Call call = channels("channelSums", x, y);
        Norm norm = call.norm;
        norm.y = y;
        norm.cut(1, Math.max(1, norm.plane));
        units(call, (c, from, n) -> c.engine.blockNorms().sums(c.norm, from, n));
        call.overElements(
                (c, from, n) -> ScalarBlockNorms.totals(c.norm, from, n),
                0,
                norm.channels,
                team.parts((long) norm.pieces * norm.channels),
                team.workers());
        team.done(call);
    }

    /// [Kernels#standardizeChannels] of channels in blocks.
    void standardizeBlocks(Tensor x, Tensor mean, Tensor factor, Tensor y) {
        Call call = channels("standardizeChannels", x, mean);
        call.norm.factor = factor;
        call.norm.y = y;
        rowBlocks(call, (c, from, n) -> c.engine.blockNorms().standardize(c.norm, from, n));
        team.done(call);
    }

    /// Runs the code over the units of [ScalarBlockNorms].
    private void units(Call call, Call.Elements code) {
        overUnits(call, call.norm.pieces * call.norm.blocks, code);
    }

    /// Runs the code over the blocks of channels of all rows.
    private void rowBlocks(Call call, Call.Elements code) {
        overUnits(call, call.norm.rows * call.norm.blocks, code);
    }

    private void overUnits(Call call, int count, Call.Elements code) {
        call.overUnits(code, count, parts(call), team.workers());
    }

    // ----------------------------------------------------------------------------------------------------- spans

    @Override
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
        Checks.same("normalizeSpans", x, y);
        call.norm.weight = w;
        call.norm.bias = b;
        call.norm.y = y;
        call.norm.epsilon = (float) epsilon;
        call.rows = factor.size();
        call.overRows((c, s) -> c.engine.norms().normalizeSpan(c.norm, s), parts(call), team.workers());
        team.done(call);
    }

    @Override
    public void spanSums(
            Tensor x, int channels, int plane, Tensor mean, Tensor factor, Tensor dy, Tensor dw, Tensor db) {
        Call call = spans("spanSums", x, channels, plane, mean, factor);
        each("spanSums", dw, channels);
        optional("spanSums", db, channels);
        Checks.same("spanSums", x, dy);
        call.norm.setGradients(dy, dw, db);
        if (plane == 1) columns(call, (c, from, n) -> c.engine.columnNorms().columnSums(c.norm, from, n));
        else channels(call, (c, channel) -> c.engine.norms().sums(c.norm, channel));
    }

    @Override
    public void spanGradient(
            Tensor x, int channels, int plane, Tensor w, Tensor mean, Tensor factor, Tensor dy, Tensor dx) {
        Call call = spans("spanGradient", x, channels, plane, mean, factor);
        optional("spanGradient", w, channels);
        Checks.same("spanGradient", x, dy);
        Checks.same("spanGradient", x, dx);
        call.norm.weight = w;
        call.norm.dy = dy;
        call.norm.dx = dx;
        call.rows = factor.size();
        call.overRows((c, s) -> c.engine.norms().spanGradient(c.norm, s), parts(call), team.workers());
        team.done(call);
    }

    // ------------------------------------------------------------------------------------------- checks and sharing

    private Call channels(String what, Tensor x, Tensor mean) {
        int channels = mean.size();
        boolean inBlocks = x.layout() == Layout.BLOCKED;
        int columns = inBlocks ? x.shape().row().size() : x.matrix().columns();
        if (inBlocks) {
            Checks.channelsLike(what, x, mean);
        } else if (channels == 0 ? columns != 0 : columns % channels != 0) {
            throw new ShapeException(what, "expects channels whose number divides " + columns + ", got " + channels);
        }
        Call call = team.call();
        Norm norm = call.norm;
        norm.x = x;
        norm.mean = mean;
        norm.rows = x.rows();
        norm.channels = channels;
        norm.plane = channels == 0 ? 1 : columns / channels;
        norm.byBlock = false;
        norm.blocks = channels / Layout.BLOCK;
        return call;
    }

    private static void residual(Call call, String what, Tensor residual) {
        if (residual.size() != 0) Checks.same(what, call.norm.x, residual);
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
        Checks.rowMajor(what, x);
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
        Call call = team.call();
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
        return team.parts(call.norm.x.size());
    }

    private void columns(Call call, Call.Elements code) {
        call.norm.workspace(3 * call.norm.channels);
        call.overElements(code, 0, call.norm.channels, parts(call), team.workers());
        team.done(call);
    }

    private void channels(Call call, Call.Row code) {
        call.rows = call.norm.channels;
        call.overRows(code, parts(call), team.workers());
        team.done(call);
    }

    private void blocks(Call call, Call.Row code) {
        Norm norm = call.norm;
        norm.block = Math.max(1, BLOCK / norm.plane);
        norm.blocks = Math.ceilDiv(norm.channels, norm.block);
        call.rows = norm.rows * norm.blocks;
        call.overRows(code, parts(call), team.workers());
        team.done(call);
    }
}

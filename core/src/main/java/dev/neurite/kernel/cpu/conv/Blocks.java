package dev.neurite.kernel.cpu.conv;

import dev.neurite.kernel.PackedWeights;
import dev.neurite.kernel.cpu.Workspace;
import dev.neurite.kernel.cpu.plane.ScalarLayouts;
import dev.neurite.tensor.Layout;
import org.jspecify.annotations.Nullable;

/// Convolutions in blocks of channels, on vectors: which kernel computes one, and what threads share. Kernels that
/// want blocks get copies of tensors in row-major order.
final class Blocks {
    private static final int B = Layout.BLOCK;
    private static final int SHARES = 4; // of a depthwise convolution for each thread, so that they end together

    // The orders of kept weights, see [PackedWeights#packed]; those in panels by the blocks of a panel.
    private static final Object TILES = "winograd in blocks";
    private static final Object DEPTHWISE = "depthwise in blocks";
    private static final Object[] PANELS = {"", "panels of 1", "panels of 2", "panels of 3", "panels of 4"};

    final ScalarConvolution code;
    final BlockedConvolution sums;
    final BlockedWinograd winograd;
    final BlockedWeightGradient weightGradient;
    final BlockedDepthwise depthwise;
    private final ScalarLayouts layouts;

    Blocks(ScalarConvolution code) {
        this.code = code;
        sums = new BlockedConvolution(code);
        winograd = new BlockedWinograd(code);
        weightGradient = new BlockedWeightGradient();
        depthwise = new BlockedDepthwise(code);
        layouts = ScalarLayouts.of(code.engine);
    }

    /// Computes y, or x.
    /// @param back whether the result is x
    void compute(ConvolutionCall call, PackedWeights w, boolean back) {
        Convolution p = call.convolution;
        if (Winograd.suits(p, back)) tiles(call, w, back);
        else if (p.groups > 1) depthwise(call, w, back);
        else sums(call, w, back);
    }

    private static void sums(ConvolutionCall call, PackedWeights w, boolean back) {
        Convolution p = call.convolution;
        BlockedPlan q = p.plan;
        q.set(p, back, call.threads());
        @Nullable Object order = back ? null : PANELS[q.panelBlocks];
        call.pack(
                w, order, q.weightSize(), q.panelCount(), (c, panel) -> c.convolution.plan.pack(c.convolution, panel));
        call.run(call.cut(p.images * q.bands, q.panelCount(), 1, 1), (c, unit) -> {
            Convolution o = c.convolution;
            int band = unit / o.pieces;
            int bands = o.plan.bands;
            c.blocks().sums.compute(o, o.plan, band / bands, band % bands, o.pieceFrom(unit), o.pieceTo(unit));
        });
    }

    private static void depthwise(ConvolutionCall call, PackedWeights w, boolean back) {
        Convolution p = call.convolution;
        int blocks = p.groups / B;
        call.pack(
                w, DEPTHWISE, p.outputs * p.depth(), blocks, (c, block) -> BlockedDepthwise.pack(c.convolution, block));
        int units = p.images * blocks;
        int threads = call.threads();
        int count = threads == 1 || units == 0 ? 1 : Math.ceilDiv(SHARES * threads, units);
        if (back) {
            p.cut(count, p.height, p.strideHeight);
            call.run(units * p.pieces, (c, unit) -> {
                Convolution q = c.convolution;
                c.blocks().depthwise.inputGradient(q, unit / q.pieces, q.pieceFrom(unit), q.pieceTo(unit));
            });
        } else {
            p.cut(count, p.outHeight, 1);
            call.run(units * p.pieces, (c, unit) -> {
                Convolution q = c.convolution;
                c.blocks().depthwise.forward(q, unit / q.pieces, q.pieceFrom(unit), q.pieceTo(unit));
            });
        }
    }

    /// In Winograd tiles.
    private void tiles(ConvolutionCall call, PackedWeights w, boolean back) {
        Convolution p = call.convolution;
        if (back) yInBlocks(call);
        else xInBlocks(call);
        float[] rows = back ? p.x : p.y;
        int rowsAt = back ? p.xAt : p.yAt;
        p.finishes = back ? p.xBlocked : p.yBlocked; // a result in row-major order is finished when it is copied there
        if (!p.finishes) resultInRoom(p, back);
        Winograd q = p.winograd;
        q.set(p, back, call.threads());
        int panels = q.outs / B / BlockedWinograd.panelBlocks(q);
        call.pack(
                w,
                back ? null : TILES,
                q.weightSize(),
                panels,
                (c, panel) -> c.blocks().winograd.weights(c.convolution, panel));
        call.run(call.cut(q.blocks * q.bands(), panels, 1, 1), (c, unit) -> {
            Convolution o = c.convolution;
            int band = unit / o.pieces;
            int bands = o.winograd.bands();
            c.blocks().winograd.compute(o, band / bands, band % bands, o.pieceFrom(unit), o.pieceTo(unit));
        });
        if (!p.finishes) toRows(call, q.to, 0, q.outs, q.outHeight * q.outWidth, rows, rowsAt);
    }

    private static void resultInRoom(Convolution p, boolean back) {
        if (back) {
            p.xRoom = Workspace.atLeast(p.xRoom, p.images * p.inputs * p.area());
            p.x = p.xRoom;
            p.xAt = 0;
        } else {
            p.yRoom = Workspace.atLeast(p.yRoom, p.images * p.outputs * p.outArea());
            p.y = p.yRoom;
            p.yAt = 0;
        }
    }

    /// Computes the gradient of the weights, where [Winograd#suits] or dy is in blocks.
    void weightGradient(ConvolutionCall call) {
        Convolution p = call.convolution;
        if (Winograd.suits(p, false)) tilesOfWeights(call);
        else if (p.groups > 1) depthwiseWeights(call);
        else sumsOfWeights(call);
    }

    private void tilesOfWeights(ConvolutionCall call) {
        Convolution p = call.convolution;
        xInBlocks(call);
        yInBlocks(call);
        p.winograd.set(p, false, call.threads());
        int size = Winograd.POSITIONS * p.inputs * p.outputs;
        p.needPartial(Convolution.slots(p.images, size), size);
        call.run(call.cut(p.slots, p.outputs / B, 1, 1), (c, unit) -> {
            Convolution q = c.convolution;
            c.blocks().winograd.weightGradient(q, unit / q.pieces, q.pieceFrom(unit), q.pieceTo(unit));
        });
        call.move(
                p.inputs / B,
                (long) p.slots * size,
                (c, block) -> c.blocks().winograd.sumSlots(c.convolution, block));
    }

    private static void depthwiseWeights(ConvolutionCall call) {
        Convolution p = call.convolution;
        p.needPartial(p.slots, call.code.partialSize(p));
        call.run(p.slots * p.groups / B, (c, unit) -> {
            int blocks = c.convolution.groups / B;
            c.blocks().depthwise.weightGradient(c.convolution, unit / blocks, unit % blocks);
        });
        call.sumSlots();
    }

    private static void sumsOfWeights(ConvolutionCall call) {
        Convolution p = call.convolution;
        p.needPartial(p.slots, BlockedWeightGradient.partialSize(p));
        call.run(call.cut(p.slots, p.outputs / B, 1, 1), (c, unit) -> {
            Convolution q = c.convolution;
            c.blocks().weightGradient.compute(q, unit / q.pieces, q.pieceFrom(unit), q.pieceTo(unit));
        });
        call.move(
                p.xBlocked ? p.inputs / B : p.inputs,
                (long) p.slots * p.outputs * p.depth(),
                (c, plane) -> BlockedWeightGradient.sumSlots(c.convolution, c.code, plane));
    }

    // ---------------------------------------------------------------------------------------------------- copies

    /// Replaces x by a copy in blocks of channels, if it is not.
    private void xInBlocks(ConvolutionCall call) {
        Convolution p = call.convolution;
        if (p.xBlocked) return;
        p.xRoom = Workspace.atLeast(p.xRoom, p.images * p.inputs * p.area());
        toBlocks(call, p.x, p.xAt, p.inputs, p.area(), p.xRoom);
        p.x = p.xRoom;
        p.xAt = 0;
    }

    /// Replaces y by a copy in blocks of channels, if it is not.
    private void yInBlocks(ConvolutionCall call) {
        Convolution p = call.convolution;
        if (p.yBlocked) return;
        p.yRoom = Workspace.atLeast(p.yRoom, p.images * p.outputs * p.outArea());
        toBlocks(call, p.y, p.yAt, p.outputs, p.outArea(), p.yRoom);
        p.y = p.yRoom;
        p.yAt = 0;
    }

    /// Replaces y in blocks of channels by a copy in row-major order.
    void yInRows(ConvolutionCall call) {
        Convolution p = call.convolution;
        p.yRoom = Workspace.atLeast(p.yRoom, p.images * p.outputs * p.outArea());
        toRows(call, p.y, p.yAt, p.outputs, p.outArea(), p.yRoom, 0);
        p.y = p.yRoom;
        p.yAt = 0;
    }

    private static void toBlocks(ConvolutionCall call, float[] from, int at, int channels, int pixels, float[] to) {
        set(call, from, at, pixels, to, 0);
        int images = call.convolution.images;
        call.move(images * channels / B, (long) images * channels * pixels, (c, block) -> {
            int i = block * B * c.copiedPixels;
            c.blocks().layouts.toBlock(c.copied, c.copiedAt + i, c.copiedPixels, c.copy, i);
        });
    }

    private static void toRows(
            ConvolutionCall call, float[] from, int at, int channels, int pixels, float[] to, int o) {
        set(call, from, at, pixels, to, o);
        int images = call.convolution.images;
        call.move(images * channels / B, (long) images * channels * pixels, (c, block) -> {
            int n = B * c.copiedPixels;
            int i = block * n;
            c.blocks().layouts.toPlanes(c.copied, c.copiedAt + i, c.copiedPixels, c.copy, c.copyAt + i);
            if (!c.convolution.finishes) c.code.finish(c.convolution, c.copy, c.copyAt + i, i, n);
        });
    }

    private static void set(ConvolutionCall call, float[] from, int at, int pixels, float[] to, int o) {
        call.copied = from;
        call.copiedAt = at;
        call.copiedPixels = pixels;
        call.copy = to;
        call.copyAt = o;
    }
}

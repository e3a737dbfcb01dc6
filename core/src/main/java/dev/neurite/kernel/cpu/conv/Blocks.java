package dev.neurite.kernel.cpu.conv;

import dev.neurite.kernel.PackedWeights;
import dev.neurite.kernel.cpu.Workspace;
import dev.neurite.kernel.cpu.plane.ScalarLayouts;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Convolutions in blocks of channels, on vectors: which kernel computes one, and what threads share. Kernels that
/// want blocks get copies of tensors in row-major order.
final class Blocks {
    private static final int B = Layout.BLOCK;
    private static final int MANY = 8 * B; // channels of which few more fill the last block
    private static final int ROOM = 1 << 21; // the most floats of a copy in blocks
    private static final int SHARES = 4; // of a depthwise convolution for each thread, so that they end together

    // The orders of kept weights, see [PackedWeights#packed]; those in panels by the blocks of a panel.
    private static final Object TILES = "winograd in blocks";
    private static final Object DEPTHWISE = "depthwise in blocks";
    private static final List<String> PANELS = List.of("", "panels of 1", "panels of 2", "panels of 3", "panels of 4");

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

    /// Whether y is computed in blocks: also a small one in row-major order, if it has many channels, of which the
    /// last block is not full.
    static boolean suits(Convolution p, PackedWeights w) {
        boolean small = (long) p.images * p.outputs * p.outArea() <= ROOM;
        return p.yBlocked || (p.groups == 1 && w.isConstant() && fillsNoBlock(p.outputs) && small);
    }

    private static boolean fillsNoBlock(int outputs) {
        return outputs % B != 0 && outputs > MANY;
    }

    /// The floats of constant weights in panels; 0 if their shape excludes panels.
    static long panelFloats(Shape weights) {
        if (weights.rank() < 3) return 0; // not of a convolution
        int outputs = weights.extent(0);
        boolean suits = outputs % B == 0 || fillsNoBlock(outputs);
        return suits ? (long) Math.ceilDiv(outputs, B) * B * (weights.size() / outputs) : 0;
    }

    /// An estimate of the floats that a convolution with weights in panels takes beside them.
    /// @param x the shape of a row of the input
    /// @param y the shape of a row of the output
    static long workspaceFloats(Shape weights, Shape x, Shape y, int threads) {
        if (panelFloats(weights) == 0) return 0;
        boolean copies = weights.size() > weights.extent(0) * weights.extent(1);
        long band = Math.max(BlockedPlan.bandFloats(weights, x, y), BlockedPlan.bandFloats(weights, y, x));
        return (copies ? threads * band : 0) + (fillsNoBlock(weights.extent(0)) ? ROOM : 0);
    }

    private static void sums(ConvolutionCall call, PackedWeights w, boolean back) {
        Convolution p = call.convolution;
        BlockedPlan q = p.plan;
        float[] rows = p.y;
        int rowsAt = p.yAt;
        p.finishes = back || p.yBlocked;
        if (!p.finishes) resultInRoom(p, false);
        q.set(p, back, call.threads());
        @Nullable Object order = back ? null : PANELS.get(q.panelBlocks);
        call.pack(
                w, order, q.weightSize(), q.panelCount(), (c, panel) -> c.convolution.plan.pack(c.convolution, panel));
        call.run(call.cut(p.images * q.bands, q.panelCount(), 1, 1), (c, unit) -> {
            Convolution o = c.convolution;
            int band = unit / o.pieces;
            int bands = o.plan.bands;
            c.blocks().sums.compute(o, o.plan, band / bands, band % bands, o.pieceFrom(unit), o.pieceTo(unit));
        });
        if (!p.finishes) toRows(call, p.y, 0, p.outputs, p.outArea(), rows, rowsAt);
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
            int channels = Math.ceilDiv(p.outputs, B) * B;
            p.yRoom = Workspace.atLeast(p.yRoom, p.images * channels * p.outArea());
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
            c.blocks().weightGradient.compute(c.code, q, unit / q.pieces, q.pieceFrom(unit), q.pieceTo(unit));
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
        set(call, from, at, channels, pixels, to, 0);
        int images = call.convolution.images;
        call.move(images * channels / B, (long) images * channels * pixels, (c, block) -> {
            int i = block * B * c.copiedPixels;
            c.blocks().layouts.toBlock(c.copied, c.copiedAt + i, c.copiedPixels, c.copy, i);
        });
    }

    private static void toRows(
            ConvolutionCall call, float[] from, int at, int channels, int pixels, float[] to, int o) {
        set(call, from, at, channels, pixels, to, o);
        int blocks = call.convolution.images * Math.ceilDiv(channels, B);
        call.move(blocks, (long) blocks * B * pixels, (c, block) -> c.blocks().toRows(c, block));
    }

    private void toRows(ConvolutionCall c, int block) {
        int blocks = Math.ceilDiv(c.copiedChannels, B);
        int channel = block % blocks * B;
        int n = Math.min(B, c.copiedChannels - channel);
        int pixels = c.copiedPixels;
        int from = c.copiedAt + block * B * pixels;
        int place = (block / blocks * c.copiedChannels + channel) * pixels;
        int to = c.copyAt + place;
        if (n == B) {
            layouts.toPlanes(c.copied, from, pixels, c.copy, to);
        } else {
            for (int i = 0; i < n * pixels; i++) c.copy[to + i] = c.copied[from + i % pixels * B + i / pixels];
        }
        if (!c.convolution.finishes) code.finish(c.convolution, c.copy, to, place, n * pixels);
    }

    private static void set(ConvolutionCall call, float[] from, int at, int channels, int pixels, float[] to, int o) {
        call.copied = from;
        call.copiedAt = at;
        call.copiedChannels = channels;
        call.copiedPixels = pixels;
        call.copy = to;
        call.copyAt = o;
    }
}

package dev.neurite.kernel.cpu.conv;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Convolutions;
import dev.neurite.kernel.Geometry;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.kernel.cpu.Gemm;
import dev.neurite.kernel.cpu.Team;
import dev.neurite.kernel.cpu.Workspace;
import dev.neurite.kernel.cpu.WorkspacePool;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;

/// [Convolutions] on the processor.
public final class CpuConvolutions implements Convolutions {
    private static final long GRAIN = 100_000; // the multiplications per thread below which another thread does not pay
    private static final int PIECE = 16; // the least channels of a unit of work
    private static final int SHARES = 4; // of a depthwise convolution for each thread, so that they end together
    private static final Tensor NONE = Tensor.EMPTY;

    // The orders of packed weights, see [PackedWeights#packed]; those in panels by the blocks of a panel.
    private static final Object SCALAR_WINOGRAD = "winograd";
    private static final Object WINOGRAD = "winograd in blocks";
    private static final Object DEPTHWISE = "depthwise in blocks";
    private static final Object[] ORDERS = {"", "panels of 1", "panels of 2", "panels of 3", "panels of 4"};

    private final Team team;
    private final boolean vectors;
    private final WorkspacePool<ConvolutionCall> calls;

    /// Convolutions on the engine and the threads of a team.
    public CpuConvolutions(Team team) {
        this.team = team;
        vectors = team.engine().isVector();
        ScalarConvolution code = vectors ? new VectorConvolution(team.engine()) : new ScalarConvolution(team.engine());
        ScalarWinograd winograd = new ScalarWinograd(code);
        var blocks = vectors ? new ConvolutionCall.Blocks(code) : null;
        calls = new WorkspacePool<>(() -> new ConvolutionCall(code, winograd, blocks));
    }

    @Override
    public Layout layout(Geometry g, int groups, int inputs, int outputs, Layout ofX) {
        if (vectors && BlockedDepthwise.suits(groups, inputs, outputs)) return ofX;
        boolean blocks = vectors && groups == 1 && outputs % Layout.BLOCK == 0;
        return blocks ? Layout.BLOCKED : Layout.ROW_MAJOR;
    }

    @Override
    public void forward(
            Geometry g,
            int groups,
            Tensor x,
            PackedWeights w,
            Tensor b,
            Tensor residual,
            Elementwise activation,
            Tensor y) {
        ConvolutionCall call = call("convolution", g, groups, x, w.values(), y);
        Convolution p = call.convolution;
        bias(p, b, p.outputs);
        residual(p, residual, y);
        p.activation = activation;
        if (Winograd.suits(p, false)) {
            winograd(call, w, false, x.layout(), y.layout());
            return;
        }
        if (y.layout() == Layout.BLOCKED && groups > 1) {
            packDepthwise(p, w);
            overRows(call, p.outHeight, 1, (c, unit) -> {
                Convolution q = c.convolution;
                int block = unit / q.pieces;
                int blocks = BlockedDepthwise.blocks(q);
                int from = q.pieceFrom(unit);
                c.blocks().depthwise().forward(q, block / blocks, block % blocks, from, q.pieceTo(unit));
            });
            return;
        }
        if (y.layout() == Layout.BLOCKED) {
            p.blocks.forward(p, x.layout() == Layout.BLOCKED, threads(p));
            blocked(call, w, w.isConstant());
            return;
        }
        overPieces(call, p.images, p.outputs, 1, (c, unit) -> {
            Convolution q = c.convolution;
            c.code.forward(q, unit / q.pieces, q.pieceFrom(unit), q.pieceTo(unit));
        });
    }

    @Override
    public void inputGradient(Geometry g, int groups, Tensor dy, PackedWeights w, Tensor earlier, Tensor dx) {
        if (dy.layout() == Layout.BLOCKED && dx.layout() == Layout.BLOCKED) {
            ConvolutionCall call = call("convolution", g, groups, dx, w.values(), dy);
            Convolution p = call.convolution;
            residual(p, earlier, dx);
            if (groups > 1) {
                depthwiseGradient(call, w);
                return;
            }
            if (Winograd.suits(p, true)) {
                winograd(call, w, true, Layout.BLOCKED, Layout.BLOCKED);
                return;
            }
            p.blocks.inputGradient(p, threads(p));
            blocked(call, w, false);
            return;
        }
        transposed(g, groups, dy, w, NONE, earlier, Activation.IDENTITY, dx);
    }

    private void depthwiseGradient(ConvolutionCall call, PackedWeights w) {
        Convolution p = call.convolution;
        packDepthwise(p, w);
        overRows(call, p.height, p.strideHeight, (c, unit) -> {
            Convolution q = c.convolution;
            int block = unit / q.pieces;
            int blocks = BlockedDepthwise.blocks(q);
            int from = q.pieceFrom(unit);
            c.blocks().depthwise().inputGradient(q, block / blocks, block % blocks, from, q.pieceTo(unit));
        });
    }

    /// Packs the weights of a depthwise convolution in blocks. They are few, so one thread does it.
    private static void packDepthwise(Convolution p, PackedWeights w) {
        boolean keeps = w.isConstant();
        float[] kept = keeps ? w.packed(DEPTHWISE) : null;
        if (kept != null) {
            p.packed = kept;
            return;
        }
        int size = p.outputs * p.depth();
        if (!keeps) p.transposed = Workspace.atLeast(p.transposed, size);
        p.packed = keeps ? new float[size] : p.transposed;
        for (int block = 0; block < BlockedDepthwise.blocks(p); block++) BlockedDepthwise.pack(p, block);
        if (keeps) w.keep(DEPTHWISE, p.packed);
    }

    /// Computes a result in blocks of channels.
    private void blocked(ConvolutionCall call, PackedWeights w, boolean keeps) {
        Convolution p = call.convolution;
        BlockedPlan q = p.blocks;
        Object order = ORDERS[q.panelBlocks];
        float[] kept = keeps ? w.packed(order) : null;
        if (kept != null) {
            q.panels = kept;
        } else {
            q.panels = keeps ? new float[Workspace.START + q.weightSize()] : q.ownPanels();
            call.units = q.panelCount();
            call.run(
                    (c, panel) -> c.convolution.blocks.pack(c.convolution, panel),
                    team.parts(q.weightSize()),
                    team.workers());
            if (keeps) w.keep(order, q.panels);
        }
        overPanels(call, p.images * q.bands, q.panelCount(), (c, unit) -> {
            Convolution o = c.convolution;
            int band = unit / o.pieces;
            int bands = o.blocks.bands;
            c.blocks().sums().compute(o, o.blocks, band / bands, band % bands, o.pieceFrom(unit), o.pieceTo(unit));
        });
        done(call);
    }

    @Override
    public void transposed(
            Geometry g, int groups, Tensor y, PackedWeights w, Tensor b, Elementwise activation, Tensor x) {
        transposed(g, groups, y, w, b, NONE, activation, x);
    }

    private void transposed(
            Geometry g,
            int groups,
            Tensor y,
            PackedWeights w,
            Tensor b,
            Tensor residual,
            Elementwise activation,
            Tensor x) {
        ConvolutionCall call = call("transposed convolution", g, groups, x, w.values(), y);
        Convolution p = call.convolution;
        bias(p, b, p.inputs);
        residual(p, residual, x);
        p.activation = activation;
        if (Winograd.suits(p, true)) {
            winograd(call, w, true, y.layout(), x.layout());
            return;
        }
        if (x.layout() == Layout.BLOCKED && groups > 1) {
            depthwiseGradient(call, w);
            return;
        }
        if (y.layout() == Layout.BLOCKED) yInRows(call);
        p.orderTaps(w.values().size());
        call.units = p.inputs;
        call.run(
                (c, i) -> c.code.transpose(c.convolution, i, i + 1),
                team.parts(w.values().size()),
                team.workers());
        overPieces(call, p.images, p.inputs, 1, (c, unit) -> {
            Convolution q = c.convolution;
            c.code.inputGradient(q, unit / q.pieces, q.pieceFrom(unit), q.pieceTo(unit));
        });
    }

    /// Computes y, or x, in Winograd tiles; on vectors in blocks of channels, with copies of what is in row-major
    /// order.
    private void winograd(ConvolutionCall call, PackedWeights w, boolean back, Layout ofSource, Layout ofResult) {
        if (!vectors) {
            scalarWinograd(call, w, back);
            return;
        }
        Convolution p = call.convolution;
        if (back) yInBlocks(call, ofSource);
        else xInBlocks(call, ofSource);
        float[] rows = back ? p.x : p.y;
        int rowsAt = back ? p.xAt : p.yAt;
        if (ofResult == Layout.ROW_MAJOR) resultInRoom(p, back);
        Winograd q = p.winograd;
        q.set(p, back, threads(p));
        boolean keeps = !back && w.isConstant();
        float[] kept = keeps ? w.packed(WINOGRAD) : null;
        int panels = q.outs / Layout.BLOCK / BlockedWinograd.panelBlocks(q);
        if (kept != null) {
            q.u = kept;
        } else {
            q.u = keeps ? new float[Workspace.START + q.weightSize()] : q.ownWeights();
            call.units = panels;
            call.run(
                    (c, panel) -> c.blocks().winograd().weights(c.convolution.winograd, panel),
                    team.parts(q.weightSize()),
                    team.workers());
            if (keeps) w.keep(WINOGRAD, q.u);
        }
        overPanels(call, q.blocks * q.bands(), panels, (c, unit) -> {
            Convolution o = c.convolution;
            int band = unit / o.pieces;
            int bands = o.winograd.bands();
            c.blocks().winograd().compute(o, band / bands, band % bands, o.pieceFrom(unit), o.pieceTo(unit));
        });
        if (ofResult == Layout.ROW_MAJOR) resultInRows(call, rows, rowsAt);
        done(call);
    }

    /// Lets the result be computed in blocks of channels, and its epilogue wait.
    private static void resultInRoom(Convolution p, boolean back) {
        p.finishes = false;
        if (back) {
            p.xBlocks = Workspace.atLeast(p.xBlocks, p.images * p.inputs * p.area());
            p.x = p.xBlocks;
            p.xAt = 0;
        } else {
            p.yBlocks = Workspace.atLeast(p.yBlocks, p.images * p.outputs * p.outArea());
            p.y = p.yBlocks;
            p.yAt = 0;
        }
    }

    /// Copies the result from blocks of channels to its place in row-major order, and finishes it there.
    private void resultInRows(ConvolutionCall call, float[] rows, int at) {
        Convolution p = call.convolution;
        Winograd q = p.winograd;
        p.copy = rows;
        p.copiedAt = at;
        call.units = q.images * q.outs / Layout.BLOCK;
        call.run(
                (c, block) -> {
                    Convolution o = c.convolution;
                    int n = o.winograd.outHeight * o.winograd.outWidth;
                    int from = block * Layout.BLOCK * n;
                    Gemm.transpose(o.winograd.to, from, Layout.BLOCK, n, Layout.BLOCK, o.copy, o.copiedAt + from, n);
                    c.code.finish(o, o.copy, o.copiedAt + from, from, Layout.BLOCK * n);
                },
                threads(p),
                team.workers());
    }

    /// Replaces y in blocks of channels by a copy in row-major order.
    private void yInRows(ConvolutionCall call) {
        Convolution p = call.convolution;
        p.rows = Workspace.atLeast(p.rows, p.images * p.outputs * p.outArea());
        call.units = p.images * p.outputs / Layout.BLOCK;
        call.run(
                (c, block) -> {
                    Convolution q = c.convolution;
                    int at = block * Layout.BLOCK * q.outArea();
                    int n = q.outArea();
                    Gemm.transpose(q.y, q.yAt + at, Layout.BLOCK, n, Layout.BLOCK, q.rows, at, n);
                },
                team.parts((long) p.images * p.outputs * p.outArea()),
                team.workers());
        p.y = p.rows;
        p.yAt = 0;
    }

    private void scalarWinograd(ConvolutionCall call, PackedWeights w, boolean back) {
        Winograd q = call.convolution.winograd;
        q.set(call.convolution, back, threads(call.convolution));
        boolean keeps = !back && w.isConstant();
        float[] kept = keeps ? w.packed(SCALAR_WINOGRAD) : null;
        if (kept != null) {
            q.u = kept;
        } else {
            q.u = keeps ? new float[q.weightSize()] : q.ownWeights();
            transformWeights(call);
            if (keeps) w.keep(SCALAR_WINOGRAD, q.u);
        }
        overPieces(call, q.blocks, q.outs, 1, (c, unit) -> {
            Convolution p = c.convolution;
            c.winograd.compute(p, unit / p.pieces, p.pieceFrom(unit), p.pieceTo(unit));
        });
    }

    private void transformWeights(ConvolutionCall call) {
        Winograd q = call.convolution.winograd;
        call.convolution.cut(q.outs, q.outs, 1);
        call.units = call.convolution.pieces;
        call.run(
                (c, unit) -> {
                    Convolution p = c.convolution;
                    c.winograd.weights(p.winograd, p.pieceFrom(unit), p.pieceTo(unit));
                },
                team.parts(q.weightSize()),
                team.workers());
    }

    @Override
    public void weightGradient(Geometry g, int groups, Tensor x, Tensor dy, Tensor dw) {
        if (x.rows() == 0) {
            Arrays.fill(dw.array(), dw.offset(), dw.offset() + dw.size(), 0);
            return;
        }
        ConvolutionCall call = call("convolution", g, groups, x, dw, dy);
        Convolution p = call.convolution;
        if (Winograd.suits(p, false)) {
            weightGradientInTiles(call, x.layout(), dy.layout());
            return;
        }
        if (dy.layout() == Layout.BLOCKED && groups > 1) {
            depthwiseWeightGradient(call);
            return;
        }
        if (dy.layout() == Layout.BLOCKED) {
            blockedWeightGradient(call, x.layout() == Layout.BLOCKED);
            return;
        }
        ScalarConvolution engine = call.code;
        p.needPartial(engine.partialSize(p));
        cut(call, p.slots, p.outputs, groups == 1 ? engine.outputStep() : p.outputs, PIECE);
        call.run(
                (c, unit) -> {
                    Convolution q = c.convolution;
                    c.code.weightGradient(q, unit / q.pieces, q.pieceFrom(unit), q.pieceTo(unit));
                },
                threads(p),
                team.workers());
        sumSlots(call);
    }

    private void depthwiseWeightGradient(ConvolutionCall call) {
        Convolution p = call.convolution;
        p.needPartial(call.code.partialSize(p));
        call.units = p.slots * BlockedDepthwise.blocks(p);
        call.run(
                (c, unit) -> {
                    int blocks = BlockedDepthwise.blocks(c.convolution);
                    c.blocks().depthwise().weightGradient(c.convolution, unit / blocks, unit % blocks);
                },
                threads(p),
                team.workers());
        sumSlots(call);
    }

    private void sumSlots(ConvolutionCall call) {
        Convolution p = call.convolution;
        call.units = p.outputs;
        call.run(
                (c, channel) -> c.code.sumSlots(c.convolution, channel),
                team.parts((long) p.slots * p.outputs * p.depth()),
                team.workers());
        done(call);
    }

    private void weightGradientInTiles(ConvolutionCall call, Layout ofX, Layout ofY) {
        Convolution p = call.convolution;
        if (vectors) {
            xInBlocks(call, ofX);
            yInBlocks(call, ofY);
        }
        p.winograd.set(p, false, threads(p));
        int size = Winograd.POSITIONS * p.inputs * p.outputs;
        p.slots = Convolution.slots(p.images, size);
        p.needPartial(size);
        if (vectors) {
            cut(call, p.slots, p.outputs / Layout.BLOCK, 1, 1);
            call.run(
                    (c, unit) -> {
                        Convolution q = c.convolution;
                        int slot = unit / q.pieces;
                        c.blocks().winograd().weightGradient(q, slot, q.pieceFrom(unit), q.pieceTo(unit));
                    },
                    threads(p),
                    team.workers());
            call.units = p.inputs / Layout.BLOCK;
            call.run(
                    (c, block) -> c.blocks().winograd().sumSlots(c.convolution, block),
                    team.parts((long) p.slots * size),
                    team.workers());
        } else {
            cut(call, p.slots, p.outputs, 1, PIECE);
            call.run(
                    (c, unit) -> {
                        Convolution q = c.convolution;
                        c.winograd.weightGradient(q, unit / q.pieces, q.pieceFrom(unit), q.pieceTo(unit));
                    },
                    threads(p),
                    team.workers());
            call.units = p.outputs;
            call.run(
                    (c, o) -> c.winograd.sumSlots(c.convolution, o), team.parts((long) p.slots * size), team.workers());
        }
        done(call);
    }

    /// Replaces x by a copy in blocks of channels, if it is not.
    private void xInBlocks(ConvolutionCall call, Layout layout) {
        Convolution p = call.convolution;
        if (layout == Layout.BLOCKED) return;
        p.xBlocks = intoBlocks(call, p.x, p.xAt, p.inputs, p.area(), p.xBlocks);
        p.x = p.xBlocks;
        p.xAt = 0;
    }

    /// Replaces y by a copy in blocks of channels, if it is not.
    private void yInBlocks(ConvolutionCall call, Layout layout) {
        Convolution p = call.convolution;
        if (layout == Layout.BLOCKED) return;
        p.yBlocks = intoBlocks(call, p.y, p.yAt, p.outputs, p.outArea(), p.yBlocks);
        p.y = p.yBlocks;
        p.yAt = 0;
    }

    /// Copies planes into blocks of channels.
    private float[] intoBlocks(ConvolutionCall call, float[] from, int at, int channels, int area, float[] room) {
        Convolution p = call.convolution;
        float[] to = Workspace.atLeast(room, p.images * channels * area);
        p.copied = from;
        p.copiedAt = at;
        p.copiedArea = area;
        p.copy = to;
        call.units = p.images * channels / Layout.BLOCK;
        call.run(
                (c, block) -> {
                    Convolution q = c.convolution;
                    int n = q.copiedArea;
                    int o = block * Layout.BLOCK * n;
                    Gemm.transpose(q.copied, q.copiedAt + o, n, Layout.BLOCK, n, q.copy, o, Layout.BLOCK);
                },
                team.parts((long) p.images * channels * area),
                team.workers());
        return to;
    }

    private void blockedWeightGradient(ConvolutionCall call, boolean blocked) {
        Convolution p = call.convolution;
        call.blocked = blocked;
        p.needPartial(BlockedWeightGradient.partialSize(p));
        cut(call, p.slots, p.outputs / Layout.BLOCK, 1, 1);
        call.run(
                (c, unit) -> {
                    Convolution q = c.convolution;
                    int slot = unit / q.pieces;
                    c.blocks().weightGradient().compute(q, c.blocked, slot, q.pieceFrom(unit), q.pieceTo(unit));
                },
                threads(p),
                team.workers());
        call.units = blocked ? p.inputs / Layout.BLOCK : p.inputs;
        call.run(
                (c, plane) -> BlockedWeightGradient.sumSlots(c.convolution, c.blocked, c.code, plane),
                team.parts((long) p.slots * p.outputs * p.depth()),
                team.workers());
        done(call);
    }

    /// An estimate of the workspace of a convolution while training, in floats: the transposed
    /// weights, the slots of their gradient, and for each thread a block of [Winograd]'s.
    /// @param weights the shape of the weights
    public static long trainingFloats(int rows, Shape weights, int threads, boolean vectors) {
        int size = weights.size();
        long transposed = Math.max(size, Winograd.weightFloats(weights));
        return transposed + (long) Convolution.slots(rows, size) * size + predictingFloats(weights, threads, vectors);
    }

    /// An estimate of the workspace of a convolution with constant weights, in floats.
    /// @param weights the shape of the weights
    public static long predictingFloats(Shape weights, int threads, boolean vectors) {
        boolean blocks = vectors && Winograd.weightFloats(weights) > 0;
        return blocks ? threads * Winograd.blockFloats(weights) : 0;
    }

    /// The floats of the packed copy of constant weights; 0 if their shape excludes Winograd tiles.
    /// Stride, dilation and padding may exclude them, too.
    /// @param weights the shape of the weights
    public static long packedFloats(Shape weights) {
        return Winograd.weightFloats(weights);
    }

    // ------------------------------------------------------------------------------------------------- sharing work

    private ConvolutionCall call(String what, Geometry g, int groups, Tensor x, Tensor w, Tensor y) {
        ConvolutionCall call = calls.take();
        Convolution p = call.convolution;
        p.set(g, groups, x, w, y);
        requireKernels(what, groups, x, y);
        boolean fits = groups > 0
                && x.rows() == y.rows()
                && p.inputs % groups == 0
                && p.outputs % groups == 0
                && x.size() == x.rows() * p.inputs * g.area()
                && y.size() == y.rows() * p.outputs * g.outArea()
                && (x.rows() == 0 || w.size() == p.outputs * p.depth());
        if (!fits) {
            throw new ShapeException(
                    what,
                    "expects planes and weights that fit " + g + " in " + groups + " groups, got " + x.shape() + ", "
                            + w.shape() + " and " + y.shape());
        }
        return call;
    }

    /// Blocks of channels are for vectors, in whole convolutions and those of each channel for itself. These need x
    /// in blocks, too.
    private void requireKernels(String what, int groups, Tensor x, Tensor y) {
        boolean blocked = x.layout() == Layout.BLOCKED || y.layout() == Layout.BLOCKED;
        boolean mixed = x.layout() == Layout.BLOCKED && y.layout() == Layout.ROW_MAJOR;
        boolean each = x.layout() == y.layout()
                && x.shape().extent(1) == groups
                && y.shape().extent(1) == groups;
        if (blocked && (!vectors || mixed || (groups != 1 && !each))) {
            throw new ShapeException(
                    what,
                    "expects layouts that layout(…) allows, got " + x.layout() + " and " + y.layout() + " in " + groups
                            + " groups");
        }
    }

    private static void bias(Convolution p, Tensor b, int channels) {
        if (b.size() != 0 && p.images != 0 && b.size() != channels) {
            throw new ShapeException("convolution", "expects a bias of " + channels + ", got " + b.shape());
        }
        p.bias = b.size() == 0 ? Convolution.NONE : b.array();
        p.biasAt = b.offset();
    }

    private static void residual(Convolution p, Tensor residual, Tensor result) {
        if (residual.size() == 0) return;
        if (residual.size() != result.size() || residual.layout() != result.layout()) {
            throw new ShapeException(
                    "convolution",
                    "expects a residual of " + result.shape() + " " + result.layout() + ", got " + residual.shape()
                            + " " + residual.layout());
        }
        p.residual = residual.array();
        p.residualAt = residual.offset();
    }

    /// Runs the code over images, or over parts of their channels if there are few images.
    private void overPieces(ConvolutionCall call, int images, int channels, int step, ConvolutionCall.Code code) {
        cut(call, images, channels, step, PIECE);
        call.run(code, threads(call.convolution), team.workers());
        done(call);
    }

    /// The same over bands of images, or over panels of channels.
    private void overPanels(ConvolutionCall call, int bands, int panels, ConvolutionCall.Code code) {
        cut(call, bands, panels, 1, 1);
        call.run(code, threads(call.convolution), team.workers());
    }

    /// Runs the code over the blocks of channels of all images, or over parts of their rows if there are few.
    /// @param step the rows of a part are a multiple of this
    private void overRows(ConvolutionCall call, int rows, int step, ConvolutionCall.Code code) {
        Convolution p = call.convolution;
        int blocks = p.images * BlockedDepthwise.blocks(p);
        int threads = threads(p);
        p.cut(threads == 1 || blocks == 0 ? 1 : Math.ceilDiv(SHARES * threads, blocks), rows, step);
        call.units = blocks * p.pieces;
        call.run(code, threads, team.workers());
        done(call);
    }

    private void cut(ConvolutionCall call, int units, int channels, int step, int least) {
        Convolution p = call.convolution;
        int threads = threads(p);
        int most = Math.max(1, channels / Math.max(step, least));
        p.cut(units >= threads || units == 0 ? 1 : Math.min(most, threads / units), channels, step);
        call.units = units * p.pieces;
    }

    private int threads(Convolution p) {
        return (int) Math.min(team.workers().threads(), 1 + p.multiplications() / GRAIN);
    }

    /// Returns a call to the pool after it has succeeded; a failed one is dropped.
    private void done(ConvolutionCall call) {
        call.reset();
        calls.release(call);
    }
}

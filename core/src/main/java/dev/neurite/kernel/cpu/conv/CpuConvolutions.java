package dev.neurite.kernel.cpu.conv;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Convolutions;
import dev.neurite.kernel.Geometry;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.kernel.cpu.Team;
import dev.neurite.kernel.cpu.Workspace;
import dev.neurite.kernel.cpu.WorkspacePool;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// [Convolutions] on the processor: the checks, and the choice between planes, Winograd tiles and [Blocks].
public final class CpuConvolutions implements Convolutions {
    private static final int PIECE = 16; // the least channels of a unit of work
    private static final Object TILES = "winograd"; // the order of kept weights
    private static final Tensor NONE = Tensor.EMPTY;

    private final boolean vectors;
    private final WorkspacePool<ConvolutionCall> calls;
    private final @Nullable CpuConvolutions direct; // the same without Winograd tiles; null if this is

    /// Convolutions on the engine and the threads of a team.
    public CpuConvolutions(Team team) {
        vectors = team.engine().isVector();
        ScalarConvolution code = vectors ? new VectorConvolution(team.engine()) : new ScalarConvolution(team.engine());
        ScalarWinograd winograd = new ScalarWinograd(code);
        Blocks blocks = vectors ? new Blocks(code) : null;
        calls = new WorkspacePool<>(() -> new ConvolutionCall(team, code, winograd, blocks));
        direct = new CpuConvolutions(vectors, calls);
    }

    private CpuConvolutions(boolean vectors, WorkspacePool<ConvolutionCall> calls) {
        this.vectors = vectors;
        this.calls = calls;
        this.direct = null;
    }

    @Override
    public Convolutions direct() {
        return direct == null ? this : direct;
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
        boolean byTiles = Winograd.suits(p, false);
        if (vectors && (byTiles || Blocks.suits(p, w))) call.blocks().compute(call, w, false);
        else if (byTiles) tiles(call, w, false);
        else {
            call.run(call.cut(p.images, p.outputs, 1, PIECE), (c, unit) -> {
                Convolution q = c.convolution;
                c.code.forward(q, unit / q.pieces, q.pieceFrom(unit), q.pieceTo(unit));
            });
        }
        done(call);
    }

    @Override
    public void inputGradient(Geometry g, int groups, Tensor dy, PackedWeights w, Tensor earlier, Tensor dx) {
        transposed("convolution", g, groups, dy, w, NONE, earlier, Activation.IDENTITY, dx);
    }

    @Override
    public void transposed(
            Geometry g, int groups, Tensor y, PackedWeights w, Tensor b, Elementwise activation, Tensor x) {
        transposed("transposed convolution", g, groups, y, w, b, NONE, activation, x);
    }

    private void transposed(
            String what,
            Geometry g,
            int groups,
            Tensor y,
            PackedWeights w,
            Tensor b,
            Tensor residual,
            Elementwise activation,
            Tensor x) {
        ConvolutionCall call = call(what, g, groups, x, w.values(), y);
        Convolution p = call.convolution;
        bias(p, b, p.inputs);
        residual(p, residual, x);
        p.activation = activation;
        boolean byTiles = Winograd.suits(p, true);
        if (vectors && (byTiles || p.xBlocked)) call.blocks().compute(call, w, true);
        else if (byTiles) tiles(call, w, true);
        else {
            if (p.yBlocked) call.blocks().yInRows(call);
            p.orderTaps();
            if (vectors) call.pack(w, null, w.values().size(), p.inputs, (c, i) -> c.code.transpose(c.convolution, i));
            call.run(call.cut(p.images, p.inputs, 1, PIECE), (c, unit) -> {
                Convolution q = c.convolution;
                c.code.inputGradient(q, unit / q.pieces, q.pieceFrom(unit), q.pieceTo(unit));
            });
        }
        done(call);
    }

    /// Computes y, or x, in Winograd tiles of planes.
    private static void tiles(ConvolutionCall call, PackedWeights w, boolean back) {
        Winograd q = call.convolution.winograd;
        q.set(call.convolution, back, call.threads());
        call.pack(w, back ? null : TILES, q.weightSize(), q.outs, (c, o) -> c.winograd.weights(c.convolution, o));
        call.run(call.cut(q.blocks, q.outs, 1, PIECE), (c, unit) -> {
            Convolution p = c.convolution;
            c.winograd.compute(p, unit / p.pieces, p.pieceFrom(unit), p.pieceTo(unit));
        });
    }

    @Override
    public void weightGradient(Geometry g, int groups, Tensor x, Tensor dy, Tensor dw) {
        if (x.rows() == 0) {
            Arrays.fill(dw.array(), dw.offset(), dw.offset() + dw.size(), 0);
            return;
        }
        ConvolutionCall call = call("convolution", g, groups, x, dw, dy);
        Convolution p = call.convolution;
        boolean byTiles = Winograd.suits(p, false);
        if (vectors && (byTiles || p.yBlocked)) call.blocks().weightGradient(call);
        else if (byTiles) tilesOfWeights(call);
        else {
            p.needPartial(p.slots, call.code.partialSize(p));
            int step = groups == 1 ? call.code.outputStep() : p.outputs;
            call.run(call.cut(p.slots, p.outputs, step, PIECE), (c, unit) -> {
                Convolution q = c.convolution;
                c.code.weightGradient(q, unit / q.pieces, q.pieceFrom(unit), q.pieceTo(unit));
            });
            call.sumSlots();
        }
        done(call);
    }

    private static void tilesOfWeights(ConvolutionCall call) {
        Convolution p = call.convolution;
        p.winograd.set(p, false, call.threads());
        int size = Winograd.POSITIONS * p.inputs * p.outputs;
        p.needPartial(Convolution.slots(p.images, size), size);
        call.run(call.cut(p.slots, p.outputs, 1, PIECE), (c, unit) -> {
            Convolution q = c.convolution;
            c.winograd.weightGradient(q, unit / q.pieces, q.pieceFrom(unit), q.pieceTo(unit));
        });
        call.move(p.outputs, (long) p.slots * size, (c, o) -> c.winograd.sumSlots(c.convolution, o));
    }

    /// An estimate of the workspace of a convolution while training, in floats: the transposed
    /// weights, the slots of their gradient, and for each thread a block of [Winograd]'s or a band.
    /// @param weights the shape of the weights
    /// @param x the shape of a row of the input
    /// @param y the shape of a row of the output
    public static long trainingFloats(int rows, Shape weights, Shape x, Shape y, int threads, boolean vectors) {
        int size = (int) Math.max(weights.size(), Winograd.weightFloats(weights)); // also of a slot
        long block = Winograd.weightFloats(weights) > 0 && vectors
                ? threads * Math.max(Winograd.gradientFloats(weights, x), Winograd.gradientFloats(weights, y))
                : predictingFloats(weights, x, y, threads, vectors);
        return size + (long) Convolution.slots(rows, size) * size + block;
    }

    /// An estimate of the workspace of a convolution with constant weights, in floats.
    /// @param weights the shape of the weights
    /// @param x the shape of a row of the input
    /// @param y the shape of a row of the output
    public static long predictingFloats(Shape weights, Shape x, Shape y, int threads, boolean vectors) {
        if (!vectors) return 0;
        if (Winograd.weightFloats(weights) == 0) return Blocks.workspaceFloats(weights, x, y, threads);
        return threads * Math.max(Winograd.blockFloats(weights, x), Winograd.blockFloats(weights, y));
    }

    /// The most floats of the packed copies of constant weights: only their shape is known, while groups, stride,
    /// dilation and padding matter, too.
    /// @param weights the shape of the weights
    /// @param open whether inputs have several lengths, for which there may be several copies
    public static long packedFloats(Shape weights, boolean open, boolean vectors) {
        long tiles = Winograd.weightFloats(weights);
        if (tiles > 0) return Workspace.START + tiles;
        long panels = vectors ? Blocks.panelFloats(weights) : 0;
        return panels == 0 ? 0 : (Workspace.START + panels) * (open ? Panels.widths(weights.extent(0)) : 1);
    }

    /// The floats of copies of tensors in another layout that the last calls left.
    public long copies() {
        return calls.sum(call -> (long) call.convolution.xRoom.length + call.convolution.yRoom.length);
    }

    /// The height of planes of this shape, a row's; 1 for sequences.
    static int height(Shape row) {
        return row.rank() < 3 ? 1 : row.extent(row.rank() - 2);
    }

    /// The width of planes of this shape, or the length of sequences.
    static int width(Shape row) {
        return row.rank() < 2 ? 1 : row.extent(row.rank() - 1);
    }

    // ---------------------------------------------------------------------------------------------------- arguments

    private ConvolutionCall call(String what, Geometry g, int groups, Tensor x, Tensor w, Tensor y) {
        ConvolutionCall call = calls.take();
        Convolution p = call.convolution;
        p.set(g, groups, x, w, y);
        p.direct = direct == null;
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

    /// Returns a call to the pool after it has succeeded; a failed one is dropped.
    private void done(ConvolutionCall call) {
        call.reset();
        calls.release(call);
    }
}

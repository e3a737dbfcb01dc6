package dev.neurite.kernel.cpu.conv;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Convolutions;
import dev.neurite.kernel.Geometry;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.kernel.cpu.Team;
import dev.neurite.kernel.cpu.WorkspacePool;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;

/// [Convolutions] on the processor.
public final class CpuConvolutions implements Convolutions {
    private static final long GRAIN = 100_000; // the multiplications per thread below which another thread does not pay
    private static final int PIECE = 16; // the least channels of a unit of work
    private static final Tensor NONE = Tensor.EMPTY;

    private final Team team;
    private final WorkspacePool<ConvolutionCall> calls;

    /// Convolutions on the engine and the threads of a team.
    public CpuConvolutions(Team team) {
        this.team = team;
        boolean vectors = team.engine().isVector();
        ScalarConvolution code = vectors ? new VectorConvolution(team.engine()) : new ScalarConvolution(team.engine());
        ScalarWinograd winograd = vectors ? new VectorWinograd(code) : new ScalarWinograd(code);
        calls = new WorkspacePool<>(() -> new ConvolutionCall(code, winograd));
    }

    @Override
    public Layout layout(Geometry g, int groups, int inputs, int outputs, Layout ofX) {
        return Layout.ROW_MAJOR;
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
            winograd(call, w, false);
            return;
        }
        overPieces(call, p.images, p.outputs, 1, (c, unit) -> {
            Convolution q = c.convolution;
            c.code.forward(q, unit / q.pieces, q.pieceFrom(unit), q.pieceTo(unit));
        });
    }

    @Override
    public void inputGradient(Geometry g, int groups, Tensor dy, PackedWeights w, Tensor earlier, Tensor dx) {
        transposed(g, groups, dy, w, NONE, earlier, Activation.IDENTITY, dx);
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
            winograd(call, w, true);
            return;
        }
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

    private void winograd(ConvolutionCall call, PackedWeights w, boolean back) {
        Winograd q = call.convolution.winograd;
        q.set(call.convolution, back, threads(call.convolution));
        boolean keeps = !back && w.isConstant();
        float[] kept = keeps ? w.packed(call.winograd.order()) : null;
        if (kept != null) {
            q.u = kept;
        } else {
            q.u = keeps ? new float[q.weightSize()] : q.ownWeights();
            transformWeights(call);
            if (keeps) w.keep(call.winograd.order(), q.u);
        }
        overPieces(call, q.blocks, q.outs, call.winograd.outputStep(), (c, unit) -> {
            Convolution p = c.convolution;
            c.winograd.compute(p, unit / p.pieces, p.pieceFrom(unit), p.pieceTo(unit));
        });
    }

    private void transformWeights(ConvolutionCall call) {
        Winograd q = call.convolution.winograd;
        call.convolution.cut(q.outs, q.outs, call.winograd.outputStep());
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
        ScalarConvolution engine = call.code;
        p.needPartial(engine.partialSize(p));
        cut(call, p.slots, p.outputs, groups == 1 ? engine.outputStep() : p.outputs);
        call.run(
                (c, unit) -> {
                    Convolution q = c.convolution;
                    c.code.weightGradient(q, unit / q.pieces, q.pieceFrom(unit), q.pieceTo(unit));
                },
                threads(p),
                team.workers());
        call.units = p.outputs;
        call.run(
                (c, channel) -> c.code.sumSlots(c.convolution, channel),
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

    private static void bias(Convolution p, Tensor b, int channels) {
        if (b.size() != 0 && p.images != 0 && b.size() != channels) {
            throw new ShapeException("convolution", "expects a bias of " + channels + ", got " + b.shape());
        }
        p.bias = b.size() == 0 ? Convolution.NONE : b.array();
        p.biasAt = b.offset();
    }

    private static void residual(Convolution p, Tensor residual, Tensor result) {
        if (residual.size() == 0) return;
        if (residual.size() != result.size()) {
            throw new ShapeException(
                    "convolution", "expects a residual of " + result.shape() + ", got " + residual.shape());
        }
        p.residual = residual.array();
        p.residualAt = residual.offset();
    }

    /// Runs the code over images, or over parts of their channels if there are few images.
    private void overPieces(ConvolutionCall call, int images, int channels, int step, ConvolutionCall.Code code) {
        cut(call, images, channels, step);
        call.run(code, threads(call.convolution), team.workers());
        done(call);
    }

    private void cut(ConvolutionCall call, int units, int channels, int step) {
        Convolution p = call.convolution;
        int threads = threads(p);
        int most = Math.max(1, channels / Math.max(step, PIECE));
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

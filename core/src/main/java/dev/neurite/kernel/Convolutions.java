package dev.neurite.kernel;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Convolutions over planes, forward and back: what [Kernels#convolutions()] gives.
///
/// | tensor | shape |
/// |---|---|
/// | x | `[rows × inputs × height × width]`, for a height of 1 also `[rows × inputs × width]` |
/// | w | `[outputs × inputs / groups × kernel height × kernel width]` |
/// | b | `[outputs]`, or empty for none |
/// | y | `[rows × outputs × out height × out width]` |
///
/// Output channel o sees the input channels of its group only: the channels are cut into as many groups of neighbors.
/// A result does not depend on the other rows. Windows of 3×3 with 32 channels or more are computed in tiles of 2×2
/// results ([Winograd]), where an infinity makes NaN of each result whose window sees it.
public final class Convolutions {
    private static final long GRAIN = 100_000; // multiplications below which a second thread costs more than it saves

    private static final int PIECE = 16; // channels that are worth a piece of their own
    private static final Tensor NONE = Tensor.zeros(Shape.of(0));

    private final Kernels kernels;

    Convolutions(Kernels kernels) {
        this.kernels = kernels;
    }

    /// y = g(w ∗ x + b + residual): each element of y is b and then the sum of the pixels under the window times the
    /// weights, over the channels of the group (a cross-correlation, as everywhere in this field).
    /// @param residual of y's shape, or empty for none
    public void forward(
            Geometry g, int groups, Tensor x, Weights w, Tensor b, Tensor residual, Elementwise activation, Tensor y) {
        Call call = call("convolution", g, groups, x, w.values(), y);
        Convolution p = call.convolution;
        bias(p, b, p.outputs);
        residual(p, residual, y);
        p.activation = activation;
        if (Winograd.suits(p, false)) {
            byTiles(call, w, false);
            return;
        }
        overPieces(call, p.images, p.outputs, 1, (c, unit) -> {
            Convolution q = c.convolution;
            c.engine.convolution().forward(q, unit / q.pieces, q.pieceFrom(unit), q.pieceTo(unit));
        });
    }

    /// dx = Σ w·dy + earlier: the gradient of [#forward]'s input.
    /// @param earlier what is added, `[dx]`; empty for nothing
    public void inputGradient(Geometry g, int groups, Tensor dy, Weights w, Tensor earlier, Tensor dx) {
        transposed(g, groups, dy, w, NONE, earlier, Activation.IDENTITY, dx);
    }

    /// x = g(wᵀ ∗ y + b): [#forward]'s sum the other way, in which every pixel of y is spread under the window. Of a
    /// transposed convolution y is the input and x the output.
    /// @param b `[inputs]`, or empty for none
    public void transposed(Geometry g, int groups, Tensor y, Weights w, Tensor b, Elementwise activation, Tensor x) {
        transposed(g, groups, y, w, b, NONE, activation, x);
    }

    private void transposed(
            Geometry g, int groups, Tensor y, Weights w, Tensor b, Tensor residual, Elementwise activation, Tensor x) {
        Call call = call("transposed convolution", g, groups, x, w.values(), y);
        Convolution p = call.convolution;
        bias(p, b, p.inputs);
        residual(p, residual, x);
        p.activation = activation;
        if (Winograd.suits(p, true)) {
            byTiles(call, w, true);
            return;
        }
        p.orderTaps(w.values().size());
        call.rows = p.inputs;
        call.overRows(
                (c, i) -> c.engine.convolution().turn(c.convolution, i, i + 1),
                parts(w.values().size()),
                team());
        overPieces(call, p.images, p.inputs, 1, (c, unit) -> {
            Convolution q = c.convolution;
            c.engine.convolution().inputGradient(q, unit / q.pieces, q.pieceFrom(unit), q.pieceTo(unit));
        });
    }

    private void byTiles(Call call, Weights w, boolean back) {
        Winograd q = call.convolution.winograd;
        q.set(call.convolution, back, threads(call.convolution));
        boolean keeps = !back && w.isConstant();
        float[] kept = keeps ? w.tiles(call.engine) : null;
        if (kept != null) {
            q.u = kept;
        } else {
            q.u = keeps ? new float[q.weightSize()] : q.ownWeights();
            turnWeights(call);
            if (keeps) w.keep(call.engine, q.u);
        }
        overPieces(call, q.blocks, q.outs, call.engine.winograd().outputStep(), (c, unit) -> {
            Convolution p = c.convolution;
            c.engine.winograd().compute(p, unit / p.pieces, p.pieceFrom(unit), p.pieceTo(unit));
        });
    }

    private void turnWeights(Call call) {
        Winograd q = call.convolution.winograd;
        call.convolution.cut(q.outs, q.outs, call.engine.winograd().outputStep());
        call.rows = call.convolution.pieces;
        call.overRows(
                (c, unit) -> {
                    Convolution p = c.convolution;
                    c.engine.winograd().weights(p.winograd, p.pieceFrom(unit), p.pieceTo(unit));
                },
                parts(q.weightSize()),
                team());
    }

    /// dw = Σ x·dy over all rows and pixels: the gradient of [#forward]'s weights.
    public void weightGradient(Geometry g, int groups, Tensor x, Tensor dy, Tensor dw) {
        if (x.rows() == 0) {
            kernels.fill(0, dw);
            return;
        }
        Call call = call("convolution", g, groups, x, dw, dy);
        Convolution p = call.convolution;
        ScalarConvolution engine = call.engine.convolution();
        p.needPartial(engine.partialSize(p));
        cut(call, p.slots, p.outputs, groups == 1 ? engine.outputStep() : p.outputs);
        call.overRows(
                (c, unit) -> {
                    Convolution q = c.convolution;
                    c.engine.convolution().weightGradient(q, unit / q.pieces, q.pieceFrom(unit), q.pieceTo(unit));
                },
                threads(p),
                team());
        call.rows = p.outputs;
        call.overRows(
                (c, channel) -> c.engine.convolution().sumSlots(c.convolution, channel),
                parts((long) p.slots * p.outputs * p.depth()),
                team());
        kernels.done(call);
    }

    /// How many numbers a convolution keeps beside its tensors, about: its weights turned, the parts that their
    /// gradient is summed in, and for each thread a block of [Winograd]'s.
    /// @param weights their shape
    public static long scratchFloats(int rows, Shape weights, int threads) {
        int size = weights.size();
        long turned = Math.max(size, Winograd.weightFloats(weights));
        return turned + (long) Convolution.slots(rows, size) * size + predictingFloats(weights, threads);
    }

    /// How many numbers a convolution with constant weights keeps to work in, about.
    /// @param weights their shape
    public static long predictingFloats(Shape weights, int threads) {
        boolean blocks = Kernels.vectorsPresent() && Winograd.weightFloats(weights) > 0;
        return blocks ? threads * Winograd.blockFloats(weights) : 0;
    }

    /// How many numbers are kept beside constant weights of this shape, for predicting; none where other than the shape
    /// keeps tiles from being taken.
    /// @param weights their shape
    public static long packedFloats(Shape weights) {
        return Winograd.weightFloats(weights);
    }

    /// y_c = Σ over rows and pixels of channel c: each plane's sum over sixteen lanes, and these in the rows' order in
    /// double precision. The gradient of a bias.
    /// @param x `[rows × channels × …]`
    /// @param y as many elements as x has channels
    public void channelSums(Tensor x, Tensor y) {
        int channels = y.size();
        int columns = x.matrix().columns();
        if (channels == 0 ? columns != 0 : columns % channels != 0) {
            throw new ShapeException(
                    "channelSums", "expects a sum for each channel of " + x.shape() + ", got " + channels);
        }
        Call call = kernels.call(x, y);
        call.otherColumns = call.rows; // the rows of x: those of the call are channels
        call.group = channels == 0 ? 0 : columns / channels;
        call.rows = channels;
        call.overRows(
                (c, channel) -> {
                    double sum = 0;
                    for (int row = 0; row < c.otherColumns; row++) {
                        sum += c.engine.sum(c.a, c.aAt + row * c.columns + channel * c.group, c.group);
                    }
                    c.b[c.bAt + channel] = (float) sum;
                },
                parts(x.size()),
                team());
        kernels.done(call);
    }

    // ------------------------------------------------------------------------------------------------- sharing work

    private Call call(String what, Geometry g, int groups, Tensor x, Tensor w, Tensor y) {
        Call call = kernels.call();
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

    /// Runs over images, or where there are few over parts of their channels.
    private void overPieces(Call call, int images, int channels, int step, Call.Row code) {
        cut(call, images, channels, step);
        call.overRows(code, threads(call.convolution), team());
        kernels.done(call);
    }

    private void cut(Call call, int units, int channels, int step) {
        Convolution p = call.convolution;
        int threads = threads(p);
        int most = Math.max(1, channels / Math.max(step, PIECE));
        p.cut(units >= threads || units == 0 ? 1 : Math.min(most, threads / units), channels, step);
        call.rows = units * p.pieces;
    }

    private int threads(Convolution p) {
        return (int) Math.min(kernels.threads(), 1 + p.multiplications() / GRAIN);
    }

    private int parts(long elements) {
        return (int) Math.min(kernels.threads(), 1 + elements / 16_384);
    }

    private Workers team() {
        return kernels.workers();
    }
}

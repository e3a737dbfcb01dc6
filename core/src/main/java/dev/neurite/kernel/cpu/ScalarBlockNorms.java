package dev.neurite.kernel.cpu;

import static dev.neurite.kernel.cpu.ScalarKernels.LANES;
import static dev.neurite.tensor.Layout.BLOCK;

import dev.neurite.kernel.Activation.Identity;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;

/// The normalizations of [ScalarNorms] for channels in blocks ([dev.neurite.tensor.Layout]), in plain loops: the
/// same operations in the same order, so the same bits. [VectorBlockNorms] does them on vectors of neighboring
/// channels.
///
/// Where [ScalarNorms] adds the pixels of a channel in sixteen lanes, each lane is here a run of sixteen floats,
/// one per channel. A unit is a piece of one block of channels (see [Norm#cut(int)]). Units can be computed in
/// any order, so threads divide them. Each adds its pixels in float and writes its sums to the workspace,
/// `[pieces × channels]`. The sums of the pieces, which are few, are then added in double, in order.
///
/// Threads divide the images of the units, as convolutions do, so that each finds its own in its cache; or the blocks
/// of channels, where a thread's part of the batch is larger than its cache and a block may not be. Passes over a
/// batch run in alternate directions: what one has read last, the next one reads first.
sealed class ScalarBlockNorms permits VectorBlockNorms {
    private static final int SUMMED = 2048; // the pixels of a piece, as in ScalarNorms
    static final int SUMS = LANES * BLOCK; // the floats of sixteen lanes
    private static final int SOME = 128; // pixels that stay in the L1 cache between two loops

    final ScalarKernels engine;
    private final ThreadLocal<float[]> lanes = ThreadLocal.withInitial(() -> new float[2 * SUMS]);

    ScalarBlockNorms(ScalarKernels engine) {
        this.engine = engine;
    }

    /// Divides the sums of a normalization into pieces.
    static void cut(Norm p) {
        p.cut(SUMMED);
    }

    // ---------------------------------------------------------------------------------------------------- sums

    /// Σ x of n units.
    final void sums(Norm p, int from, int n) {
        float[] sums = lanes.get();
        for (int unit = from + n - 1; unit >= from; unit--) {
            Arrays.fill(sums, 0);
            int channel = p.channelOf(unit, p.pieces);
            int piece = p.partOf(unit, p.pieces);
            int at = p.x.offset() + p.pieceAt(piece, channel);
            addTo(sums, p.x.array(), at, p.stride(), p.planes(piece), p.pixels(piece));
            finishSums(sums, 0, p.workspace, p.sumAt(piece, channel));
        }
    }

    /// Σ (x − mean)² of n units.
    final void squares(Norm p, int from, int n) {
        float[] sums = lanes.get();
        for (int unit = from; unit < from + n; unit++) {
            Arrays.fill(sums, 0);
            int channel = p.channelOf(unit, p.pieces);
            int piece = p.partOf(unit, p.pieces);
            addSquaresTo(sums, p, channel, p.pieceAt(piece, channel), p.planes(piece), p.pixels(piece));
            finishSums(sums, 0, p.workspace, p.sumAt(piece, channel));
        }
    }

    /// Turns dy into δ by the activation, in place, and Σ δ and Σ δ·(x − mean) of n units.
    final void gradientSums(Norm p, int from, int n) {
        float[] sums = lanes.get();
        for (int unit = from + n - 1; unit >= from; unit--) {
            int channel = p.channelOf(unit, p.pieces);
            int piece = p.partOf(unit, p.pieces);
            Arrays.fill(sums, 0);
            addGradientsTo(sums, p, channel, p.pieceAt(piece, channel), p.planes(piece), p.pixels(piece));
            finishSums(sums, 0, p.workspace, p.sumAt(piece, channel));
            finishSums(sums, SUMS, p.workspace, p.sumAt(p.pieces + piece, channel));
        }
    }

    /// Turns dy into δ, then adds δ to the lanes, and δ·(x − mean) to those from [#SUMS] on.
    void addGradientsTo(float[] sums, Norm p, int channel, int at, int planes, int pixels) {
        if (!(p.activation instanceof Identity)) deltas(p, at, planes, pixels);
        addTo(sums, p.dy.array(), p.dy.offset() + at, p.stride(), planes, pixels);
        addProductsTo(sums, p, channel, at, planes, pixels);
    }

    /// Turns dy into δ.
    private void deltas(Norm p, int at, int planes, int pixels) {
        float[] z = p.z.array();
        float[] y = p.y.array();
        float[] dy = p.dy.array();
        for (int plane = 0; plane < planes; plane++) {
            int begin = at + plane * p.stride();
            int end = begin + BLOCK * pixels;
            for (int i = begin; i < end; i += SOME * BLOCK) {
                int n = Math.min(SOME * BLOCK, end - i);
                int to = p.dy.offset() + i;
                engine.activationGradient(p.activation, z, p.z.offset() + i, y, p.y.offset() + i, dy, to, dy, to, n);
                engine.flush(dy, to, n);
            }
        }
    }

    /// Adds sixteen lanes in the tree of [ScalarKernels#sum].
    private void finishSums(float[] sums, int at, float[] y, int yo) {
        for (int n = SUMS / 2; n > BLOCK; n /= 2) engine.add(sums, at, sums, at + n, sums, at, n);
        engine.add(sums, at, sums, at + BLOCK, y, yo, BLOCK);
    }

    /// Adds pixels of some planes to the lanes: to lane l those with index l, l + 16, l + 32, … of each plane.
    void addTo(float[] sums, float[] x, int xo, int stride, int planes, int pixels) {
        for (int plane = 0; plane < planes; plane++) {
            int at = xo + plane * stride;
            for (int i = 0; i < pixels * BLOCK; i++) sums[i % SUMS] += x[at + i];
        }
    }

    /// Adds (x − mean)², by `fma`, in the order of [#addTo].
    void addSquaresTo(float[] sums, Norm p, int channel, int at, int planes, int pixels) {
        float[] x = p.x.array();
        for (int plane = 0; plane < planes; plane++) {
            int xo = p.x.offset() + at + plane * p.stride();
            for (int i = 0; i < pixels * BLOCK; i++) {
                float d = x[xo + i] - Norm.of(p.mean, channel + i % BLOCK);
                sums[i % SUMS] = Math.fma(d, d, sums[i % SUMS]);
            }
        }
    }

    /// Adds δ·(x − mean), by `fma`, in the order of [#addTo], to the lanes from [#SUMS] on.
    void addProductsTo(float[] sums, Norm p, int channel, int at, int planes, int pixels) {
        float[] x = p.x.array();
        float[] dy = p.dy.array();
        for (int plane = 0; plane < planes; plane++) {
            int xo = p.x.offset() + at + plane * p.stride();
            int dyo = p.dy.offset() + at + plane * p.stride();
            for (int i = 0; i < pixels * BLOCK; i++) {
                float d = x[xo + i] - Norm.of(p.mean, channel + i % BLOCK);
                int to = SUMS + i % SUMS;
                sums[to] = Math.fma(dy[dyo + i], d, sums[to]);
            }
        }
    }

    /// The means or the variances of n channels, from the [#sums] or the [#squares] of all pieces.
    static void means(Norm p, Tensor result, int from, int n) {
        double count = (double) p.rows * p.plane;
        for (int channel = from; channel < from + n; channel++) {
            Norm.set(result, channel, (float) (sum(p, channel) / count));
        }
    }

    /// Writes the sums of n channels to y, from those of all pieces.
    static void totals(Norm p, int from, int n) {
        for (int channel = from; channel < from + n; channel++) Norm.set(p.y, channel, (float) sum(p, channel));
    }

    private static double sum(Norm p, int channel) {
        double sum = 0;
        for (int piece = 0; piece < p.pieces; piece++) sum += p.workspace[p.sumAt(piece, channel)];
        return sum;
    }

    /// dw and db of n channels, from the [#gradientSums] of all pieces. The cuts of a plane are added first, as in
    /// [ScalarNorms].
    static void gradients(Norm p, int from, int n) {
        float[] sums = p.workspace;
        for (int channel = from; channel < from + n; channel++) {
            double weights = 0;
            double biases = 0;
            for (int piece = 0; piece < p.pieces; piece += p.cuts) {
                double products = 0;
                double sum = 0;
                for (int i = piece; i < piece + p.cuts; i++) {
                    sum += sums[p.sumAt(i, channel)];
                    products += sums[p.sumAt(p.pieces + i, channel)];
                }
                biases += sum;
                weights += products * Norm.of(p.factor, channel);
            }
            p.setSums(channel, (float) weights, (float) biases);
        }
    }

    // ------------------------------------------------------------------------------------------- blocks, all rows

    /// The statistics of n blocks, and then y = g(x̂·w + b + residual) in all rows.
    final void normalizeBatch(Norm p, int from, int n) {
        for (int block = from; block < from + n; block++) {
            int channel = block * BLOCK;
            sums(p, block * p.pieces, p.pieces);
            means(p, p.mean, channel, BLOCK);
            squares(p, block * p.pieces, p.pieces);
            means(p, p.variance, channel, BLOCK);
            for (int i = channel; i < channel + BLOCK; i++) {
                Norm.set(p.factor, i, ScalarNorms.factor(Norm.of(p.variance, i), p.epsilon));
            }
            normalize(p, block * p.rows, p.rows);
        }
    }

    /// For n blocks in all rows: turns dy into δ in place, then computes dw, db and, if it is wanted, dx.
    final void batchGradient(Norm p, int from, int n) {
        for (int block = from; block < from + n; block++) {
            gradientSums(p, block * p.pieces, p.pieces);
            gradients(p, block * BLOCK, BLOCK);
            if (p.dx.size() == 0) continue;
            prepareGradient(p, block * BLOCK, BLOCK);
            gradient(p, block * p.rows, p.rows);
        }
    }

    // ---------------------------------------------------------------------------------------- element by element

    /// Prepares [#normalize]: weights and biases in the workspace.
    static void prepareNormalize(Norm p) {
        p.workspace(2 * p.channels);
        for (int channel = 0; channel < p.channels; channel++) {
            p.workspace[channel] = p.weight(channel);
            p.workspace[p.channels + channel] = p.bias(channel);
        }
    }

    /// y = g(x̂·w + b + residual) in n blocks of rows.
    final void normalize(Norm p, int from, int n) {
        for (int block = from + n - 1; block >= from; block--) {
            int channel = p.channelOf(block, p.rows);
            int at = p.at(p.partOf(block, p.rows), channel);
            for (int i = 0; i < p.plane; i += SOME) {
                normalizePixels(p, channel, at + i * BLOCK, Math.min(SOME, p.plane - i));
            }
        }
    }

    /// The same in some pixels of a block of channels.
    void normalizePixels(Norm p, int channel, int at, int pixels) {
        float[] x = p.x.array();
        float[] y = p.y.array();
        int xo = p.x.offset() + at;
        int yo = p.y.offset() + at;
        for (int i = 0; i < pixels * BLOCK; i++) {
            int c = channel + i % BLOCK;
            float normal = (x[xo + i] - Norm.of(p.mean, c)) * Norm.of(p.factor, c);
            y[yo + i] = Math.fma(normal, p.workspace[c], p.workspace[p.channels + c]);
        }
        ScalarNorms.finish(engine, p, at, pixels * BLOCK);
    }

    /// Prepares [#gradient] of n channels: a, b and c of dx = a·δ + (b·(x − mean) + c) in the workspace.
    static void prepareGradient(Norm p, int from, int n) {
        float numbers = (float) p.rows * p.plane;
        for (int channel = from; channel < from + n; channel++) {
            float factor = Norm.of(p.factor, channel);
            float a = p.weight(channel) * factor;
            p.workspace[channel] = a;
            p.workspace[p.channels + channel] = -(a * factor * (Norm.of(p.weightGradient, channel) / numbers));
            p.workspace[2 * p.channels + channel] = -(a * (Norm.of(p.biasGradient, channel) / numbers));
        }
    }

    /// dx = w·factor·(δ − db/n − x̂·dw/n) in n blocks of rows.
    final void gradient(Norm p, int from, int n) {
        for (int block = from; block < from + n; block++) {
            int channel = p.channelOf(block, p.rows);
            gradientPixels(p, channel, p.at(p.partOf(block, p.rows), channel), p.plane);
        }
    }

    /// The same in some pixels of a block of channels.
    void gradientPixels(Norm p, int channel, int at, int pixels) {
        float[] x = p.x.array();
        float[] dy = p.dy.array();
        float[] dx = p.dx.array();
        int xo = p.x.offset() + at;
        int dyo = p.dy.offset() + at;
        int dxo = p.dx.offset() + at;
        for (int i = 0; i < pixels * BLOCK; i++) {
            int c = channel + i % BLOCK;
            float rest = Math.fma(
                    p.workspace[p.channels + c], x[xo + i] - Norm.of(p.mean, c), p.workspace[2 * p.channels + c]);
            dx[dxo + i] = Math.fma(p.workspace[c], dy[dyo + i], rest);
        }
    }

    /// Prepares [#scale]: w·factor in the workspace.
    static void prepareScale(Norm p) {
        p.workspace(p.channels);
        for (int channel = 0; channel < p.channels; channel++) {
            p.workspace[channel] = p.weight(channel) * Norm.of(p.factor, channel);
        }
    }

    /// dx = w·factor·dy in n blocks of rows.
    final void scale(Norm p, int from, int n) {
        for (int block = from; block < from + n; block++) {
            int channel = p.channelOf(block, p.rows);
            scalePixels(p, channel, p.at(p.partOf(block, p.rows), channel), p.plane);
        }
    }

    /// The same in some pixels of a block of channels.
    void scalePixels(Norm p, int channel, int at, int pixels) {
        float[] dy = p.dy.array();
        float[] dx = p.dx.array();
        int dyo = p.dy.offset() + at;
        int dxo = p.dx.offset() + at;
        for (int i = 0; i < pixels * BLOCK; i++) dx[dxo + i] = p.workspace[channel + i % BLOCK] * dy[dyo + i];
    }

    /// y = (x − mean)·factor in n blocks of rows.
    final void standardize(Norm p, int from, int n) {
        for (int block = from; block < from + n; block++) {
            int channel = p.channelOf(block, p.rows);
            standardizePixels(p, channel, p.at(p.partOf(block, p.rows), channel), p.plane);
        }
    }

    /// The same in some pixels of a block of channels.
    void standardizePixels(Norm p, int channel, int at, int pixels) {
        float[] x = p.x.array();
        float[] y = p.y.array();
        int xo = p.x.offset() + at;
        int yo = p.y.offset() + at;
        for (int i = 0; i < pixels * BLOCK; i++) {
            int c = channel + i % BLOCK;
            y[yo + i] = (x[xo + i] - Norm.of(p.mean, c)) * Norm.of(p.factor, c);
        }
    }
}

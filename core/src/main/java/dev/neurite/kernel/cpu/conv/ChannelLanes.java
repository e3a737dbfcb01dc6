package dev.neurite.kernel.cpu.conv;

import static dev.neurite.kernel.cpu.tile.Tiles.NEGATIVE_ZERO;

import dev.neurite.kernel.cpu.Transposition;
import dev.neurite.kernel.cpu.Workspace;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The weight gradient of depthwise convolutions, with lanes over channels. It is part of
/// [VectorConvolution], whose other gradients have lanes over the outputs of one group.
///
/// The pixels of x and dy are transposed, so that neighboring channels are contiguous. The result
/// contains the products of all channels with their first output, then those with their second, and
/// so on.
final class ChannelLanes {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final int MANY = 9; // sums in registers: those of a 3×3 window
    private static final int SOME = 3;
    private static final float[] ZEROS = new float[L];

    private float[] x = {};
    private float[] dy = {};
    private int[] tapAt = {};
    private int columns; // of a transposed plane of x
    private int rows;

    /// Whether each group has one channel, and there are more groups than outputs per group.
    static boolean suit(Convolution p) {
        return p.groupInputs() == 1 && p.groups > p.groupOutputs();
    }

    private static int padded(Convolution p) {
        return Math.ceilDiv(p.groups, L) * L;
    }

    /// The floats of one slot's part of the gradient.
    static int partialSize(Convolution p) {
        return p.groupOutputs() * p.depth() * padded(p);
    }

    /// The index of an output's first tap in a part.
    static int column(Convolution p, int output) {
        return output % p.groupOutputs() * p.depth() * padded(p) + output / p.groupOutputs();
    }

    /// The distance from one tap to the next in a part.
    static int tapStep(Convolution p) {
        return padded(p);
    }

    /// Computes part `slot` of the gradient of w, for all channels.
    void weightGradient(Convolution p, int slot) {
        layOut(p);
        int outs = p.groupOutputs();
        int first = p.firstImage(slot);
        for (int c = 0; c < p.inputs; c += L) {
            int count = Math.min(L, p.inputs - c);
            for (int image = first; image < p.firstImage(slot + 1); image++) {
                transposeInput(p, p.input(image, c), count);
                for (int o = 0; o < outs; o++) {
                    int from = p.output(image, c * outs + o);
                    Transposition.transpose(p.y, from, outs * p.outArea(), count, p.outArea(), dy, 0, L);
                    int at = slot * partialSize(p) + o * p.depth() * padded(p) + c;
                    add(p, p.outHeight, x, 0, tapAt, columns, dy, 0, L, at, image == first);
                }
            }
        }
    }

    private void layOut(Convolution p) {
        rows = (p.outHeight - 1) * p.strideHeight + (p.kernelHeight - 1) * p.dilationHeight + 1;
        columns = (p.outWidth - 1) * p.strideWidth + (p.kernelWidth - 1) * p.dilationWidth + 1;
        x = Workspace.atLeast(x, rows * columns * L);
        dy = Workspace.atLeast(dy, p.outArea() * L);
        Arrays.fill(x, 0, rows * columns * L, 0);
        Arrays.fill(dy, 0, p.outArea() * L, 0);
        tapAt = Workspace.atLeast(tapAt, p.depth());
        for (int k = 0; k < p.depth(); k++) {
            int row = k / p.kernelWidth * p.dilationHeight;
            tapAt[k] = (row * columns + k % p.kernelWidth * p.dilationWidth) * L;
        }
    }

    /// Transposes `count` planes of x from index `plane` on; the padding around them is already 0.
    private void transposeInput(Convolution p, int plane, int count) {
        int left = Math.min(p.left, columns);
        int n = Math.min(p.width, columns - left);
        int end = Math.min(p.height, rows - p.top);
        for (int i = 0; i < end; i++) {
            Transposition.transpose(
                    p.x, plane + i * p.width, p.area(), count, n, x, ((i + p.top) * columns + left) * L, L);
        }
    }

    /// partial[taps × L] += x ∘ dy over rows of pixels of dy, by taps that are [#tapStep] apart.
    /// @param xo added to the index of each tap's pixels, `tapAt`
    /// @param columns of a row of x
    /// @param d the index of the first pixel of dy
    /// @param pixel the floats from one pixel of x, or dy, to the next
    /// @param to the index of the first tap's sums
    /// @param fresh whether the sums start from 0
    static void add(
            Convolution p,
            int rows,
            float[] x,
            int xo,
            int[] tapAt,
            int columns,
            float[] dy,
            int d,
            int pixel,
            int to,
            boolean fresh) {
        int step = tapStep(p);
        int width = p.outWidth;
        float[] c = p.partial;
        float[] f = fresh ? ZEROS : c;
        int fs = fresh ? 0 : step;
        int down = p.strideHeight * columns * pixel;
        int across = p.strideWidth * pixel;
        int n;
        for (int k = 0; k < p.depth(); k += n) {
            n = p.depth() - k >= MANY ? MANY : p.depth() - k >= SOME ? SOME : 1;
            int co = to + k * step;
            int fo = fresh ? 0 : co;
            if (n == MANY) {
                tile9(rows, width, x, xo, tapAt, k, down, across, dy, d, pixel, f, fo, fs, c, co, step);
            } else if (n == SOME) {
                tile3(rows, width, x, xo, tapAt, k, down, across, dy, d, pixel, f, fo, fs, c, co, step);
            } else {
                tile1(rows, width, x, xo, tapAt, k, down, across, dy, d, pixel, f, fo, c, co);
            }
        }
    }

    /// The micro-kernel of 9 taps, from k on: c = f + Σ x ∘ dy.
    /// @param xo added to the index of each tap's pixels, `tapAt`
    /// @param d the index of the first pixel of dy; `ds` from one to the next
    private static void tile9(
            int height,
            int width,
            float[] x,
            int xo,
            int[] tapAt,
            int k,
            int down,
            int across,
            float[] dy,
            int d,
            int ds,
            float[] f,
            int fo,
            int fs,
            float[] c,
            int co,
            int cs) {
        int x0 = xo + tapAt[k];
        int x1 = xo + tapAt[k + 1];
        int x2 = xo + tapAt[k + 2];
        int x3 = xo + tapAt[k + 3];
        int x4 = xo + tapAt[k + 4];
        int x5 = xo + tapAt[k + 5];
        int x6 = xo + tapAt[k + 6];
        int x7 = xo + tapAt[k + 7];
        int x8 = xo + tapAt[k + 8];
        FloatVector c0 = FloatVector.fromArray(S, f, fo);
        FloatVector c1 = FloatVector.fromArray(S, f, fo + fs);
        FloatVector c2 = FloatVector.fromArray(S, f, fo + 2 * fs);
        FloatVector c3 = FloatVector.fromArray(S, f, fo + 3 * fs);
        FloatVector c4 = FloatVector.fromArray(S, f, fo + 4 * fs);
        FloatVector c5 = FloatVector.fromArray(S, f, fo + 5 * fs);
        FloatVector c6 = FloatVector.fromArray(S, f, fo + 6 * fs);
        FloatVector c7 = FloatVector.fromArray(S, f, fo + 7 * fs);
        FloatVector c8 = FloatVector.fromArray(S, f, fo + 8 * fs);
        for (int oy = 0; oy < height; oy++) {
            int at = oy * down;
            for (int ox = 0; ox < width; ox++) {
                FloatVector v = FloatVector.fromArray(S, dy, d);
                c0 = FloatVector.fromArray(S, x, x0 + at).fma(v, c0);
                c1 = FloatVector.fromArray(S, x, x1 + at).fma(v, c1);
                c2 = FloatVector.fromArray(S, x, x2 + at).fma(v, c2);
                c3 = FloatVector.fromArray(S, x, x3 + at).fma(v, c3);
                c4 = FloatVector.fromArray(S, x, x4 + at).fma(v, c4);
                c5 = FloatVector.fromArray(S, x, x5 + at).fma(v, c5);
                c6 = FloatVector.fromArray(S, x, x6 + at).fma(v, c6);
                c7 = FloatVector.fromArray(S, x, x7 + at).fma(v, c7);
                c8 = FloatVector.fromArray(S, x, x8 + at).fma(v, c8);
                at += across;
                d += ds;
            }
        }
        NEGATIVE_ZERO.add(c0).intoArray(c, co);
        NEGATIVE_ZERO.add(c1).intoArray(c, co + cs);
        NEGATIVE_ZERO.add(c2).intoArray(c, co + 2 * cs);
        NEGATIVE_ZERO.add(c3).intoArray(c, co + 3 * cs);
        NEGATIVE_ZERO.add(c4).intoArray(c, co + 4 * cs);
        NEGATIVE_ZERO.add(c5).intoArray(c, co + 5 * cs);
        NEGATIVE_ZERO.add(c6).intoArray(c, co + 6 * cs);
        NEGATIVE_ZERO.add(c7).intoArray(c, co + 7 * cs);
        NEGATIVE_ZERO.add(c8).intoArray(c, co + 8 * cs);
    }

    /// The micro-kernel of 3 taps.
    private static void tile3(
            int height,
            int width,
            float[] x,
            int xo,
            int[] tapAt,
            int k,
            int down,
            int across,
            float[] dy,
            int d,
            int ds,
            float[] f,
            int fo,
            int fs,
            float[] c,
            int co,
            int cs) {
        int x0 = xo + tapAt[k];
        int x1 = xo + tapAt[k + 1];
        int x2 = xo + tapAt[k + 2];
        FloatVector c0 = FloatVector.fromArray(S, f, fo);
        FloatVector c1 = FloatVector.fromArray(S, f, fo + fs);
        FloatVector c2 = FloatVector.fromArray(S, f, fo + 2 * fs);
        for (int oy = 0; oy < height; oy++) {
            int at = oy * down;
            for (int ox = 0; ox < width; ox++) {
                FloatVector v = FloatVector.fromArray(S, dy, d);
                c0 = FloatVector.fromArray(S, x, x0 + at).fma(v, c0);
                c1 = FloatVector.fromArray(S, x, x1 + at).fma(v, c1);
                c2 = FloatVector.fromArray(S, x, x2 + at).fma(v, c2);
                at += across;
                d += ds;
            }
        }
        NEGATIVE_ZERO.add(c0).intoArray(c, co);
        NEGATIVE_ZERO.add(c1).intoArray(c, co + cs);
        NEGATIVE_ZERO.add(c2).intoArray(c, co + 2 * cs);
    }

    /// The micro-kernel of 1 tap.
    private static void tile1(
            int height,
            int width,
            float[] x,
            int xo,
            int[] tapAt,
            int k,
            int down,
            int across,
            float[] dy,
            int d,
            int ds,
            float[] f,
            int fo,
            float[] c,
            int co) {
        int x0 = xo + tapAt[k];
        FloatVector c0 = FloatVector.fromArray(S, f, fo);
        for (int oy = 0; oy < height; oy++) {
            int at = x0 + oy * down;
            for (int ox = 0; ox < width; ox++) {
                c0 = FloatVector.fromArray(S, x, at).fma(FloatVector.fromArray(S, dy, d), c0);
                at += across;
                d += ds;
            }
        }
        NEGATIVE_ZERO.add(c0).intoArray(c, co);
    }
}

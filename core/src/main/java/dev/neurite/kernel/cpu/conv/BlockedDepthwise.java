package dev.neurite.kernel.cpu.conv;

import static dev.neurite.kernel.cpu.tile.Tiles.NEGATIVE_ZERO;
import static jdk.incubator.vector.FloatVector.fromArray;

import dev.neurite.kernel.cpu.Workspace;
import dev.neurite.kernel.cpu.WorkspacePool;
import dev.neurite.tensor.Layout;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Depthwise convolutions in blocks of channels, with one output channel for each input channel: the lanes are
/// channels. Every element is the chain of `fma` that [ScalarConvolution] defines.
///
/// Bands of rows are copied with the padding around them to an aligned array that stays in the caches. So no
/// window reaches over an edge, and no vector crosses cache lines, as in a tensor's own array.
final class BlockedDepthwise {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    private static final int BLOCK = Layout.BLOCK;
    private static final int BAND = 1 << 15; // the floats of a band, unless few rows need more
    private static final int NINE = 9; // taps whose weights are in registers: those of a 3×3 window
    private static final float[] ZEROS = new float[BLOCK];

    private final ScalarConvolution code;
    private final WorkspacePool<Work> workspaces = new WorkspacePool<>(Work::new);

    BlockedDepthwise(ScalarConvolution code) {
        this.code = code;
    }

    /// Whether a convolution of these channels can be computed in blocks.
    static boolean suits(int groups, int inputs, int outputs) {
        return groups == inputs && groups == outputs && groups % BLOCK == 0;
    }

    /// Brings the weights of a block into the order `[taps × 16]`.
    static void pack(Convolution p, int block) {
        int taps = p.depth();
        int at = block * BLOCK * taps;
        int to = Workspace.START + at;
        for (int c = 0; c < BLOCK; c++) {
            for (int k = 0; k < taps; k++) p.packed[to + k * BLOCK + c] = p.w[p.wAt + at + c * taps + k];
        }
    }

    /// A band of rows with zeros around them, and the taps that read it.
    private static final class Work {
        final LastCall last = new LastCall();
        float[] pixels = {};
        int columns; // of a row of the band
        int rows; // of the result, for one band
        int[] tapAt = {}; // the index where each tap's pixels begin, for the first pixel of its residue
        int[] tap = {}; // its index in the window
        int[] before = {0}; // by residue: the taps of all earlier residues
        private int first; // the column of the plane in column 0
        private int from; // the first column that is copied
        private int copied; // the number of columns that are copied

        /// For the rows of x that windows cover.
        void layOutInput(Convolution p) {
            int reach = (p.kernelHeight - 1) * p.dilationHeight + 1;
            int needed = (p.outWidth - 1) * p.strideWidth + (p.kernelWidth - 1) * p.dilationWidth + 1;
            setColumns(-p.left, needed, p.width);
            rows = Math.clamp((BAND / (columns * BLOCK) - reach) / p.strideHeight + 1, 1, Math.max(1, p.outHeight));
            clear((rows - 1) * p.strideHeight + reach);
            needTaps(p.depth(), 1);
            for (int k = 0; k < p.depth(); k++) {
                int row = k / p.kernelWidth * p.dilationHeight;
                tapAt[k] = Workspace.START + (row * columns + k % p.kernelWidth * p.dilationWidth) * BLOCK;
                tap[k] = k;
            }
            before[1] = p.depth();
        }

        /// For the rows of dy whose windows cover a pixel of x. With a stride, the pixels of x whose rows and
        /// columns have the same residue are covered by the same taps.
        void layOutOutput(Convolution p) {
            int reach = (p.kernelHeight - 1) * p.dilationHeight;
            int begin = Math.floorDiv(p.left - (p.kernelWidth - 1) * p.dilationWidth, p.strideWidth);
            setColumns(begin, Math.floorDiv(p.width - 1 + p.left, p.strideWidth) - begin + 1, p.outWidth);
            int more = reach / p.strideHeight + 2;
            int most = Math.ceilDiv(Math.max(1, p.height), p.strideHeight);
            rows = Math.clamp(BAND / (columns * BLOCK) - more, 1, most) * p.strideHeight;
            clear(rows / p.strideHeight + more);
            needTaps(p.depth(), p.residues());
            int top = firstOutput(p, 0);
            int n = 0;
            for (int residue = 0; residue < p.residues(); residue++) {
                before[residue] = n;
                for (int k = p.depth() - 1; k >= 0; k--) {
                    int down = residue / p.strideWidth + p.top - k / p.kernelWidth * p.dilationHeight;
                    int across = residue % p.strideWidth + p.left - k % p.kernelWidth * p.dilationWidth;
                    if (down % p.strideHeight != 0 || across % p.strideWidth != 0) continue;
                    int row = down / p.strideHeight - top;
                    tapAt[n] = Workspace.START + (row * columns + across / p.strideWidth - begin) * BLOCK;
                    tap[n++] = k;
                }
            }
            before[p.residues()] = n;
        }

        /// The first row of y that a band of x may meet.
        static int firstOutput(Convolution p, int row) {
            return Math.floorDiv(row + p.top - (p.kernelHeight - 1) * p.dilationHeight, p.strideHeight);
        }

        private void setColumns(int begin, int count, int width) {
            first = begin;
            columns = count;
            from = Math.max(0, begin);
            copied = Math.max(0, Math.min(width, begin + count) - from);
        }

        private void clear(int held) {
            int n = held * columns * BLOCK;
            pixels = Workspace.aligned(pixels, n);
            Arrays.fill(pixels, Workspace.START, Workspace.START + n, 0);
        }

        private void needTaps(int taps, int residues) {
            tapAt = Workspace.atLeast(tapAt, taps);
            tap = Workspace.atLeast(tap, taps);
            before = Workspace.atLeast(before, residues + 1);
        }

        /// Copies rows of a plane that begins at index `plane`; zeros for those outside of it.
        void copy(float[] x, int plane, int height, int width, int row, int count) {
            int o = Workspace.START;
            for (int i = row; i < row + count; i++) {
                if (i < 0 || i >= height) {
                    Arrays.fill(pixels, o, o + columns * BLOCK, 0);
                } else if (copied > 0) {
                    int at = plane + (i * width + from) * BLOCK;
                    System.arraycopy(x, at, pixels, o + (from - first) * BLOCK, copied * BLOCK);
                }
                o += columns * BLOCK;
            }
        }
    }

    // ----------------------------------------------------------------------------------------------------- forward

    /// Rows `from` to `to` of y in a block of channels; `unit` counts the blocks of all images.
    void forward(Convolution p, int unit, int from, int to) {
        Work work = workspaces.take();
        if (work.last.isNot(p)) work.layOutInput(p);
        int image = unit / (p.groups / BLOCK);
        int block = unit % (p.groups / BLOCK);
        int at = p.output(image, block * BLOCK);
        for (int row = from; row < to; row += work.rows) {
            int rows = Math.min(work.rows, to - row);
            copyInput(p, work, image, block, row, rows);
            int o = at + row * p.outWidth * BLOCK;
            int down = p.strideHeight * work.columns * BLOCK;
            int step = p.strideWidth * BLOCK;
            multiply(p, work, block, 0, rows, p.outWidth, down, step, p.y, o, p.outWidth * BLOCK, BLOCK);
            code.finish(p, p.y, o, o - p.yAt, rows * p.outWidth * BLOCK);
        }
        workspaces.release(work);
    }

    private static void copyInput(Convolution p, Work work, int image, int block, int row, int rows) {
        int reach = (p.kernelHeight - 1) * p.dilationHeight + 1;
        int first = row * p.strideHeight - p.top;
        int count = (rows - 1) * p.strideHeight + reach;
        work.copy(p.x, p.input(image, block * BLOCK), p.height, p.width, first, count);
    }

    // ----------------------------------------------------------------------------------------- gradient of the input

    /// Rows `from` to `to` of x in a block: the input gradient if y holds dy.
    /// @param from a multiple of the stride
    void inputGradient(Convolution p, int unit, int from, int to) {
        Work work = workspaces.take();
        if (work.last.isNot(p)) work.layOutOutput(p);
        int image = unit / (p.groups / BLOCK);
        int block = unit % (p.groups / BLOCK);
        int at = p.input(image, block * BLOCK);
        int width = p.width * BLOCK;
        for (int row = from; row < to; row += work.rows) {
            int end = Math.min(to, row + work.rows);
            int first = Work.firstOutput(p, row);
            int count = Math.floorDiv(end - 1 + p.top, p.strideHeight) - first + 1;
            work.copy(p.y, p.output(image, block * BLOCK), p.outHeight, p.outWidth, first, count);
            for (int residue = 0; residue < p.residues(); residue++) {
                int y = residue / p.strideWidth;
                int x = residue % p.strideWidth;
                int high = Math.ceilDiv(end - row - y, p.strideHeight);
                int wide = Math.ceilDiv(p.width - x, p.strideWidth);
                int o = at + (row + y) * width + x * BLOCK;
                int down = work.columns * BLOCK;
                int step = p.strideWidth * BLOCK;
                multiply(p, work, block, residue, high, wide, down, BLOCK, p.x, o, p.strideHeight * width, step);
            }
            int begin = at + row * width;
            code.finish(p, p.x, begin, begin - p.xAt, (end - row) * width);
        }
        workspaces.release(work);
    }

    // ------------------------------------------------------------------------------------------------ micro-kernels

    /// result = the start of the sums + Σ weights·pixels of the taps of a residue.
    /// @param down the floats from the band's pixel of a result to that of the next row; `step` to that of the
    /// next column
    /// @param below the floats from a result to that of the next row; `next` to that of the next column
    private static void multiply(
            Convolution p,
            Work work,
            int block,
            int residue,
            int height,
            int width,
            int down,
            int step,
            float[] result,
            int o,
            int below,
            int next) {
        int k = work.before[residue];
        int taps = work.before[residue + 1] - k;
        float[] b = p.bias.length == 0 ? ZEROS : p.bias;
        int bo = p.bias.length == 0 ? 0 : p.biasAt + block * BLOCK;
        int wo = Workspace.START + block * BLOCK * p.depth();
        for (int c = 0; c < BLOCK; c += L) {
            if (taps == NINE && step == BLOCK && next == BLOCK) {
                nine(
                        height,
                        width,
                        work.pixels,
                        c,
                        down,
                        work.tapAt,
                        work.tap,
                        k,
                        p.packed,
                        wo + c,
                        b,
                        bo + c,
                        result,
                        o + c,
                        below);
            } else if (taps == NINE && next == BLOCK) {
                nineApart(
                        height,
                        width,
                        work.pixels,
                        c,
                        down,
                        step,
                        work.tapAt,
                        work.tap,
                        k,
                        p.packed,
                        wo + c,
                        b,
                        bo + c,
                        result,
                        o + c,
                        below);
            } else {
                any(
                        height,
                        width,
                        work.pixels,
                        c,
                        down,
                        step,
                        work.tapAt,
                        work.tap,
                        k,
                        taps,
                        p.packed,
                        wo + c,
                        b,
                        bo + c,
                        result,
                        o + c,
                        below,
                        next);
            }
        }
    }

    /// Nine taps from k on, whose weights stay in registers, for neighboring pixels of both: with a constant
    /// step, C2 checks indices once per row.
    private static void nine(
            int height,
            int width,
            float[] x,
            int xo,
            int down,
            int[] tapAt,
            int[] tap,
            int k,
            float[] w,
            int wo,
            float[] b,
            int bo,
            float[] y,
            int yo,
            int below) {
        FloatVector start = fromArray(S, b, bo);
        FloatVector w0 = fromArray(S, w, wo + tap[k] * BLOCK);
        FloatVector w1 = fromArray(S, w, wo + tap[k + 1] * BLOCK);
        FloatVector w2 = fromArray(S, w, wo + tap[k + 2] * BLOCK);
        FloatVector w3 = fromArray(S, w, wo + tap[k + 3] * BLOCK);
        FloatVector w4 = fromArray(S, w, wo + tap[k + 4] * BLOCK);
        FloatVector w5 = fromArray(S, w, wo + tap[k + 5] * BLOCK);
        FloatVector w6 = fromArray(S, w, wo + tap[k + 6] * BLOCK);
        FloatVector w7 = fromArray(S, w, wo + tap[k + 7] * BLOCK);
        FloatVector w8 = fromArray(S, w, wo + tap[k + 8] * BLOCK);
        int x0 = xo + tapAt[k];
        int x1 = xo + tapAt[k + 1];
        int x2 = xo + tapAt[k + 2];
        int x3 = xo + tapAt[k + 3];
        int x4 = xo + tapAt[k + 4];
        int x5 = xo + tapAt[k + 5];
        int x6 = xo + tapAt[k + 6];
        int x7 = xo + tapAt[k + 7];
        int x8 = xo + tapAt[k + 8];
        int n = width * BLOCK;
        for (int i = 0; i < height; i++) {
            int o = yo + i * below;
            for (int j = 0; j < n; j += BLOCK) {
                FloatVector sum = fromArray(S, x, x0 + j).fma(w0, start);
                sum = fromArray(S, x, x1 + j).fma(w1, sum);
                sum = fromArray(S, x, x2 + j).fma(w2, sum);
                sum = fromArray(S, x, x3 + j).fma(w3, sum);
                sum = fromArray(S, x, x4 + j).fma(w4, sum);
                sum = fromArray(S, x, x5 + j).fma(w5, sum);
                sum = fromArray(S, x, x6 + j).fma(w6, sum);
                sum = fromArray(S, x, x7 + j).fma(w7, sum);
                fromArray(S, x, x8 + j).fma(w8, sum).intoArray(y, o + j);
            }
            x0 += down;
            x1 += down;
            x2 += down;
            x3 += down;
            x4 += down;
            x5 += down;
            x6 += down;
            x7 += down;
            x8 += down;
        }
    }

    /// The same for pixels of x that are `step` apart.
    private static void nineApart(
            int height,
            int width,
            float[] x,
            int xo,
            int down,
            int step,
            int[] tapAt,
            int[] tap,
            int k,
            float[] w,
            int wo,
            float[] b,
            int bo,
            float[] y,
            int yo,
            int below) {
        FloatVector start = fromArray(S, b, bo);
        FloatVector w0 = fromArray(S, w, wo + tap[k] * BLOCK);
        FloatVector w1 = fromArray(S, w, wo + tap[k + 1] * BLOCK);
        FloatVector w2 = fromArray(S, w, wo + tap[k + 2] * BLOCK);
        FloatVector w3 = fromArray(S, w, wo + tap[k + 3] * BLOCK);
        FloatVector w4 = fromArray(S, w, wo + tap[k + 4] * BLOCK);
        FloatVector w5 = fromArray(S, w, wo + tap[k + 5] * BLOCK);
        FloatVector w6 = fromArray(S, w, wo + tap[k + 6] * BLOCK);
        FloatVector w7 = fromArray(S, w, wo + tap[k + 7] * BLOCK);
        FloatVector w8 = fromArray(S, w, wo + tap[k + 8] * BLOCK);
        int x0 = xo + tapAt[k];
        int x1 = xo + tapAt[k + 1];
        int x2 = xo + tapAt[k + 2];
        int x3 = xo + tapAt[k + 3];
        int x4 = xo + tapAt[k + 4];
        int x5 = xo + tapAt[k + 5];
        int x6 = xo + tapAt[k + 6];
        int x7 = xo + tapAt[k + 7];
        int x8 = xo + tapAt[k + 8];
        int n = width * BLOCK;
        for (int i = 0; i < height; i++) {
            int o = yo + i * below;
            int at = 0;
            for (int j = 0; j < n; j += BLOCK) {
                FloatVector sum = fromArray(S, x, x0 + at).fma(w0, start);
                sum = fromArray(S, x, x1 + at).fma(w1, sum);
                sum = fromArray(S, x, x2 + at).fma(w2, sum);
                sum = fromArray(S, x, x3 + at).fma(w3, sum);
                sum = fromArray(S, x, x4 + at).fma(w4, sum);
                sum = fromArray(S, x, x5 + at).fma(w5, sum);
                sum = fromArray(S, x, x6 + at).fma(w6, sum);
                sum = fromArray(S, x, x7 + at).fma(w7, sum);
                fromArray(S, x, x8 + at).fma(w8, sum).intoArray(y, o + j);
                at += step;
            }
            x0 += down;
            x1 += down;
            x2 += down;
            x3 += down;
            x4 += down;
            x5 += down;
            x6 += down;
            x7 += down;
            x8 += down;
        }
    }

    /// Any number of taps, on four pixels of a row at a time.
    private static void any(
            int height,
            int width,
            float[] x,
            int xo,
            int down,
            int step,
            int[] tapAt,
            int[] tap,
            int k,
            int taps,
            float[] w,
            int wo,
            float[] b,
            int bo,
            float[] y,
            int yo,
            int below,
            int next) {
        FloatVector start = fromArray(S, b, bo);
        for (int i = 0; i < height; i++) {
            int j = 0;
            for (; j <= width - 4; j += 4) {
                int from = xo + i * down + j * step;
                FloatVector c0 = start;
                FloatVector c1 = start;
                FloatVector c2 = start;
                FloatVector c3 = start;
                for (int t = k; t < k + taps; t++) {
                    FloatVector weight = fromArray(S, w, wo + tap[t] * BLOCK);
                    int at = from + tapAt[t];
                    c0 = weight.fma(fromArray(S, x, at), c0);
                    c1 = weight.fma(fromArray(S, x, at + step), c1);
                    c2 = weight.fma(fromArray(S, x, at + 2 * step), c2);
                    c3 = weight.fma(fromArray(S, x, at + 3 * step), c3);
                }
                int o = yo + i * below + j * next;
                NEGATIVE_ZERO.add(c0).intoArray(y, o);
                NEGATIVE_ZERO.add(c1).intoArray(y, o + next);
                NEGATIVE_ZERO.add(c2).intoArray(y, o + 2 * next);
                NEGATIVE_ZERO.add(c3).intoArray(y, o + 3 * next);
            }
            for (; j < width; j++) {
                int from = xo + i * down + j * step;
                FloatVector sum = start;
                for (int t = k; t < k + taps; t++) {
                    sum = fromArray(S, w, wo + tap[t] * BLOCK).fma(fromArray(S, x, from + tapAt[t]), sum);
                }
                NEGATIVE_ZERO.add(sum).intoArray(y, yo + i * below + j * next);
            }
        }
    }

    // ---------------------------------------------------------------------------------------- gradient of the weights

    /// Part `slot` of the gradient of the weights of a block, in the order of [ChannelLanes].
    void weightGradient(Convolution p, int slot, int block) {
        Work work = workspaces.take();
        if (work.last.isNot(p)) work.layOutInput(p);
        int part = slot * ChannelLanes.partialSize(p) + block * BLOCK;
        int tapStep = ChannelLanes.tapStep(p);
        for (int k = 0; k < p.depth(); k++) Arrays.fill(p.partial, part + k * tapStep, part + k * tapStep + BLOCK, 0);
        for (int image = p.firstImage(slot); image < p.firstImage(slot + 1); image++) {
            for (int row = 0; row < p.outHeight; row += work.rows) {
                int rows = Math.min(work.rows, p.outHeight - row);
                copyInput(p, work, image, block, row, rows);
                int dy = p.output(image, block * BLOCK) + row * p.outWidth * BLOCK;
                for (int c = 0; c < BLOCK; c += L) {
                    ChannelLanes.add(
                            p, rows, work.pixels, c, work.tapAt, work.columns, p.y, dy + c, BLOCK, part + c, false);
                }
            }
        }
        workspaces.release(work);
    }
}

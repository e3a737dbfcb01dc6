package dev.neurite.kernel;

import java.util.ArrayDeque;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/// Convolutions on vectors, without a matrix of windows.
///
/// The planes of an image are copied with zeros around them; the pixels under tap k of all windows then stand in a
/// row, from `kAt[k]` on, so that register tiles of channels by pixels run over the taps ([PlaneTiles]). With strides
/// the copy puts pixels of one residue together: its plane is cut into phases, and in each of them windows move by 1.
///
/// | result | rows of a tile | columns of a tile | sums over |
/// |---|---|---|---|
/// | y | output channels: R is w | pixels of y: V is the copy of x | taps |
/// | dx | input channels: R is w, turned | pixels of a phase of x: V is a copy of dy | taps of the phase |
/// | dw | taps: R is the copy of x | output channels: V is dy, turned | pixels of y |
///
/// A row of pixels is as wide as one of the copy: between the rows of a result stand some that nobody wants, which are
/// not copied out, or take part as zeros.
final class VectorConvolution extends ScalarConvolution {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final int SLACK = 4 * L; // floats that a tile may read beyond the last pixel

    /// Pixels whose dy stays in the first cache while all taps run over it.
    private static final int PIXELS = 256;

    private static final int KEPT = 64; // what so many threads worked with stays for the next call

    private final ArrayDeque<Work> idle = new ArrayDeque<>();

    VectorConvolution(ScalarKernels engine) {
        super(engine);
    }

    private Work take() {
        synchronized (idle) {
            Work work = idle.poll();
            return work == null ? new Work() : work;
        }
    }

    private void give(Work work) {
        synchronized (idle) {
            if (idle.size() < KEPT) idle.push(work);
        }
    }

    private static float[] atLeast(float[] array, int length) {
        return array.length < length ? new float[length] : array;
    }

    private static int[] atLeast(int[] array, int length) {
        return array.length < length ? new int[length] : array;
    }

    // ----------------------------------------------------------------------------------------------------- forward

    @Override
    void forward(Convolution p, int image, int from, int to) {
        Work work = take();
        work.layOutInput(p);
        int outs = p.groupOutputs();
        for (int group = from / outs; group * outs < to; group++) {
            int first = Math.max(from, group * outs);
            int count = Math.min(to, (group + 1) * outs) - first;
            work.copyInput(p, image, group);
            work.starts(p.bias, p.biasAt + first, count);
            work.rowsApart(count, p.depth());
            work.multiply(p.w, p.wAt + first * p.depth(), count, p.depth(), work.positions);
            for (int i = 0; i < count; i++) {
                int at = p.output(image, first + i);
                copyRows(work.result, i * work.ld, work.planeWidth, p.y, at, p.outWidth, 1, p.outHeight, p.outWidth);
                finish(p, image, first + i);
            }
        }
        give(work);
    }

    /// Copies the rows of a plane; pixels that come out may stand apart.
    private static void copyRows(
            float[] from, int at, int width, float[] to, int o, int step, int apart, int rows, int columns) {
        if (apart == 1 && width == columns && step == columns) {
            copyRow(from, at, to, o, rows * columns);
            return;
        }
        for (int i = 0; i < rows; i++) {
            if (apart == 1) {
                copyRow(from, at + i * width, to, o + i * step, columns);
            } else {
                for (int j = 0; j < columns; j++) to[o + i * step + j * apart] = from[at + i * width + j];
            }
        }
    }

    /// Rows are short: the JDK's own copy takes longer to begin.
    private static void copyRow(float[] from, int at, float[] to, int o, int n) {
        int i = 0;
        for (; i <= n - L; i += L) FloatVector.fromArray(S, from, at + i).intoArray(to, o + i);
        for (; i < n; i++) to[o + i] = from[at + i];
    }

    // ----------------------------------------------------------------------------------------- gradient of the input

    /// Weights in the order in which a phase of x takes them: after one another the phases, in each the input channels,
    /// in each the output channels, in each the taps from the last to the first.
    @Override
    void turn(Convolution p, int from, int to) {
        int ins = p.groupInputs();
        int outs = p.groupOutputs();
        int taps = p.kernelHeight * p.kernelWidth;
        for (int c = from; c < to; c++) {
            int group = c / ins;
            int before = 0; // taps of the phases before
            for (int phase = 0; phase < p.strideHeight * p.strideWidth; phase++) {
                int inPhase = 0;
                for (int ky = p.kernelHeight - 1; ky >= 0; ky--) {
                    if (ky * p.dilationHeight % p.strideHeight != phase / p.strideWidth) continue;
                    for (int kx = p.kernelWidth - 1; kx >= 0; kx--) {
                        if (kx * p.dilationWidth % p.strideWidth == phase % p.strideWidth) inPhase++;
                    }
                }
                int at = before * p.inputs * outs + c * outs * inPhase;
                for (int o = group * outs; o < (group + 1) * outs; o++) {
                    int w = p.wAt + (o * ins + c - group * ins) * taps;
                    for (int ky = p.kernelHeight - 1; ky >= 0; ky--) {
                        if (ky * p.dilationHeight % p.strideHeight != phase / p.strideWidth) continue;
                        for (int kx = p.kernelWidth - 1; kx >= 0; kx--) {
                            if (kx * p.dilationWidth % p.strideWidth != phase % p.strideWidth) continue;
                            p.turned[at++] = p.w[w + ky * p.kernelWidth + kx];
                        }
                    }
                }
                before += inPhase;
            }
        }
    }

    @Override
    void inputGradient(Convolution p, int image, int from, int to) {
        Work work = take();
        work.layOutOutput(p);
        int ins = p.groupInputs();
        for (int group = from / ins; group * ins < to; group++) {
            int first = Math.max(from, group * ins);
            int count = Math.min(to, (group + 1) * ins) - first;
            work.copyOutput(p, image, group);
            work.starts(p.bias, p.biasAt + first, count);
            int before = 0;
            for (int y = 0; y < p.strideHeight; y++) {
                for (int x = 0; x < p.strideWidth; x++) {
                    int taps = work.tapsOf(p, y, x);
                    phase(p, work, image, first, count, y, x, before, taps);
                    before += taps;
                }
            }
            for (int c = first; c < first + count; c++) {
                int at = p.input(image, c);
                finish(p, p.x, at, at - p.xAt, p.area());
            }
        }
        give(work);
    }

    /// The pixels of x in the rows and columns of one residue.
    private static void phase(
            Convolution p, Work work, int image, int first, int count, int y, int x, int before, int taps) {
        int q = Math.ceilDiv(p.top - y, p.strideHeight);
        int r = Math.ceilDiv(p.left - x, p.strideWidth);
        int iy = q * p.strideHeight + y - p.top;
        int ix = r * p.strideWidth + x - p.left;
        int rows = Math.ceilDiv(p.height - iy, p.strideHeight);
        int columns = Math.ceilDiv(p.width - ix, p.strideWidth);
        if (rows <= 0 || columns <= 0) return;
        int depth = p.groupOutputs() * taps;
        work.shift(depth, q * work.planeWidth + r);
        work.rowsApart(count, depth);
        int w = before * p.inputs * p.groupOutputs() + first * depth;
        work.multiply(p.turned, w, count, depth, (rows - 1) * work.planeWidth + columns);
        for (int i = 0; i < count; i++) {
            int at = p.input(image, first + i) + iy * p.width + ix;
            copyRows(
                    work.result,
                    i * work.ld,
                    work.planeWidth,
                    p.x,
                    at,
                    p.strideHeight * p.width,
                    p.strideWidth,
                    rows,
                    columns);
        }
    }

    // ---------------------------------------------------------------------------------------- gradient of the weights

    @Override
    int partialSize(Convolution p) {
        return p.groups * p.depth() * padded(p.groupOutputs());
    }

    @Override
    int outputStep() {
        return L;
    }

    private static int padded(int channels) {
        return Math.ceilDiv(channels, L) * L;
    }

    @Override
    void weightGradient(Convolution p, int slot, int from, int to) {
        Work work = take();
        work.layOutInput(p);
        int outs = p.groupOutputs();
        for (int group = from / outs; group * outs < to; group++) {
            int first = Math.max(from, group * outs);
            int count = Math.min(to, (group + 1) * outs) - first;
            int at = slot * partialSize(p) + group * p.depth() * padded(outs) + first - group * outs;
            work.layOutTurned(count);
            for (int image = p.firstImage(slot); image < p.firstImage(slot + 1); image++) {
                work.copyInput(p, image, group);
                work.turnOutput(p, image, first, count);
                work.addOuter(p, at, padded(outs), image == p.firstImage(slot));
            }
        }
        give(work);
    }

    @Override
    void sumSlots(Convolution p, int channel) {
        int n = p.depth();
        int outs = p.groupOutputs();
        int wide = padded(outs);
        int to = p.wAt + channel * n;
        int column = channel / outs * n * wide + channel % outs;
        Arrays.fill(p.w, to, to + n, 0);
        for (int slot = 0; slot < p.slots; slot++) {
            int at = slot * partialSize(p) + column;
            for (int k = 0; k < n; k++) p.w[to + k] += p.partial[at + k * wide];
        }
    }

    // --------------------------------------------------------------------------------------------- one thread's memory

    /// What a thread works with.
    private static final class Work {
        private float[] planes = {}; // the copy
        private int planeWidth; // of a phase
        private int planeHeight;
        private int phaseSize;
        private int channelSize;
        private int positions; // pixels of a result, with those between its rows

        private int[] kAt = {}; // where the pixels of a tap begin
        private int[] shifted = {};
        private int[] taps = kAt; // what is in use of both
        private int[] rowAt = {};
        private int[] pixelAt = {}; // where the channels of a pixel begin, in turned
        private int pixelStep;
        private int[]
                slotOf = {}; // by residue of rows, then of columns: which of the phases that are needed; −1 for none
        private int phasesAcross;
        private int phaseCount;

        private float[] starts = {};
        private float[] result = {};
        private int ld;
        private float[] turned = {};
        private int turnedWidth;

        private @Nullable Convolution laidOut; // for which planes and taps are as they are
        private long laidOutNumber;

        private int tallest; // of the taps' distances in pixels of y, for dx
        private int widest;

        // ------------------------------------------------------------------------------------------------- layouts

        /// The copy of x for one group, and where each tap's pixels are.
        void layOutInput(Convolution p) {
            if (isLaidOut(p)) return;
            int rows = (p.outHeight - 1) * p.strideHeight + (p.kernelHeight - 1) * p.dilationHeight + 1;
            int columns = (p.outWidth - 1) * p.strideWidth + (p.kernelWidth - 1) * p.dilationWidth + 1;
            planeHeight = Math.ceilDiv(rows, p.strideHeight);
            planeWidth = Math.ceilDiv(columns, p.strideWidth);
            phaseSize = planeHeight * planeWidth;
            slotOf = atLeast(slotOf, p.strideHeight + p.strideWidth);
            int down = used(p.kernelHeight, p.dilationHeight, p.strideHeight, 0);
            phasesAcross = used(p.kernelWidth, p.dilationWidth, p.strideWidth, p.strideHeight);
            phaseCount = down * phasesAcross;
            channelSize = phaseCount * phaseSize;
            positions = (p.outHeight - 1) * planeWidth + p.outWidth;
            clearPlanes(p.groupInputs());
            kAt = atLeast(kAt, p.depth());
            taps = kAt;
            int k = 0;
            for (int c = 0; c < p.groupInputs(); c++) {
                for (int ky = 0; ky < p.kernelHeight; ky++) {
                    int y = ky * p.dilationHeight;
                    for (int kx = 0; kx < p.kernelWidth; kx++) {
                        int x = kx * p.dilationWidth;
                        int slot =
                                slotOf[y % p.strideHeight] * phasesAcross + slotOf[p.strideHeight + x % p.strideWidth];
                        kAt[k++] = c * channelSize
                                + slot * phaseSize
                                + y / p.strideHeight * planeWidth
                                + x / p.strideWidth;
                    }
                }
            }
        }

        /// Whether this thread has worked on the same call before. A call goes in one direction.
        @SuppressWarnings("ReferenceEquality")
        private boolean isLaidOut(Convolution p) {
            if (laidOut == p && laidOutNumber == p.number) return true;
            laidOut = p;
            laidOutNumber = p.number;
            return false;
        }

        /// Numbers the residues that taps meet; returns how many there are.
        private int used(int kernel, int dilation, int stride, int at) {
            Arrays.fill(slotOf, at, at + stride, -1);
            int count = 0;
            for (int residue = 0; residue < stride; residue++) {
                for (int k = 0; k < kernel; k++) {
                    if (k * dilation % stride == residue && slotOf[at + residue] < 0) slotOf[at + residue] = count++;
                }
            }
            return count;
        }

        private void clearPlanes(int channels) {
            int floats = channels * channelSize + SLACK + planeWidth;
            planes = atLeast(planes, floats);
            Arrays.fill(planes, 0, floats, 0);
        }

        /// Copies the channels of a group; the zeros around them are there.
        void copyInput(Convolution p, int image, int group) {
            for (int c = 0; c < p.groupInputs(); c++) {
                int from = p.input(image, group * p.groupInputs() + c);
                for (int y = 0; y < p.strideHeight; y++) {
                    if (slotOf[y] < 0) continue;
                    for (int x = 0; x < p.strideWidth; x++) {
                        int across = slotOf[p.strideHeight + x];
                        if (across < 0) continue;
                        copyPhase(p, from, y, x, c * channelSize + (slotOf[y] * phasesAcross + across) * phaseSize);
                    }
                }
            }
        }

        private void copyPhase(Convolution p, int from, int y, int x, int to) {
            int q = Math.max(0, Math.ceilDiv(p.top - y, p.strideHeight)); //    the first row that is not padding
            int end = Math.min(planeHeight, Math.ceilDiv(p.height + p.top - y, p.strideHeight));
            int r = Math.max(0, Math.ceilDiv(p.left - x, p.strideWidth));
            int columns = Math.min(planeWidth, Math.ceilDiv(p.width + p.left - x, p.strideWidth)) - r;
            for (; q < end; q++) {
                int at = from + (q * p.strideHeight + y - p.top) * p.width + r * p.strideWidth + x - p.left;
                int o = to + q * planeWidth + r;
                if (p.strideWidth == 1) {
                    copyRow(p.x, at, planes, o, columns);
                } else {
                    for (int j = 0; j < columns; j++) planes[o + j] = p.x[at + j * p.strideWidth];
                }
            }
        }

        /// The copy of y for one group; what its taps are differs by phase of x, see [#tapsOf].
        void layOutOutput(Convolution p) {
            if (isLaidOut(p)) return;
            tallest = (p.kernelHeight - 1) * p.dilationHeight / p.strideHeight;
            widest = (p.kernelWidth - 1) * p.dilationWidth / p.strideWidth;
            int rows = (p.height + p.top - 1) / p.strideHeight + 1;
            int columns = (p.width + p.left - 1) / p.strideWidth + 1;
            planeHeight = tallest + Math.max(p.outHeight, rows);
            planeWidth = widest + Math.max(p.outWidth, columns);
            channelSize = planeHeight * planeWidth;
            clearPlanes(p.groupOutputs());
            kAt = atLeast(kAt, p.groupOutputs() * p.kernelHeight * p.kernelWidth);
            shifted = atLeast(shifted, kAt.length);
        }

        void copyOutput(Convolution p, int image, int group) {
            for (int o = 0; o < p.groupOutputs(); o++) {
                int from = p.output(image, group * p.groupOutputs() + o);
                int to = o * channelSize + tallest * planeWidth + widest;
                for (int y = 0; y < p.outHeight; y++) {
                    copyRow(p.y, from + y * p.outWidth, planes, to + y * planeWidth, p.outWidth);
                }
            }
        }

        /// Sets the places of the taps that meet a phase of x, for all output channels; returns how many a channel has.
        int tapsOf(Convolution p, int y, int x) {
            int k = 0;
            for (int o = 0; o < p.groupOutputs(); o++) {
                for (int ky = p.kernelHeight - 1; ky >= 0; ky--) {
                    int down = ky * p.dilationHeight - y;
                    if (Math.floorMod(down, p.strideHeight) != 0) continue;
                    for (int kx = p.kernelWidth - 1; kx >= 0; kx--) {
                        int across = kx * p.dilationWidth - x;
                        if (Math.floorMod(across, p.strideWidth) != 0) continue;
                        kAt[k++] = o * channelSize
                                + (tallest - down / p.strideHeight) * planeWidth
                                + widest
                                - across / p.strideWidth;
                    }
                }
            }
            return k / p.groupOutputs();
        }

        /// Lets the taps begin so much later.
        void shift(int count, int by) {
            for (int k = 0; k < count; k++) shifted[k] = kAt[k] + by;
            taps = shifted;
        }

        // ------------------------------------------------------------------------------------------------ products

        void starts(float[] bias, int at, int rows) {
            starts = atLeast(starts, rows * PlaneTiles.FLAT);
            for (int i = 0; i < rows; i++) {
                float start = bias.length == 0 ? 0 : bias[at + i];
                Arrays.fill(starts, i * PlaneTiles.FLAT, (i + 1) * PlaneTiles.FLAT, start);
            }
        }

        void rowsApart(int rows, int distance) {
            rowAt = atLeast(rowAt, rows);
            for (int i = 0; i < rows; i++) rowAt[i] = i * distance;
        }

        /// result[rows × n] = starts + R·V, over so many taps.
        void multiply(float[] r, int ro, int rows, int depth, int n) {
            ld = Math.ceilDiv(n, PlaneTiles.FLAT) * PlaneTiles.FLAT;
            result = atLeast(result, rows * ld);
            int wide = rows == 1 ? PlaneTiles.FLAT : PlaneTiles.COLUMNS;
            int w;
            for (int j = 0; j < n; j += w) {
                w = n - j > PlaneTiles.NARROW ? wide : PlaneTiles.NARROW;
                int h;
                for (int i = 0; i < rows; i += h) {
                    h = PlaneTiles.height(rows - i);
                    if (h == 1 && w == PlaneTiles.COLUMNS) {
                        row(depth, r, i, ro, j, j + w);
                        continue;
                    }
                    PlaneTiles.compute(
                            h,
                            w,
                            depth,
                            r,
                            rowAt,
                            i,
                            ro,
                            planes,
                            j,
                            taps,
                            starts,
                            i * PlaneTiles.FLAT,
                            PlaneTiles.FLAT,
                            result,
                            i * ld + j,
                            ld);
                }
            }
        }

        /// A single row below others: narrow tiles.
        private void row(int depth, float[] r, int i, int ro, int from, int to) {
            for (int j = from; j < to; j += PlaneTiles.NARROW) {
                PlaneTiles.compute(
                        1,
                        PlaneTiles.NARROW,
                        depth,
                        r,
                        rowAt,
                        i,
                        ro,
                        planes,
                        j,
                        taps,
                        starts,
                        i * PlaneTiles.FLAT,
                        PlaneTiles.FLAT,
                        result,
                        i * ld + j,
                        ld);
            }
        }

        /// Room for dy with the channels of a pixel side by side; zeros where there is no pixel or channel.
        void layOutTurned(int channels) {
            turnedWidth = padded(channels);
            int floats = positions * turnedWidth;
            turned = atLeast(turned, floats);
            Arrays.fill(turned, 0, floats, 0);
            if (pixelStep != turnedWidth || pixelAt.length < PIXELS) {
                pixelAt = atLeast(pixelAt, PIXELS);
                for (int i = 0; i < PIXELS; i++) pixelAt[i] = i * turnedWidth;
                pixelStep = turnedWidth;
            }
        }

        void turnOutput(Convolution p, int image, int first, int channels) {
            for (int y = 0; y < p.outHeight; y++) {
                int from = p.output(image, first) + y * p.outWidth;
                Gemm.turn(
                        p.y,
                        from,
                        p.outArea(),
                        channels,
                        p.outWidth,
                        turned,
                        y * planeWidth * turnedWidth,
                        turnedWidth);
            }
        }

        /// partial[taps × channels] += x·dyᵀ over the pixels of the image; of the first image of a slot, = 0 + …
        void addOuter(Convolution p, int at, int step, boolean first) {
            int depth = p.depth();
            starts = atLeast(starts, PlaneTiles.ROWS * PlaneTiles.COLUMNS);
            if (first) Arrays.fill(starts, 0, PlaneTiles.COLUMNS, 0);
            for (int from = 0; from < positions; from += PIXELS) {
                int n = Math.min(PIXELS, positions - from);
                boolean fresh = first && from == 0;
                int w;
                for (int j = 0; j < turnedWidth; j += w) {
                    w = turnedWidth - j >= PlaneTiles.COLUMNS ? PlaneTiles.COLUMNS : PlaneTiles.NARROW;
                    int h;
                    for (int i = 0; i < depth; i += h) {
                        h = PlaneTiles.height(depth - i);
                        outer(p, from, n, at, step, fresh, j, w, i, h);
                    }
                }
            }
        }

        private void outer(
                Convolution p, int from, int n, int at, int step, boolean fresh, int j, int w, int i, int h) {
            if (h == 1 && w == PlaneTiles.COLUMNS) {
                outer(p, from, n, at, step, fresh, j, PlaneTiles.NARROW, i, h);
                outer(p, from, n, at, step, fresh, j + PlaneTiles.NARROW, PlaneTiles.NARROW, i, h);
                return;
            }
            int to = at + i * step + j;
            float[] f = fresh ? starts : p.partial;
            int fo = fresh ? 0 : to;
            int fs = fresh ? 0 : step;
            PlaneTiles.compute(
                    h,
                    w,
                    n,
                    planes,
                    kAt,
                    i,
                    from,
                    turned,
                    from * turnedWidth + j,
                    pixelAt,
                    f,
                    fo,
                    fs,
                    p.partial,
                    to,
                    step);
        }
    }
}

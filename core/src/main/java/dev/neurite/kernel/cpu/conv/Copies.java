package dev.neurite.kernel.cpu.conv;

import dev.neurite.kernel.cpu.Pairs;
import dev.neurite.kernel.cpu.Workspace;
import dev.neurite.kernel.cpu.tile.Tiles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Padded copies of the planes of an image for [VectorConvolution], and the index where the pixels
/// of each tap begin. The result is computed in vectors of neighboring pixels, and the input pixels
/// of one tap for all of them have to be contiguous:
///
/// | rows of the result | copies | index of a vector |
/// |---|---|---|
/// | whole vectors, a single row, or [#roundsUp] | one per residue of the columns of x, as wide as all windows
/// span | by its row |
/// | else | one per column of the window, shifted, as wide as the result | consecutive |
///
/// | axis, outermost first | elements |
/// |---|---|
/// | channel | of one group |
/// | copy | see above; for dy those that read the residue |
/// | row's residue | for x those that a tap reads |
/// | row | |
/// | pixel | as many as a row of the result has, or as its windows span |
final class Copies {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final int BAND = 80_000; // floats that stay in the L2 cache, together with others

    /// Floats beyond the last pixel that a micro-kernel may read, or the copy of a row write.
    private static final int SLACK = L;

    /// The copies, from [Workspace#START] on.
    float[] planes = {};

    /// The indices of the vectors of pixels, from there.
    int[] vectorAt = {};

    private int bandRows;
    private int width; // of a row of a copy
    private boolean whole; // whether each row of the result begins with a vector
    private int line; // the neighboring pixels of the result that vectors share: a row's, or all
    private int copies;
    private int[] begin = {}; // by copy: its first column of the plane
    private int[] copyOf = {}; // by column of the window: its copy
    private int[] shiftOf = {}; // by column of the window: the index of its first pixel in a row
    private int rowsHeld; // rows of one residue
    private int columnSize;
    private int channelSize;
    private int[] slotOf = {}; // by residue of rows: its index among those that taps read; −1 for none
    private int slots;
    private int reach; // the rows of one residue that a window spans, minus 1

    /// The rows of the result in a band.
    int bandRows() {
        return bandRows;
    }

    /// The neighboring pixels of the result that vectors share: those of a row if the lanes beyond it are left out,
    /// else at least all of a band.
    int line() {
        return line;
    }

    /// Whether the last vector of each row goes beyond its end: lanes are lost, but there are fewer copies. A vector
    /// more costs half a cycle for each channel of the result and each tap, an element of a copy about one, unless
    /// planes are copied at once, as their rows are as wide as those of the result. Each row must be whole register
    /// tiles. Only with 16 registers, where it was measured: the input gradient of LeNet-5's second
    /// convolution, rows of 14, has 36 GFLOP/s instead of 26.
    private static boolean roundsUp(Convolution p, int planeWidth, int rows, int resultWidth, int results) {
        int ofRow = Math.ceilDiv(resultWidth, L);
        if (Tiles.MANY_REGISTERS || ofRow % PlaneMicroKernels.MOST != 0 || planeWidth == resultWidth) return false;
        int lost = rows * ofRow - Math.ceilDiv(rows * resultWidth, L);
        return (long) lost * p.kernelHeight * p.kernelWidth * results < 2L * rows * resultWidth * (p.kernelWidth - 1);
    }

    /// Starts a layout without copies.
    /// @param planeWidth of the planes that are copied
    /// @param rows the rows of the result
    /// @param results its channels
    private void noCopies(Convolution p, int planeWidth, int rows, int resultWidth, int results) {
        boolean roundsUp = roundsUp(p, planeWidth, rows, resultWidth, results);
        whole = roundsUp || resultWidth % L == 0 || rows == 1; // lanes beyond the end of a single row are left out
        line = roundsUp ? resultWidth : rows * resultWidth;
        width = resultWidth;
        copies = 0;
        begin = Workspace.atLeast(begin, p.kernelWidth);
        copyOf = Workspace.atLeast(copyOf, p.kernelWidth);
        shiftOf = Workspace.atLeast(shiftOf, p.kernelWidth);
    }

    /// Adds a column of the window, which reads every `stride`-th column of the plane from `first`
    /// on. Columns with the same residue share a copy.
    private void addColumn(int kx, int first, int stride) {
        int copy = 0;
        while (copy < copies && !(whole && Math.floorMod(first - begin[copy], stride) == 0)) copy++;
        if (copy == copies) begin[copies++] = first;
        copyOf[kx] = copy;
        shiftOf[kx] = (first - begin[copy]) / stride;
    }

    /// Divides the result into bands.
    private void cut(int rows, int resultWidth, int channels) {
        int row = Math.max(1, channels * copies * slots * width);
        bandRows = Math.clamp(BAND / row - reach, Math.min(rows, 4), Math.max(1, rows));
        bandRows = Math.ceilDiv(rows, Math.max(1, Math.ceilDiv(rows, bandRows))); // bands of about equal size
        rowsHeld = bandRows + reach;
        columnSize = slots * rowsHeld * width;
        channelSize = copies * columnSize;
        planes = Workspace.aligned(planes, channels * channelSize + SLACK);
        int ofRow = Math.ceilDiv(resultWidth, L);
        int vectors = whole ? bandRows * ofRow : Math.ceilDiv(bandRows * resultWidth, L);
        vectorAt = Workspace.atLeast(vectorAt, vectors);
        for (int j = 0; j < vectors; j++) vectorAt[j] = whole ? j / ofRow * width + j % ofRow * L : j * L;
    }

    // ------------------------------------------------------------------------------------------------------ of x

    /// Prepares copies of x, for result y: the taps are those of w, in order.
    void layOutInput(Convolution p) {
        noCopies(p, p.width, p.outHeight, p.outWidth, p.groupOutputs());
        for (int kx = 0; kx < p.kernelWidth; kx++) addColumn(kx, kx * p.dilationWidth - p.left, p.strideWidth);
        if (whole) width += (p.kernelWidth - 1) * p.dilationWidth / p.strideWidth;
        reach = (p.kernelHeight - 1) * p.dilationHeight / p.strideHeight;
        slotOf = Workspace.atLeast(slotOf, p.strideHeight);
        slots = 0;
        for (int y = 0; y < p.strideHeight; y++) {
            boolean met = false;
            for (int ky = 0; ky < p.kernelHeight; ky++) met |= p.meetsRow(ky, y);
            slotOf[y] = met ? slots++ : -1;
        }
        cut(p.outHeight, p.outWidth, p.groupInputs());
    }

    /// The index where the pixels of each tap begin.
    /// @param taps receives the result, if it is long enough
    int[] tapsOfInput(Convolution p, int[] taps) {
        int[] kAt = Workspace.atLeast(taps, p.depth());
        int k = 0;
        for (int c = 0; c < p.groupInputs(); c++) {
            for (int ky = 0; ky < p.kernelHeight; ky++) {
                int y = ky * p.dilationHeight;
                int row = slotOf[y % p.strideHeight] * rowsHeld + y / p.strideHeight;
                for (int kx = 0; kx < p.kernelWidth; kx++) {
                    kAt[k++] = c * channelSize + copyOf[kx] * columnSize + row * width + shiftOf[kx];
                }
            }
        }
        return kAt;
    }

    /// Copies the rows of x that rows `row` to `row + rows` of y read.
    void copyInput(Convolution p, int image, int group, int row, int rows) {
        for (int c = 0; c < p.groupInputs(); c++) {
            int plane = p.input(image, group * p.groupInputs() + c);
            int to = c * channelSize;
            for (int copy = 0; copy < copies; copy++) {
                for (int y = 0; y < p.strideHeight; y++) {
                    if (slotOf[y] < 0) continue;
                    int o = to + copy * columnSize + slotOf[y] * rowsHeld * width;
                    int first = row * p.strideHeight + y - p.top; // the first row of x that is copied
                    copyRows(
                            p.x,
                            plane,
                            p.height,
                            p.width,
                            first,
                            p.strideHeight,
                            begin[copy],
                            p.strideWidth,
                            rows + reach,
                            o);
                }
            }
        }
    }

    // ----------------------------------------------------------------------------------------------------- of dy

    /// Prepares copies of dy, for the pixels of x in the columns of one residue.
    void layOutOutput(Convolution p, int x) {
        noCopies(p, p.outWidth, p.mostRows(), p.columnsOf(x), p.groupInputs());
        int last = 0;
        for (int kx = p.kernelWidth - 1; kx >= 0; kx--) {
            if (!p.meetsColumn(kx, x)) continue;
            addColumn(kx, p.columnMet(kx, x), 1);
            last = shiftOf[kx];
        }
        width += last;
        slots = 1;
        reach = p.tallest() + 1; // one more for residues whose first row is one later
        cut(p.mostRows(), p.columnsOf(x), p.groupOutputs());
    }

    /// Copies the rows of dy for the rows of x from `row` on, counted within each residue.
    void copyOutput(Convolution p, int image, int group, int row) {
        int first = p.firstMet() + row - p.tallest(); // the first row of dy that is copied
        for (int c = 0; c < p.groupOutputs(); c++) {
            int plane = p.output(image, group * p.groupOutputs() + c);
            for (int copy = 0; copy < copies; copy++) {
                int o = c * channelSize + copy * columnSize;
                copyRows(p.y, plane, p.outHeight, p.outWidth, first, 1, begin[copy], 1, rowsHeld, o);
            }
        }
    }

    /// For each tap of a residue and each output channel of a group, the index where its pixels of
    /// dy begin.
    /// @param taps receives the result, if it is long enough
    int[] tapsOfOutput(Convolution p, int y, int x, int[] taps) {
        int[] kAt = Workspace.atLeast(taps, p.groupOutputs() * p.kernelHeight * p.kernelWidth);
        int k = 0;
        for (int c = 0; c < p.groupOutputs(); c++) {
            for (int ky = p.kernelHeight - 1; ky >= 0; ky--) {
                if (!p.meetsRow(ky, y)) continue;
                int row = p.rowMet(ky, y) - p.firstMet() + p.tallest();
                int o = c * channelSize + row * width;
                for (int kx = p.kernelWidth - 1; kx >= 0; kx--) {
                    if (p.meetsColumn(kx, x)) kAt[k++] = o + copyOf[kx] * columnSize + shiftOf[kx];
                }
            }
        }
        return kAt;
    }

    // ---------------------------------------------------------------------------------------------------- rows

    /// Writes consecutive rows of a copy from index `o` on: every `down`-th row of a plane from
    /// `first` on, and in it every `across`-th pixel from `left` on; zeros outside of the plane.
    /// Elements after the end may be overwritten.
    private void copyRows(
            float[] from,
            int plane,
            int height,
            int columns,
            int first,
            int down,
            int left,
            int across,
            int rows,
            int o) {
        int top = Math.clamp(Math.ceilDiv(-first, down), 0, rows);
        int end = Math.clamp(Math.ceilDiv(height - first, down), top, rows);
        int lo = Math.clamp(Math.ceilDiv(-left, across), 0, width);
        int hi = Math.clamp(Math.ceilDiv(columns - left, across), lo, width);
        int begins = Workspace.START + o;
        if (top == end || lo == hi) { // no pixel of the plane is read
            fill(begins, begins + rows * width);
            return;
        }
        int at = plane + (first + top * down) * columns + left;
        int step = down * columns;
        int to = begins + top * width;
        fill(begins, to);
        if (across > 2) pickRows(from, at + lo * across, step, across, end - top, hi - lo, to + lo);
        else if (across == 2) pickPairs(from, at + lo * 2, step, end - top, hi - lo, to + lo);
        else if (step == width) shiftRows(from, at + lo, step, 1, (end - top - 1) * width + hi - lo, to + lo);
        else shiftRows(from, at + lo, step, end - top, hi - lo, to + lo);
        int last = to + (end - top) * width;
        for (int j = 0; j < lo; j++) clearColumn(to + j, last);
        for (int j = hi; j < width; j++) clearColumn(to + j, last);
        fill(last, begins + rows * width);
    }

    private void fill(int begin, int end) {
        for (int i = begin; i < end; i++) planes[i] = 0;
    }

    private void clearColumn(int begin, int end) {
        float[] to = planes;
        int pitch = width;
        for (int i = begin; i < end; i += pitch) to[i] = 0;
    }

    /// Copies n neighboring elements of each row; if they are fewer than a vector, more may be
    /// written.
    private void shiftRows(float[] from, int at, int step, int rows, int n, int o) {
        if (n >= L) {
            moveRows(from, at, step, rows, n, planes, o, width);
            return;
        }
        float[] to = planes;
        int pitch = width;
        int safe = from.length - L;
        for (int i = 0; i < rows; i++) {
            int f = at + i * step;
            int t = o + i * pitch;
            if (f <= safe) FloatVector.fromArray(S, from, f).intoArray(to, t);
            else for (int j = 0; j < n; j++) to[t + j] = from[f + j];
        }
    }

    /// The same for at least a vector; some elements may be copied twice. Up to two vectors are
    /// copied without a loop, whose start and end would take longer than its body.
    static void moveRows(float[] from, int at, int step, int rows, int n, float[] to, int o, int pitch) {
        int last = n - L;
        for (int i = 0; i < rows; i++) {
            int f = at + i * step;
            int t = o + i * pitch;
            FloatVector a = FloatVector.fromArray(S, from, f);
            FloatVector b = FloatVector.fromArray(S, from, f + last);
            a.intoArray(to, t);
            b.intoArray(to, t + last);
            for (int j = L; j < last; j += L)
                FloatVector.fromArray(S, from, f + j).intoArray(to, t + j);
        }
    }

    /// Copies every second element of each row, n in total; more may be written.
    private void pickPairs(float[] from, int at, int step, int rows, int n, int o) {
        float[] to = planes;
        int pitch = width;
        int safe = from.length - 2 * L;
        for (int i = 0; i < rows; i++) {
            int f = at + i * step;
            int t = o + i * pitch;
            int j = 0;
            for (; j < n && f + 2 * j <= safe; j += L)
                Pairs.firsts(from, f + 2 * j).intoArray(to, t + j);
            for (; j < n; j++) to[t + j] = from[f + 2 * j];
        }
    }

    private void pickRows(float[] from, int at, int step, int across, int rows, int n, int o) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < n; j++) planes[o + i * width + j] = from[at + i * step + j * across];
        }
    }
}

package dev.neurite.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Copies of the planes of an image with zeros around them, as [VectorConvolution] reads them, and where in them the
/// pixels of each tap begin. Pixels of the result come in vectors, and the pixels under one tap of all their windows
/// must stand in a row:
///
/// | the result's rows are | copies | a vector's place |
/// |---|---|---|
/// | whole vectors, of neighboring windows | one | by its row |
/// | else | one for each column of the window, shifted, as wide as the result | one after the other |
///
/// | axis, outermost first | |
/// |---|---|
/// | channel | of one group |
/// | column of the window, or one copy | of dy: those that meet the residue |
/// | row's residue | of x: those that some tap meets |
/// | row | |
/// | pixel | as many as the result has in a row, or its windows see |
final class Copies {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final int BAND = 80_000; // floats that stay in the second cache beside others

    /// Floats beyond the last pixel that a tile may read, or a row's copy write.
    private static final int SLACK = 4 * L;

    /// The copies.
    float[] planes = {};

    /// Where the pixels of each tap begin.
    int[] kAt = {};

    /// Where from there the vectors of pixels are.
    int[] vectorAt = {};

    private int bandRows;
    private int width; // of a row
    private boolean one; // copy for all columns of the window
    private int rowsHeld; // of one residue
    private int columnSize;
    private int channelSize;
    private int[] slotOf = {}; // by residue of rows: which of those that taps meet; −1 for none
    private int slots;
    private int residue; // of columns of x
    private int reach; // rows that a window sees beyond its first, of one residue

    /// Rows of the result that a band is for.
    int bandRows() {
        return bandRows;
    }

    /// Whether rows of the result are whole vectors, and windows neighbors.
    private static boolean wholeVectors(int resultWidth, int stride) {
        return stride == 1 && resultWidth % L == 0;
    }

    /// Cuts the result into bands.
    private void cut(int rows, int resultWidth, int channels, int columns) {
        int row = Math.max(1, channels * columns * slots * width);
        bandRows = Math.clamp(BAND / row - reach, Math.min(rows, 4), Math.max(1, rows));
        bandRows = Math.ceilDiv(rows, Math.max(1, Math.ceilDiv(rows, bandRows))); // bands of about one size
        rowsHeld = bandRows + reach;
        columnSize = slots * rowsHeld * width;
        channelSize = columns * columnSize;
        planes = VectorConvolution.atLeast(planes, channels * channelSize + SLACK);
        int vectors = Math.ceilDiv(bandRows * resultWidth, L);
        vectorAt = VectorConvolution.atLeast(vectorAt, vectors);
        for (int j = 0; j < vectors; j++) {
            vectorAt[j] = one ? j * L / resultWidth * width + j * L % resultWidth : j * L;
        }
    }

    // ------------------------------------------------------------------------------------------------------ of x

    /// For result y: the taps are those of w, in its order.
    void layOutInput(Convolution p) {
        one = wholeVectors(p.outWidth, p.strideWidth);
        width = p.outWidth + (one ? beyond(p) : 0);
        reach = (p.kernelHeight - 1) * p.dilationHeight / p.strideHeight;
        slotOf = VectorConvolution.atLeast(slotOf, p.strideHeight);
        slots = 0;
        for (int y = 0; y < p.strideHeight; y++) {
            boolean met = false;
            for (int ky = 0; ky < p.kernelHeight; ky++) met |= p.meetsRow(ky, y);
            slotOf[y] = met ? slots++ : -1;
        }
        cut(p.outHeight, p.outWidth, p.groupInputs(), one ? 1 : p.kernelWidth);
        kAt = VectorConvolution.atLeast(kAt, p.depth());
        int k = 0;
        for (int c = 0; c < p.groupInputs(); c++) {
            for (int ky = 0; ky < p.kernelHeight; ky++) {
                int y = ky * p.dilationHeight;
                int row = slotOf[y % p.strideHeight] * rowsHeld + y / p.strideHeight;
                for (int kx = 0; kx < p.kernelWidth; kx++) {
                    kAt[k++] = c * channelSize + row * width + kx * (one ? p.dilationWidth : columnSize);
                }
            }
        }
    }

    /// How far the last column of a window is behind the first.
    private static int beyond(Convolution p) {
        return (p.kernelWidth - 1) * p.dilationWidth;
    }

    /// Copies what rows `row` to `row + rows` of y see.
    void copyInput(Convolution p, int image, int group, int row, int rows) {
        for (int c = 0; c < p.groupInputs(); c++) {
            int plane = p.input(image, group * p.groupInputs() + c);
            int to = c * channelSize;
            for (int kx = 0; kx < (one ? 1 : p.kernelWidth); kx++) {
                int begin = kx * p.dilationWidth - p.left; //   the column of x that column 0 of y meets
                for (int y = 0; y < p.strideHeight; y++) {
                    if (slotOf[y] < 0) continue;
                    int o = to + kx * columnSize + slotOf[y] * rowsHeld * width;
                    int first = row * p.strideHeight + y - p.top; // the row of x that is copied first
                    copyRows(
                            p.x,
                            plane,
                            p.height,
                            p.width,
                            first,
                            p.strideHeight,
                            begin,
                            p.strideWidth,
                            rows + reach,
                            o);
                }
            }
        }
    }

    // ----------------------------------------------------------------------------------------------------- of dy

    /// For the pixels of x in the columns of one residue.
    void layOutOutput(Convolution p, int x) {
        residue = x;
        one = wholeVectors(p.columnsOf(x), p.strideWidth);
        width = p.columnsOf(x) + (one ? beyond(p) : 0);
        slots = 1;
        reach = p.tallest() + 1; // one more for residues whose rows begin one later
        cut(p.mostRows(), p.columnsOf(x), p.groupOutputs(), one ? 1 : p.tapColumns(x));
        kAt = VectorConvolution.atLeast(kAt, p.groupOutputs() * p.kernelHeight * p.kernelWidth);
    }

    /// Copies what is met by rows `row` and on of x, counted in each residue.
    void copyOutput(Convolution p, int image, int group, int row) {
        int first = p.firstMet() + row - p.tallest(); // the row of dy that is copied first
        int x = residue;
        for (int c = 0; c < p.groupOutputs(); c++) {
            int plane = p.output(image, group * p.groupOutputs() + c);
            int o = c * channelSize;
            for (int kx = p.kernelWidth - 1; kx >= (one ? p.kernelWidth - 1 : 0); kx--) {
                if (!p.meetsColumn(kx, x)) continue;
                int begin = p.columnMet(kx, x);
                copyRows(p.y, plane, p.outHeight, p.outWidth, first, 1, begin, 1, rowsHeld, o);
                o += columnSize;
            }
        }
    }

    /// Sets the places of the taps that meet the pixels of a residue, for all output channels of a group.
    void tapsOf(Convolution p, int y, int x) {
        int k = 0;
        for (int c = 0; c < p.groupOutputs(); c++) {
            for (int ky = p.kernelHeight - 1; ky >= 0; ky--) {
                if (!p.meetsRow(ky, y)) continue;
                int row = p.rowMet(ky, y) - p.firstMet() + p.tallest();
                int o = c * channelSize + row * width;
                for (int kx = p.kernelWidth - 1; kx >= 0; kx--) {
                    if (!p.meetsColumn(kx, x)) continue;
                    kAt[k++] = o;
                    o += one ? p.dilationWidth : columnSize;
                }
            }
        }
    }

    // ---------------------------------------------------------------------------------------------------- rows

    /// Writes rows of the copy, one after the other from `o` on: every `down`-th row of a plane from `first` on,
    /// and in it every `across`-th pixel from `begin` on; zeros outside of the plane. What comes after may be
    /// overwritten.
    private void copyRows(
            float[] from,
            int plane,
            int height,
            int columns,
            int first,
            int down,
            int begin,
            int across,
            int rows,
            int o) {
        int top = Math.clamp(Math.ceilDiv(-first, down), 0, rows);
        int end = Math.clamp(Math.ceilDiv(height - first, down), top, rows);
        int lo = Math.clamp(Math.ceilDiv(-begin, across), 0, width);
        int hi = Math.clamp(Math.ceilDiv(columns - begin, across), lo, width);
        int at = plane + (first + top * down) * columns + begin;
        int step = down * columns;
        int to = o + top * width;
        fill(o, to);
        if (across > 1) {
            for (int i = 0; i < end - top; i++) pick(from, at + i * step, across, lo, hi, to + i * width);
        } else if (step == width) {
            shift(from, at + lo, (end - top) * width - lo, to + lo);
        } else {
            for (int i = 0; i < end - top; i++) shift(from, at + i * step + lo, hi - lo, to + i * width + lo);
        }
        int last = to + (end - top) * width;
        for (int j = 0; j < lo; j++) clearColumn(to + j, last);
        for (int j = hi; j < width; j++) clearColumn(to + j, last);
        fill(last, o + rows * width);
    }

    private void fill(int begin, int end) {
        for (int i = begin; i < end; i++) planes[i] = 0;
    }

    private void clearColumn(int begin, int end) {
        for (int i = begin; i < end; i += width) planes[i] = 0;
    }

    /// Copies neighbors; may write beyond.
    private void shift(float[] from, int at, int n, int o) {
        float[] to = planes;
        int i = 0;
        int whole = Math.min(n, from.length - at - L + 1);
        for (; i < whole; i += L) FloatVector.fromArray(S, from, at + i).intoArray(to, o + i);
        int end = Math.min(n, from.length - at); // of a shifted plane the last pixels are zeros
        for (; i < end; i++) to[o + i] = from[at + i];
    }

    private void pick(float[] from, int at, int across, int lo, int hi, int o) {
        for (int j = lo; j < hi; j++) planes[o + j] = from[at + j * across];
    }
}

package dev.neurite.kernel.cpu.conv;

import dev.neurite.kernel.cpu.Transposition;
import dev.neurite.kernel.cpu.Workspace;
import dev.neurite.kernel.cpu.tile.Tiles;
import java.util.Arrays;

/// The layouts of x for the weight gradient, for [VectorConvolution]. A row of dw is the sum over
/// the pixels of dy times their windows of x, so the elements of a window have to be in the order
/// of a row of dw.
///
/// | layout | contiguous | used if |
/// |---|---|---|
/// | planes | the channels of a pixel (channels last), padded; neighboring pixels of a window's row form a run | else |
/// | windows | all elements of a window, in the order of w | few channels, or strides that skip pixels |
///
/// Each run begins a vector, so lanes at its end may be idle, and a row of dw has gaps until
/// [#addRow].
final class ChannelsLast {
    private static final int L = PlaneMicroKernels.L;
    private static final int BAND = 80_000; // floats that stay in the L2 cache, together with others
    private static final int FIRST = 8_000; // floats that stay in the L1 cache, together with others
    private static final int LEAST = 64; // the least pixels for which loading and storing a register tile pays
    private static final int TRANSPOSING = 2; // the cost of transposing a float, in vectors of products
    private static final int GATHERING = 4; // the cost of copying a float of a window

    private float[] r = {}; // pixels of dy, packed for micro-kernels
    private float[] pixels = {}; // from Workspace.START on
    private int[] pixelAt = {};
    private int[] vectorAt = {};
    private int[] image = {}; // by band in `pixels`: its image
    private int[] row = {}; // by band in `pixels`: its first row
    private int bandRows;
    private int bandFloats;
    private int floatsAhead; // the distance in `pixels` between the windows of neighboring rows of dy
    private int rowsAtOnce; // rows of dy that a register tile sums at a time
    private int columns; // of a padded plane
    private final float[] zeros = new float[PlaneMicroKernels.MOST * L];

    // ----------------------------------------------------------------------------------------- a row of the result

    private static boolean windows(Convolution p) {
        int pixel = p.strideHeight * p.strideWidth * p.groupInputs();
        long ofPlanes = (long) cost(runs(p), runFloats(p)) * p.groupOutputs() + (long) TRANSPOSING * pixel;
        long ofWindows = (long) cost(1, p.depth()) * p.groupOutputs() + (long) GATHERING * p.depth();
        return ofWindows < ofPlanes;
    }

    /// The cost of a row of dw, in vectors. A single vector costs as much as two, because each of
    /// its products needs a broadcast of its own.
    private static int cost(int runs, int floats) {
        return Math.max(2, vectors(runs, floats));
    }

    private static int vectors(int runs, int floats) {
        return runs * Math.ceilDiv(floats, L);
    }

    /// The number of runs of a window in the layout of planes.
    private static int runs(Convolution p) {
        return p.kernelHeight * (joins(p) ? 1 : p.kernelWidth);
    }

    /// The floats of a run in the layout of planes.
    private static int runFloats(Convolution p) {
        return p.groupInputs() * (joins(p) ? p.kernelWidth : 1);
    }

    /// Whether the taps of a window's row are neighboring pixels.
    private static boolean joins(Convolution p) {
        return p.dilationWidth == 1 || p.kernelWidth == 1;
    }

    private static int vectors(Convolution p) {
        return (windows(p) ? 1 : runs(p)) * runVectors(p);
    }

    private static int runVectors(Convolution p) {
        return windows(p) ? vectors(1, p.depth()) : vectors(1, runFloats(p));
    }

    /// The floats of a row of dw, including gaps.
    static int rowFloats(Convolution p) {
        return vectors(p) * L;
    }

    /// w += the row of dw that begins at index `row` of `rows`, without gaps.
    static void addRow(Convolution p, float[] rows, int row, float[] w, int at) {
        boolean windows = windows(p);
        int taps = p.kernelHeight * p.kernelWidth;
        int run = Math.ceilDiv(runFloats(p), L) * L;
        int ofChannel = windows ? taps : 1;
        int ofColumn = windows ? 1 : joins(p) ? p.groupInputs() : run;
        int ofRow = windows ? p.kernelWidth : joins(p) ? run : p.kernelWidth * run;
        int k = at;
        for (int c = 0; c < p.groupInputs(); c++) {
            for (int ky = 0; ky < p.kernelHeight; ky++) {
                int of = row + c * ofChannel + ky * ofRow;
                for (int kx = 0; kx < p.kernelWidth; kx++) w[k++] += rows[of + kx * ofColumn];
            }
        }
    }

    // ------------------------------------------------------------------------------------------------------- bands

    /// Divides the images into bands of rows of dy.
    void layOut(Convolution p) {
        int channels = p.groupInputs();
        columns = (p.outWidth - 1) * p.strideWidth + (p.kernelWidth - 1) * p.dilationWidth + 1;
        boolean windows = windows(p);
        int ofRow = windows ? p.outWidth * p.depth() : p.strideHeight * columns * channels;
        int beyond = windows ? 0 : reach(p) * columns * channels;
        bandRows = Math.clamp((BAND - beyond) / Math.max(1, ofRow), Math.min(p.outHeight, 4), Math.max(1, p.outHeight));
        bandRows = Math.ceilDiv(p.outHeight, Math.max(1, Math.ceilDiv(p.outHeight, bandRows))); // of about equal size
        bandFloats = windows ? bandRows * ofRow : rowsSeen(p, bandRows) * columns * channels;
        int count = bandRows * p.outWidth;
        floatsAhead = ofRow;
        rowsAtOnce = Math.max(Math.ceilDiv(LEAST, Math.max(1, p.outWidth)), FIRST / Math.max(1, ofRow));
        pixelAt = Workspace.atLeast(pixelAt, count);
        for (int i = 0; i < count; i++) {
            int place = i / p.outWidth * p.strideHeight * columns + i % p.outWidth * p.strideWidth;
            pixelAt[i] = windows ? i * p.depth() : place * channels;
        }
        int vectors = vectors(p);
        vectorAt = Workspace.atLeast(vectorAt, vectors);
        int ofRun = runVectors(p);
        int runsInRow = joins(p) ? 1 : p.kernelWidth;
        for (int j = 0; j < vectors; j++) {
            int run = j / ofRun;
            int y = run / runsInRow * p.dilationHeight;
            int x = run % runsInRow * p.dilationWidth;
            vectorAt[j] = (windows ? 0 : (y * columns + x) * channels) + j % ofRun * L;
        }
    }

    /// The rows of x that a window spans, minus 1.
    private static int reach(Convolution p) {
        return (p.kernelHeight - 1) * p.dilationHeight;
    }

    private static int rowsSeen(Convolution p, int rows) {
        return (rows - 1) * p.strideHeight + reach(p) + 1;
    }

    /// dw[outputs × [#rowFloats]] = Σ dy·x over images `begin` to `end`, for `count` outputs of a
    /// group, from output `first` on.
    void weightGradient(Convolution p, int group, int first, int count, int begin, int end, int at) {
        int bands = Math.ceilDiv(p.outHeight, bandRows);
        int all = (end - begin) * bands;
        int atOnce = Math.min(all, Math.max(1, 2 * BAND / Math.max(1, bandFloats)));
        pixels = Workspace.aligned(pixels, atOnce * bandFloats + L);
        image = Workspace.atLeast(image, atOnce);
        row = Workspace.atLeast(row, atOnce);
        for (int band = 0; band < all; band += atOnce) {
            int some = Math.min(atOnce, all - band);
            for (int i = 0; i < some; i++) {
                image[i] = begin + (band + i) / bands;
                row[i] = (band + i) % bands * bandRows;
                copy(p, group, i);
            }
            addProducts(p, first, count, some, at, band == 0);
        }
    }

    private int rows(Convolution p, int band) {
        return Math.min(bandRows, p.outHeight - row[band]);
    }

    private void addProducts(Convolution p, int first, int count, int bands, int at, boolean fresh) {
        int vectors = vectors(p);
        int step = vectors * L;
        boolean inThrees = runVectors(p) % 3 == 0 && vectors > 3;
        int widest = inThrees ? PlaneMicroKernels.MOST : Math.min(3, PlaneMicroKernels.MOST);
        int highest = PlaneMicroKernels.highest(widest);
        r = Workspace.atLeast(r, highest * rowsAtOnce * p.outWidth);
        for (int band = 0; band < bands; band++) {
            for (int y = 0; y < rows(p, band); y += rowsAtOnce) {
                int n = Math.min(rowsAtOnce, rows(p, band) - y) * p.outWidth;
                boolean zero = fresh && band == 0 && y == 0;
                int h;
                for (int i = 0; i < count; i += h) {
                    h = PlaneMicroKernels.height(highest, count - i);
                    int from = p.output(image[band], first + i) + (row[band] + y) * p.outWidth;
                    PlaneMicroKernels.pack(p.y, from, p.outArea(), h, n, r, 0);
                    int w;
                    for (int j = 0; j < vectors; j += w) {
                        w = PlaneMicroKernels.width(widest, vectors - j);
                        int to = at + i * step + j * L;
                        Tiles.ofPixels(h, w)
                                .compute(
                                        n,
                                        r,
                                        0,
                                        pixels,
                                        Workspace.START + band * bandFloats + y * floatsAhead,
                                        pixelAt,
                                        vectorAt,
                                        j,
                                        zero ? zeros : p.partial,
                                        zero ? 0 : to,
                                        zero ? 0 : step,
                                        p.partial,
                                        to,
                                        step);
                    }
                }
            }
        }
    }

    // ----------------------------------------------------------------------------------------------------- copying

    private void copy(Convolution p, int group, int band) {
        int plane = p.input(image[band], group * p.groupInputs());
        if (windows(p)) copyWindows(p, plane, row[band], rows(p, band), Workspace.START + band * bandFloats);
        else copyPlanes(p, plane, row[band], rows(p, band), Workspace.START + band * bandFloats);
    }

    /// Transposes the rows that windows read; positions in the padding become 0.
    private void copyPlanes(Convolution p, int plane, int firstRow, int rows, int to) {
        int channels = p.groupInputs();
        int lo = Math.min(p.left, columns);
        int hi = Math.clamp(p.left + p.width, lo, columns);
        int y = firstRow * p.strideHeight - p.top;
        for (int i = 0; i < rowsSeen(p, rows); i++, y++) {
            int o = to + i * columns * channels;
            if (y < 0 || y >= p.height) {
                Arrays.fill(pixels, o, o + columns * channels, 0);
                continue;
            }
            Arrays.fill(pixels, o, o + lo * channels, 0);
            int from = plane + y * p.width + lo - p.left;
            Transposition.transpose(p.x, from, p.area(), channels, hi - lo, pixels, o + lo * channels, channels);
            Arrays.fill(pixels, o + hi * channels, o + columns * channels, 0);
        }
    }

    private void copyWindows(Convolution p, int plane, int firstRow, int rows, int to) {
        int taps = p.kernelHeight * p.kernelWidth;
        for (int i = 0; i < rows; i++) {
            int begin = (firstRow + i) * p.strideHeight - p.top;
            for (int k = 0; k < p.depth(); k++) {
                int y = begin + k % taps / p.kernelWidth * p.dilationHeight;
                int x = k % p.kernelWidth * p.dilationWidth - p.left;
                boolean inside = y >= 0 && y < p.height;
                int lo = inside ? Math.clamp(Math.ceilDiv(-x, p.strideWidth), 0, p.outWidth) : p.outWidth;
                int hi = inside ? Math.clamp(Math.ceilDiv(p.width - x, p.strideWidth), lo, p.outWidth) : p.outWidth;
                int from = plane + k / taps * p.area() + y * p.width + x;
                gather(p, from, lo, hi, to + i * p.outWidth * p.depth() + k);
            }
        }
    }

    private void gather(Convolution p, int from, int lo, int hi, int o) {
        float[] to = pixels;
        float[] x = p.x;
        int step = p.depth();
        int stride = p.strideWidth;
        for (int j = 0; j < lo; j++) to[o + j * step] = 0;
        for (int j = lo; j < hi; j++) to[o + j * step] = x[from + j * stride];
        for (int j = hi; j < p.outWidth; j++) to[o + j * step] = 0;
    }
}

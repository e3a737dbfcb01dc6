package dev.neurite.kernel;

import java.util.Arrays;

/// Rows of weights times the pixels in [Copies], for [VectorConvolution]: a pixel of the result starts from a number of
/// its row and takes the taps in order.
final class PlaneProduct {
    private static final int WIDE = PlaneTiles.COLUMNS;
    private static final int NARROW = PlaneTiles.NARROW;
    private static final int FLAT = PlaneTiles.FLAT;

    private float[] r = {};
    private int ro;
    private int count;
    private int depth;
    private int[] rowAt = {};
    private float[] starts = {};
    private final float[] edge = new float[PlaneTiles.ROWS * FLAT];
    private float[] result = {};

    /// Sets the rows.
    /// @param bias what the sums start from, one a row from `biasAt` on; empty for 0
    void rows(float[] weights, int at, int rows, int taps, float[] bias, int biasAt) {
        r = weights;
        ro = at;
        count = rows;
        depth = taps;
        rowAt = VectorConvolution.atLeast(rowAt, rows);
        starts = VectorConvolution.atLeast(starts, rows * FLAT);
        for (int i = 0; i < rows; i++) {
            rowAt[i] = i * taps;
            Arrays.fill(starts, i * FLAT, (i + 1) * FLAT, bias.length == 0 ? 0 : bias[biasAt + i]);
        }
    }

    /// The first n pixels of all rows, one row after the other. The array is used again.
    float[] multiply(Copies copies, int n) {
        result = VectorConvolution.atLeast(result, count * n);
        multiply(copies, n, result, 0, n);
        return result;
    }

    /// Writes the first n pixels of row i to `at + i * step` and on.
    void multiply(Copies copies, int n, float[] to, int at, int step) {
        int wide = count == 1 ? FLAT : WIDE;
        int w;
        for (int j = 0; j < n; j += w) {
            int left = n - j;
            w = left >= wide ? wide : left > NARROW ? WIDE : NARROW;
            int h;
            for (int i = 0; i < count; i += h) {
                h = PlaneTiles.height(count - i);
                if (left >= w) tile(copies, h, w, i, j, to, at + i * step + j, step);
                else last(copies, h, w, i, j, left, to, at + i * step + j, step);
            }
        }
    }

    private void tile(Copies copies, int h, int w, int i, int j, float[] to, int at, int step) {
        float[] v = copies.planes;
        PlaneTiles.compute(h, w, depth, r, rowAt, i, ro, v, j, copies.kAt, starts, i * FLAT, FLAT, to, at, step);
    }

    /// A tile that would reach beyond the last pixel.
    private void last(Copies copies, int h, int w, int i, int j, int columns, float[] to, int at, int step) {
        tile(copies, h, w, i, j, edge, 0, FLAT);
        for (int row = 0; row < h; row++) System.arraycopy(edge, row * FLAT, to, at + row * step, columns);
    }
}

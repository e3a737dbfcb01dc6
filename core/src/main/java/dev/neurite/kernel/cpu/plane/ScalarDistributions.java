package dev.neurite.kernel.cpu.plane;

import java.util.Arrays;

/// Figures and histograms of elements. Each array comes with the index where the argument begins; `n` is
/// the number of elements.
sealed class ScalarDistributions permits VectorDistributions {
    /// The number of lanes of a sum: lane l sums elements l, l + 8, l + 16, … in order.
    static final int LANES = 8;

    // The results of a block: the lanes of the sum, and those of the squares, behind each other; the rest.
    static final int SQUARES = LANES;
    static final int MIN = 2 * LANES;
    static final int MAX = MIN + 1;
    static final int ZEROS = MIN + 2;
    static final int NOT_FINITE = MIN + 3;
    static final int RESULTS = MIN + 4;

    /// The number of histograms that neighboring elements count in turn. Four, because an increment waits
    /// for the last one of the same number.
    static final int TURNS = 4;

    /// Computes the figures of a block of s·x.
    /// @param r the results
    void figures(float s, float[] x, int xo, int n, double[] r, int ro) {
        Arrays.fill(r, ro, ro + RESULTS, 0);
        r[ro + MIN] = Double.POSITIVE_INFINITY;
        r[ro + MAX] = Double.NEGATIVE_INFINITY;
        add(s, x, xo, n, r, ro);
    }

    /// Adds elements of s·x to the results, from lane 0 on.
    static void add(float s, float[] x, int xo, int n, double[] r, int ro) {
        double min = r[ro + MIN];
        double max = r[ro + MAX];
        int zeros = 0;
        int notFinite = 0;
        for (int i = 0; i < n; i++) {
            float v = s * x[xo + i];
            if (!(Math.abs(v) <= Float.MAX_VALUE)) {
                notFinite++;
                continue;
            }
            min = Math.min(min, v);
            max = Math.max(max, v);
            if (v == 0) zeros++;
            int lane = ro + i % LANES;
            r[lane] += v;
            r[lane + SQUARES] += (double) v * v;
        }
        r[ro + MIN] = min;
        r[ro + MAX] = max;
        r[ro + ZEROS] += zeros;
        r[ro + NOT_FINITE] += notFinite;
    }

    /// The sum of eight lanes, in a tree: 4 + 4, 2 + 2, 1 + 1.
    static double tree(double[] r, int at) {
        return ((r[at] + r[at + 4]) + (r[at + 2] + r[at + 6])) + ((r[at + 1] + r[at + 5]) + (r[at + 3] + r[at + 7]));
    }

    /// Counts the columns `from` (inclusive) to `to` (exclusive) of s·x that are 0, see
    /// [dev.neurite.kernel.Distributions#zeroColumns]. The same on both engines: a column that is not 0 mostly
    /// ends after a few elements.
    /// @param x `[rows × columns × inner]`
    static int zeroColumns(float s, float[] x, int xo, int rows, int columns, int inner, int from, int to) {
        int count = 0;
        for (int column = from; column < to; column++) {
            if (isZero(s, x, xo + column * inner, rows, columns * inner, inner)) count++;
        }
        return count;
    }

    /// Whether `inner` elements in each row are 0.
    /// @param stride the elements of a row
    private static boolean isZero(float s, float[] x, int xo, int rows, int stride, int inner) {
        for (int row = 0; row < rows; row++) {
            int at = xo + row * stride;
            for (int i = at; i < at + inner; i++) {
                if (s * x[i] != 0) return false; // also for NaN
            }
        }
        return true;
    }

    /// Counts elements of s·x in intervals, see [dev.neurite.kernel.Distributions#histogram]. The same on
    /// both engines: most of the time goes into the increments, which vectors do not have.
    /// @param counts [#TURNS] histograms behind each other, to be added up
    static void histogram(float s, float[] x, int xo, int n, double from, double to, int bins, int[] counts, int co) {
        Arrays.fill(counts, co, co + TURNS * bins, 0);
        double scale = bins / (to - from);
        for (int i = 0; i < n; i++) {
            double v = s * x[xo + i];
            if (!(v >= from && v <= to)) continue;
            int bin = Math.min((int) ((v - from) * scale), bins - 1); // (int) NaN is 0
            counts[co + i % TURNS * bins + bin]++;
        }
    }
}

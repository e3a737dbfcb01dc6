package dev.neurite.kernel.cpu.conv;

import dev.neurite.kernel.cpu.Workspace;
import dev.neurite.kernel.cpu.tile.Tiles;
import java.util.Arrays;

/// The product of rows of weights and the pixels in [Copies], for [VectorConvolution]: each pixel
/// of the result starts from the bias of its row and adds the taps in order.
final class PlaneProduct {
    private static final int L = PlaneMicroKernels.L;
    private static final int WIDTH = Math.min(3, PlaneMicroKernels.MOST);
    private static final int HIGHEST = PlaneMicroKernels.highest(WIDTH);
    private static final int WIDEST = WIDTH * L;

    private int[] kAt = {};
    private float[] r = {};
    private int first; // the first row in r; −1 for none
    private int count;
    private int depth;
    private float[] starts = {};
    private final float[] edge = new float[HIGHEST * WIDEST];

    /// The index where the pixels of each tap begin in the copies; may be longer than needed.
    int[] taps() {
        return kAt;
    }

    /// Starts a call with these taps and without rows.
    void begin(int[] tapsAt) {
        kAt = tapsAt;
        first = -1;
    }

    /// Packs the rows, unless they are still packed from the last call since [#begin].
    /// @param row the channel of the first row
    /// @param bias the start of the sums, one per channel from `biasAt` on; empty for 0
    void rows(float[] weights, int at, int row, int rows, int taps, float[] bias, int biasAt) {
        if (first == row && count == rows) return;
        first = row;
        r = Workspace.atLeast(r, rows * taps);
        int h;
        for (int i = 0; i < rows; i += h) {
            h = PlaneMicroKernels.height(HIGHEST, rows - i);
            PlaneMicroKernels.pack(weights, at + i * taps, taps, h, taps, r, i * taps);
        }
        count = rows;
        depth = taps;
        starts = Workspace.atLeast(starts, rows * WIDEST);
        for (int i = 0; i < rows; i++) {
            Arrays.fill(starts, i * WIDEST, (i + 1) * WIDEST, bias.length == 0 ? 0 : bias[biasAt + row + i]);
        }
    }

    /// Computes n pixels of each row; those of row i go to `at + i * step` and on.
    void multiply(Copies copies, int n, float[] to, int at, int step) {
        int line = Math.min(copies.line(), n);
        int vectors = Math.ceilDiv(line, L);
        for (int begin = 0, j = 0; begin < n; begin += line, j += vectors) {
            multiply(copies, j, line, begin + line == n, to, at + begin, step);
        }
    }

    /// Computes the pixels of a line, from vector j on.
    /// @param last whether nothing is computed after it, so that nothing beyond its end may be written
    private void multiply(Copies copies, int j, int line, boolean last, float[] to, int at, int step) {
        int w;
        for (int p = 0; p < line; p += w * L) {
            w = PlaneMicroKernels.width(WIDTH, Math.ceilDiv(line - p, L));
            boolean whole = p + w * L <= line || !last;
            int h;
            for (int i = 0; i < count; i += h) {
                h = PlaneMicroKernels.height(HIGHEST, count - i);
                if (whole) tile(copies, h, w, i, j + p / L, to, at + i * step + p, step);
                else last(copies, h, w, i, j + p / L, line - p, to, at + i * step + p, step);
            }
        }
    }

    private void tile(Copies copies, int h, int w, int i, int j, float[] to, int at, int step) {
        Tiles.ofPixels(h, w)
                .compute(
                        depth,
                        r,
                        i * depth,
                        copies.planes,
                        Workspace.START,
                        kAt,
                        copies.vectorAt,
                        j,
                        starts,
                        i * WIDEST,
                        WIDEST,
                        to,
                        at,
                        step);
    }

    /// A register tile that reaches beyond the last pixel.
    private void last(Copies copies, int h, int w, int i, int j, int columns, float[] to, int at, int step) {
        tile(copies, h, w, i, j, edge, 0, WIDEST);
        for (int row = 0; row < h; row++) System.arraycopy(edge, row * WIDEST, to, at + row * step, columns);
    }
}

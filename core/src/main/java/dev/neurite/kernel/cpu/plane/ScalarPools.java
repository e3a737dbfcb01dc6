package dev.neurite.kernel.cpu.plane;

import dev.neurite.kernel.Pooling;
import dev.neurite.kernel.Pooling.Axis;
import dev.neurite.kernel.cpu.ScalarKernels;
import java.util.Arrays;

/// The definition of [CpuPools], in plain loops. As in [ScalarKernels], each array comes with the
/// index where the argument begins, and arguments are not checked.
sealed class ScalarPools permits VectorPools, BlockPools {
    /// The channels side by side: a plane is one of pixels of so many elements each.
    int lanes() {
        return 1;
    }

    /// y = the maximum of each window on several planes, and its index in the plane, as the bits of
    /// an int.
    /// @param places receives the indices; empty if they are not wanted
    void max(Pooling p, float[] x, int xo, float[] y, int yo, float[] places, int po, int planes) {
        for (int plane = 0; plane < planes; plane++) {
            for (int i = 0; i < p.rows().count(); i++) {
                int at = (plane * p.rows().count() + i) * p.columns().count();
                max(p, x, xo + plane * p.area(), i, 0, p.columns().count(), y, yo + at, places, po + at);
            }
        }
    }

    /// Windows j to end of row i of one plane.
    /// @param yo the index of window 0 in y
    /// @param po the same in `places`
    static void max(Pooling p, float[] x, int xo, int i, int j, int end, float[] y, int yo, float[] places, int po) {
        for (; j < end; j++) {
            int place = place(p, x, xo, i, j);
            y[yo + j] = x[xo + place];
            if (places.length > 0) places[po + j] = Float.intBitsToFloat(place);
        }
    }

    private static int place(Pooling p, float[] x, int xo, int i, int j) {
        Axis rows = p.rows();
        Axis columns = p.columns();
        int first = columns.first(j);
        int end = columns.end(j);
        int place = rows.first(i) * columns.size() + first;
        float most = Float.NEGATIVE_INFINITY;
        for (int h = rows.first(i); h < rows.end(i); h += rows.dilation()) {
            for (int w = first; w < end; w += columns.dilation()) {
                float v = x[xo + h * columns.size() + w];
                if (v > most || Float.isNaN(v)) {
                    most = v;
                    place = h * columns.size() + w;
                }
            }
        }
        return place;
    }

    /// dx = Σ dy over the windows whose maximum is at this pixel.
    void maxGradient(Pooling p, float[] dy, int dyo, float[] places, int po, float[] dx, int dxo, int planes) {
        int area = p.area();
        int windows = p.outArea();
        for (int plane = 0; plane < planes; plane++) {
            int to = dxo + plane * area;
            Arrays.fill(dx, to, to + area, 0);
            for (int k = plane * windows; k < (plane + 1) * windows; k++) {
                dx[to + Float.floatToRawIntBits(places[po + k])] += dy[dyo + k];
            }
        }
    }

    /// y = the mean of each window on several planes.
    void average(Pooling p, boolean padding, float[] x, int xo, float[] y, int yo, int planes) {
        for (int plane = 0; plane < planes; plane++) {
            for (int i = 0; i < p.rows().count(); i++) {
                int to = yo + (plane * p.rows().count() + i) * p.columns().count();
                average(p, padding, x, xo + plane * p.area(), i, 0, p.columns().count(), y, to);
            }
        }
    }

    /// Windows j to end of row i of one plane: the sum over columns of the sum of each column.
    /// @param yo the index of window 0 in y
    static void average(Pooling p, boolean padding, float[] x, int xo, int i, int j, int end, float[] y, int yo) {
        int width = p.columns().size();
        int top = xo + p.rows().first(i) * width;
        int bottom = xo + p.rows().end(i) * width;
        for (; j < end; j++) {
            float sum = 0;
            for (int w = p.columns().first(j); w < p.columns().end(j); w++) {
                float column = 0;
                for (int at = top + w; at < bottom; at += width) column += x[at];
                sum += column;
            }
            y[yo + j] = sum * p.share(i, j, padding);
        }
    }

    /// dx = Σ dy·share over the windows that contain a pixel: first over the windows of a row, then
    /// over rows.
    final void averageGradient(Pooling p, boolean padding, float[] dy, int dyo, float[] dx, int dxo, int planes) {
        int width = p.columns().size() * lanes();
        for (int plane = 0; plane < planes; plane++) {
            Arrays.fill(dx, dxo, dxo + p.rows().size() * width, 0);
            int begun = 0; // rows that have been written already
            for (int i = 0; i < p.rows().count(); i++) {
                int first = p.rows().first(i);
                int last = p.rows().end(i) - 1;
                if (last >= begun) {
                    int sums = dxo + last * width;
                    spread(p, padding, i, dy, dyo, dx, sums);
                    for (int row = first; row < begun; row++) addRow(dx, sums, dx, dxo + row * width, width);
                    for (int row = Math.max(first, begun); row < last; row++) {
                        System.arraycopy(dx, sums, dx, dxo + row * width, width);
                    }
                    begun = last + 1;
                } else {
                    for (int row = first; row <= last; row++) spread(p, padding, i, dy, dyo, dx, dxo + row * width);
                }
                dyo += p.columns().count() * lanes();
            }
            dxo += p.rows().size() * width;
        }
    }

    /// Adds the shares of row i of windows to a row of pixels: those of windows over an edge, then those of
    /// the others, by column of the window.
    void spread(Pooling p, boolean padding, int i, float[] dy, int dyo, float[] dx, int dxo) {
        int inside = p.columns().firstInside();
        int end = p.columns().endOfInside();
        for (int j = 0; j < p.columns().count(); j++) {
            if (j == inside) j = end;
            if (j == p.columns().count()) break;
            float share = dy[dyo + j] * p.share(i, j, padding);
            for (int w = p.columns().first(j); w < p.columns().end(j); w++) dx[dxo + w] += share;
        }
        if (inside == end) return;
        int stride = p.columns().stride();
        float factor = p.share(i, inside, padding);
        int first = dxo - p.columns().before();
        for (int k = 0; k < p.columns().kernel(); k++) {
            for (int j = inside; j < end; j++) dx[first + j * stride + k] += dy[dyo + j] * factor;
        }
    }

    private static void addRow(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) y[yo + i] += x[xo + i];
    }

    /// y = the mean of a plane of n elements.
    void mean(ScalarKernels engine, float[] x, int xo, int n, float[] y, int yo) {
        y[yo] = engine.sum(x, xo, n) / n;
    }

    /// dx = dy / n, n times.
    void meanGradient(float[] dy, int dyo, float[] dx, int dxo, int n) {
        Arrays.fill(dx, dxo, dxo + n, dy[dyo] / n);
    }
}

package dev.neurite.kernel.cpu.plane;

import dev.neurite.kernel.Permutation;
import dev.neurite.kernel.Rectangle;
import dev.neurite.kernel.Resizing;
import dev.neurite.kernel.Resizing.Axis;
import dev.neurite.kernel.Resizing.Mode;
import java.util.Arrays;

/// The definition of [CpuPlanes], one plane at a time: copies, and sums in a fixed order.
final class ScalarPlanes {
    private ScalarPlanes() {}

    /// y = the rectangle of x.
    static void cut(Rectangle r, int piece, int pieces, float[] x, int xo, float[] y, int yo) {
        int first = columnOf(r, piece, pieces);
        int n = columnOf(r, piece + 1, pieces) - first;
        int from = xo + r.top() * r.width() + r.left() + first;
        copy(r.rows(), n, x, from, r.width(), y, yo + first, r.columns());
    }

    /// Writes a piece of x into the rectangle of y; the rest stays.
    static void paste(Rectangle r, int piece, int pieces, float[] x, int xo, float[] y, int yo) {
        int first = columnOf(r, piece, pieces);
        int n = columnOf(r, piece + 1, pieces) - first;
        int to = yo + r.top() * r.width() + r.left() + first;
        copy(r.rows(), n, x, xo + first, r.columns(), y, to, r.width());
    }

    /// The first column of the rectangle in a piece, for pieces of about equal size.
    private static int columnOf(Rectangle r, int piece, int pieces) {
        return (int) ((long) r.columns() * piece / pieces);
    }

    /// Copies n columns of some rows, which are `step` apart in x and `toStep` in y.
    private static void copy(int rows, int n, float[] x, int xo, int step, float[] y, int yo, int toStep) {
        if (n == step && n == toStep) {
            System.arraycopy(x, xo, y, yo, rows * n);
            return;
        }
        for (int i = 0; i < rows; i++) System.arraycopy(x, xo + i * step, y, yo + i * toStep, n);
    }

    static void clearAround(Rectangle r, float[] y, int yo) {
        int first = yo + r.top() * r.width();
        int end = first + r.rows() * r.width();
        Arrays.fill(y, yo, first, 0);
        for (int row = first; row < end; row += r.width()) {
            Arrays.fill(y, row, row + r.left(), 0);
            Arrays.fill(y, row + r.left() + r.columns(), row + r.width(), 0);
        }
        Arrays.fill(y, end, yo + r.area(), 0);
    }

    /// y = x with permuted axes, from this axis of y on; or, backwards, x = y.
    /// @return the index after the last element of y
    static int permute(Permutation p, int axis, float[] x, int xo, float[] y, int yo, boolean backwards) {
        if (axis == p.order().size()) {
            if (backwards) x[xo] = y[yo];
            else y[yo] = x[xo];
            return yo + 1;
        }
        int extent = p.in().extent(p.order().get(axis));
        int stride = p.stride(axis);
        if (axis < p.order().size() - 1) {
            for (int i = 0; i < extent; i++) {
                yo = permute(p, axis + 1, x, xo + i * stride, y, yo, backwards);
            }
            return yo;
        }
        if (backwards) {
            for (int i = 0; i < extent; i++) x[xo + i * stride] = y[yo + i];
        } else {
            for (int i = 0; i < extent; i++) y[yo + i] = x[xo + i * stride];
        }
        return yo + extent;
    }

    /// y = x, resized.
    static void resize(Resizing r, float[] x, int xo, float[] y, int yo) {
        if (r.mode() == Mode.NEAREST) nearest(r, x, xo, y, yo);
        else bilinear(r, x, xo, y, yo);
    }

    /// dx = the sums of each pixel's shares of dy.
    static void resizeGradient(Resizing r, float[] dy, int dyo, float[] dx, int dxo) {
        Arrays.fill(dx, dxo, dxo + r.rows().from() * r.columns().from(), 0);
        if (r.mode() == Mode.NEAREST) nearestGradient(r, dy, dyo, dx, dxo);
        else bilinearGradient(r, dy, dyo, dx, dxo);
    }

    private static void nearest(Resizing r, float[] x, int xo, float[] y, int yo) {
        int width = r.columns().to();
        int last = -1;
        for (int i = 0; i < r.rows().to(); i++, yo += width) {
            int row = r.rows().nearest(i);
            int from = xo + row * r.columns().from();
            if (row == last) System.arraycopy(y, yo - width, y, yo, width);
            else
                for (int j = 0; j < width; j++) y[yo + j] = x[from + r.columns().nearest(j)];
            last = row;
        }
    }

    private static void nearestGradient(Resizing r, float[] dy, int dyo, float[] dx, int dxo) {
        int width = r.columns().to();
        for (int i = 0; i < r.rows().to(); i++, dyo += width) {
            int to = dxo + r.rows().nearest(i) * r.columns().from();
            for (int j = 0; j < width; j++) dx[to + r.columns().nearest(j)] += dy[dyo + j];
        }
    }

    private static void bilinear(Resizing r, float[] x, int xo, float[] y, int yo) {
        Axis rows = r.rows();
        Axis columns = r.columns();
        for (int i = 0; i < rows.to(); i++, yo += columns.to()) {
            double height = rows.place(i, r.mode());
            int row = Math.min((int) height, rows.from() - 1);
            float lower = (float) Math.min(1, height - row);
            int above = xo + row * columns.from();
            int below = row < rows.from() - 1 ? above + columns.from() : above;
            for (int j = 0; j < columns.to(); j++) {
                double across = columns.place(j, r.mode());
                int column = Math.min((int) across, columns.from() - 1);
                float right = (float) Math.min(1, across - column);
                int next = column < columns.from() - 1 ? column + 1 : column;
                float up = (1 - right) * x[above + column] + right * x[above + next];
                float down = (1 - right) * x[below + column] + right * x[below + next];
                y[yo + j] = (1 - lower) * up + lower * down;
            }
        }
    }

    private static void bilinearGradient(Resizing r, float[] dy, int dyo, float[] dx, int dxo) {
        Axis rows = r.rows();
        Axis columns = r.columns();
        for (int i = 0; i < rows.to(); i++, dyo += columns.to()) {
            double height = rows.place(i, r.mode());
            int row = Math.min((int) height, rows.from() - 1);
            float lower = (float) Math.min(1, height - row);
            int above = dxo + row * columns.from();
            int below = row < rows.from() - 1 ? above + columns.from() : above;
            for (int j = 0; j < columns.to(); j++) {
                double across = columns.place(j, r.mode());
                int column = Math.min((int) across, columns.from() - 1);
                float right = (float) Math.min(1, across - column);
                int next = column < columns.from() - 1 ? column + 1 : column;
                float up = (1 - lower) * dy[dyo + j];
                float down = lower * dy[dyo + j];
                dx[above + column] += (1 - right) * up;
                dx[above + next] += right * up;
                dx[below + column] += (1 - right) * down;
                dx[below + next] += right * down;
            }
        }
    }
}

package dev.neurite.kernel.cpu;

import static java.util.Objects.requireNonNull;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.AxisKernels;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// [AxisKernels] on the processor. Threads divide the elements of y.
final class CpuAxisKernels implements AxisKernels {
    private final Team team;
    private final WorkspacePool<Axis> calls;

    CpuAxisKernels(Team team) {
        this.team = team;
        this.calls = new WorkspacePool<>(() -> new Axis(team.engine()));
    }

    /// The arguments of a kernel, reused for each call.
    private static final class Axis {
        /// Computes some neighboring elements of y.
        interface Columns {
            /// @param xo the index in x of the first element along the axis, of the first of these
            /// @param yo the index in y of the first of these
            /// @param count how many
            void compute(Axis q, int xo, int yo, int count);
        }

        final ScalarKernels engine;
        Reduction reduction = Reduction.SUM;
        Tensor x = Tensor.EMPTY;
        Tensor y = Tensor.EMPTY;
        Tensor dx = Tensor.EMPTY;
        int n; // elements along the axis
        int inner; // their distance
        private final Parts parts = new Parts(this::compute);
        private @Nullable Columns code;

        Axis(ScalarKernels engine) {
            this.engine = engine;
        }

        private void compute(int from, int to) {
            for (int at = from; at < to; ) {
                int outer = at / inner;
                int column = at - outer * inner;
                int count = Math.min(inner - column, to - at);
                int xo = x.offset() + outer * n * inner + column;
                requireNonNull(code).compute(this, xo, y.offset() + at, count);
                at += count;
            }
        }

        /// The index in dx of an index in x.
        int dxAt(int xo) {
            return xo - x.offset() + dx.offset();
        }

        void reset() {
            x = Tensor.EMPTY;
            y = Tensor.EMPTY;
            dx = Tensor.EMPTY;
            code = null;
        }
    }

    @Override
    public void reduce(Reduction reduction, Tensor x, int axis, Tensor y) {
        run(call("reduce", reduction, x, axis, y), CpuAxisKernels::reduce);
    }

    private static void reduce(Axis q, int xo, int yo, int count) {
        float[] x = q.x.array();
        float[] y = q.y.array();
        if (q.reduction == Reduction.MAX) {
            maximum(q, xo, yo, count);
            return;
        }
        if (q.inner == 1) y[yo] = q.engine.sum(x, xo, q.n);
        else q.engine.columnSums(x, xo, q.n, q.inner, y, yo, count);
        if (q.reduction == Reduction.MEAN) q.engine.scale(1f / q.n, y, yo, y, yo, count);
    }

    private static void maximum(Axis q, int xo, int yo, int count) {
        float[] x = q.x.array();
        float[] y = q.y.array();
        if (q.inner == 1) {
            y[yo] = q.engine.max(x, xo, q.n);
            return;
        }
        System.arraycopy(x, xo, y, yo, count);
        for (int i = 1; i < q.n; i++) {
            int from = xo + i * q.inner;
            for (int j = 0; j < count; j++) y[yo + j] = Math.max(y[yo + j], x[from + j]);
        }
    }

    @Override
    public void reduceGradient(Reduction reduction, Tensor x, int axis, Tensor dy, Tensor dx) {
        Axis q = call("reduceGradient", reduction, x, axis, dy);
        Checks.rowMajor("reduceGradient", dx);
        Checks.same("reduceGradient", x, dx);
        q.dx = dx;
        run(q, reduction == Reduction.MAX ? CpuAxisKernels::maximumGradient : CpuAxisKernels::repeat);
    }

    @Override
    public void broadcast(Tensor y, int axis, Tensor x) {
        Axis q = call("broadcast", Reduction.SUM, x, axis, y);
        q.dx = x;
        run(q, CpuAxisKernels::repeat);
    }

    /// dx = dy, or dy / n, at each element along the axis.
    private static void repeat(Axis q, int xo, int yo, int count) {
        float factor = q.reduction == Reduction.MEAN ? 1f / q.n : 1;
        float[] dy = q.y.array();
        float[] dx = q.dx.array();
        int at = q.dxAt(xo);
        if (q.inner == 1) {
            Arrays.fill(dx, at, at + q.n, factor * dy[yo]);
            return;
        }
        for (int i = 0; i < q.n; i++) q.engine.scale(factor, dy, yo, dx, at + i * q.inner, count);
    }

    private static void maximumGradient(Axis q, int xo, int yo, int count) {
        float[] x = q.x.array();
        float[] dx = q.dx.array();
        int at = q.dxAt(xo);
        for (int i = 0; i < q.n; i++) Arrays.fill(dx, at + i * q.inner, at + i * q.inner + count, 0);
        for (int j = 0; j < count; j++) {
            int first = 0;
            for (int i = 1; i < q.n; i++) {
                if (exceeds(x[xo + i * q.inner + j], x[xo + first * q.inner + j])) first = i;
            }
            dx[at + first * q.inner + j] = q.y.array()[yo + j];
        }
    }

    /// Whether a number becomes the maximum; NaN does, and stays.
    private static boolean exceeds(float number, float maximum) {
        return number > maximum || (Float.isNaN(number) && !Float.isNaN(maximum));
    }

    private Axis call(String what, Reduction reduction, Tensor x, int axis, Tensor y) {
        Checks.rowMajor(what, x, y);
        int rank = x.shape().rank();
        int n = axis < 0 || axis >= rank ? 0 : x.shape().extent(axis);
        if (n < 1 || (long) y.size() * n != x.size()) {
            throw new ShapeException(
                    what,
                    "expects an axis of at least 1 element, and a number for each place beside it, got axis " + axis
                            + " of " + x.shape() + " and " + y.shape());
        }
        int inner = 1;
        for (int i = axis + 1; i < rank; i++) inner *= x.shape().extent(i);
        Axis q = calls.take();
        q.reduction = reduction;
        q.x = x;
        q.y = y;
        q.n = n;
        q.inner = inner;
        return q;
    }

    private void run(Axis q, Axis.Columns code) {
        q.code = code;
        q.parts.run(0, q.y.size(), team.parts(q.x.size()), 1, team.workers());
        q.reset();
        calls.release(q);
    }
}

package dev.neurite.kernel.cpu.sequence;

import static java.util.Objects.requireNonNull;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.SequenceKernels;
import dev.neurite.kernel.cpu.Checks;
import dev.neurite.kernel.cpu.Parts;
import dev.neurite.kernel.cpu.ScalarKernels;
import dev.neurite.kernel.cpu.Team;
import dev.neurite.kernel.cpu.WorkspacePool;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// [SequenceKernels] on the processor. Threads divide the rows.
public final class CpuSequenceKernels implements SequenceKernels {
    private final Team team;
    private final WorkspacePool<Call> calls;

    /// On the engine and the threads of a team.
    public CpuSequenceKernels(Team team) {
        this.team = team;
        this.calls = new WorkspacePool<>(() -> new Call(team.engine()));
    }

    /// The arguments of a kernel, reused for each call.
    private static final class Call {
        /// Computes one row.
        interface Row {
            void compute(Call call, int row);
        }

        final ScalarKernels engine;
        Summary summary = Summary.MEAN;
        Tensor x = Tensor.EMPTY;
        Tensor y = Tensor.EMPTY; // or dy
        Tensor dx = Tensor.EMPTY;
        Tensor lengths = Tensor.EMPTY;
        List<Integer> columns = List.of();
        int outer;
        int time;
        int width; // numbers of a position
        private final Parts parts = new Parts(this::compute);
        private @Nullable Row code;

        Call(ScalarKernels engine) {
            this.engine = engine;
        }

        int length(int row) {
            return lengths.size() == 0 ? time : (int) lengths.array()[lengths.offset() + row];
        }

        /// The index of a row's sequence in x and dx.
        int at(Tensor tensor, int row, int sequence) {
            return tensor.offset() + (row * outer + sequence) * time * width;
        }

        int yAt(int row) {
            return y.offset() + row * width;
        }

        private void compute(int from, int to) {
            for (int row = from; row < to; row++) requireNonNull(code).compute(this, row);
        }

        void reset() {
            x = Tensor.EMPTY;
            y = Tensor.EMPTY;
            dx = Tensor.EMPTY;
            lengths = Tensor.EMPTY;
            columns = List.of();
            code = null;
        }
    }

    // ------------------------------------------------------------------------------------------------- summaries

    @Override
    public void summarize(Summary summary, Tensor x, Tensor lengths, Tensor y) {
        run(call("summarize", summary, x, lengths, y), CpuSequenceKernels::summarize);
    }

    private static void summarize(Call q, int row) {
        int n = q.width;
        int length = q.length(row);
        float[] x = q.x.array();
        int xo = q.at(q.x, row, 0);
        float[] y = q.y.array();
        int yo = q.yAt(row);
        switch (q.summary) {
            case MEAN -> {
                q.engine.columnSums(x, xo, length, n, y, yo, n);
                q.engine.scale(1f / length, y, yo, y, yo, n);
            }
            case MAX -> {
                System.arraycopy(x, xo, y, yo, n);
                for (int t = 1; t < length; t++) {
                    for (int j = 0; j < n; j++) {
                        if (exceeds(x[xo + t * n + j], y[yo + j])) y[yo + j] = x[xo + t * n + j];
                    }
                }
            }
            case FIRST -> System.arraycopy(x, xo, y, yo, n);
            case LAST -> System.arraycopy(x, xo + (length - 1) * n, y, yo, n);
        }
    }

    /// Whether a number becomes the maximum; NaN does, and stays.
    private static boolean exceeds(float number, float maximum) {
        return number > maximum || (Float.isNaN(number) && !Float.isNaN(maximum));
    }

    @Override
    public void summarizeGradient(Summary summary, Tensor x, Tensor lengths, Tensor dy, Tensor dx) {
        Call q = call("summarizeGradient", summary, x, lengths, dy);
        Checks.same("summarizeGradient", x, dx);
        q.dx = dx;
        run(q, CpuSequenceKernels::summarizeGradient);
    }

    private static void summarizeGradient(Call q, int row) {
        int n = q.width;
        int length = q.length(row);
        float[] x = q.x.array();
        int xo = q.at(q.x, row, 0);
        float[] dy = q.y.array();
        int dyo = q.yAt(row);
        float[] dx = q.dx.array();
        int dxo = q.at(q.dx, row, 0);
        if (q.summary == Summary.MEAN) {
            for (int t = 0; t < length; t++) q.engine.scale(1f / length, dy, dyo, dx, dxo + t * n, n);
            Arrays.fill(dx, dxo + length * n, dxo + q.time * n, 0);
            return;
        }
        Arrays.fill(dx, dxo, dxo + q.time * n, 0);
        switch (q.summary) {
            case MAX -> {
                for (int j = 0; j < n; j++) {
                    int first = 0;
                    for (int t = 1; t < length; t++) {
                        if (exceeds(x[xo + t * n + j], x[xo + first * n + j])) first = t;
                    }
                    dx[dxo + first * n + j] = dy[dyo + j];
                }
            }
            case LAST -> System.arraycopy(dy, dyo, dx, dxo + (length - 1) * n, n);
            default -> System.arraycopy(dy, dyo, dx, dxo, n);
        }
    }

    // --------------------------------------------------------------------------------------------------- padding

    @Override
    public void clearPadding(Tensor x, int outer, int time, Tensor lengths, Tensor y) {
        Checks.rowMajor("clearPadding", x, y);
        Checks.same("clearPadding", x, y);
        Checks.lengths("clearPadding", lengths, x.rows(), time);
        if (outer < 1 || time < 1 || x.size() % Math.max(1, (long) x.rows() * outer * time) != 0) {
            throw new ShapeException(
                    "clearPadding",
                    "expects rows of " + outer + " sequences of " + time + " positions, got " + x.shape());
        }
        Call q = calls.take();
        q.x = x;
        q.dx = y;
        q.lengths = lengths;
        q.outer = outer;
        q.time = time;
        q.width = x.rows() == 0 ? 0 : x.size() / x.rows() / outer / time;
        run(q, CpuSequenceKernels::clearPadding);
    }

    @SuppressWarnings("ReferenceEquality") // the same memory is meant
    private static void clearPadding(Call q, int row) {
        int counts = q.length(row) * q.width;
        for (int i = 0; i < q.outer; i++) {
            int from = q.at(q.x, row, i);
            int at = q.at(q.dx, row, i);
            boolean inPlace = from == at && q.x.array() == q.dx.array();
            if (!inPlace) System.arraycopy(q.x.array(), from, q.dx.array(), at, counts);
            Arrays.fill(q.dx.array(), at + counts, at + q.time * q.width, 0);
        }
    }

    // ------------------------------------------------------------------------------------------ relative to the last

    @Override
    public void relativeToLast(Tensor x, List<Integer> columns, Tensor y) {
        run(relative("relativeToLast", x, y, columns), CpuSequenceKernels::relativeToLast);
    }

    private static void relativeToLast(Call q, int row) {
        float[] y = q.dx.array();
        int yo = q.at(q.dx, row, 0);
        System.arraycopy(q.x.array(), q.at(q.x, row, 0), y, yo, q.time * q.width);
        for (int i = 0; i < q.columns.size(); i++) {
            int first = yo + q.columns.get(i);
            float last = y[first + (q.time - 1) * q.width];
            for (int t = 0; t < q.time; t++) y[first + t * q.width] -= last;
        }
    }

    @Override
    public void relativeToLastGradient(Tensor dy, List<Integer> columns, Tensor dx) {
        run(relative("relativeToLastGradient", dy, dx, columns), CpuSequenceKernels::relativeToLastGradient);
    }

    private static void relativeToLastGradient(Call q, int row) {
        float[] dx = q.dx.array();
        int to = q.at(q.dx, row, 0);
        System.arraycopy(q.x.array(), q.at(q.x, row, 0), dx, to, q.time * q.width);
        for (int i = 0; i < q.columns.size(); i++) {
            int first = to + q.columns.get(i);
            float sum = 0;
            for (int t = 0; t < q.time - 1; t++) sum += dx[first + t * q.width];
            dx[first + (q.time - 1) * q.width] = -sum;
        }
    }

    @Override
    public void addLast(Tensor d, Tensor x, List<Integer> columns, Tensor y) {
        Checks.rowMajor("addLast", d, y);
        Checks.same("addLast", d, y);
        Call q = repeated("addLast", x, y, columns);
        q.dx = d;
        run(q, CpuSequenceKernels::addLast);
    }

    private static void addLast(Call q, int row) {
        float[] x = q.x.array();
        int last = q.at(q.x, row, 0) + (q.time - 1) * q.width;
        int count = q.y.shape().row().size();
        int from = q.dx.offset() + row * count;
        int to = q.y.offset() + row * count;
        int size = q.columns.size();
        for (int i = 0; i < count; i++) {
            q.y.array()[to + i] = q.dx.array()[from + i] + x[last + q.columns.get(i % size)];
        }
    }

    @Override
    public void addLastGradient(Tensor dy, List<Integer> columns, Tensor dx) {
        run(repeated("addLastGradient", dx, dy, columns), CpuSequenceKernels::addLastGradient);
    }

    private static void addLastGradient(Call q, int row) {
        float[] dx = q.x.array();
        int first = q.at(q.x, row, 0);
        Arrays.fill(dx, first, first + q.time * q.width, 0);
        int last = first + (q.time - 1) * q.width;
        int count = q.y.shape().row().size();
        int from = q.y.offset() + row * count;
        int size = q.columns.size();
        for (int i = 0; i < count; i++) dx[last + q.columns.get(i % size)] += q.y.array()[from + i];
    }

    private Call relative(String what, Tensor x, Tensor y, List<Integer> columns) {
        Checks.same(what, x, y);
        Checks.rowMajor(what, y);
        Call q = columns(what, x, columns);
        q.dx = y;
        return q;
    }

    private Call repeated(String what, Tensor x, Tensor y, List<Integer> columns) {
        Checks.rowMajor(what, y);
        if (y.rows() != x.rows() || columns.isEmpty() || y.shape().row().size() % columns.size() != 0) {
            throw new ShapeException(
                    what,
                    "expects a multiple of " + columns.size() + " numbers for each row of " + x.shape() + ", got "
                            + y.shape());
        }
        Call q = columns(what, x, columns);
        q.y = y;
        return q;
    }

    private Call columns(String what, Tensor x, List<Integer> columns) {
        Checks.rowMajor(what, x);
        int width = x.shape().rank() == 3 ? x.shape().extent(2) : 0;
        boolean known = x.shape().rank() == 3 && x.shape().extent(1) > 0;
        for (int i = 0; i < columns.size(); i++) known &= columns.get(i) >= 0 && columns.get(i) < width;
        if (!known) {
            throw new ShapeException(
                    what, "expects [rows × time × width] with columns " + columns + ", got " + x.shape());
        }
        Call q = calls.take();
        q.x = x;
        q.columns = columns;
        q.outer = 1;
        q.time = x.shape().extent(1);
        q.width = width;
        return q;
    }

    // ------------------------------------------------------------------------------------------------- arguments

    private Call call(String what, Summary summary, Tensor x, Tensor lengths, Tensor y) {
        Checks.rowMajor(what, x, y);
        int time = x.shape().rank() < 2 ? 0 : x.shape().extent(1);
        if (time < 1 || y.rows() != x.rows() || (long) y.size() * time != x.size()) {
            throw new ShapeException(
                    what,
                    "expects sequences [rows × time × …] of at least 1 position and rows of one, got " + x.shape()
                            + " and " + y.shape());
        }
        Checks.lengths(what, lengths, x.rows(), time);
        Call q = calls.take();
        q.summary = summary;
        q.x = x;
        q.y = y;
        q.lengths = lengths;
        q.outer = 1;
        q.time = time;
        q.width = y.rows() == 0 ? 0 : y.size() / y.rows();
        return q;
    }

    private void run(Call q, Call.Row code) {
        q.code = code;
        q.parts.run(0, q.x.rows(), team.parts(q.x.size()), 1, team.workers());
        q.reset();
        calls.release(q);
    }
}

package dev.neurite.kernel.cpu.sequence;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.kernel.RecurrentKernels;
import dev.neurite.kernel.cpu.Checks;
import dev.neurite.kernel.cpu.ScalarKernels;
import dev.neurite.kernel.cpu.Team;
import dev.neurite.kernel.cpu.WorkspacePool;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;

/// [RecurrentKernels] on the processor. A step is a product of the states of a thread's rows with packed weights, and
/// then element-wise kernels on each row, which is still in the L1 cache.
public final class CpuRecurrentKernels implements RecurrentKernels {
    private static final long GRAIN = 50_000; // multiplications of a step below which another thread does not pay

    private final Team team;
    private final WorkspacePool<RecurrentCall> calls;

    /// On the engine and the threads of a team.
    public CpuRecurrentKernels(Team team) {
        this.team = team;
        this.calls = new WorkspacePool<>(() -> new RecurrentCall(team.engine()));
    }

    // --------------------------------------------------------------------------------------------------- simple

    @Override
    public void rnn(Elementwise g, Steps steps) {
        RecurrentCall q = call("rnn", g, steps, 1);
        q.forward(q.product, true, q.operand(), 0, 1, q.z); // z += h·Wᵀ
        run(q, CpuRecurrentKernels::rnn);
    }

    private static void rnn(RecurrentCall q, int from, int to) {
        int n = q.units;
        q.begin(from, to);
        for (int step = 0; step < q.steps(); step++) {
            int t = q.time(step);
            q.beginStep(from, to, t);
            q.multiply(q.product, from, to);
            for (int row = from; row < to; row++) {
                if (!q.has(row, t)) {
                    q.skip(row, t);
                    continue;
                }
                q.engine.activate(q.activation, q.z, row * n, q.h, row * n, n); // h = g(z)
                System.arraycopy(q.h, row * n, q.activated(), q.activatedAt(row, t), n);
                q.emit(row, t);
            }
        }
    }

    @Override
    public void rnnGradient(Elementwise g, Steps steps, StateGradients d) {
        RecurrentCall q = call("rnnGradient", g, steps, 1);
        gradients("rnnGradient", q, steps, d);
        q.backward(q.product, false, q.z, 0, 1, q.operand()); // dh = δ·W
        run(q, CpuRecurrentKernels::rnnGradient);
    }

    private static void rnnGradient(RecurrentCall q, int from, int to) {
        int n = q.units;
        float[] y = q.gates.array();
        for (int step = q.steps() - 1; step >= 0; step--) {
            int t = q.time(step);
            for (int row = from; row < to; row++) {
                if (!q.has(row, t)) {
                    q.skipDelta(row, t);
                    continue;
                }
                int at = q.at(q.gates, row, t, n);
                q.beginGradient(row, t);
                q.engine.activationGradient(q.activation, y, at, y, at, q.h, row * n, q.z, row * n, n); // δ = dh·g′
                q.engine.flush(q.z, row * n, n);
                q.emitDelta(row, t);
            }
            q.multiply(q.product, from, to);
            q.unmask(false, from, to);
            q.endGradients(from, to, t);
        }
    }

    // ----------------------------------------------------------------------------------------------------- LSTM

    @Override
    public void lstm(Steps steps, Cells cells) {
        RecurrentCall q = call("lstm", Activation.TANH, steps, 4);
        cells("lstm", q, steps, cells);
        q.forward(q.product, true, q.operand(), 0, 4, q.z); // z += h·Wᵀ
        run(q, CpuRecurrentKernels::lstm);
    }

    private static void lstm(RecurrentCall q, int from, int to) {
        int n = q.units;
        float[] gates = q.activated();
        float[] c = q.cells;
        q.begin(from, to);
        for (int row = from; row < to; row++) q.copyRow(q.c0, row, c, row * n);
        for (int step = 0; step < q.steps(); step++) {
            int t = q.time(step);
            q.beginStep(from, to, t);
            q.multiply(q.product, from, to);
            for (int row = from; row < to; row++) {
                if (q.has(row, t)) lstm(q, gates, row, t);
                else q.skip(row, t);
                q.keep(c, row, q.c, t);
            }
        }
    }

    /// A step of a row.
    private static void lstm(RecurrentCall q, float[] gates, int row, int t) {
        int n = q.units;
        ScalarKernels k = q.engine;
        int z = row * 4 * n;
        int i = q.activatedAt(row, t);
        int f = i + n;
        int g = f + n;
        int o = g + n;
        int at = row * n; // of the state and the cells
        k.activate(Activation.SIGMOID, q.z, z, gates, i, 2 * n);
        k.activate(Activation.TANH, q.z, z + 2 * n, gates, g, n);
        k.activate(Activation.SIGMOID, q.z, z + 3 * n, gates, o, n);
        k.multiply(gates, f, q.cells, at, q.cells, at, n);
        k.addProduct(gates, i, gates, g, q.cells, at, n); //   c = i·g + f·c
        k.activate(Activation.TANH, q.cells, at, q.h, at, n);
        k.multiply(gates, o, q.h, at, q.h, at, n); //          h = o·tanh c
        q.emit(row, t);
        if (q.cn.size() != 0 && q.isLast(row, t)) {
            System.arraycopy(q.cells, at, q.cn.array(), q.cn.offset() + at, n);
        }
    }

    /// The array with the cells before a step of a row.
    private static float[] cellsBefore(RecurrentCall q, int step) {
        return step > 0 ? q.c.array() : q.c0.size() > 0 ? q.c0.array() : q.zeros();
    }

    private static int cellsBeforeAt(RecurrentCall q, int row, int step) {
        if (step > 0) return q.at(q.c, row, q.time(step - 1), q.units);
        return q.c0.size() > 0 ? q.c0.offset() + row * q.units : 0;
    }

    @Override
    public void lstmGradient(Steps steps, Cells cells, StateGradients d, Tensor dcn, Tensor dc0) {
        RecurrentCall q = call("lstmGradient", Activation.TANH, steps, 4);
        cells("lstmGradient", q, steps, cells);
        gradients("lstmGradient", q, steps, d);
        q.cn = state("lstmGradient", steps, q.units, dcn);
        q.dc0 = state("lstmGradient", steps, q.units, dc0);
        q.backward(q.product, false, q.z, 0, 4, q.operand()); // dh = δ·W
        run(q, CpuRecurrentKernels::lstmGradient);
    }

    private static void lstmGradient(RecurrentCall q, int from, int to) {
        for (int step = q.steps() - 1; step >= 0; step--) {
            int t = q.time(step);
            for (int row = from; row < to; row++) {
                if (q.has(row, t)) lstmGradient(q, from, row, step);
                else q.skipDelta(row, t);
            }
            q.multiply(q.product, from, to);
            q.unmask(false, from, to);
            q.endGradients(from, to, t);
        }
    }

    /// The gradient of a step of a row: dh and dc become those of the step before, the gates δ.
    private static void lstmGradient(RecurrentCall q, int from, int row, int step) {
        int n = q.units;
        int t = q.time(step);
        ScalarKernels k = q.engine;
        float[] gates = q.gates.array();
        int i = q.at(q.gates, row, t, 4 * n);
        int f = i + n;
        int g = f + n;
        int o = g + n;
        float[] z = q.z;
        int di = row * 4 * n;
        int df = di + n;
        int dg = df + n;
        int dout = dg + n;
        float[] dh = q.h;
        float[] dc = q.cells;
        int at = row * n;
        float[] s = q.temporary();
        int s0 = q.temporaryAt(from);
        int s1 = s0 + n;
        int s2 = s1 + n;
        q.beginGradient(row, t);
        if (q.isLast(row, t)) q.copyRow(q.cn, row, dc, at);
        k.activate(Activation.TANH, q.c.array(), q.at(q.c, row, t, n), s, s0, n);
        k.multiply(dh, at, s, s0, s, s1, n); //                                         do = dh·tanh c
        k.multiply(dh, at, gates, o, s, s2, n);
        k.activationGradient(Activation.TANH, s, s0, s, s0, s, s2, s, s2, n);
        k.add(dc, at, s, s2, dc, at, n); //                                             dc += dh·o·(1 − tanh² c)
        k.activationGradient(Activation.SIGMOID, gates, o, gates, o, s, s1, z, dout, n);
        k.multiply(dc, at, gates, g, s, s0, n); //                                      di = dc·g
        k.activationGradient(Activation.SIGMOID, gates, i, gates, i, s, s0, z, di, n);
        k.multiply(dc, at, gates, i, s, s1, n); //                                      dg = dc·i
        k.activationGradient(Activation.TANH, gates, g, gates, g, s, s1, z, dg, n);
        k.multiply(dc, at, cellsBefore(q, step), cellsBeforeAt(q, row, step), s, s0, n); // df = dc·c
        k.activationGradient(Activation.SIGMOID, gates, f, gates, f, s, s0, z, df, n);
        k.multiply(dc, at, gates, f, dc, at, n); //                                     dc of the step before
        k.flush(z, di, 4 * n);
        k.flush(dc, at, n);
        q.emitDelta(row, t);
    }

    // ------------------------------------------------------------------------------------------------------ GRU

    @Override
    public void gru(Steps steps, Tensor b, Tensor candidates) {
        RecurrentCall q = call("gru", Activation.TANH, steps, 3);
        if (b.size() != 0 && b.size() != q.units) {
            throw new ShapeException("gru", "expects a bias of " + q.units + ", got " + b.shape());
        }
        q.needCandidates(sequence("gru", steps, q.units, candidates));
        q.forward(q.product, true, q.operand(), 0, 2, q.z); //           r and z += h·Wᵀ
        q.forward(q.candidateProduct, false, q.operand(), 2, 3, q.u); // h·Wᵀ + b
        q.candidateProduct.bias = b.size() == 0 ? null : b.array();
        q.candidateProduct.biasOffset = b.offset();
        run(q, CpuRecurrentKernels::gru);
    }

    private static void gru(RecurrentCall q, int from, int to) {
        int n = q.units;
        ScalarKernels k = q.engine;
        float[] gates = q.activated();
        float[] s = q.temporary();
        int s0 = q.temporaryAt(from);
        q.begin(from, to);
        for (int step = 0; step < q.steps(); step++) {
            int t = q.time(step);
            q.beginStep(from, to, t);
            q.multiply(q.product, from, to);
            q.multiply(q.candidateProduct, from, to);
            for (int row = from; row < to; row++) {
                q.keep(q.u, row, q.candidates, t);
                if (!q.has(row, t)) {
                    q.skip(row, t);
                    continue;
                }
                int zo = row * 3 * n;
                int x = zo + 2 * n;
                int r = q.activatedAt(row, t);
                int z = r + n;
                int c = z + n; // the candidates
                int h = row * n;
                k.activate(Activation.SIGMOID, q.z, zo, gates, r, 2 * n);
                k.addProduct(gates, r, q.u, h, q.z, x, n);
                k.activate(Activation.TANH, q.z, x, gates, c, n); //  c = tanh(x + r·(h·Wᵀ + b))
                minus(k, q.h, h, gates, c, s, s0, n);
                System.arraycopy(gates, c, q.h, h, n);
                k.addProduct(gates, z, s, s0, q.h, h, n); //          h = c + z·(h − c)
                q.emit(row, t);
            }
        }
    }

    /// y = a − b; y is neither
    static void minus(ScalarKernels k, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        System.arraycopy(a, ao, y, yo, n);
        k.addScaled(-1, b, bo, y, yo, n);
    }

    @Override
    public void gruGradient(Steps steps, Tensor candidates, StateGradients d) {
        RecurrentCall q = call("gruGradient", Activation.TANH, steps, 3);
        gradients("gruGradient", q, steps, d);
        q.needCandidates(sequence("gruGradient", steps, q.units, candidates));
        q.backward(q.product, !q.isMasked(), q.z, 0, 2, q.operand()); // dh += δ·W
        q.backward(q.candidateProduct, true, q.u, 2, 3, q.operand());
        run(q, CpuRecurrentKernels::gruGradient);
    }

    private static void gruGradient(RecurrentCall q, int from, int to) {
        int n = q.units;
        for (int step = q.steps() - 1; step >= 0; step--) {
            int t = q.time(step);
            for (int row = from; row < to; row++) {
                if (q.has(row, t)) {
                    gruGradient(q, from, row, t);
                } else {
                    Arrays.fill(q.u, row * n, (row + 1) * n, 0);
                    q.skipDelta(row, t);
                }
                q.keep(q.u, row, q.candidates, t);
            }
            q.multiply(q.product, from, to);
            q.multiply(q.candidateProduct, from, to);
            q.unmask(true, from, to);
            q.endGradients(from, to, t);
        }
    }

    /// The gradient of a step of a row: dh becomes its part that does not come through the weights, the gates δ.
    private static void gruGradient(RecurrentCall q, int from, int row, int t) {
        int n = q.units;
        ScalarKernels k = q.engine;
        float[] gates = q.gates.array();
        int r = q.at(q.gates, row, t, 3 * n);
        int z = r + n;
        int c = z + n;
        int dr = row * 3 * n;
        int dz = dr + n;
        int dc = dz + n;
        float[] dh = q.h;
        int at = row * n;
        float[] s = q.temporary();
        int s0 = q.temporaryAt(from);
        int s1 = s0 + n;
        int s2 = s1 + n;
        q.beginGradient(row, t);
        minus(k, q.before(), q.beforeAt(row, t), gates, c, s, s0, n);
        k.multiply(dh, at, s, s0, s, s0, n); //                                     dz = dh·(h − c)
        k.multiply(dh, at, gates, z, s, s1, n); //                                  dh·z goes on to h
        minus(k, dh, at, s, s1, s, s2, n); //                                       dc = dh·(1 − z)
        k.activationGradient(Activation.SIGMOID, gates, z, gates, z, s, s0, q.z, dz, n);
        k.activationGradient(Activation.TANH, gates, c, gates, c, s, s2, q.z, dc, n);
        k.multiply(q.z, dc, q.candidates.array(), q.at(q.candidates, row, t, n), s, s0, n); // dr = δc·(h·Wᵀ + b)
        k.multiply(q.z, dc, gates, r, q.u, at, n); //                               of h·Wᵀ + b: δc·r
        k.activationGradient(Activation.SIGMOID, gates, r, gates, r, s, s0, q.z, dr, n);
        System.arraycopy(s, s1, dh, at, n);
        k.flush(q.z, dr, 3 * n);
        k.flush(q.u, at, n);
        k.flush(dh, at, n);
        q.emitDelta(row, t);
    }

    @Override
    public void gruResetBefore(Steps steps, Tensor reset) {
        RecurrentCall q = call("gruResetBefore", Activation.TANH, steps, 3);
        q.needCandidates(sequence("gruResetBefore", steps, q.units, reset));
        ResetBeforeGru.prepare(q);
        run(q, ResetBeforeGru::forward);
    }

    @Override
    public void gruResetBeforeGradient(Steps steps, StateGradients d) {
        RecurrentCall q = call("gruResetBeforeGradient", Activation.TANH, steps, 3);
        gradients("gruResetBeforeGradient", q, steps, d);
        q.needCandidates(Tensor.EMPTY);
        ResetBeforeGru.prepareGradient(q);
        run(q, ResetBeforeGru::gradient);
    }

    // ------------------------------------------------------------------------------------------------ arguments

    private RecurrentCall call(String what, Elementwise g, Steps steps, int count) {
        Tensor gates = steps.gates();
        Checks.rowMajor(what, gates);
        PackedWeights weights = steps.w(); // encoded ones are decoded when asked for a matrix
        int units = weights.columns();
        boolean fits = gates.shape().rank() == 3
                && gates.shape().extent(1) > 0
                && gates.shape().extent(2) == count * units
                && weights.rows() == count * units;
        if (!fits) {
            throw new ShapeException(
                    what,
                    "expects gates [rows × time × " + count + "·units] and weights [" + count + "·units × units], got "
                            + gates.shape() + " and [" + weights.rows() + "×" + weights.columns() + "]");
        }
        if (g.derivativeNeedsInput()) {
            throw new ConfigException(what, "expects an activation whose derivative follows from its result, got " + g);
        }
        Checks.lengths(what, steps.lengths(), gates.rows(), gates.shape().extent(1));
        sequence(what, steps, units, steps.before());
        sequence(what, steps, units, steps.y());
        state(what, steps, units, steps.h0());
        state(what, steps, units, steps.hn());
        state(what, steps, units, steps.mask());
        RecurrentCall q = calls.take();
        q.set(steps, count);
        q.activation = g;
        return q;
    }

    private static Tensor sequence(String what, Steps steps, int units, Tensor x) {
        int rows = steps.gates().rows();
        int time = steps.gates().shape().extent(1);
        if (x.size() != 0 && x.size() != (long) rows * time * units) {
            throw new ShapeException(
                    what, "expects [" + rows + "×" + time + "×" + units + "] or nothing, got " + x.shape());
        }
        return x;
    }

    private static Tensor state(String what, Steps steps, int units, Tensor x) {
        int rows = steps.gates().rows();
        if (x.size() != 0 && x.size() != rows * units) {
            throw new ShapeException(what, "expects [" + rows + "×" + units + "] or nothing, got " + x.shape());
        }
        return x;
    }

    private static void cells(String what, RecurrentCall q, Steps steps, Cells cells) {
        q.needCells();
        q.c0 = state(what, steps, q.units, cells.c0());
        q.c = sequence(what, steps, q.units, cells.c());
        q.cn = state(what, steps, q.units, cells.cn());
    }

    private static void gradients(String what, RecurrentCall q, Steps steps, StateGradients d) {
        sequence(what, steps, q.units, d.dy());
        state(what, steps, q.units, d.dhn());
        state(what, steps, q.units, d.dh0());
        q.set(d);
    }

    private void run(RecurrentCall q, RecurrentCall.Code code) {
        long multiplications = (long) q.gates.size() / q.steps() * q.units;
        int threads = (int) Math.min(team.workers().threads(), 1 + multiplications / GRAIN);
        q.run(code, threads, team.workers());
        q.reset();
        calls.release(q);
    }
}

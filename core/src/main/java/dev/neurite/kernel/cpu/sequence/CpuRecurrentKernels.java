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
import dev.neurite.tensor.Matrix;
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
    public void rnn(
            Elementwise g,
            Tensor gates,
            PackedWeights w,
            Tensor lengths,
            boolean reversed,
            Tensor h0,
            Tensor before,
            Tensor y,
            Tensor hn) {
        RecurrentCall q = call("rnn", g, gates, 1, w, lengths, reversed);
        q.h0 = state("rnn", q, h0);
        q.before = sequence("rnn", q, before);
        q.y = sequence("rnn", q, y);
        q.hn = state("rnn", q, hn);
        forwardProduct(q, w, 1);
        run(q, CpuRecurrentKernels::rnn);
    }

    private static void rnn(RecurrentCall q, int from, int to) {
        int n = q.units;
        float[] z = q.gates.array();
        q.begin(from, to);
        for (int step = 0; step < q.steps(); step++) {
            int t = q.time(step);
            q.engine.gemm(q.product, t, from, to, 0, n); // z += h·Wᵀ
            for (int row = from; row < to; row++) {
                int at = q.at(q.gates, row, t, n);
                if (q.has(row, t)) {
                    q.engine.activate(q.activation, z, at, n); // h = g(z)
                    q.emit(row, step, z, at);
                } else {
                    q.skip(row, step);
                }
            }
        }
    }

    @Override
    public void rnnGradient(
            Elementwise g,
            Tensor gates,
            PackedWeights w,
            Tensor lengths,
            boolean reversed,
            Tensor dy,
            Tensor dhn,
            Tensor dh0) {
        RecurrentCall q = call("rnnGradient", g, gates, 1, w, lengths, reversed);
        gradients("rnnGradient", q, dy, dhn, dh0);
        backwardProduct(q, w.matrix(), 1);
        run(q, CpuRecurrentKernels::rnnGradient);
    }

    private static void rnnGradient(RecurrentCall q, int from, int to) {
        int n = q.units;
        float[] z = q.gates.array();
        for (int step = q.steps() - 1; step >= 0; step--) {
            int t = q.time(step);
            for (int row = from; row < to; row++) {
                int at = q.at(q.gates, row, t, n);
                if (q.has(row, t)) {
                    q.beginGradient(row, t);
                    q.engine.activationGradient(q.activation, z, at, z, at, q.dh, row * n, z, at, n); // δ = dh·g′
                    q.engine.flush(z, at, n);
                } else {
                    Arrays.fill(z, at, at + n, 0);
                }
            }
            q.engine.gemm(q.product, t, from, to, 0, n); // dh = δ·W
            q.endGradients(from, to, t);
        }
    }

    // ----------------------------------------------------------------------------------------------------- LSTM

    @Override
    public void lstm(
            Tensor gates,
            PackedWeights w,
            Tensor lengths,
            boolean reversed,
            Tensor h0,
            Tensor c0,
            Tensor before,
            Tensor c,
            Tensor y,
            Tensor hn,
            Tensor cn) {
        RecurrentCall q = call("lstm", Activation.TANH, gates, 4, w, lengths, reversed);
        q.h0 = state("lstm", q, h0);
        q.c0 = state("lstm", q, c0);
        q.before = sequence("lstm", q, before);
        q.c = sequence("lstm", q, c);
        q.y = sequence("lstm", q, y);
        q.hn = state("lstm", q, hn);
        q.cn = state("lstm", q, cn);
        forwardProduct(q, w, 4);
        run(q, CpuRecurrentKernels::lstm);
    }

    private static void lstm(RecurrentCall q, int from, int to) {
        int n = q.units;
        ScalarKernels k = q.engine;
        float[] z = q.gates.array();
        float[] c = q.c.array();
        float[] h = q.temporary();
        int ho = q.temporaryAt(from);
        q.begin(from, to);
        for (int step = 0; step < q.steps(); step++) {
            int t = q.time(step);
            k.gemm(q.product, t, from, to, 0, 4 * n); // z += h·Wᵀ
            for (int row = from; row < to; row++) {
                float[] last = cellsBefore(q, step);
                int lastAt = cellsBeforeAt(q, row, step);
                int co = q.at(q.c, row, t, n);
                if (!q.has(row, t)) {
                    System.arraycopy(last, lastAt, c, co, n);
                    q.skip(row, step);
                    continue;
                }
                int i = q.at(q.gates, row, t, 4 * n);
                int f = i + n;
                int g = f + n;
                int o = g + n;
                k.activate(Activation.SIGMOID, z, i, 2 * n);
                k.activate(Activation.TANH, z, g, n);
                k.activate(Activation.SIGMOID, z, o, n);
                k.multiply(z, f, last, lastAt, c, co, n);
                k.addProduct(z, i, z, g, c, co, n); //                c = i·g + f·c
                k.activate(Activation.TANH, c, co, h, ho, n);
                k.multiply(z, o, h, ho, h, ho, n); //                 h = o·tanh c
                q.emit(row, step, h, ho);
                if (q.cn.size() != 0 && q.isLast(row, t)) {
                    System.arraycopy(c, co, q.cn.array(), q.cn.offset() + row * n, n);
                }
            }
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
    public void lstmGradient(
            Tensor gates,
            PackedWeights w,
            Tensor lengths,
            boolean reversed,
            Tensor c0,
            Tensor c,
            Tensor dy,
            Tensor dhn,
            Tensor dcn,
            Tensor dh0,
            Tensor dc0) {
        RecurrentCall q = call("lstmGradient", Activation.TANH, gates, 4, w, lengths, reversed);
        gradients("lstmGradient", q, dy, dhn, dh0);
        q.c0 = state("lstmGradient", q, c0);
        q.c = sequence("lstmGradient", q, c);
        q.cn = state("lstmGradient", q, dcn);
        q.dc0 = state("lstmGradient", q, dc0);
        backwardProduct(q, w.matrix(), 4);
        run(q, CpuRecurrentKernels::lstmGradient);
    }

    private static void lstmGradient(RecurrentCall q, int from, int to) {
        int n = q.units;
        float[] z = q.gates.array();
        for (int step = q.steps() - 1; step >= 0; step--) {
            int t = q.time(step);
            for (int row = from; row < to; row++) {
                if (q.has(row, t)) {
                    lstmGradient(q, from, row, step);
                } else {
                    int at = q.at(q.gates, row, t, 4 * n);
                    Arrays.fill(z, at, at + 4 * n, 0);
                }
            }
            q.engine.gemm(q.product, t, from, to, 0, n); // dh = δ·W
            q.endGradients(from, to, t);
        }
    }

    /// The gradient of a step of a row: dh and dc become those of the step before, the gates δ.
    private static void lstmGradient(RecurrentCall q, int from, int row, int step) {
        int n = q.units;
        int t = q.time(step);
        ScalarKernels k = q.engine;
        float[] z = q.gates.array();
        int i = q.at(q.gates, row, t, 4 * n);
        int f = i + n;
        int g = f + n;
        int o = g + n;
        float[] dh = q.dh;
        float[] dc = q.dc;
        int at = row * n;
        float[] s = q.temporary();
        int s0 = q.temporaryAt(from);
        int s1 = s0 + n;
        int s2 = s1 + n;
        q.beginGradient(row, t);
        if (q.isLast(row, t)) q.copyRow(q.cn, row, dc, at);
        k.activate(Activation.TANH, q.c.array(), q.at(q.c, row, t, n), s, s0, n);
        k.multiply(dh, at, s, s0, s, s1, n); //                                         do = dh·tanh c
        k.multiply(dh, at, z, o, s, s2, n);
        k.activationGradient(Activation.TANH, s, s0, s, s0, s, s2, s, s2, n);
        k.add(dc, at, s, s2, dc, at, n); //                                             dc += dh·o·(1 − tanh² c)
        k.activationGradient(Activation.SIGMOID, z, o, z, o, s, s1, z, o, n);
        k.multiply(dc, at, z, g, s, s0, n); //                                          di = dc·g
        k.multiply(dc, at, z, i, s, s1, n); //                                          dg = dc·i
        k.activationGradient(Activation.SIGMOID, z, i, z, i, s, s0, z, i, n);
        k.activationGradient(Activation.TANH, z, g, z, g, s, s1, z, g, n);
        k.multiply(dc, at, cellsBefore(q, step), cellsBeforeAt(q, row, step), s, s0, n); // df = dc·c
        k.multiply(dc, at, z, f, dc, at, n); //                                         dc of the step before
        k.activationGradient(Activation.SIGMOID, z, f, z, f, s, s0, z, f, n);
        k.flush(z, i, 4 * n);
        k.flush(dc, at, n);
    }

    // ------------------------------------------------------------------------------------------------------ GRU

    @Override
    public void gru(
            Tensor gates,
            PackedWeights w,
            Tensor b,
            Tensor lengths,
            boolean reversed,
            Tensor h0,
            Tensor before,
            Tensor candidates,
            Tensor y,
            Tensor hn) {
        RecurrentCall q = call("gru", Activation.TANH, gates, 3, w, lengths, reversed);
        if (b.size() != 0 && b.size() != q.units) {
            throw new ShapeException("gru", "expects a bias of " + q.units + ", got " + b.shape());
        }
        q.h0 = state("gru", q, h0);
        q.before = sequence("gru", q, before);
        q.candidates = sequence("gru", q, candidates);
        q.y = sequence("gru", q, y);
        q.hn = state("gru", q, hn);
        int n = q.units;
        q.product.begin(true); // gates += h·Wᵀ
        q.product.strides(n, 3 * n);
        q.show(q.product.a, before, n, 0, n);
        q.showWeights(q.product.b, w.matrix(), 0, 2, true);
        q.show(q.product.c, gates, 3 * n, 0, 2 * n);
        q.candidateProduct.begin(false); // candidates = h·Wᵀ + b
        q.candidateProduct.strides(n, n);
        q.show(q.candidateProduct.a, before, n, 0, n);
        q.showWeights(q.candidateProduct.b, w.matrix(), 2, 3, true);
        q.show(q.candidateProduct.c, candidates, n, 0, n);
        q.candidateProduct.bias = b.size() == 0 ? null : b.array();
        q.candidateProduct.biasOffset = b.offset();
        q.pack(q.product, null);
        q.pack(q.candidateProduct, null);
        run(q, CpuRecurrentKernels::gru);
    }

    private static void gru(RecurrentCall q, int from, int to) {
        int n = q.units;
        ScalarKernels k = q.engine;
        float[] gates = q.gates.array();
        float[] last = q.before.array();
        float[] s = q.temporary();
        int s0 = q.temporaryAt(from);
        int h = s0 + n;
        q.begin(from, to);
        for (int step = 0; step < q.steps(); step++) {
            int t = q.time(step);
            k.gemm(q.product, t, from, to, 0, 2 * n);
            k.gemm(q.candidateProduct, t, from, to, 0, n);
            for (int row = from; row < to; row++) {
                if (!q.has(row, t)) {
                    q.skip(row, step);
                    continue;
                }
                int r = q.at(q.gates, row, t, 3 * n);
                int z = r + n;
                int c = z + n; // the candidates
                k.activate(Activation.SIGMOID, gates, r, 2 * n);
                k.addProduct(gates, r, q.candidates.array(), q.at(q.candidates, row, t, n), gates, c, n);
                k.activate(Activation.TANH, gates, c, n); //                    c = tanh(x + r·(h·Wᵀ + b))
                minus(k, last, q.at(q.before, row, t, n), gates, c, s, s0, n);
                System.arraycopy(gates, c, s, h, n);
                k.addProduct(gates, z, s, s0, s, h, n); //                      h = c + z·(h − c)
                q.emit(row, step, s, h);
            }
        }
    }

    /// y = a − b; y is neither
    static void minus(ScalarKernels k, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        System.arraycopy(a, ao, y, yo, n);
        k.addScaled(-1, b, bo, y, yo, n);
    }

    @Override
    public void gruGradient(
            Tensor gates,
            PackedWeights w,
            Tensor lengths,
            boolean reversed,
            Tensor before,
            Tensor candidates,
            Tensor dy,
            Tensor dhn,
            Tensor dh0) {
        RecurrentCall q = call("gruGradient", Activation.TANH, gates, 3, w, lengths, reversed);
        gradients("gruGradient", q, dy, dhn, dh0);
        q.before = sequence("gruGradient", q, before);
        q.candidates = sequence("gruGradient", q, candidates);
        int n = q.units;
        q.needGradients();
        q.product.begin(true); // dh += δ·W
        q.product.strides(3 * n, 0);
        q.show(q.product.a, gates, 3 * n, 0, 2 * n);
        q.showWeights(q.product.b, w.matrix(), 0, 2, false);
        q.showGradients(q.product.c);
        q.candidateProduct.begin(true);
        q.candidateProduct.strides(n, 0);
        q.show(q.candidateProduct.a, candidates, n, 0, n);
        q.showWeights(q.candidateProduct.b, w.matrix(), 2, 3, false);
        q.showGradients(q.candidateProduct.c);
        q.pack(q.product, null);
        q.pack(q.candidateProduct, null);
        run(q, CpuRecurrentKernels::gruGradient);
    }

    private static void gruGradient(RecurrentCall q, int from, int to) {
        int n = q.units;
        float[] gates = q.gates.array();
        float[] ofState = q.candidates.array();
        for (int step = q.steps() - 1; step >= 0; step--) {
            int t = q.time(step);
            for (int row = from; row < to; row++) {
                if (q.has(row, t)) {
                    gruGradient(q, from, row, t);
                } else {
                    int at = q.at(q.gates, row, t, 3 * n);
                    Arrays.fill(gates, at, at + 3 * n, 0);
                    int co = q.at(q.candidates, row, t, n);
                    Arrays.fill(ofState, co, co + n, 0);
                }
            }
            q.engine.gemm(q.product, t, from, to, 0, n); //          dh += δ·W
            q.engine.gemm(q.candidateProduct, t, from, to, 0, n);
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
        float[] ofState = q.candidates.array();
        int so = q.at(q.candidates, row, t, n);
        float[] dh = q.dh;
        int at = row * n;
        float[] s = q.temporary();
        int s0 = q.temporaryAt(from);
        int s1 = s0 + n;
        int s2 = s1 + n;
        q.beginGradient(row, t);
        minus(k, q.before.array(), q.at(q.before, row, t, n), gates, c, s, s0, n);
        k.multiply(dh, at, s, s0, s, s0, n); //                                     dz = dh·(h − c)
        k.multiply(dh, at, gates, z, s, s1, n); //                                  dh·z goes on to h
        minus(k, dh, at, s, s1, s, s2, n); //                                       dc = dh·(1 − z)
        k.activationGradient(Activation.SIGMOID, gates, z, gates, z, s, s0, gates, z, n);
        k.activationGradient(Activation.TANH, gates, c, gates, c, s, s2, gates, c, n);
        k.multiply(gates, c, ofState, so, s, s0, n); //                             dr = δc·(h·Wᵀ + b)
        k.multiply(gates, c, gates, r, ofState, so, n); //                          of h·Wᵀ + b: δc·r
        k.activationGradient(Activation.SIGMOID, gates, r, gates, r, s, s0, gates, r, n);
        System.arraycopy(s, s1, dh, at, n);
        k.flush(gates, r, 3 * n);
        k.flush(ofState, so, n);
        k.flush(dh, at, n);
    }

    @Override
    public void gruResetBefore(
            Tensor gates,
            PackedWeights w,
            Tensor lengths,
            boolean reversed,
            Tensor h0,
            Tensor before,
            Tensor candidates,
            Tensor y,
            Tensor hn) {
        RecurrentCall q = call("gruResetBefore", Activation.TANH, gates, 3, w, lengths, reversed);
        q.h0 = state("gruResetBefore", q, h0);
        q.before = sequence("gruResetBefore", q, before);
        q.candidates = sequence("gruResetBefore", q, candidates);
        q.y = sequence("gruResetBefore", q, y);
        q.hn = state("gruResetBefore", q, hn);
        ResetBeforeGru.prepare(q, w);
        run(q, ResetBeforeGru::forward);
    }

    @Override
    public void gruResetBeforeGradient(
            Tensor gates,
            PackedWeights w,
            Tensor lengths,
            boolean reversed,
            Tensor before,
            Tensor dy,
            Tensor dhn,
            Tensor dh0) {
        RecurrentCall q = call("gruResetBeforeGradient", Activation.TANH, gates, 3, w, lengths, reversed);
        gradients("gruResetBeforeGradient", q, dy, dhn, dh0);
        q.before = sequence("gruResetBeforeGradient", q, before);
        ResetBeforeGru.prepareGradient(q, w);
        run(q, ResetBeforeGru::gradient);
    }

    // ------------------------------------------------------------------------------------------------ arguments

    private RecurrentCall call(
            String what, Elementwise g, Tensor gates, int count, PackedWeights w, Tensor lengths, boolean reversed) {
        Checks.rowMajor(what, gates);
        Matrix weights = w.matrix();
        boolean fits = gates.shape().rank() == 3
                && gates.shape().extent(1) > 0
                && gates.shape().extent(2) == count * weights.columns()
                && weights.rows() == count * weights.columns();
        if (!fits) {
            throw new ShapeException(
                    what,
                    "expects gates [rows × time × " + count + "·units] and weights [" + count + "·units × units], got "
                            + gates.shape() + " and " + weights);
        }
        if (g.derivativeNeedsInput()) {
            throw new ConfigException(what, "expects an activation whose derivative follows from its result, got " + g);
        }
        Checks.lengths(what, lengths, gates.rows(), gates.shape().extent(1));
        RecurrentCall q = calls.take();
        q.set(gates, count, lengths, reversed);
        q.activation = g;
        return q;
    }

    private static Tensor sequence(String what, RecurrentCall q, Tensor x) {
        long expected = (long) q.gates.rows() * q.steps() * q.units;
        if (x.size() != 0 && x.size() != expected) {
            throw new ShapeException(
                    what,
                    "expects [" + q.gates.rows() + "×" + q.steps() + "×" + q.units + "] or nothing, got " + x.shape());
        }
        return x;
    }

    private static Tensor state(String what, RecurrentCall q, Tensor x) {
        if (x.size() != 0 && x.size() != q.gates.rows() * q.units) {
            throw new ShapeException(
                    what, "expects [" + q.gates.rows() + "×" + q.units + "] or nothing, got " + x.shape());
        }
        return x;
    }

    private static void gradients(String what, RecurrentCall q, Tensor dy, Tensor dhn, Tensor dh0) {
        q.y = sequence(what, q, dy);
        q.hn = state(what, q, dhn);
        q.h0 = state(what, q, dh0);
    }

    /// z += h·Wᵀ in each step.
    private static void forwardProduct(RecurrentCall q, PackedWeights w, int count) {
        int n = q.units;
        q.product.begin(true);
        q.product.strides(n, count * n);
        q.show(q.product.a, q.before, n, 0, n);
        q.showWeights(q.product.b, w.matrix(), 0, count, true);
        q.show(q.product.c, q.gates, count * n, 0, count * n);
        q.pack(q.product, w);
    }

    /// dh = δ·W in each step.
    private static void backwardProduct(RecurrentCall q, Matrix w, int count) {
        int n = q.units;
        q.needGradients();
        q.product.begin(false);
        q.product.strides(count * n, 0);
        q.show(q.product.a, q.gates, count * n, 0, count * n);
        q.showWeights(q.product.b, w, 0, count, false);
        q.showGradients(q.product.c);
        q.pack(q.product, null);
    }

    private void run(RecurrentCall q, RecurrentCall.Code code) {
        long multiplications = (long) q.gates.rows() * q.gates.shape().extent(2) * q.units;
        int threads = (int) Math.min(team.workers().threads(), 1 + multiplications / GRAIN);
        q.run(code, threads, team.workers());
        q.reset();
        calls.release(q);
    }
}

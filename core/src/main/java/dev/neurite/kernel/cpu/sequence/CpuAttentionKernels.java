package dev.neurite.kernel.cpu.sequence;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.AttentionKernels;
import dev.neurite.kernel.cpu.Checks;
import dev.neurite.kernel.cpu.Team;
import dev.neurite.kernel.cpu.WorkspacePool;
import dev.neurite.tensor.Tensor;

/// [AttentionKernels] on the processor.
public final class CpuAttentionKernels implements AttentionKernels {
    private static final long GRAIN = 100_000; // multiplications below which another thread does not pay

    private final Team team;
    private final WorkspacePool<AttentionCall> calls;

    /// On the engine and the threads of a team.
    public CpuAttentionKernels(Team team) {
        this.team = team;
        WorkspacePool<AttentionWork> works = new WorkspacePool<>(() -> new AttentionWork(team.engine()));
        this.calls = new WorkspacePool<>(() -> new AttentionCall(works));
    }

    @Override
    public void attention(Heads q, Heads k, Heads v, Masking masking, Tensor y, Tensor logSums) {
        run(call("attention", q, k, v, masking, y, logSums), AttentionWork::forward);
    }

    @Override
    public void attentionGradient(
            Heads q,
            Heads k,
            Heads v,
            Masking masking,
            Tensor y,
            Tensor logSums,
            Tensor dy,
            Tensor dq,
            Tensor dk,
            Tensor dv) {
        String what = "attentionGradient";
        if (k.halves()) throw new ShapeException(what, "expects keys and values of floats, got halves");
        AttentionCall c = call(what, q, k, v, masking, y, logSums);
        Checks.same(what, q.tensor(), dq);
        Checks.same(what, k.tensor(), dk);
        Checks.same(what, v.tensor(), dv);
        Checks.same(what, y, dy);
        if (logSums.size() == 0) throw new ShapeException(what, "expects the logarithms of the sums, got none");
        c.dy.set(new Heads(dy, 0, q.count(), q.size()));
        c.dq.set(q.in(dq));
        c.dk.set(k.in(dk));
        c.dv.set(v.in(dv));
        run(c, AttentionWork::backward);
    }

    private AttentionCall call(String what, Heads q, Heads k, Heads v, Masking masking, Tensor y, Tensor logSums) {
        requireHeads(what, "queries", q);
        requireHeads(what, "keys", k);
        requireHeads(what, "values", v);
        int rows = q.tensor().rows();
        int queries = q.tensor().shape().extent(1);
        int keys = k.tensor().shape().extent(1);
        boolean fits = q.size() == k.size()
                && !q.halves()
                && k.halves() == v.halves()
                && q.size() == v.size()
                && k.count() == v.count()
                && q.count() % k.count() == 0
                && rows == k.tensor().rows()
                && rows == v.tensor().rows()
                && keys == v.tensor().shape().extent(1);
        if (!fits) {
            throw new ShapeException(
                    what,
                    "expects queries, keys and values of as many rows, and heads of one size of which those of keys and"
                            + " values divide those of queries, got " + text(q) + ", " + text(k) + " and " + text(v));
        }
        long sums = (long) rows * q.count() * queries;
        boolean results = y.rows() == rows
                && y.size() == sums * q.size()
                && y.shape().rank() == 3
                && (logSums.size() == 0 || logSums.size() == sums);
        if (!results) {
            throw new ShapeException(
                    what,
                    "expects results [rows × queries × heads·size] and sums [rows × heads × queries], got " + y.shape()
                            + " and " + logSums.shape());
        }
        Maskings.check(what, masking, rows, q.count(), queries, keys);
        AttentionCall c = calls.take();
        c.q.set(q);
        c.k.set(k);
        c.v.set(v);
        c.y.set(new Heads(y, 0, q.count(), q.size()));
        c.logSums = logSums;
        c.set(q, k, masking);
        return c;
    }

    static void requireHeads(String what, String of, Heads heads) {
        Tensor x = heads.tensor();
        Checks.rowMajor(what, x);
        boolean fits = x.shape().rank() == 3
                && x.shape().extent(1) > 0
                && heads.first() >= 0
                && heads.count() > 0
                && heads.size() > 0
                && heads.first() + heads.width() <= x.shape().extent(2);
        if (!fits) throw new ShapeException(what, "expects " + of + " [rows × time × width], got " + text(heads));
    }

    static String text(Heads heads) {
        return heads.count() + " heads of " + heads.size() + (heads.halves() ? " halves" : "") + " from column "
                + heads.first() + " of " + heads.tensor().shape();
    }

    private void run(AttentionCall c, AttentionCall.Code code) {
        long multiplications = 2L * c.rows * c.heads * c.q.time * c.k.time * c.size;
        c.run(code, (int) Math.min(team.workers().threads(), 1 + multiplications / GRAIN), team.workers());
        c.reset();
        calls.release(c);
    }
}

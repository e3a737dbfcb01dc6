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
    public void attention(
            Tensor q,
            Heads ofQ,
            Tensor k,
            Heads ofK,
            Tensor v,
            Heads ofV,
            boolean causal,
            Tensor lengths,
            Tensor slopes,
            Tensor y,
            Tensor logSums) {
        AttentionCall c = call("attention", q, ofQ, k, ofK, v, ofV, causal, lengths, slopes, y, logSums);
        run(c, AttentionWork::forward);
    }

    @Override
    public void attentionGradient(
            Tensor q,
            Heads ofQ,
            Tensor k,
            Heads ofK,
            Tensor v,
            Heads ofV,
            boolean causal,
            Tensor lengths,
            Tensor slopes,
            Tensor y,
            Tensor logSums,
            Tensor dy,
            Tensor dq,
            Tensor dk,
            Tensor dv) {
        String what = "attentionGradient";
        AttentionCall c = call(what, q, ofQ, k, ofK, v, ofV, causal, lengths, slopes, y, logSums);
        Checks.same(what, q, dq);
        Checks.same(what, k, dk);
        Checks.same(what, v, dv);
        Checks.same(what, y, dy);
        if (logSums.size() == 0) throw new ShapeException(what, "expects the logarithms of the sums, got none");
        c.dy.set(dy, new Heads(0, ofQ.count(), ofQ.size()));
        c.dq.set(dq, ofQ);
        c.dk.set(dk, ofK);
        c.dv.set(dv, ofV);
        run(c, AttentionWork::backward);
    }

    private AttentionCall call(
            String what,
            Tensor q,
            Heads ofQ,
            Tensor k,
            Heads ofK,
            Tensor v,
            Heads ofV,
            boolean causal,
            Tensor lengths,
            Tensor slopes,
            Tensor y,
            Tensor logSums) {
        requireHeads(what, "queries", q, ofQ);
        requireHeads(what, "keys", k, ofK);
        requireHeads(what, "values", v, ofV);
        boolean fits = ofQ.size() == ofK.size()
                && ofQ.size() == ofV.size()
                && ofK.count() == ofV.count()
                && ofQ.count() % ofK.count() == 0
                && q.rows() == k.rows()
                && k.rows() == v.rows()
                && k.shape().extent(1) == v.shape().extent(1);
        if (!fits) {
            throw new ShapeException(
                    what,
                    "expects queries, keys and values of as many rows, and heads of one size of which those of keys and"
                            + " values divide those of queries, got " + ofQ + " in " + q.shape() + ", " + ofK + " in "
                            + k.shape() + " and " + ofV + " in " + v.shape());
        }
        int queries = q.shape().extent(1);
        int keys = k.shape().extent(1);
        if (causal && queries > keys) {
            throw new ShapeException(
                    what, "expects no more queries than keys if it is causal, got " + queries + " and " + keys);
        }
        long sums = (long) q.rows() * ofQ.count() * queries;
        boolean results = y.rows() == q.rows()
                && y.size() == sums * ofQ.size()
                && y.shape().rank() == 3
                && (logSums.size() == 0 || logSums.size() == sums);
        if (!results) {
            throw new ShapeException(
                    what,
                    "expects results [rows × queries × heads·size] and sums [rows × heads × queries], got " + y.shape()
                            + " and " + logSums.shape());
        }
        if (slopes.size() != 0 && slopes.size() != ofQ.count()) {
            throw new ShapeException(
                    what, "expects a slope for each of " + ofQ.count() + " heads, got " + slopes.shape());
        }
        Checks.lengths(what, lengths, q.rows(), keys);
        AttentionCall c = calls.take();
        c.q.set(q, ofQ);
        c.k.set(k, ofK);
        c.v.set(v, ofV);
        c.y.set(y, new Heads(0, ofQ.count(), ofQ.size()));
        c.logSums = logSums;
        c.set(ofQ, ofK, causal, lengths, slopes);
        return c;
    }

    private static void requireHeads(String what, String of, Tensor x, Heads heads) {
        Checks.rowMajor(what, x);
        boolean fits = x.shape().rank() == 3
                && x.shape().extent(1) > 0
                && heads.first() >= 0
                && heads.count() > 0
                && heads.size() > 0
                && heads.first() + heads.width() <= x.shape().extent(2);
        if (!fits) {
            throw new ShapeException(
                    what, "expects " + of + " [rows × time × width] with " + heads + ", got " + x.shape());
        }
    }

    private void run(AttentionCall c, AttentionCall.Code code) {
        long multiplications = 2L * c.rows * c.heads * c.q.time * c.k.time * c.size;
        c.run(code, (int) Math.min(team.workers().threads(), 1 + multiplications / GRAIN), team.workers());
        c.reset();
        calls.release(c);
    }
}

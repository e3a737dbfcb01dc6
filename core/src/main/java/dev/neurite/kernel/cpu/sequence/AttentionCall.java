package dev.neurite.kernel.cpu.sequence;

import static java.util.Objects.requireNonNull;

import dev.neurite.kernel.AttentionKernels.Heads;
import dev.neurite.kernel.cpu.Parts;
import dev.neurite.kernel.cpu.Workers;
import dev.neurite.kernel.cpu.WorkspacePool;
import dev.neurite.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// The arguments of an attention, and its division among threads: a unit of work is a row and a head of keys, with
/// the heads of queries that share it. Reused for each call.
final class AttentionCall {
    /// Heads in a tensor `[rows × time × width]`.
    static final class Part {
        Tensor tensor = Tensor.EMPTY;
        private int first;
        private int size;
        int time;
        int width;

        void set(Tensor of, Heads heads) {
            tensor = of;
            first = heads.first();
            size = heads.size();
            time = of.shape().extent(1);
            width = of.shape().extent(2);
        }

        float[] array() {
            return tensor.array();
        }

        /// The index of the first element of a head at a position.
        int at(int row, int head, int position) {
            return tensor.offset() + (row * time + position) * width + first + head * size;
        }
    }

    interface Code {
        void compute(AttentionWork work, AttentionCall call, int unit);
    }

    private final WorkspacePool<AttentionWork> works;
    final Part q = new Part();
    final Part k = new Part();
    final Part v = new Part();
    final Part y = new Part();
    final Part dy = new Part();
    final Part dq = new Part();
    final Part dk = new Part();
    final Part dv = new Part();
    Tensor logSums = Tensor.EMPTY;
    Tensor slopes = Tensor.EMPTY;
    int rows;
    int heads;
    int keyHeads;
    int size;
    float scale;
    private boolean causal;
    private Tensor lengths = Tensor.EMPTY;
    private final Parts parts = new Parts(this::compute);
    private @Nullable Code code;

    AttentionCall(WorkspacePool<AttentionWork> works) {
        this.works = works;
    }

    void set(Heads ofQ, Heads ofK, boolean isCausal, Tensor ofLengths, Tensor ofSlopes) {
        rows = q.tensor.rows();
        heads = ofQ.count();
        keyHeads = ofK.count();
        size = ofQ.size();
        scale = (float) (1 / Math.sqrt(size));
        causal = isCausal;
        lengths = ofLengths;
        slopes = ofSlopes;
    }

    /// The heads of queries that share a head of keys.
    int group() {
        return heads / keyHeads;
    }

    /// The number of keys that a query sees.
    int keys(int row, int query) {
        int all = lengths.size() == 0 ? k.time : (int) lengths.array()[lengths.offset() + row];
        return causal ? Math.min(all, query + 1 + k.time - q.time) : all;
    }

    float slope(int head) {
        return slopes.size() == 0 ? 0 : slopes.array()[slopes.offset() + head];
    }

    /// The index of the logarithm of a query's sum.
    int logSumAt(int row, int head, int query) {
        return logSums.offset() + (row * heads + head) * q.time + query;
    }

    void run(Code ofUnit, int count, Workers workers) {
        code = ofUnit;
        parts.run(0, rows * keyHeads, count, 1, workers);
    }

    private void compute(int begin, int end) {
        AttentionWork work = works.take();
        for (int unit = begin; unit < end; unit++) requireNonNull(code).compute(work, this, unit);
        works.release(work);
    }

    void reset() {
        for (Part part : new Part[] {q, k, v, y, dy, dq, dk, dv}) part.tensor = Tensor.EMPTY;
        logSums = Tensor.EMPTY;
        slopes = Tensor.EMPTY;
        lengths = Tensor.EMPTY;
        code = null;
    }
}

package dev.neurite.kernel.cpu.sequence;

import static java.util.Objects.requireNonNull;

import dev.neurite.kernel.AttentionKernels.Heads;
import dev.neurite.kernel.AttentionKernels.Masking;
import dev.neurite.kernel.Noise;
import dev.neurite.kernel.cpu.Parts;
import dev.neurite.kernel.cpu.ScalarKernels;
import dev.neurite.kernel.cpu.ScalarNoise;
import dev.neurite.kernel.cpu.Workers;
import dev.neurite.kernel.cpu.WorkspacePool;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// The arguments of an attention, and its division among threads: a unit of work is a row and a head of keys, with
/// the heads of queries that share it. Reused for each call.
final class AttentionCall {
    /// Heads in a tensor `[rows × time × width]`.
    static final class Part {
        Tensor tensor = Tensor.EMPTY;
        private int first;
        private int columns; // of a head
        int time;
        int width;
        boolean halves;

        void set(Heads heads) {
            Tensor of = heads.tensor();
            tensor = of;
            first = heads.first();
            columns = Heads.columns(heads.size(), heads.halves());
            time = of.shape().extent(1);
            width = of.shape().extent(2);
            halves = heads.halves();
        }

        /// Makes this the floats of a head of halves, from a position on.
        void decode(Part of, int row, int head, int from, int to, int size, ScalarKernels engine) {
            if (tensor.size() < to * size) {
                tensor = Tensor.zeros(Shape.of(1, Math.ceilDiv(to, DECODED) * DECODED, size));
            }
            time = tensor.shape().extent(1);
            width = size;
            columns = size;
            first = -(row * time * size + head * size); // this head of this row is all there is
            for (int t = from; t < to; t++) {
                engine.decodeHalves(of.array(), of.at(row, head, t), array(), at(row, head, t), size);
            }
        }

        float[] array() {
            return tensor.array();
        }

        /// The index of the first element of a head at a position.
        int at(int row, int head, int position) {
            return tensor.offset() + (row * time + position) * width + first + head * columns;
        }
    }

    interface Code {
        void compute(AttentionWork work, AttentionCall call, int unit);
    }

    private static final int DECODED = 256; // positions by which the room for them grows
    private static final Masking OPEN = Masking.of(false, Tensor.EMPTY);

    private final WorkspacePool<AttentionWork> works;
    final Part q = new Part();
    final Part k = new Part();
    final Part v = new Part();
    final Part y = new Part();
    final Part dy = new Part();
    final Part dq = new Part();
    final Part dk = new Part();
    final Part dv = new Part();
    private final Part[] all = {q, k, v, y, dy, dq, dk, dv};
    Tensor logSums = Tensor.EMPTY;
    Masking masking = OPEN;
    int rows;
    int heads;
    int keyHeads;
    int size;
    float scale;
    float cap; // of scores; 0 for none
    int cut; // of dropout
    float kept; // the factor of weights that dropout keeps
    private int addedRows; // the distance between neighboring rows of added scores; 0 if all have the same
    private int addedHeads; // between neighboring heads
    private final Parts parts = new Parts(this::compute);
    private @Nullable Code code;

    AttentionCall(WorkspacePool<AttentionWork> works) {
        this.works = works;
    }

    void set(Heads ofQ, Heads ofK, Masking of) {
        rows = q.tensor.rows();
        heads = ofQ.count();
        keyHeads = ofK.count();
        size = ofQ.size();
        double factor = of.scaling().factor();
        scale = (float) (factor == 0 ? 1 / Math.sqrt(size) : factor);
        cap = (float) of.scaling().cap();
        masking = of;
        cut = ScalarNoise.cut(of.dropout());
        kept = (float) (1 / (1 - of.dropout()));
        int rank = of.added().shape().rank();
        int plane = q.time * k.time;
        addedHeads = rank == 4 ? plane : 0;
        addedRows = rank == 4 ? heads * plane : rank == 3 ? plane : 0;
    }

    /// The heads of queries that share a head of keys.
    int group() {
        return heads / keyHeads;
    }

    /// The position of a query; that of the last key, if it is padding after it.
    int position(int row, int query) {
        Tensor past = masking.past();
        int first = past.size() == 0 ? k.time - q.time : (int) past.array()[past.offset() + row];
        return Math.min(first + query, k.time - 1);
    }

    /// The number of keys that a query sees, from the first on.
    int keys(int row, int query) {
        Tensor lengths = masking.lengths();
        int all = lengths.size() == 0 ? k.time : (int) lengths.array()[lengths.offset() + row];
        return masking.causal() ? Math.min(all, position(row, query) + 1) : all;
    }

    /// The first key that a query sees.
    int firstKey(int row, int query) {
        return masking.window() == 0 ? 0 : Math.max(0, position(row, query) + 1 - masking.window());
    }

    boolean hasSlopes() {
        return masking.slopes().size() != 0;
    }

    float slope(int head) {
        Tensor slopes = masking.slopes();
        return slopes.array()[slopes.offset() + head];
    }

    boolean hasAdded() {
        return masking.added().size() != 0;
    }

    /// The index of the number that the mask adds to the score of a query and a key.
    int addedAt(int row, int head, int query, int key) {
        return masking.added().offset() + row * addedRows + head * addedHeads + query * k.time + key;
    }

    boolean drops() {
        return masking.dropout() != 0;
    }

    /// The key of the noise of a query's weights, from an even key on.
    long noise(int row, int head, int query, int key) {
        return Noise.from(Noise.part(masking.noise().row(row), ((long) head << 32) + query), key);
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
        for (Part part : all) part.tensor = Tensor.EMPTY;
        logSums = Tensor.EMPTY;
        masking = OPEN;
        code = null;
    }
}

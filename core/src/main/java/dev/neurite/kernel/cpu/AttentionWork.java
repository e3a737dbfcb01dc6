package dev.neurite.kernel.cpu;

import dev.neurite.kernel.ScalarMath;
import dev.neurite.tensor.Matrix;
import java.util.Arrays;

/// Computes units of an [AttentionCall], with a thread's workspace. A block of queries meets one block of keys after the
/// other. Blocks begin at multiples of their size, whatever the numbers of queries and keys, so that a query has the same
/// bits with more or fewer queries beside it, and with a cache of keys.
final class AttentionWork {
    private static final int QUERIES = 48; // of a block: eight register tiles
    private static final int KEYS = 128; // of a block: two panels
    private static final float[] NONE = {};

    private final ScalarKernels engine;
    private final Product scores = new Product(); // q·kᵀ
    private final Product sums = new Product(); // p·v
    private final Product weights = new Product(); // dy·vᵀ
    private final Product ofQueries = new Product(); // ds·k
    private final Product ofKeys = new Product(); // dsᵀ·q
    private final Product ofValues = new Product(); // pᵀ·dy
    private final float[] s = new float[QUERIES * KEYS]; // scores, then p, of a block
    private final float[] d = new float[QUERIES * KEYS]; // their gradients
    private final float[] greatest = new float[QUERIES];
    private final float[] total = new float[QUERIES];
    private float[] distances = {}; // −|i − (keys − 1)| at index i
    private int distancesOf; // keys
    private float[] packedKeys = NONE; // kᵀ
    private float[] packedValues = NONE; // vᵀ, backwards

    AttentionWork(ScalarKernels engine) {
        this.engine = engine;
    }

    private void begin(AttentionCall c) {
        int keys = c.k.time;
        if (c.slopes.size() == 0 || distancesOf == keys) return;
        distances = Workspace.atLeast(distances, 2 * keys - 1);
        for (int i = 0; i < 2 * keys - 1; i++) distances[i] = -Math.abs(i - (keys - 1));
        distancesOf = keys;
    }

    private void set(Product p, Matrix a, Matrix b, Matrix c, float[] panels) {
        p.set(a, b, c, false);
        p.panels = panels.length == 0 ? null : panels;
        p.way = engine.way(p, 1);
    }

    /// Computes n columns of C, and those that complete a packed panel, into the first columns of a block.
    private void multiply(Product p, int rows, int first, int n) {
        int step = engine.columnStep(p);
        int end = Math.min(p.b.columns(), first + Math.ceilDiv(n, step) * step);
        p.moveTo(0, 0, -first);
        engine.gemm(p, 0, 0, rows, first, end);
    }

    /// C += A·B
    private void add(Product p, Matrix a, Matrix b, Matrix c) {
        p.set(a, b, c, true);
        p.way = engine.way(p, 1);
        engine.gemm(p, 0, 0, c.rows(), 0, c.columns());
    }

    /// Some rows of a matrix.
    private static Matrix rows(Matrix all, int first, int n) {
        return Matrix.view(all.array(), all.offset() + first * all.rowStride(), n, all.columns(), all.rowStride());
    }

    /// Some positions of a head.
    private static Matrix positions(AttentionCall.Part part, int row, int head, int first, int n, int size) {
        return Matrix.view(part.array(), part.at(row, head, first), n, size, part.width);
    }

    /// The transpose of a head's positions, packed for a product; empty on an engine that does not pack.
    private float[] pack(AttentionCall.Part part, int row, int head, int size, float[] into) {
        float[] packed = engine.pack(part.array(), part.at(row, head, 0), 1, part.width, size, part.time, into);
        return packed == null ? NONE : packed;
    }

    private static Matrix block(float[] array, int rows) {
        return Matrix.view(array, 0, rows, KEYS, KEYS);
    }

    // -------------------------------------------------------------------------------------------------- forward

    void forward(AttentionCall c, int unit) {
        begin(c);
        int row = unit / c.keyHeads;
        int keyHead = unit % c.keyHeads;
        int size = c.size;
        int keys = c.k.time;
        packedKeys = pack(c.k, row, keyHead, size, packedKeys);
        Matrix rowsOfKeys = positions(c.k, row, keyHead, 0, keys, size);
        Matrix rowsOfValues = positions(c.v, row, keyHead, 0, keys, size);
        for (int head = keyHead * c.group(); head < (keyHead + 1) * c.group(); head++) {
            for (int from = 0; from < c.q.time; from += QUERIES) {
                int some = Math.min(QUERIES, c.q.time - from);
                Matrix queries = positions(c.q, row, head, from, some, size);
                Matrix y = positions(c.y, row, head, from, some, size);
                forward(c, row, head, from, queries, rowsOfKeys, rowsOfValues, y);
            }
        }
    }

    /// A block of queries of a head.
    private void forward(
            AttentionCall c, int row, int head, int from, Matrix queries, Matrix keys, Matrix values, Matrix y) {
        int some = queries.rows();
        int most = c.keys(row, from + some - 1);
        Arrays.fill(greatest, 0, some, Float.NEGATIVE_INFINITY);
        Arrays.fill(total, 0, some, 0);
        for (int i = 0; i < some; i++) {
            int at = y.offset() + i * y.rowStride();
            Arrays.fill(y.array(), at, at + c.size, 0);
        }
        set(scores, queries, keys.transpose(), block(s, some), packedKeys);
        for (int first = 0; first < most; first += KEYS) {
            int n = Math.min(KEYS, most - first);
            multiply(scores, some, first, n);
            for (int i = 0; i < some; i++) {
                int seen = Math.clamp(c.keys(row, from + i) - first, 0, n);
                soften(c, head, from, i, first, seen, n, y);
            }
            add(sums, Matrix.view(s, 0, some, n, KEYS), rows(values, first, n), y); // y += p·v
        }
        for (int i = 0; i < some; i++) {
            int at = y.offset() + i * y.rowStride();
            if (total[i] != 0) engine.scale(1 / total[i], y.array(), at, y.array(), at, c.size);
            if (c.logSums.size() == 0) continue;
            float logSum = total[i] == 0 ? Float.POSITIVE_INFINITY : greatest[i] + ScalarMath.log(total[i]);
            c.logSums.array()[c.logSumAt(row, head, from + i)] = logSum;
        }
    }

    /// Turns the scores of a query into e^(score − greatest), and scales what was summed with an earlier greatest one.
    private void soften(AttentionCall c, int head, int from, int i, int first, int seen, int n, Matrix y) {
        int at = i * KEYS;
        Arrays.fill(s, at + seen, at + n, 0);
        if (seen == 0) return;
        scale(c, head, from + i, first, at, seen);
        float now = Math.max(greatest[i], engine.max(s, at, seen));
        engine.losses().shiftedExp(now, s, at, s, at, seen);
        float before = ScalarMath.exp(greatest[i] - now); // 0 at first
        total[i] = Math.fma(total[i], before, engine.sum(s, at, seen));
        if (before != 1) {
            int o = y.offset() + i * y.rowStride();
            engine.scale(before, y.array(), o, y.array(), o, c.size);
        }
        greatest[i] = now;
    }

    /// Scales the scores of a query, and adds the bias of distances.
    private void scale(AttentionCall c, int head, int query, int first, int at, int seen) {
        engine.scale(c.scale, s, at, s, at, seen);
        float slope = c.slope(head);
        if (slope == 0) return;
        int position = query + c.k.time - c.q.time;
        engine.addScaled(slope, distances, c.k.time - 1 - position + first, s, at, seen);
    }

    // ------------------------------------------------------------------------------------------------- backward

    void backward(AttentionCall c, int unit) {
        begin(c);
        int row = unit / c.keyHeads;
        int keyHead = unit % c.keyHeads;
        int size = c.size;
        int keys = c.k.time;
        packedKeys = pack(c.k, row, keyHead, size, packedKeys);
        packedValues = pack(c.v, row, keyHead, size, packedValues);
        clear(c.dk, row, keyHead, size);
        clear(c.dv, row, keyHead, size);
        for (int head = keyHead * c.group(); head < (keyHead + 1) * c.group(); head++) {
            clear(c.dq, row, head, size);
            for (int from = 0; from < c.q.time; from += QUERIES) backward(c, row, keyHead, head, from);
        }
    }

    private static void clear(AttentionCall.Part part, int row, int head, int size) {
        if (part.tensor.size() == 0) return;
        for (int t = 0; t < part.time; t++) {
            int at = part.at(row, head, t);
            Arrays.fill(part.array(), at, at + size, 0);
        }
    }

    /// A block of queries of a head.
    private void backward(AttentionCall c, int row, int keyHead, int head, int from) {
        int size = c.size;
        int some = Math.min(QUERIES, c.q.time - from);
        int most = c.keys(row, from + some - 1);
        Matrix q = positions(c.q, row, head, from, some, size);
        Matrix dy = positions(c.dy, row, head, from, some, size);
        Matrix keys = positions(c.k, row, keyHead, 0, c.k.time, size);
        Matrix values = positions(c.v, row, keyHead, 0, c.v.time, size);
        for (int i = 0; i < some; i++) { // Σ dy·y, which is Σ p·dp
            int at = c.y.at(row, head, from + i);
            total[i] = engine.dot(c.dy.array(), c.dy.at(row, head, from + i), c.y.array(), at, size);
        }
        set(scores, q, keys.transpose(), block(s, some), packedKeys);
        set(weights, dy, values.transpose(), block(d, some), packedValues);
        for (int first = 0; first < most; first += KEYS) {
            int n = Math.min(KEYS, most - first);
            multiply(scores, some, first, n);
            multiply(weights, some, first, n); //                                      dp = dy·vᵀ
            for (int i = 0; i < some; i++) {
                int seen = Math.clamp(c.keys(row, from + i) - first, 0, n);
                gradients(c, row, head, from, i, first, seen, n);
            }
            Matrix p = Matrix.view(s, 0, some, n, KEYS);
            Matrix ds = Matrix.view(d, 0, some, n, KEYS);
            add(ofValues, p.transpose(), dy, positions(c.dv, row, keyHead, first, n, size)); // dv += pᵀ·dy
            add(ofKeys, ds.transpose(), q, positions(c.dk, row, keyHead, first, n, size)); //   dk += dsᵀ·q
            add(ofQueries, ds, rows(keys, first, n), positions(c.dq, row, head, from, some, size)); // dq += ds·k
        }
    }

    /// Turns the scores of a query into p = e^(score − log of the sum), and dp into ds = p·(dp − Σ p·dp)/√size.
    private void gradients(AttentionCall c, int row, int head, int from, int i, int first, int seen, int n) {
        int at = i * KEYS;
        Arrays.fill(s, at + seen, at + n, 0);
        Arrays.fill(d, at + seen, at + n, 0);
        if (seen == 0) return;
        scale(c, head, from + i, first, at, seen);
        engine.losses().shiftedExp(c.logSums.array()[c.logSumAt(row, head, from + i)], s, at, s, at, seen);
        engine.losses().softmaxGradient(total[i], s, at, d, at, d, at, seen);
        engine.scale(c.scale, d, at, d, at, seen);
        engine.flush(d, at, seen);
    }
}

package dev.neurite.kernel.cpu.sequence;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.ScalarMath;
import dev.neurite.kernel.cpu.Operand;
import dev.neurite.kernel.cpu.Product;
import dev.neurite.kernel.cpu.ScalarKernels;
import dev.neurite.kernel.cpu.Workspace;
import java.util.Arrays;

/// Computes units of an [AttentionCall], with a thread's workspace. A block of queries meets one block of keys
/// after the other. Blocks begin at multiples of their size, whatever the numbers of queries and keys, so that a
/// query has the same bits with more or fewer queries beside it, and with a cache of keys.
final class AttentionWork {
    private static final int QUERIES = 48; // of a block: eight register tiles
    private static final int KEYS = 192; // of a block: whole panels for each width of vectors
    private static final int PACKED = 6; // queries, from which on keys are packed
    private static final float[] NONE = {};

    private final ScalarKernels engine;
    private final Product scores = new Product(); // of queries and keys
    private final Product weights = new Product(); // of dy and values
    private final Product sums = new Product(); // one after the other, what is added to y or to gradients
    private final float[] s = new float[QUERIES * KEYS]; // scores, then p, of a block
    private final float[] d = new float[QUERIES * KEYS]; // their gradients
    private final float[] capped = new float[KEYS]; // scores of a query, divided by their cap
    private final float[] greatest = new float[QUERIES];
    private final float[] total = new float[QUERIES];
    private float[] distances = {}; // −|i − (keys − 1)| at index i
    private int distancesOf; // keys
    private boolean ofHeads; // whether queries of a block are those of neighboring heads at one position
    private final AttentionCall.Part decodedKeys = new AttentionCall.Part();
    private final AttentionCall.Part decodedValues = new AttentionCall.Part();
    private AttentionCall.Part k = decodedKeys; // of a unit, floats
    private AttentionCall.Part v = decodedValues;
    private float[] packedKeys = NONE; // kᵀ
    private float[] packedValues = NONE; // vᵀ, backwards

    AttentionWork(ScalarKernels engine) {
        this.engine = engine;
    }

    private void begin(AttentionCall c) {
        int keys = c.k.time;
        if (!c.hasSlopes() || distancesOf == keys) return;
        distances = Workspace.atLeast(distances, 2 * keys - 1);
        for (int i = 0; i < 2 * keys - 1; i++) distances[i] = -Math.abs(i - (keys - 1));
        distancesOf = keys;
    }

    /// Begins rows·columnsᵀ of the first n positions of a head of keys or values, into a block.
    private void begin(
            Product p, float[] into, float[] panels, AttentionCall.Part of, int row, int head, int size, int n) {
        p.begin(false);
        p.b.set(of.array(), of.at(row, head, 0), size, n, 1, of.width);
        p.c.set(into, 0, QUERIES, KEYS, KEYS, 1);
        p.panels = panels.length == 0 ? null : panels;
    }

    /// Computes n columns of such a product, and those that complete a packed panel.
    private void multiply(Product p, int rows, int first, int n) {
        p.way = engine.way(p, 1);
        int step = engine.columnStep(p);
        int end = Math.min(p.b.columns(), first + Math.ceilDiv(n, step) * step);
        p.c.moveTo(-first); // columns are counted from the first key
        engine.gemm(p, 0, 0, rows, first, end);
    }

    /// C += A·B
    private void add(Product p) {
        p.way = engine.way(p, 1);
        engine.gemm(p, 0, 0, p.c.rows(), 0, p.c.columns());
    }

    /// Some queries, or what belongs to them: of a head, or if [#ofHeads], of neighboring ones; or some keys of a head.
    private void show(Operand operand, AttentionCall.Part part, int row, int head, int first, int n, int size) {
        operand.set(part.array(), part.at(row, head, first), n, size, ofHeads ? size : part.width, 1);
    }

    /// Columns of a block.
    private static void show(Operand operand, float[] block, int rows, int columns) {
        operand.set(block, 0, rows, columns, KEYS, 1);
    }

    /// The transpose of a head's first n positions, packed for a product; empty on an engine that does not
    /// pack.
    private float[] pack(AttentionCall.Part part, int row, int head, int size, int n, float[] into) {
        float[] packed = engine.pack(part.array(), part.at(row, head, 0), 1, part.width, size, n, into);
        return packed == null ? NONE : packed;
    }

    // -------------------------------------------------------------------------------------------------- forward

    void forward(AttentionCall c, int unit) {
        begin(c);
        int row = unit / c.keyHeads;
        int keyHead = unit % c.keyHeads;
        int keys = c.keys(row, c.q.time - 1);
        ofHeads = c.q.time == 1;
        k = c.k;
        v = c.v;
        if (c.k.halves) {
            int from = firstBlock(c, row, 0);
            decodedKeys.decode(c.k, row, keyHead, from, keys, c.size, engine);
            decodedValues.decode(c.v, row, keyHead, from, keys, c.size, engine);
            k = decodedKeys;
            v = decodedValues;
        }
        float[] panels = NONE; // a copy does not pay for few queries
        if (!ofHeads && c.group() * c.q.time >= PACKED) {
            packedKeys = pack(k, row, keyHead, c.size, keys, packedKeys);
            panels = packedKeys;
        }
        begin(scores, s, panels, k, row, keyHead, c.size, keys);
        int end = (keyHead + 1) * c.group();
        int step = ofHeads ? QUERIES : 1;
        for (int head = keyHead * c.group(); head < end; head += step) {
            for (int from = 0; from < c.q.time; from += QUERIES) {
                int some = Math.min(QUERIES, ofHeads ? end - head : c.q.time - from);
                forward(c, row, keyHead, head, from, some);
            }
        }
    }

    /// The head of a query of a block.
    private int head(int head, int i) {
        return ofHeads ? head + i : head;
    }

    /// The position of a query of a block.
    private int position(int from, int i) {
        return ofHeads ? from : from + i;
    }

    /// A block of queries: of a head, or if there is one position, of neighboring heads.
    private void forward(AttentionCall c, int row, int keyHead, int head, int from, int some) {
        int size = c.size;
        int most = c.keys(row, position(from, some - 1));
        Arrays.fill(greatest, 0, some, Float.NEGATIVE_INFINITY);
        Arrays.fill(total, 0, some, 0);
        for (int i = 0; i < some; i++) {
            int at = c.y.at(row, head(head, i), position(from, i));
            Arrays.fill(c.y.array(), at, at + size, 0);
        }
        show(scores.a, c.q, row, head, from, some, size);
        for (int first = firstBlock(c, row, from); first < most; first += KEYS) {
            int n = Math.min(KEYS, most - first);
            multiply(scores, some, first, n); //          q·kᵀ
            for (int i = 0; i < some; i++) soften(c, row, head(head, i), position(from, i), i, first, n);
            sums.begin(true); //                          y += p·v
            show(sums.a, s, some, n);
            sums.b.set(v.array(), v.at(row, keyHead, first), n, size, v.width, 1);
            show(sums.c, c.y, row, head, from, some, size);
            add(sums);
        }
        for (int i = 0; i < some; i++) {
            int at = c.y.at(row, head(head, i), position(from, i));
            if (total[i] != 0) engine.scale(1 / total[i], c.y.array(), at, c.y.array(), at, size);
            if (c.logSums.size() == 0) continue;
            float logSum = total[i] == 0 ? Float.POSITIVE_INFINITY : greatest[i] + ScalarMath.log(total[i]);
            c.logSums.array()[c.logSumAt(row, head(head, i), position(from, i))] = logSum;
        }
    }

    /// Turns the scores of a query into e^(score − greatest), and scales what was summed with an earlier greatest
    /// one.
    private void soften(AttentionCall c, int row, int head, int query, int i, int block, int n) {
        int hidden = hidden(c, row, query, block, n);
        int seen = seen(c, row, query, block, n) - hidden;
        int at = i * KEYS + hidden;
        int first = block + hidden;
        clear(s, at, hidden, seen, n);
        if (seen <= 0) return;
        bias(c, row, head, query, first, at, seen);
        float now = Math.max(greatest[i], engine.max(s, at, seen));
        if (now == Float.NEGATIVE_INFINITY) { // added scores hide all keys so far
            Arrays.fill(s, at, at + seen, 0);
            return;
        }
        engine.losses().shiftedExp(now, s, at, s, at, seen);
        float before = ScalarMath.exp(greatest[i] - now); // 0 at first
        total[i] = Math.fma(total[i], before, engine.sum(s, at, seen));
        if (before != 1) {
            int o = c.y.at(row, head, query);
            engine.scale(before, c.y.array(), o, c.y.array(), o, c.size);
        }
        greatest[i] = now;
        if (c.drops()) drop(c, row, head, query, block, s, i * KEYS, hidden + seen);
    }

    /// The first key of the first block of keys that a block of queries meets.
    private static int firstBlock(AttentionCall c, int row, int from) {
        return c.firstKey(row, from) / KEYS * KEYS;
    }

    /// The keys of a block, from its first on, that a query does not see as its window begins after them.
    private static int hidden(AttentionCall c, int row, int query, int block, int n) {
        return Math.clamp(c.firstKey(row, query) - block, 0, n);
    }

    /// The keys of a block, from its first on, up to the last one that a query sees.
    private static int seen(AttentionCall c, int row, int query, int block, int n) {
        return Math.clamp(c.keys(row, query) - block, 0, n);
    }

    /// Sets what a query does not see to 0.
    /// @param at of the first key that it sees
    /// @param hidden the number of keys of the block before it
    private static void clear(float[] of, int at, int hidden, int seen, int n) {
        Arrays.fill(of, at - hidden, at, 0);
        Arrays.fill(of, at + Math.max(0, seen), at - hidden + n, 0);
    }

    /// Scales the scores of a query, and adds the bias of distances and what is added besides.
    private void bias(AttentionCall c, int row, int head, int query, int first, int at, int seen) {
        engine.scale(c.scale, s, at, s, at, seen);
        if (c.cap != 0) {
            engine.scale(1 / c.cap, s, at, s, at, seen);
            engine.activate(Activation.TANH, s, at, capped, 0, seen);
            engine.scale(c.cap, capped, 0, s, at, seen);
        }
        if (c.hasSlopes()) {
            int distance = c.k.time - 1 - c.position(row, query) + first;
            engine.addScaled(c.slope(head), distances, distance, s, at, seen);
        }
        if (c.hasAdded()) {
            engine.add(s, at, c.masking.added().array(), c.addedAt(row, head, query, first), s, at, seen);
        }
    }

    /// Drops weights of keys at random, or their gradients, the same ones whenever it is called.
    private void drop(AttentionCall c, int row, int head, int query, int first, float[] of, int at, int seen) {
        engine.noise().dropout(c.noise(row, head, query, first), c.cut, c.kept, 0, 0, of, at, of, at, seen);
    }

    // ------------------------------------------------------------------------------------------------- backward

    void backward(AttentionCall c, int unit) {
        begin(c);
        ofHeads = false;
        int row = unit / c.keyHeads;
        int keyHead = unit % c.keyHeads;
        int keys = c.keys(row, c.q.time - 1);
        packedKeys = pack(c.k, row, keyHead, c.size, keys, packedKeys);
        packedValues = pack(c.v, row, keyHead, c.size, keys, packedValues);
        clear(c.dk, row, keyHead, c.size);
        clear(c.dv, row, keyHead, c.size);
        for (int head = keyHead * c.group(); head < (keyHead + 1) * c.group(); head++) {
            clear(c.dq, row, head, c.size);
            begin(scores, s, packedKeys, c.k, row, keyHead, c.size, keys);
            begin(weights, d, packedValues, c.v, row, keyHead, c.size, keys);
            for (int from = 0; from < c.q.time; from += QUERIES) backward(c, row, keyHead, head, from);
        }
    }

    private static void clear(AttentionCall.Part part, int row, int head, int size) {
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
        for (int i = 0; i < some; i++) { // Σ dy·y, which is Σ p·dp
            int at = c.y.at(row, head, from + i);
            total[i] = engine.dot(c.dy.array(), c.dy.at(row, head, from + i), c.y.array(), at, size);
        }
        show(scores.a, c.q, row, head, from, some, size);
        show(weights.a, c.dy, row, head, from, some, size);
        for (int first = firstBlock(c, row, from); first < most; first += KEYS) {
            int n = Math.min(KEYS, most - first);
            multiply(scores, some, first, n); //          q·kᵀ
            multiply(weights, some, first, n); //         dp = dy·vᵀ
            for (int i = 0; i < some; i++) gradients(c, row, head, from, i, first, n);
            sums.begin(true); //                          dv += pᵀ·dy
            sums.a.set(s, 0, n, some, 1, KEYS);
            show(sums.b, c.dy, row, head, from, some, size);
            show(sums.c, c.dv, row, keyHead, first, n, size);
            add(sums);
            sums.begin(true); //                          dk += dsᵀ·q
            sums.a.set(d, 0, n, some, 1, KEYS);
            show(sums.b, c.q, row, head, from, some, size);
            show(sums.c, c.dk, row, keyHead, first, n, size);
            add(sums);
            sums.begin(true); //                          dq += ds·k
            show(sums.a, d, some, n);
            show(sums.b, c.k, row, keyHead, first, n, size);
            show(sums.c, c.dq, row, head, from, some, size);
            add(sums);
        }
    }

    /// Turns the scores of a query into p = e^(score − log of the sum), and dp into ds = p·(dp − Σ
    /// p·dp)/√size. With dropout, dp and the p that is left are scaled.
    private void gradients(AttentionCall c, int row, int head, int from, int i, int block, int n) {
        int hidden = hidden(c, row, from + i, block, n);
        int seen = seen(c, row, from + i, block, n) - hidden;
        int at = i * KEYS + hidden;
        int first = block + hidden;
        clear(s, at, hidden, seen, n);
        clear(d, at, hidden, seen, n);
        if (seen <= 0) return;
        boolean drops = c.drops();
        bias(c, row, head, from + i, first, at, seen);
        engine.losses().shiftedExp(c.logSums.array()[c.logSumAt(row, head, from + i)], s, at, s, at, seen);
        if (drops) drop(c, row, head, from + i, block, d, i * KEYS, hidden + seen);
        engine.losses().softmaxGradient(total[i], s, at, d, at, d, at, seen);
        if (c.cap != 0) uncap(d, at, seen);
        engine.scale(c.scale, d, at, d, at, seen);
        engine.flush(d, at, seen);
        if (drops) drop(c, row, head, from + i, block, s, i * KEYS, hidden + seen);
    }

    /// Gradients of scores before their cap: d·(1 − tanh²).
    private void uncap(float[] of, int at, int seen) {
        for (int i = 0; i < seen; i++) of[at + i] *= Math.fma(-capped[i], capped[i], 1);
    }
}

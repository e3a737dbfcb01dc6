package dev.neurite.onnx.op.ml;

import dev.neurite.kernel.Kernels;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import java.util.Arrays;

/// The weights of the leaves that rows reach, put together.
///
/// Sums are taken in double precision in the order of the trees, so that neither the number of rows nor that of
/// threads changes a bit.
/// @param targets how many results a row has
/// @param bases what is added to each
/// @param keyed see [RowBlock]
/// @param dense see [Forest#isDense]
@SuppressWarnings("ArrayRecordComponent") // never compared
record ForestSums(
        Kernels kernels,
        Forest forest,
        NumberRows rows,
        int targets,
        Aggregate aggregate,
        double[] bases,
        PostTransform transform,
        boolean keyed,
        boolean dense) {
    private static final int FEW_ROWS = 4; // threads share the trees, not the rows
    private static final int KEYS_AT_ONCE = 4096; // that stay in the nearest cache beside a tree
    private static final int LEAST_ROWS = 8;
    private static final int MOST_ROWS = 256;
    private static final int OF_TREE = 24; // how long a row takes in a usual tree, in additions of vectors

    /// How the weights for a target become one.
    enum Aggregate {
        AVERAGE,
        SUM,
        MIN,
        MAX
    }

    /// Takes the scores of a row; called by several threads.
    @FunctionalInterface
    interface Result {
        /// @param at where they begin
        void of(int row, double[] scores, int at);
    }

    ForestSums(
            NodeCall call,
            Forest forest,
            NumberRows rows,
            int targets,
            Aggregate aggregate,
            double[] bases,
            PostTransform transform) {
        this(
                call.kernels(),
                forest,
                rows,
                targets,
                aggregate,
                bases,
                transform,
                forest.exact && call.type(0) == ElementType.FLOAT,
                forest.isDense(targets));
        if (rows.width() < forest.features && rows.count() > 0) {
            throw call.misfit("expects rows of " + forest.features + " features or more, got " + rows.width());
        }
    }

    void run(Value x, Result result) {
        if (rows.count() <= FEW_ROWS) {
            few(x, result);
            return;
        }
        int trees = forest.roots.length;
        int most = Math.clamp(KEYS_AT_ONCE / Math.max(1, rows.width()), LEAST_ROWS, MOST_ROWS);
        int some = Math.clamp(rows.count() / (4 * kernels.threads()), LEAST_ROWS, most);
        kernels.share(Math.ceilDiv(rows.count(), some), (long) some * trees * OF_TREE, (from, to) -> {
            var block = new RowBlock(forest, some, rows.width(), keyed);
            var scores = new Scores(some);
            int[] leaves = new int[some];
            for (int first = from * some; first < Math.min(rows.count(), to * some); first += some) {
                int count = Math.min(some, rows.count() - first);
                block.read(x, first, count);
                scores.begin(count);
                for (int tree = 0; tree < trees; tree++) {
                    block.leavesOf(tree, leaves);
                    for (int row = 0; row < count; row++) scores.add(leaves[row], row);
                }
                scores.finish(first, count, result);
            }
        });
    }

    /// A few rows: all leaves first, which each thread finds in some of the trees.
    private void few(Value x, Result result) {
        int trees = forest.roots.length;
        int n = rows.count();
        var block = new RowBlock(forest, n, rows.width(), keyed);
        block.read(x, 0, n);
        int[] leaves = new int[Math.multiplyExact(n, trees)];
        kernels.share(trees, (long) n * OF_TREE, (from, to) -> {
            for (int row = 0; row < n; row++) block.leavesOf(row, from, to, leaves, row * trees);
        });
        var scores = new Scores(n);
        for (int row = 0; row < n; row++) {
            for (int tree = 0; tree < trees; tree++) scores.add(leaves[row * trees + tree], row);
        }
        scores.finish(0, n, result);
    }

    /// The scores of some rows.
    private final class Scores {
        private final double[] all;
        private final boolean[] seen; // targets that have a least or greatest weight

        Scores(int most) {
            all = new double[Math.multiplyExact(most, targets)];
            seen = new boolean[aggregate == Aggregate.MIN || aggregate == Aggregate.MAX ? all.length : 0];
        }

        void begin(int count) {
            Arrays.fill(all, 0, count * targets, 0);
            Arrays.fill(seen, false);
        }

        void add(int leaf, int row) {
            int at = row * targets;
            if (seen.length > 0) {
                compare(leaf, at);
            } else if (dense) {
                for (int i = 0; i < targets; i++) all[at + i] += forest.weights[leaf * targets + i];
            } else {
                int end = forest.starts[leaf + 1];
                for (int i = forest.starts[leaf]; i < end; i++) all[at + forest.targets[i]] += forest.weights[i];
            }
        }

        private void compare(int leaf, int at) {
            for (int i = forest.starts[leaf]; i < forest.starts[leaf + 1]; i++) {
                int to = at + forest.targets[i];
                double weight = forest.weights[i];
                boolean better = aggregate == Aggregate.MIN ? weight < all[to] : weight > all[to];
                if (better || !seen[to]) all[to] = weight;
                seen[to] = true;
            }
        }

        /// @param first the number of the first row
        void finish(int first, int count, Result result) {
            double divisor = aggregate == Aggregate.AVERAGE ? Math.max(1, forest.roots.length) : 1;
            for (int row = 0; row < count; row++) {
                int at = row * targets;
                for (int i = 0; i < targets; i++) all[at + i] = all[at + i] / divisor + bases[i];
                result.of(first + row, all, at);
            }
        }
    }
}

package dev.neurite.onnx.op.ml;

/// Trees as arrays. The two children of a node are neighbors, so that a step down a tree is an addition: no
/// branch is ever predicted wrongly. Numbers are compared by the integers of the same order that [#key(float)]
/// makes of them, and a leaf leads to itself, so that several rows go down a tree together, or one row down
/// several trees.
final class Forest {
    /// Longs of a node. The first has a key and a feature: a row with a greater number there goes to the second
    /// child, and never at a leaf. The second has the place of the first child, of a leaf its own, and the
    /// number of a leaf.
    static final int STRIDE = 2;

    static final int NEVER = Integer.MIN_VALUE; // a key that is less than any number's

    /// How a row's number is compared with a node's.
    enum Mode {
        LEQ,
        LT,
        GTE,
        GT,
        EQ,
        NEQ,
        /// Whether it is one of some numbers.
        MEMBER,
        LEAF;

        /// Whether the first child is the one of rows for which the comparison is true.
        boolean yesIsFirst() {
            return this != GT && this != GTE;
        }
    }

    /// Where a comparison is another than of floats, or numbers are missing.
    /// @param modes of each node
    /// @param values what each node compares with
    /// @param missing whether a row without that number goes where the comparison is true
    /// @param members the numbers of nodes that have several, else empty
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Comparisons(Mode[] modes, double[] values, boolean[] missing, double[][] members) {
        /// Whether a row goes to the first child.
        boolean isFirst(int node, double x) {
            Mode mode = modes[node];
            boolean yes = Double.isNaN(x) ? missing[node] : holds(mode, x, node);
            return yes == mode.yesIsFirst();
        }

        private boolean holds(Mode mode, double x, int node) {
            double value = values[node];
            return switch (mode) {
                case LEQ -> x <= value;
                case LT -> x < value;
                case GTE -> x >= value;
                case GT -> x > value;
                case EQ -> x == value;
                case NEQ -> x != value;
                case MEMBER -> isMember(x, members[node]);
                case LEAF -> throw new IllegalStateException("a leaf compares nothing");
            };
        }

        private static boolean isMember(double x, double[] of) {
            for (double each : of) if (each == x) return true;
            return false;
        }
    }

    final long[] nodes; // see STRIDE
    final int[] roots; // places in nodes
    final int[] starts; // of each leaf's weights, and the end
    final int[] targets; // of each weight
    final double[] weights;
    final Comparisons comparisons;
    final int features; // that rows must have
    final boolean exact; // whether keys of floats decide all comparisons of numbers that are there

    Forest(
            long[] nodes,
            int[] roots,
            int[] starts,
            int[] targets,
            double[] weights,
            Comparisons comparisons,
            int features,
            boolean exact) {
        this.nodes = nodes;
        this.roots = roots;
        this.starts = starts;
        this.targets = targets;
        this.weights = weights;
        this.comparisons = comparisons;
        this.features = features;
        this.exact = exact;
    }

    /// Whether each leaf has a weight for each target, in their order.
    boolean isDense(int count) {
        if (weights.length != (long) (starts.length - 1) * count) return false;
        for (int i = 0; i < weights.length; i++) if (targets[i] != i % count) return false;
        for (int i = 0; i < starts.length; i++) if (starts[i] != i * count) return false;
        return true;
    }

    /// An integer for a float, in the same order. Of zeros there is one.
    static int key(float x) {
        int bits = Float.floatToRawIntBits(x + 0f);
        return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
    }

    /// Two integers as a long.
    static long pair(int high, int low) {
        return (long) high << 32 | Integer.toUnsignedLong(low);
    }

    private static int next(long[] nodes, int at, int[] keys, int row) {
        long node = nodes[at];
        long left = (node >> 32) - keys[row + (int) node];
        return (int) (nodes[at + 1] >> 32) + ((int) (left >>> 63) << 1);
    }

    private static int number(long[] nodes, int at) {
        return (int) nodes[at + 1];
    }

    /// The leaves that rows reach in one tree.
    /// @param keys of the rows' numbers
    /// @param leaves where they are written
    void leaves(int tree, int[] keys, int width, int rows, int[] leaves) {
        long[] all = nodes;
        int root = roots[tree];
        int row = 0;
        for (; row + 4 <= rows; row += 4) {
            int x0 = row * width;
            int x1 = x0 + width;
            int x2 = x1 + width;
            int x3 = x2 + width;
            int a = root;
            int b = root;
            int c = root;
            int d = root;
            while (true) {
                int a1 = next(all, a, keys, x0);
                int b1 = next(all, b, keys, x1);
                int c1 = next(all, c, keys, x2);
                int d1 = next(all, d, keys, x3);
                if (((a1 ^ a) | (b1 ^ b) | (c1 ^ c) | (d1 ^ d)) == 0) break;
                a = a1;
                b = b1;
                c = c1;
                d = d1;
            }
            leaves[row] = number(all, a);
            leaves[row + 1] = number(all, b);
            leaves[row + 2] = number(all, c);
            leaves[row + 3] = number(all, d);
        }
        for (; row < rows; row++) leaves[row] = leaf(root, keys, row * width);
    }

    /// The leaves that one row reaches in some trees: eight at once, as each step waits for memory.
    void leaves(int from, int end, int[] keys, int x, int[] leaves, int to) {
        long[] all = nodes;
        int tree = from;
        for (; tree + 8 <= end; tree += 8) {
            int a = roots[tree];
            int b = roots[tree + 1];
            int c = roots[tree + 2];
            int d = roots[tree + 3];
            int e = roots[tree + 4];
            int f = roots[tree + 5];
            int g = roots[tree + 6];
            int h = roots[tree + 7];
            while (true) {
                int a1 = next(all, a, keys, x);
                int b1 = next(all, b, keys, x);
                int c1 = next(all, c, keys, x);
                int d1 = next(all, d, keys, x);
                int e1 = next(all, e, keys, x);
                int f1 = next(all, f, keys, x);
                int g1 = next(all, g, keys, x);
                int h1 = next(all, h, keys, x);
                if (((a1 ^ a) | (b1 ^ b) | (c1 ^ c) | (d1 ^ d) | (e1 ^ e) | (f1 ^ f) | (g1 ^ g) | (h1 ^ h)) == 0) break;
                a = a1;
                b = b1;
                c = c1;
                d = d1;
                e = e1;
                f = f1;
                g = g1;
                h = h1;
            }
            leaves[to + tree] = number(all, a);
            leaves[to + tree + 1] = number(all, b);
            leaves[to + tree + 2] = number(all, c);
            leaves[to + tree + 3] = number(all, d);
            leaves[to + tree + 4] = number(all, e);
            leaves[to + tree + 5] = number(all, f);
            leaves[to + tree + 6] = number(all, g);
            leaves[to + tree + 7] = number(all, h);
        }
        for (; tree < end; tree++) leaves[to + tree] = leaf(roots[tree], keys, x);
    }

    private int leaf(int root, int[] keys, int x) {
        int at = root;
        while (true) {
            int next = next(nodes, at, keys, x);
            if (next == at) return number(nodes, at);
            at = next;
        }
    }

    /// The leaf that a row reaches in a tree, by the comparisons themselves.
    /// @param x where the row's numbers begin
    int leaf(int tree, double[] numbers, int x) {
        int at = roots[tree];
        while (true) {
            int child = (int) (nodes[at + 1] >> 32);
            if (child == at) return number(nodes, at);
            boolean first = comparisons.isFirst(at / STRIDE, numbers[x + (int) nodes[at]]);
            at = child + (first ? 0 : STRIDE);
        }
    }
}

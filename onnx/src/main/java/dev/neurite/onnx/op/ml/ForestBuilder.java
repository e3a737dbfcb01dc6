package dev.neurite.onnx.op.ml;

import dev.neurite.onnx.op.Heap;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.ml.Forest.Mode;
import java.util.Arrays;

/// Makes a [Forest] of nodes and leaves in any order, and checks that they are trees.
final class ForestBuilder {
    private static final int NONE = -1;
    private static final int MOST = 1 << 29; // nodes
    static final double[] NO_NUMBERS = {};

    private final NodeCall call;
    private final Mode[] modes; // of each node; LEAF for a leaf
    private final long[] features;
    private final double[] values;
    private final int[] yes; // the child where the comparison is true: a node, or ~ of a leaf
    private final int[] no;
    private final boolean[] missing;
    private final double[][] members;
    private final boolean floats; // whether all values are floats

    /// @param floats whether all values are single-precision numbers
    ForestBuilder(
            NodeCall call,
            Mode[] modes,
            long[] features,
            double[] values,
            int[] yes,
            int[] no,
            boolean[] missing,
            double[][] members,
            boolean floats) {
        this.call = call;
        this.modes = modes;
        this.features = features;
        this.values = values;
        this.yes = yes;
        this.no = no;
        this.missing = missing;
        this.members = members;
        this.floats = floats;
    }

    /// The parts of a forest while it grows.
    private static final class Parts {
        final long[] nodes;
        final Mode[] modes;
        final double[] values;
        final boolean[] missing;
        final double[][] members;
        int count;

        Parts(int most) {
            nodes = new long[most * Forest.STRIDE];
            modes = new Mode[most];
            values = new double[most];
            missing = new boolean[most];
            members = new double[most][];
            Arrays.fill(members, NO_NUMBERS);
        }
    }

    /// @param roots nodes, or ~ of a leaf
    /// @param starts of each leaf's weights, and the end
    Forest build(int[] roots, int[] starts, int[] targets, double[] weights) {
        long most = 2L * modes.length + roots.length; // each node has two children at most
        if (most >= MOST) throw call.wrong("expects less than 2²⁹ nodes, got " + most);
        Parts parts = Heap.allocate(call.node().label(), most * 48, () -> new Parts((int) most));
        int[] places = new int[roots.length];
        boolean[] seen = new boolean[modes.length];
        for (int i = 0; i < roots.length; i++) {
            places[i] = parts.count * Forest.STRIDE;
            grow(roots[i], parts, seen);
        }
        int n = parts.count;
        var comparisons = new Forest.Comparisons(
                Arrays.copyOf(parts.modes, n),
                Arrays.copyOf(parts.values, n),
                Arrays.copyOf(parts.missing, n),
                Arrays.copyOf(parts.members, n));
        int width = 0;
        boolean exact = floats;
        for (int i = 0; i < n; i++) {
            width = Math.max(width, (int) parts.nodes[i * Forest.STRIDE] + (parts.modes[i] == Mode.LEAF ? 0 : 1));
            exact &= parts.modes[i] != Mode.EQ && parts.modes[i] != Mode.NEQ && parts.modes[i] != Mode.MEMBER;
        }
        return new Forest(
                Arrays.copyOf(parts.nodes, n * Forest.STRIDE),
                places,
                starts,
                targets,
                weights,
                comparisons,
                width,
                exact);
    }

    /// Adds a tree, level by level, without recursion.
    private void grow(int root, Parts parts, boolean[] seen) {
        int first = parts.count++;
        int[] waiting = {root}; // the nodes of a level
        int[] places = {first};
        while (waiting.length > 0) {
            int[] next = new int[2 * waiting.length];
            int[] nextPlaces = new int[2 * waiting.length];
            int count = 0;
            for (int i = 0; i < waiting.length; i++) {
                if (!put(waiting[i], places[i], parts, seen)) continue;
                boolean yesFirst = parts.modes[places[i]].yesIsFirst();
                int node = waiting[i];
                next[count] = yesFirst ? yes[node] : no[node];
                next[count + 1] = yesFirst ? no[node] : yes[node];
                nextPlaces[count++] = parts.count++;
                nextPlaces[count++] = parts.count++;
            }
            waiting = Arrays.copyOf(next, count);
            places = Arrays.copyOf(nextPlaces, count);
        }
    }

    /// Writes a node or leaf.
    /// @return whether it has children, which will be at the end
    private boolean put(int node, int place, Parts parts, boolean[] seen) {
        int at = place * Forest.STRIDE;
        if (node < 0) {
            parts.modes[place] = Mode.LEAF;
            parts.nodes[at] = Forest.pair(Integer.MAX_VALUE, 0);
            parts.nodes[at + 1] = Forest.pair(at, ~node);
            return false;
        }
        if (seen[node]) {
            throw call.wrong("expects trees, got a node that two lead to, or a cycle: number " + node);
        }
        seen[node] = true;
        Mode mode = modes[node];
        if (features[node] < 0 || features[node] > Integer.MAX_VALUE - 8) {
            throw call.wrong("expects features from 0, got " + features[node]);
        }
        if (Double.isNaN(values[node]) && mode != Mode.MEMBER) {
            throw call.wrong("expects numbers to compare with, got NaN at node number " + node);
        }
        parts.modes[place] = mode;
        parts.values[place] = values[node];
        parts.missing[place] = missing[node];
        if (mode == Mode.MEMBER) parts.members[place] = members[node];
        parts.nodes[at] = Forest.pair(key(mode, (float) values[node]), (int) features[node]);
        parts.nodes[at + 1] = Forest.pair(parts.count * Forest.STRIDE, NONE);
        return true;
    }

    /// The greatest key of numbers that go to the first child.
    private static int key(Mode mode, float value) {
        int key = Forest.key(value);
        boolean less = mode == Mode.LT || mode == Mode.GTE;
        return less ? key - 1 : key; // −∞ has a key far from the least
    }
}

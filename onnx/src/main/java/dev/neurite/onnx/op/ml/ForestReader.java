package dev.neurite.onnx.op.ml;

import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.ml.Forest.Mode;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Reads the trees that nodes have as attributes.
final class ForestReader {
    /// By TreeEnsemble's numbers.
    private static final List<Mode> MODES =
            List.of(Mode.LEQ, Mode.LT, Mode.GTE, Mode.GT, Mode.EQ, Mode.NEQ, Mode.MEMBER);

    private final NodeCall call;
    private final Attributes all;

    private ForestReader(NodeCall call) {
        this.call = call;
        this.all = call.attributes();
    }

    /// The trees of a TreeEnsembleClassifier or TreeEnsembleRegressor.
    /// @param kind of its weights' attributes: `class` or `target`
    /// @param targets how many there are
    static Forest named(NodeCall call, String kind, int targets) {
        return new ForestReader(call).named(kind, targets);
    }

    /// The trees of a TreeEnsemble.
    static Forest numbered(NodeCall call, int targets) {
        return new ForestReader(call).numbered(targets);
    }

    // ------------------------------------------------------------------------------------------- nodes by their names

    /// A node, by its tree and its own number there.
    private record Name(long tree, long node) {}

    private Forest named(String kind, int targets) {
        long[] trees = integers("nodes_treeids", -1);
        int n = trees.length;
        long[] ids = integers("nodes_nodeids", n);
        Mode[] modes = modes(all.texts("nodes_modes").orElse(List.of()), n);
        Numbers values = numbers("nodes_values", n);
        long[] missing = all.integers("nodes_missing_value_tracks_true").orElseGet(() -> new long[n]);
        if (missing.length != n) throw wrongCount("nodes_missing_value_tracks_true", n, missing.length);
        Map<Name, Integer> places = new HashMap<>();
        int[] roots = new int[n];
        int count = 0;
        Map<Long, Integer> seen = new HashMap<>();
        for (int i = 0; i < n; i++) {
            if (places.put(new Name(trees[i], ids[i]), i) != null) {
                throw call.wrong("expects each node once, got two of number " + ids[i] + " in tree " + trees[i]);
            }
            if (seen.put(trees[i], i) == null) roots[count++] = i;
        }
        Leaves leaves = leaves(kind, targets, places, modes);
        int[] yes = children("nodes_truenodeids", trees, places, modes, leaves);
        int[] no = children("nodes_falsenodeids", trees, places, modes, leaves);
        int[] first = Arrays.copyOf(roots, count);
        for (int i = 0; i < count; i++) if (modes[first[i]] == Mode.LEAF) first[i] = ~leaves.number[first[i]];
        boolean[] tracks = new boolean[n];
        for (int i = 0; i < n; i++) tracks[i] = missing[i] != 0;
        double[][] members = new double[n][];
        Arrays.fill(members, ForestBuilder.NO_NUMBERS);
        return new ForestBuilder(
                        call,
                        modes,
                        integers("nodes_featureids", n),
                        values.all,
                        yes,
                        no,
                        tracks,
                        members,
                        values.single)
                .build(first, leaves.starts, leaves.targets, leaves.weights);
    }

    private Mode[] modes(List<String> names, int n) {
        if (names.size() != n) throw wrongCount("nodes_modes", n, names.size());
        Mode[] modes = new Mode[n];
        for (int i = 0; i < n; i++) {
            modes[i] = switch (names.get(i)) {
                case "BRANCH_LEQ" -> Mode.LEQ;
                case "BRANCH_LT" -> Mode.LT;
                case "BRANCH_GTE" -> Mode.GTE;
                case "BRANCH_GT" -> Mode.GT;
                case "BRANCH_EQ" -> Mode.EQ;
                case "BRANCH_NEQ" -> Mode.NEQ;
                case "LEAF" -> Mode.LEAF;
                default ->
                    throw call.wrong("expects nodes_modes of BRANCH_LEQ, BRANCH_LT, BRANCH_GTE, BRANCH_GT, BRANCH_EQ, "
                            + "BRANCH_NEQ or LEAF, got '" + names.get(i) + "'");
            };
        }
        return modes;
    }

    private int[] children(String attribute, long[] trees, Map<Name, Integer> places, Mode[] modes, Leaves leaves) {
        long[] ids = integers(attribute, trees.length);
        int[] children = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            if (modes[i] == Mode.LEAF) continue;
            Integer place = places.get(new Name(trees[i], ids[i]));
            if (place == null) {
                throw call.wrong("expects " + attribute + " that are nodes of their tree, got " + ids[i] + " in tree "
                        + trees[i]);
            }
            children[i] = modes[place] == Mode.LEAF ? ~leaves.number[place] : place;
        }
        return children;
    }

    /// The weights of all leaves.
    /// @param number of the leaf that a node is
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Leaves(int[] number, int[] starts, int[] targets, double[] weights) {}

    private Leaves leaves(String kind, int count, Map<Name, Integer> places, Mode[] modes) {
        long[] trees = integers(kind + "_treeids", -1);
        int n = trees.length;
        long[] nodes = integers(kind + "_nodeids", n);
        long[] ids = integers(kind + "_ids", n);
        double[] given = numbers(kind + "_weights", n).all;
        int[] number = new int[modes.length];
        int leaves = 0;
        for (int i = 0; i < modes.length; i++) if (modes[i] == Mode.LEAF) number[i] = leaves++;
        int[] starts = new int[leaves + 1];
        int[] of = new int[n];
        for (int i = 0; i < n; i++) {
            Integer place = places.get(new Name(trees[i], nodes[i]));
            if (place == null || modes[place] != Mode.LEAF) {
                throw call.wrong("expects weights of leaves, got one of node " + nodes[i] + " in tree " + trees[i]
                        + ", which is " + (place == null ? "not there" : "none"));
            }
            of[i] = number[place];
            starts[of[i] + 1]++;
        }
        for (int i = 0; i < leaves; i++) starts[i + 1] += starts[i];
        int[] next = Arrays.copyOf(starts, leaves);
        int[] targets = new int[n];
        double[] weights = new double[n];
        for (int i = 0; i < n; i++) {
            int place = next[of[i]]++;
            targets[place] = target(ids[i], count);
            weights[place] = given[i];
        }
        return new Leaves(number, starts, targets, weights);
    }

    private int target(long id, int count) {
        if (id >= 0 && id < count) return (int) id;
        throw call.wrong("expects weights of classes or targets from 0 to " + (count - 1) + ", got " + id);
    }

    // ------------------------------------------------------------------------------------------ nodes by their places

    private Forest numbered(int targets) {
        long[] features = integers("nodes_featureids", -1);
        int n = features.length;
        Numbers splits = tensor("nodes_splits", n);
        Mode[] modes = modes(n);
        Numbers weights = tensor("leaf_weights", -1);
        long[] ids = integers("leaf_targetids", weights.all.length);
        int[] of = new int[ids.length];
        for (int i = 0; i < of.length; i++) of[i] = target(ids[i], targets);
        int[] yes = children("nodes_truenodeids", "nodes_trueleafs", n, of.length);
        int[] no = children("nodes_falsenodeids", "nodes_falseleafs", n, of.length);
        long[] missing = all.integers("nodes_missing_value_tracks_true").orElseGet(() -> new long[n]);
        if (missing.length != n) throw wrongCount("nodes_missing_value_tracks_true", n, missing.length);
        boolean[] tracks = new boolean[n];
        for (int i = 0; i < n; i++) tracks[i] = missing[i] != 0;
        int[] roots = roots(n, yes, no);
        int[] starts = new int[of.length + 1];
        for (int i = 0; i < starts.length; i++) starts[i] = i;
        return new ForestBuilder(call, modes, features, splits.all, yes, no, tracks, members(modes), splits.single)
                .build(roots, starts, of, weights.all);
    }

    /// A tree that is a leaf alone is a node that leads to it on both sides.
    private int[] roots(int n, int[] yes, int[] no) {
        long[] given = integers("tree_roots", -1);
        int[] roots = new int[given.length];
        for (int i = 0; i < roots.length; i++) {
            if (given[i] < 0 || given[i] >= n)
                throw call.wrong("expects tree_roots from 0 to " + (n - 1) + ", got " + given[i]);
            int root = (int) given[i];
            roots[i] = yes[root] < 0 && yes[root] == no[root] ? yes[root] : root;
        }
        return roots;
    }

    private Mode[] modes(int n) {
        Value given = all.value("nodes_modes").orElseThrow(() -> none("nodes_modes"));
        if (given.type() != ElementType.UINT8) throw call.wrong("expects nodes_modes of uint8, got " + given.type());
        if (given.size() != n) throw wrongCount("nodes_modes", n, given.size());
        Mode[] modes = new Mode[n];
        for (int i = 0; i < n; i++) {
            long code = given.integer(i);
            if (code >= MODES.size()) throw call.wrong("expects nodes_modes from 0 to 6, got " + code);
            modes[i] = MODES.get((int) code);
        }
        return modes;
    }

    private int[] children(String attribute, String kinds, int n, int leaves) {
        long[] places = integers(attribute, n);
        long[] isLeaf = integers(kinds, n);
        int[] children = new int[n];
        for (int i = 0; i < n; i++) {
            int most = isLeaf[i] != 0 ? leaves : n;
            if (places[i] < 0 || places[i] >= most) {
                throw call.wrong("expects " + attribute + " from 0 to " + (most - 1) + ", got " + places[i]);
            }
            children[i] = isLeaf[i] != 0 ? ~(int) places[i] : (int) places[i];
        }
        return children;
    }

    /// The numbers of each node that compares with several: they stand one after the other, NaN after the last of
    /// each node.
    private double[][] members(Mode... modes) {
        Numbers given =
                all.has("membership_values") ? tensor("membership_values", -1) : new Numbers(new double[0], true);
        double[][] members = new double[modes.length][];
        Arrays.fill(members, ForestBuilder.NO_NUMBERS);
        int at = 0;
        for (int i = 0; i < modes.length; i++) {
            if (modes[i] != Mode.MEMBER) continue;
            int end = at;
            while (end < given.all.length && !Double.isNaN(given.all[end])) end++;
            if (end == given.all.length) {
                throw call.wrong("expects membership_values that end with NaN for each node with mode 6, got too few");
            }
            members[i] = Arrays.copyOfRange(given.all, at, end);
            at = end + 1;
        }
        if (at != given.all.length) {
            throw call.wrong(
                    "expects membership_values for nodes with mode 6, got " + (given.all.length - at) + " more");
        }
        return members;
    }

    // ----------------------------------------------------------------------------------------------------- attributes

    /// @param single whether they are single-precision numbers
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Numbers(double[] all, boolean single) {
        static Numbers of(Value value) {
            double[] numbers = new double[value.size()];
            Elements.Doubles from = Elements.doubles(value);
            for (int i = 0; i < numbers.length; i++) numbers[i] = from.get(i);
            return new Numbers(numbers, value.type() == ElementType.FLOAT);
        }
    }

    /// @param count how many there must be; −1 for any number
    private long[] integers(String name, int count) {
        long[] given = all.integers(name).orElseThrow(() -> none(name));
        if (count >= 0 && given.length != count) throw wrongCount(name, count, given.length);
        return given;
    }

    /// Numbers in one of two attributes: a list, or a tensor from version 3 on.
    private Numbers numbers(String name, int count) {
        if (all.has(name + "_as_tensor")) return tensor(name + "_as_tensor", count);
        float[] given = all.reals(name).orElseThrow(() -> none(name));
        if (given.length != count) throw wrongCount(name, count, given.length);
        double[] numbers = new double[count];
        for (int i = 0; i < count; i++) numbers[i] = given[i];
        return new Numbers(numbers, true);
    }

    private Numbers tensor(String name, int count) {
        Value given = all.value(name).orElseThrow(() -> none(name));
        if (!given.type().isFloating()) throw call.wrong("expects " + name + " of floats, got " + given.type());
        if (count >= 0 && given.size() != count) throw wrongCount(name, count, given.size());
        return Numbers.of(given);
    }

    private RuntimeException none(String name) {
        return call.wrong("expects an attribute '" + name + "', got none");
    }

    private RuntimeException wrongCount(String name, int expected, int got) {
        return call.wrong("expects " + expected + " numbers as " + name + ", got " + got);
    }
}

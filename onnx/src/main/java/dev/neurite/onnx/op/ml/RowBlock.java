package dev.neurite.onnx.op.ml;

import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.value.Value;

/// Some rows that go down the trees of a forest.
final class RowBlock {
    private final Forest forest;
    private final int width;
    private final boolean keyed;
    private final int[] keys;
    private final boolean[] odd; // rows that keys do not decide: with missing numbers, or of another type than floats
    private double[] numbers = {}; // of odd rows, where their keys would be
    private int count;
    private boolean anyOdd;

    /// @param most how many rows at once
    /// @param keyed whether the rows are floats, and keys decide all comparisons of numbers that are there
    RowBlock(Forest forest, int most, int width, boolean keyed) {
        this.forest = forest;
        this.width = width;
        this.keyed = keyed;
        keys = new int[keyed ? Math.multiplyExact(most, width) + 1 : 1]; // a leaf also looks at a number
        odd = new boolean[most];
    }

    /// Takes rows.
    void read(Value x, int first, int some) {
        count = some;
        anyOdd = !keyed && some > 0;
        for (int row = 0; row < some; row++) odd[row] = !keyed;
        if (keyed) readKeys((float[]) x.array(), x.offset() + first * width);
        if (!anyOdd) return;
        if (numbers.length == 0) numbers = new double[Math.multiplyExact(odd.length, width)];
        Elements.Doubles from = Elements.doubles(x);
        for (int row = 0; row < some; row++) {
            if (!odd[row]) continue;
            for (int i = 0; i < width; i++) numbers[row * width + i] = from.get((first + row) * width + i);
        }
    }

    private void readKeys(float[] from, int first) {
        for (int row = 0; row < count; row++) {
            boolean missing = false;
            for (int i = row * width; i < (row + 1) * width; i++) {
                float x = from[first + i];
                keys[i] = Forest.key(x);
                missing |= Float.isNaN(x);
            }
            odd[row] = missing;
            anyOdd |= missing;
        }
    }

    /// The leaf that each row reaches in a tree.
    void leavesOf(int tree, int[] leaves) {
        if (keyed) forest.leaves(tree, keys, width, count, leaves);
        if (!anyOdd) return;
        for (int row = 0; row < count; row++) {
            if (odd[row]) leaves[row] = forest.leaf(tree, numbers, row * width);
        }
    }

    /// The leaves that one row reaches in some trees.
    /// @param at where that of tree 0 is written
    void leavesOf(int row, int from, int to, int[] leaves, int at) {
        if (!odd[row]) forest.leaves(from, to, keys, row * width, leaves, at);
        else for (int tree = from; tree < to; tree++) leaves[at + tree] = forest.leaf(tree, numbers, row * width);
    }
}

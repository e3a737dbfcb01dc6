package dev.neurite.train;

import dev.neurite.kernel.Kernels;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// The sum of the gradients of a batch's shards, along the one binary tree that their number has: left of its root
/// stand as many as the largest power of two below it, and so on. Shards are computed from left to right, so a
/// level of the tree needs one array: for S shards there are ⌈log₂ S⌉ + 1.
final class GradientSum {
    /// Computes a shard's gradient into an array, which it writes whole.
    interface Shard {
        void compute(int shard, Tensor gradient);
    }

    private final int shards;
    private final Tensor[] levels;
    private final Kernels kernels;

    /// @param shards at least 1
    /// @param size of a gradient
    GradientSum(int shards, int size, Kernels kernels) {
        this.shards = shards;
        this.kernels = kernels;
        this.levels = new Tensor[1 + Integer.SIZE - Integer.numberOfLeadingZeros(shards - 1)];
        for (int i = 0; i < levels.length; i++) levels[i] = Tensor.zeros(Shape.of(size));
    }

    /// The number of shards.
    int shards() {
        return shards;
    }

    /// The number of arrays.
    int arrays() {
        return levels.length;
    }

    /// The sum, once it is computed.
    Tensor result() {
        return levels[0];
    }

    /// Where the sum is.
    float[] array() {
        return levels[0].array();
    }

    /// Computes each shard, in order, and their sum.
    void compute(Shard shard) {
        compute(0, shards, 0, shard);
    }

    private void compute(int first, int count, int level, Shard shard) {
        if (count == 1) {
            shard.compute(first, levels[level]);
            return;
        }
        int left = Integer.highestOneBit(count - 1);
        compute(first, left, level, shard);
        compute(first + left, count - left, level + 1, shard);
        kernels.add(levels[level], levels[level + 1], levels[level]);
    }
}

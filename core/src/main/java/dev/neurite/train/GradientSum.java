package dev.neurite.train;

import dev.neurite.kernel.Kernels;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// The sum of the gradients of a batch's shards, along the one binary tree that their number has: left of its root
/// stand as many as the largest power of two below it, and so on. Shards are computed from left to right, so a
/// level of the tree needs one array: for S shards there are ⌈log₂ S⌉ + 1.
/// @param <B> what a batch is
final class GradientSum<B> {
    /// Computes the gradient of a shard of a batch into an array, which it writes whole.
    interface Shard<B> {
        void compute(B batch, int shard, Tensor gradient);
    }

    private final int shards;
    private final Shard<B> shard;
    private final Tensor[] levels;
    private final Kernels kernels;

    /// @param shards at least 1
    /// @param size of a gradient
    GradientSum(int shards, int size, Shard<B> shard, Kernels kernels) {
        this.shards = shards;
        this.shard = shard;
        this.kernels = kernels;
        this.levels = new Tensor[arrays(shards)];
        for (int i = 0; i < levels.length; i++) levels[i] = Tensor.zeros(Shape.of(size));
    }

    /// The number of arrays for so many shards.
    static int arrays(int shards) {
        return 1 + Integer.SIZE - Integer.numberOfLeadingZeros(shards - 1);
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

    /// Computes each shard of a batch, in order, and their sum.
    void compute(B batch) {
        compute(batch, 0, shards, 0);
    }

    private void compute(B batch, int first, int count, int level) {
        if (count == 1) {
            shard.compute(batch, first, levels[level]);
            return;
        }
        int left = Integer.highestOneBit(count - 1);
        compute(batch, first, left, level);
        compute(batch, first + left, count - left, level + 1);
        kernels.add(levels[level], levels[level + 1], levels[level]);
    }
}

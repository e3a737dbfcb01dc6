package dev.neurite.train;

import dev.neurite.kernel.Kernels;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// The sum of the gradients of a batch's shards, along a binary tree that depends only on their number.
/// The left subtree has as many shards as the largest power of two below their number, and so on.
/// Shards are computed from left to right, so each level of the tree needs one array: ⌈log₂ S⌉ + 1 for
/// S shards.
/// @param <B> the type of a batch
final class GradientSum<B> {
    /// Computes the gradient of a shard into a tensor; writes all of it.
    interface Shard<B> {
        void compute(B batch, int shard, Tensor gradient);
    }

    private final int shards;
    private final Shard<B> shard;
    private final Tensor[] levels;
    private final Kernels kernels;

    /// @param shards at least 1
    /// @param size the length of a gradient
    GradientSum(int shards, int size, Shard<B> shard, Kernels kernels) {
        this.shards = shards;
        this.shard = shard;
        this.kernels = kernels;
        this.levels = new Tensor[arrays(shards)];
        for (int i = 0; i < levels.length; i++) levels[i] = Tensor.zeros(Shape.of(size));
    }

    /// The number of arrays for this many shards.
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

    /// The sum, after [#compute].
    Tensor result() {
        return levels[0];
    }

    /// The array of [#result()].
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

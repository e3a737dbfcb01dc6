package dev.neurite.train;

import dev.neurite.kernel.Kernels;
import dev.neurite.train.shard.ShardNode;
import dev.neurite.train.shard.ShardSums;
import java.util.function.Supplier;

/// The sums of a batch's shards, added along the tree of [ShardNode]. Shards are computed from left to
/// right, so each level of the tree needs one [ShardSums]: ⌈log₂ S⌉ + 1 for S shards.
/// @param <B> the type of a batch
final class TreeSum<B> {
    /// Computes the sums of a shard; writes all of them.
    interface Shard<B> {
        void compute(B batch, int shard, ShardSums to);
    }

    private final int shards;
    private final Shard<B> shard;
    private final ShardSums[] levels;
    private final Kernels kernels;

    /// @param shards at least 1
    /// @param sums makes new sums
    TreeSum(int shards, Supplier<ShardSums> sums, Shard<B> shard, Kernels kernels) {
        this.shards = shards;
        this.shard = shard;
        this.kernels = kernels;
        this.levels = new ShardSums[arrays(shards)];
        for (int i = 0; i < levels.length; i++) levels[i] = sums.get();
    }

    /// The number of levels for this many shards.
    static int arrays(int shards) {
        return 1 + Integer.SIZE - Integer.numberOfLeadingZeros(shards - 1);
    }

    /// The number of shards.
    int shards() {
        return shards;
    }

    /// The number of levels.
    int arrays() {
        return levels.length;
    }

    /// The sums, after [#compute].
    ShardSums result() {
        return levels[0];
    }

    /// Computes each shard of a batch, in order, and their sums.
    void compute(B batch) {
        compute(batch, 0, shards, 0);
    }

    private void compute(B batch, int first, int count, int level) {
        if (count == 1) {
            shard.compute(batch, first, levels[level]);
            return;
        }
        int left = ShardNode.left(count);
        compute(batch, first, left, level);
        compute(batch, first + left, count - left, level + 1);
        levels[level].add(levels[level + 1], kernels);
    }
}

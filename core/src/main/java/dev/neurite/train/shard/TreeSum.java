package dev.neurite.train.shard;

import dev.neurite.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// The sums of a batch's shards, added along the tree of [ShardNode]. Shards are computed from left to
/// right, so each level of the tree needs one [ShardSums], made when it is first needed: ⌊log₂ S⌋ + 1 for S
/// shards.
/// @param <B> the type of a batch
public final class TreeSum<B> {
    /// Computes the sums of a shard; writes all of them.
    public interface Shard<B> {
        /// @param shard from 0
        /// @param to overwritten
        void compute(B batch, int shard, ShardSums to);
    }

    private final int shards;
    private final Shard<B> shard;
    private final Supplier<ShardSums> sums;
    private final List<ShardSums> levels = new ArrayList<>();
    private final Kernels kernels;

    /// A sum of this many shards.
    /// @param shards at least 1
    /// @param sums makes new sums
    public TreeSum(int shards, Supplier<ShardSums> sums, Shard<B> shard, Kernels kernels) {
        this.shards = shards;
        this.shard = shard;
        this.sums = sums;
        this.kernels = kernels;
        levels.add(sums.get());
    }

    /// The number of levels for this many shards.
    public static int arrays(int shards) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(shards);
    }

    public int shards() {
        return shards;
    }

    /// The number of levels that were needed so far.
    public int arrays() {
        return levels.size();
    }

    /// The sums, after [#compute].
    public ShardSums result() {
        return levels.getFirst();
    }

    /// Computes each shard of a batch, in order, and their sums.
    public void compute(B batch) {
        compute(batch, 0, shards, 0);
    }

    private void compute(B batch, int first, int count, int level) {
        if (levels.size() == level) levels.add(sums.get());
        if (count == 1) {
            shard.compute(batch, first, levels.get(level));
            return;
        }
        int left = ShardNode.left(count);
        compute(batch, first, left, level);
        compute(batch, first + left, count - left, level + 1);
        levels.get(level).add(levels.get(level + 1), kernels);
    }
}

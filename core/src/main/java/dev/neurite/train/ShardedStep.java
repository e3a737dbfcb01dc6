package dev.neurite.train;

import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.Dataset;
import dev.neurite.data.ShardedOrder;
import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import java.util.List;

/// A step whose shards are computed by several sessions, such as the workers of a cluster, each of which
/// then has the parameters that one session would have, bit for bit. [TrainingSession#sharded] makes one.
/// For each step every worker calls
///
/// 1. [#weigh] for each of its shards, and [#begin] with the weights of all shards;
/// 2. [#compute] for each of its shards, and [#add] along the tree of [ShardNode];
/// 3. [#apply] with the sums and the losses of all shards.
///
/// Gradients are sums over rows, so that nobody needs to know the size of another's shard. What workers
/// tell each other is small but for the sums.
public final class ShardedStep {
    private final TrainerSettings settings;
    private final Step step;
    private final Kernels kernels;
    private final ExclusiveUse use;
    private final int shards;
    private boolean begun;

    ShardedStep(TrainerSettings settings, Step step, Kernels kernels, ExclusiveUse use) {
        this.settings = settings;
        this.step = step;
        this.kernels = kernels;
        this.use = use;
        this.shards = step.shards();
    }

    /// The number of shards of a step, [Trainer#shards] times the accumulated batches.
    public int shards() {
        return shards;
    }

    /// The order of rows that belong to shards, in batches of the trainer's size, see [Trainer#rowsByShard].
    /// @param rows the number of all rows
    /// @throws ConfigException unless the batch size is a multiple of the shards
    public ShardedOrder order(int rows) {
        return new ShardedOrder(rows, shards, settings.rowsPerStep());
    }

    /// The parts of a shard in the batches of the present epoch, shuffled and augmented as the trainer says.
    /// @param own the rows of the shard, in the order of the data
    /// @param rows the number of all rows
    /// @param shard from 0
    /// @throws ConfigException if [#order] refuses the batch size, for augmentations that mix rows, or if no
    /// batch is left
    /// @throws dev.neurite.error.DataException for another number of rows than the shard has
    public Batches batches(Dataset own, int rows, int shard) {
        Batches batches = Batches.ofShard(
                own,
                order(rows),
                shard,
                settings.get(TrainerSettings.AUGMENTATIONS),
                settings.get(TrainerSettings.DROP_LAST));
        settings.beginEpoch(batches, step.epoch());
        return batches;
    }

    /// New sums: one for each level of the tree, or for each node that is kept.
    public ShardSums newSums() {
        return step.newSums();
    }

    /// The weights of the rows of a shard.
    /// @param rows any number of rows, also none
    public ShardLosses weigh(Batch rows) {
        try (var _ = use.begin()) {
            return step.weigh(rows);
        }
    }

    /// Begins a step.
    /// @param weights what [#weigh] gave, for each shard, in their order
    /// @throws ShapeException unless there is one for each shard
    public void begin(List<ShardLosses> weights) {
        try (var _ = use.begin()) {
            requireAll("weights", weights);
            step.begin(weights);
            begun = true;
        }
    }

    /// Computes the gradient and the losses of a shard.
    /// @param rows any number of rows, also none
    /// @param place the place of the first row in the step, from 0, which decides the noise of the rows: with
    /// [Trainer#rowsByShard] the shard's number times [dev.neurite.data.ShardedOrder#rowsPerShard()]; else
    /// the index of the row in the batch
    /// @param to what the shard gives; overwritten. Without losses that are finite, its gradient is
    /// undefined: [#apply] will refuse the step
    /// @throws ConfigException before [#begin]
    /// @throws ShapeException if the rows do not fit
    /// @throws dev.neurite.error.DataException for a label that is no class of the model
    public ShardLosses compute(Batch rows, int place, ShardSums to) {
        try (var _ = use.begin()) {
            requireBegun("compute");
            if (place < 0) throw new ShapeException("shard", "expects a place from 0, got " + place);
            step.startClock();
            ShardLosses losses = step.compute(rows, place, to);
            step.profiler().stop();
            return losses;
        }
    }

    /// Adds the sums of a right child in the tree to those of the left child, which become their parent's.
    public void add(ShardSums left, ShardSums right) {
        left.add(right, kernels);
    }

    /// Ends the step: updates the parameters.
    /// @param all the sums of all shards, added along the tree; its gradient is overwritten
    /// @param losses what [#compute] gave, for each shard, in their order
    /// @return the mean loss of the step's rows before it, as [TrainingSession#step]
    /// @throws ConfigException before [#begin]
    /// @throws ShapeException unless there are losses for each shard
    /// @throws dev.neurite.error.DivergedException if the loss or a gradient is not finite; nothing has
    /// changed then
    public double apply(ShardSums all, List<ShardLosses> losses) {
        try (var _ = use.begin()) {
            requireBegun("apply");
            requireAll("losses", losses);
            begun = false;
            step.startClock();
            step.apply(all, losses);
            step.profiler().stop();
            return step.losses().total();
        }
    }

    private void requireAll(String what, List<ShardLosses> found) {
        if (found.size() != shards) {
            throw new ShapeException(what, "expects those of " + shards + " shards, got " + found.size());
        }
    }

    private void requireBegun(String call) {
        if (!begun) throw new ConfigException("sharded step", "expects begin(…) before " + call + "(…)");
    }
}

package dev.neurite.train.shard;

import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.Dataset;
import dev.neurite.data.ShardedOrder;
import java.util.List;
import java.util.function.IntConsumer;

/// A step whose shards are computed by several sessions, such as the workers of a cluster, each of which
/// then has the parameters that one session would have, bit for bit.
/// [dev.neurite.train.TrainingSession#sharded] makes one. For each step every worker calls
///
/// 1. [#weigh] for each of its shards, and [#begin] with the weights of all shards;
/// 2. [#compute] for each of its shards, and [#add] along the tree of [ShardNode];
/// 3. [#apply] with the sums and the losses of all shards.
///
/// Gradients are sums over rows, so that nobody needs to know the size of another's shard. What workers
/// tell each other is small but for the sums.
public interface ShardedStep {
    /// The number of shards of a step, [dev.neurite.train.Trainer#shards] times the accumulated batches.
    int shards();

    /// The order of rows that belong to shards, in batches of the trainer's size, see
    /// [dev.neurite.train.Trainer#rowsByShard].
    /// @param rows the number of all rows
    /// @throws dev.neurite.error.ConfigException unless the batch size is a multiple of the shards
    ShardedOrder order(int rows);

    /// The parts of a shard in the batches of the present epoch, shuffled and augmented as the trainer says.
    /// @param own the rows of the shard, in the order of the data
    /// @param rows the number of all rows
    /// @param shard from 0
    /// @throws dev.neurite.error.ConfigException if [#order] refuses the batch size, for augmentations that
    /// mix rows, or if no batch is left
    /// @throws dev.neurite.error.DataException for another number of rows than the shard has
    Batches batches(Dataset own, int rows, int shard);

    /// New sums: one for each level of the tree, or for each node that is kept.
    ShardSums newSums();

    /// The weights of the rows of a shard.
    /// @param rows any number of rows, also none
    ShardLosses weigh(Batch rows);

    /// Begins a step.
    /// @param weights what [#weigh] gave, for each shard, in their order
    /// @throws dev.neurite.error.ShapeException unless there is one for each shard
    void begin(List<ShardLosses> weights);

    /// Computes the gradient and the losses of a shard.
    /// @param rows any number of rows, also none
    /// @param place the place of the first row in the step, from 0, which decides the noise of the rows: with
    /// [dev.neurite.train.Trainer#rowsByShard] the shard's number times [ShardedOrder#rowsPerShard()]; else the
    /// index of the row in the batch
    /// @param to what the shard gives; overwritten. Without losses that are finite, its gradient is
    /// undefined: [#apply] will refuse the step
    /// @throws dev.neurite.error.ConfigException before [#begin]
    /// @throws dev.neurite.error.ShapeException if the rows do not fit
    /// @throws dev.neurite.error.DataException for a label that is no class of the model
    default ShardLosses compute(Batch rows, int place, ShardSums to) {
        return compute(rows, place, to, _ -> {});
    }

    /// Computes the gradient and the losses of a shard, and tells during its backward pass which of the sums
    /// are final, so that they can be sent meanwhile. Same bits.
    /// @param done gets the index of [ShardSums#values] from which on nothing changes any more; each further call
    /// has a lower index, the last one 0. It is not called for a shard without rows, or without losses that
    /// are finite. What it does takes time of the pass
    ShardLosses compute(Batch rows, int place, ShardSums to, IntConsumer done);

    /// Adds the sums of a right child in the tree to those of the left child, which become their parent's.
    void add(ShardSums left, ShardSums right);

    /// Ends the step: updates the parameters.
    /// @param all the sums of all shards, added along the tree; its gradient is overwritten
    /// @param losses what [#compute] gave, for each shard, in their order
    /// @return the mean loss of the step's rows before it, as [dev.neurite.train.TrainingSession#step]
    /// @throws dev.neurite.error.ConfigException before [#begin]
    /// @throws dev.neurite.error.ShapeException unless there are losses for each shard
    /// @throws dev.neurite.error.DivergedException if the loss or a gradient is not finite; nothing has
    /// changed then
    double apply(ShardSums all, List<ShardLosses> losses);

    /// The figures of the last step, for a loop that did not take it, see [dev.neurite.train.EpochRunner].
    StepFigures figures();
}

package dev.neurite.data;

import dev.neurite.data.augment.Augmentations;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.kernel.KeyedRandom;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Cuts a data set into mini-batches, in its order or shuffled by seed and epoch, optionally augmented.
/// The last batch of an epoch may be shorter, or be dropped.
public final class Batches {
    private final Dataset data;
    private final int size;
    private final Augmentations augmentations;
    private final int count;
    private @Nullable BatchMemory own; // of [#batch(int)]
    private final Optional<ShardedOrder> sharded;
    private final int shard; // of which the rows are; -1 for all
    private int[] order;
    private long seed;
    private int epoch = 1;

    /// Batches without augmentation.
    /// @param size the number of rows in a batch, at least 1
    /// @throws ConfigException for a size below 1
    /// @throws DataException for data without rows, or with a weight below 0, infinite or NaN
    public Batches(Dataset data, int size) {
        this(data, size, Augmentations.NONE);
    }

    /// Batches whose rows are augmented, differently in each epoch.
    /// @param size the number of rows in a batch, at least 1
    /// @throws ConfigException for a size below 1, or row weights together with mixing augmentations
    /// @throws DataException for data without rows, or with a weight below 0, infinite or NaN
    /// @throws dev.neurite.error.ShapeException for inputs that an augmentation cannot change
    public Batches(Dataset data, int size, Augmentations augmentations) {
        this(data, size, augmentations, false);
    }

    /// Batches whose rows are augmented, differently in each epoch, and that may drop a shorter last
    /// batch. If rows are shuffled, other rows are dropped in each epoch.
    /// @param size the number of rows in a batch, at least 1
    /// @param dropLast whether to drop a shorter last batch
    /// @throws ConfigException for a size below 1, row weights together with mixing augmentations, or
    /// if no batch is left
    /// @throws DataException for data without rows, or with a weight below 0, infinite or NaN
    /// @throws dev.neurite.error.ShapeException for inputs that an augmentation cannot change
    public Batches(Dataset data, int size, Augmentations augmentations, boolean dropLast) {
        this(data, size, augmentations, dropLast, Optional.empty());
    }

    /// Batches whose rows belong to shards.
    /// @param size the number of rows in a batch, a multiple of the shards
    /// @param dropLast whether to drop a shorter last batch
    /// @param shards the number of shards
    /// @throws ConfigException for a size that is no multiple, augmentations that mix rows, or if no batch is
    /// left
    /// @throws DataException for data without rows, or with a weight below 0, infinite or NaN
    /// @throws dev.neurite.error.ShapeException for inputs that an augmentation cannot change
    public static Batches byShard(Dataset data, int size, Augmentations augmentations, boolean dropLast, int shards) {
        refuseMixing(augmentations);
        var order = new ShardedOrder(Math.max(1, data.size()), shards, size);
        return new Batches(data, size, augmentations, dropLast, Optional.of(order));
    }

    /// The part of each batch of [#byShard] that is of one shard, for who has the rows of that shard only.
    /// @param own the rows of the shard, in the order of the data: row i is row i·S + shard
    /// @param order the order of all rows
    /// @param shard from 0 to S − 1
    /// @param dropLast whether the last batch is dropped if it has fewer rows than the others
    /// @throws ConfigException for augmentations that mix rows, or if no batch is left
    /// @throws DataException unless the shard has that many rows; for a weight below 0, infinite or NaN
    /// @throws dev.neurite.error.ShapeException for inputs that an augmentation cannot change
    public static Batches ofShard(
            Dataset own, ShardedOrder order, int shard, Augmentations augmentations, boolean dropLast) {
        refuseMixing(augmentations);
        if (own.size() != order.rowsOf(Objects.checkIndex(shard, order.shards()))) {
            throw new DataException("shard " + shard, "expects " + order.rowsOf(shard) + " rows, got " + own.size());
        }
        return new Batches(own, order, shard, augmentations, dropLast);
    }

    private static void refuseMixing(Augmentations augmentations) {
        if (!augmentations.mixes()) return;
        throw new ConfigException(
                "augmentations", "expects none that mix rows where rows belong to shards, got " + augmentations);
    }

    private Batches(
            Dataset data, int size, Augmentations augmentations, boolean dropLast, Optional<ShardedOrder> sharded) {
        if (size < 1) throw new ConfigException("batch size", "expects at least 1 row, got " + size);
        if (data.size() == 0) throw new DataException("data", "expects at least one row, got none");
        this.data = augmentable(data, augmentations);
        this.sharded = sharded;
        this.size = sharded.isPresent() ? size : Math.min(size, data.size());
        this.augmentations = augmentations;
        this.count = count(data.size(), size, dropLast);
        this.shard = -1;
        checkWeights(data);
        this.order = sharded.map(ShardedOrder::unshuffled)
                .orElseGet(() -> IntStream.range(0, data.size()).toArray());
    }

    private Batches(Dataset own, ShardedOrder order, int shard, Augmentations augmentations, boolean dropLast) {
        augmentations.check(own.inputShape());
        this.data = own;
        this.augmentations = augmentations;
        this.sharded = Optional.of(order);
        this.shard = shard;
        this.size = order.rowsPerShard();
        this.count = count(order.rows(), order.batchSize(), dropLast);
        checkWeights(own);
        this.order = IntStream.range(0, own.size()).toArray();
    }

    private static int count(int rows, int size, boolean dropLast) {
        int count = dropLast ? rows / size : Math.ceilDiv(rows, size);
        if (count > 0) return count;
        throw new ConfigException(
                "dropLast",
                "expects at least 1 batch of " + size + " rows, got " + rows + " rows in all",
                "Take a smaller batch size, or keep it");
    }

    private static void checkWeights(Dataset data) {
        float[] weights = {};
        for (int row = 0; row < data.size() && data.isWeighted(); row++) {
            int count = data.weighsPositions() ? Positions.count(data, row) : 1;
            if (weights.length < count) weights = new float[count];
            data.readWeights(row, weights, 0);
            for (int i = 0; i < count; i++) Batch.checkWeight("weights", row, weights[i]);
        }
    }

    /// The data set that augmented batches are read from: with one-hot targets instead of labels if an
    /// augmentation mixes targets, else unchanged.
    /// @throws dev.neurite.error.ShapeException for inputs that an augmentation cannot change
    /// @throws ConfigException if an augmentation mixes rows that have weights, or a label for each position
    /// @throws DataException if an augmentation mixes rows without a valid label
    public static Dataset augmentable(Dataset data, Augmentations augmentations) {
        augmentations.check(data.inputShape());
        if (!augmentations.mixes()) return data;
        if (data.isWeighted()) {
            throw new ConfigException("augmentations", "expects rows without weights where they are mixed");
        }
        for (Dataset targets : data.targetsByOutput()) {
            if (!targets.isLabeled() || targets.hasLabelPerRow()) continue;
            throw new ConfigException(
                    "augmentations", "expects one target a row where rows are mixed, got a label for each position");
        }
        return new OneHotDataset(data);
    }

    /// Shuffles the rows and draws augmentations for an epoch. Both depend only on the seed and the
    /// epoch.
    public void shuffle(long trainingSeed, int number) {
        begin(trainingSeed, number);
        order = sharded.map(
                        each -> shard < 0 ? each.of(trainingSeed, number) : each.ofShard(trainingSeed, number, shard))
                .orElseGet(() -> new KeyedRandom(trainingSeed, number).permutation(data.size()));
    }

    /// Draws augmentations for an epoch without shuffling. The default is epoch 1 of seed 0.
    public void begin(long trainingSeed, int number) {
        seed = trainingSeed;
        epoch = number;
    }

    /// The order by shard; empty if rows belong to no shard.
    public Optional<ShardedOrder> sharded() {
        return sharded;
    }

    /// The number of rows in a batch; the last may have fewer.
    public int rows() {
        return size;
    }

    /// The number of batches.
    public int count() {
        return count;
    }

    /// Batch number `index`, from 0. The next call overwrites it, as all batches share one memory. Use
    /// [Batch#copy] to keep one.
    /// @throws IndexOutOfBoundsException outside 0 to [#count()] − 1
    public Batch batch(int index) {
        BatchMemory known = own;
        if (known == null) {
            known = memory();
            own = known;
        }
        return batch(index, known);
    }

    /// Batch number `index`, read into this memory.
    Batch batch(int index, BatchMemory memory) {
        return memory.fill(Objects.checkIndex(index, count()), order, seed, epoch);
    }

    /// New memory for one batch.
    BatchMemory memory() {
        int shards = shard < 0 ? 1 : sharded.orElseThrow().shards();
        return new BatchMemory(data, size, augmentations, shards, Math.max(0, shard));
    }

    /// The number of input values of a batch.
    long values() {
        return (long) size * data.inputShape().size();
    }

    boolean isAugmented() {
        return !augmentations.isEmpty();
    }
}

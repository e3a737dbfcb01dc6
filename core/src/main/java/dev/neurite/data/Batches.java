package dev.neurite.data;

import dev.neurite.data.augment.Augmentations;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.model.RowSource;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Cuts a data set into mini-batches, in its order or shuffled by seed and epoch, optionally augmented.
/// The last batch of an epoch may be shorter, or be dropped.
///
/// <!-- Snippets#batches -->
/// ```java
/// var batches = new Batches(train, 32);
/// batches.shuffle(1, 1); //                                 by seed 1, for epoch 1
/// try (TrainingSession session = Trainer.of(model).begin(batches.batch(0))) {
///     for (Batch batch : batches) session.step(batch);
/// }
/// ```
public final class Batches implements Iterable<Batch> {
    private static final String GROUPED = "rows grouped by length";
    private static final long OF_BATCHES = -1; // in the key of their permutation, where rows have their shard

    private final Dataset data;
    private final int size;
    private final Augmentations augmentations;
    private final int count;
    private @Nullable BatchMemory own; // of [#batch(int)]
    private final Optional<ShardedOrder> sharded;
    private final int shard; // of which the rows are; -1 for all
    private int pool = 1; // batches whose rows are sorted by length together
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
        this.order = unshuffled();
    }

    private Batches(Dataset own, ShardedOrder order, int shard, Augmentations augmentations, boolean dropLast) {
        this.data = augmentable(own, augmentations);
        this.augmentations = augmentations;
        this.sharded = Optional.of(order);
        this.shard = shard;
        this.size = order.rowsPerShard();
        this.count = count(order.rows(), order.batchSize(), dropLast);
        checkWeights(own);
        this.order = unshuffled();
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
            int count = data.weighsPositions() ? TargetRow.count(data, row) : 1;
            if (weights.length < count) weights = new float[count];
            data.readWeights(row, weights, 0);
            for (int i = 0; i < count; i++) Batch.checkWeight("weights", row, weights[i]);
        }
    }

    /// The data set that augmented batches are read from: with one-hot targets instead of labels if an
    /// augmentation mixes targets, else unchanged.
    /// @throws dev.neurite.error.ShapeException for inputs that an augmentation cannot change
    /// @throws ConfigException if an augmentation mixes rows that have weights, or a label for each
    /// position, or several inputs; for rows of different lengths, or several inputs of which not one is the
    /// only image and none is chosen
    /// @throws DataException if an augmentation mixes rows without a valid label
    public static Dataset augmentable(Dataset data, Augmentations augmentations) {
        if (augmentations.isEmpty()) return data;
        if (augmentations.mixes() && data.inputs().size() > 1) {
            throw new ConfigException(
                    "augmentations",
                    "expects rows of one input and of one length where they are mixed, got several inputs");
        }
        augmentations.check(data.inputs().get(augmented(data, augmentations)).inputShape());
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

    /// The index of the input that augmentations change: the chosen one, the only one, or the only image.
    static int augmented(Dataset data, Augmentations augmentations) {
        List<RowSource> inputs = data.inputs();
        int[] images = IntStream.range(0, inputs.size())
                .filter(i -> inputs.get(i).inputShape().isKnown()
                        && inputs.get(i).inputShape().rank() == 3)
                .toArray();
        int input = augmentations.input().orElse(inputs.size() == 1 ? 0 : images.length == 1 ? images[0] : -1);
        if (input < 0 || input >= inputs.size()) {
            throw new ConfigException(
                    "augmentations",
                    input < 0
                            ? "expects one image among " + inputs.size() + " inputs, got " + images.length
                            : "expects an input below " + inputs.size() + ", got " + input,
                    images.length > 0 ? "Choose one: Augmentations.toInput" : "");
        }
        if (inputs.get(input).inputShape().isKnown()) return input;
        throw new ConfigException("augmentations", "expects rows of one input and of one length, got sequences");
    }

    /// Shuffles the rows and draws augmentations for an epoch. Both depend only on the seed and the
    /// epoch.
    public void shuffle(long trainingSeed, int number) {
        begin(trainingSeed, number);
        ShardedOrder all = sharded.orElse(null);
        if (all == null) order = grouped(new KeyedRandom(trainingSeed, number).permutation(data.size()), 1, 0, true);
        else order = ordered(all, of -> all.ofShard(trainingSeed, number, of), true);
    }

    private int[] unshuffled() {
        ShardedOrder all = sharded.orElse(null);
        return all == null
                ? grouped(IntStream.range(0, data.size()).toArray(), 1, 0, false)
                : ordered(all, of -> IntStream.range(0, all.rowsOf(of)).toArray(), false);
    }

    /// The order of rows that belong to shards.
    /// @param orderOf the order of a shard's rows
    private int[] ordered(ShardedOrder all, IntFunction<int[]> orderOf, boolean shuffled) {
        return shard < 0
                ? all.interleaved(of -> grouped(orderOf.apply(of), all.shards(), of, shuffled))
                : grouped(orderOf.apply(shard), 1, 0, shuffled);
    }

    /// Makes batches of rows of similar lengths, with less padding: sorts the rows of every so many batches by
    /// length, then, if rows are shuffled, shuffles the batches. A last batch that is shorter stays the last.
    /// @param batches how many batches are sorted together; 1 for none, the default. More have less
    /// padding, and mix rows less
    /// @throws ConfigException below 1, or if all rows have one length
    public void groupByLength(int batches) {
        if (batches < 1) throw new ConfigException(GROUPED, "expects at least 1 batch, got " + batches);
        if (batches > 1 && data.hasOneLength()) {
            throw new ConfigException(GROUPED, "expects rows of different lengths, got rows of one length");
        }
        pool = batches;
        order = unshuffled();
    }

    /// Rows grouped by length: all, or those of one shard, whose parts of batches are the same for all shards.
    /// @param rows in the order of the epoch, by their numbers in the shard
    /// @param factor row r is row r·factor + offset of the data
    private int[] grouped(int[] rows, int factor, int offset, boolean shuffled) {
        if (pool == 1) return rows;
        int each = sharded.map(ShardedOrder::rowsPerShard).orElse(size); // rows of a batch
        int[] sorted = new int[rows.length];
        long together = (long) pool * each;
        for (long from = 0; from < rows.length; from += together) {
            sort(rows, (int) from, (int) Math.min(rows.length, from + together), factor, offset, sorted);
        }
        if (!shuffled) return sorted;
        int full = sharded.map(all -> all.rows() / all.batchSize()).orElse(rows.length / each);
        int[] batches = new KeyedRandom(seed, epoch, OF_BATCHES).permutation(full);
        int[] result = sorted.clone();
        for (int i = 0; i < full; i++) System.arraycopy(sorted, batches[i] * each, result, i * each, each);
        return result;
    }

    /// Sorts some rows by their numbers of steps, those of equally many in their order.
    private void sort(int[] rows, int from, int to, int factor, int offset, int[] sorted) {
        long[] keys = new long[to - from];
        List<RowSource> open = data.inputs().stream()
                .filter(input -> !input.inputShape().isKnown())
                .toList();
        for (int i = 0; i < keys.length; i++) {
            long steps = 0;
            for (RowSource input : open) steps += input.length(rows[from + i] * factor + offset);
            keys[i] = Math.min(steps, Integer.MAX_VALUE) << 32 | i;
        }
        Arrays.sort(keys);
        for (int i = 0; i < keys.length; i++) sorted[from + i] = rows[from + (int) keys[i]];
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

    /// The batches in their order. The next one overwrites the one before, see [#batch(int)].
    @Override
    public Iterator<Batch> iterator() {
        return IntStream.range(0, count()).mapToObj(this::batch).iterator();
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

    /// The largest number of input values of a batch.
    long values() {
        long row = 0;
        for (RowSource input : data.inputs()) row += input.longestInput().size();
        return size * row;
    }

    boolean isAugmented() {
        return !augmentations.isEmpty();
    }
}

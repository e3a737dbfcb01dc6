package dev.neurite.data;

import dev.neurite.data.augment.Augmentations;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.kernel.KeyedRandom;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A data set cut into mini-batches, in its own order or in one that a seed and the epoch decide, and
/// perhaps augmented. The last batch of an epoch may be shorter, or is dropped then.
public final class Batches {
    private final Dataset data;
    private final int size;
    private final Augmentations augmentations;
    private final int count;
    private @Nullable BatchMemory own; // of those that are asked for here
    private int[] order;
    private long seed;
    private int epoch = 1;

    /// Cuts a data set.
    /// @param size rows a batch, at least 1
    /// @throws ConfigException for a size below 1
    /// @throws DataException for data without rows, or with a weight below 0, infinite or NaN
    public Batches(Dataset data, int size) {
        this(data, size, Augmentations.NONE);
    }

    /// Cuts a data set whose rows are changed at random, in each epoch anew.
    /// @param size rows a batch, at least 1
    /// @throws ConfigException for a size below 1, or weights of rows that are mixed
    /// @throws DataException for data without rows, or with a weight below 0, infinite or NaN
    /// @throws dev.neurite.error.ShapeException for inputs that an augmentation cannot change
    public Batches(Dataset data, int size, Augmentations augmentations) {
        this(data, size, augmentations, false);
    }

    /// Cuts a data set whose rows are changed at random, in each epoch anew, and perhaps leaves out a
    /// last batch that is short: other rows in each epoch, if they are shuffled.
    /// @param size rows a batch, at least 1
    /// @param dropLast whether to leave it out
    /// @throws ConfigException for a size below 1, weights of rows that are mixed, or if nothing would
    /// be left
    /// @throws DataException for data without rows, or with a weight below 0, infinite or NaN
    /// @throws dev.neurite.error.ShapeException for inputs that an augmentation cannot change
    public Batches(Dataset data, int size, Augmentations augmentations, boolean dropLast) {
        if (size < 1) throw new ConfigException("batch size", "expects at least 1 row, got " + size);
        if (data.size() == 0) throw new DataException("data", "expects at least one row, got none");
        this.data = augmentable(data, augmentations);
        this.size = Math.min(size, data.size());
        this.augmentations = augmentations;
        this.count = dropLast ? data.size() / size : Math.ceilDiv(data.size(), size);
        if (count == 0) {
            throw new ConfigException(
                    "dropping the last batch",
                    "expects at least 1 batch of " + size + " rows, got " + data.size() + " rows in all",
                    "Take a smaller batch size, or keep it");
        }
        for (int row = 0; row < data.size() && data.isWeighted(); row++) {
            Batch.checkWeight("weights", row, data.weight(row));
        }
        this.order = IntStream.range(0, data.size()).toArray();
    }

    /// The data that augmented batches are read from: with class labels as one-hot probabilities where an augmentation
    /// mixes them, else as it is.
    /// @throws dev.neurite.error.ShapeException for inputs that an augmentation cannot change
    /// @throws ConfigException if targets are mixed and rows have weights
    /// @throws DataException if targets are mixed and a label is no class
    public static Dataset augmentable(Dataset data, Augmentations augmentations) {
        augmentations.check(data.inputShape());
        if (!augmentations.mixes()) return data;
        if (data.isWeighted()) {
            throw new ConfigException("augmentations", "expects rows without weights where they are mixed");
        }
        return new OneHotDataset(data);
    }

    /// Puts the rows in the order of this epoch: the same for the same seed and epoch, wherever and
    /// however often asked. Augmentations are those of the epoch, too.
    public void shuffle(long trainingSeed, int number) {
        begin(trainingSeed, number);
        order = new KeyedRandom(trainingSeed, number).permutation(data.size());
    }

    /// Augments rows as in this epoch, and leaves them in their order. Without a call it is epoch 1 of
    /// seed 0.
    public void begin(long trainingSeed, int number) {
        seed = trainingSeed;
        epoch = number;
    }

    /// The rows of a batch; the last may have less.
    public int rows() {
        return size;
    }

    /// The number of batches.
    public int count() {
        return count;
    }

    /// One batch, from 0. The next call overwrites it: all batches share one memory, so that a list of them would be
    /// the last one many times. Use [Batch#copy] to keep one.
    /// @throws IndexOutOfBoundsException outside 0 to [#count()] − 1
    public Batch batch(int index) {
        BatchMemory known = own;
        if (known == null) {
            known = memory();
            own = known;
        }
        return batch(index, known);
    }

    /// One batch, in this memory.
    Batch batch(int index, BatchMemory memory) {
        return memory.fill(Objects.checkIndex(index, count()), order, seed, epoch);
    }

    /// Room for one batch.
    BatchMemory memory() {
        return new BatchMemory(data, size, augmentations);
    }

    /// The number of input values of a batch.
    long values() {
        return (long) size * data.inputShape().size();
    }

    boolean isAugmented() {
        return !augmentations.isEmpty();
    }
}

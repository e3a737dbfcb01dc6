package dev.neurite.data.augment;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.tensor.Shape;

/// A random change of the rows that a network learns from, so that it sees more of them than there are:
/// one image at a time ([ImageAugmentation], open to your own), or one batch at a time ([Mixing]).
///
/// What is drawn is a function of the seed, the epoch, the row's number in the data set (of [Mixing],
/// the batch's number) and the place among the [Augmentations]: the same for any number of threads and
/// shards, and whether batches are made ready in advance or not.
public sealed interface Augmentation permits ImageAugmentation, Mixing {
    /// Refuses rows that this cannot change.
    /// @param row the shape of a row's input
    /// @throws ShapeException for others than images `[channels × height × width]`, unless it says
    /// otherwise
    default void check(Shape row) {
        if (row.rank() != 3) {
            throw new ShapeException(
                    "augmentation " + this, "expects images [channels×height×width], got rows of " + row);
        }
    }

    /// Refuses a setting outside its range.
    static double setting(boolean fine, String what, String range, double value) {
        if (fine) return value;
        throw new ConfigException(what, "expects " + range + ", got " + value);
    }

    /// Refuses what is no probability.
    static double chance(String what, double value) {
        return setting(value >= 0 && value <= 1, what + ", chance", "a number from 0 to 1", value);
    }

    /// Refuses what is no color.
    static double fill(String what, double value) {
        return setting(Math.abs(value) <= Float.MAX_VALUE, what + ", fill", "a finite number", value);
    }
}

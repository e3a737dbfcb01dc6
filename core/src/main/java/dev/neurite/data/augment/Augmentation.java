package dev.neurite.data.augment;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.tensor.Shape;

/// A random change of training rows: of one image at a time ([ImageAugmentation], which you may
/// implement), or of one batch at a time ([Mixing]).
///
/// Random numbers depend only on the seed, the epoch, the row's number in the data set (for [Mixing],
/// the batch's number) and the index in the [Augmentations]. They are the same for any number of
/// threads and shards, with or without prefetching.
public sealed interface Augmentation permits ImageAugmentation, Mixing {
    /// Checks that this can change rows of a shape.
    /// @param row the shape of a row's input
    /// @throws ShapeException for other shapes; by default for all but images `[channels × height ×
    /// width]`
    default void check(Shape row) {
        if (row.rank() != 3) {
            throw new ShapeException(
                    "augmentation " + this, "expects images [channels×height×width], got rows of " + row);
        }
    }

    /// Returns a setting if it is in its range.
    static double setting(boolean fine, String what, String range, double value) {
        if (fine) return value;
        throw new ConfigException(what, "expects " + range + ", got " + value);
    }

    /// Returns a probability if it is from 0 to 1.
    static double chance(String what, double value) {
        return setting(value >= 0 && value <= 1, what + ", chance", "a number from 0 to 1", value);
    }

    /// Returns a fill color if it is finite.
    static double fill(String what, double value) {
        return setting(Math.abs(value) <= Float.MAX_VALUE, what + ", fill", "a finite number", value);
    }
}

package dev.neurite.data.augment;

import dev.neurite.kernel.KeyedRandom;

/// A random change of one image by itself.
///
/// Implementations change nothing but the image, and draw from what they are given, so that an image
/// becomes the same wherever and however often it is asked for. Batches may be made on another thread
/// than the one that trains.
public non-sealed interface ImageAugmentation extends Augmentation {
    /// Changes an image.
    /// @param random numbers for this image in this epoch
    void apply(Image image, KeyedRandom random);
}

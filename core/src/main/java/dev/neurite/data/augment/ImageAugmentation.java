package dev.neurite.data.augment;

import dev.neurite.kernel.KeyedRandom;

/// A random change of single images.
///
/// Implementations change only the image and draw only from the given random numbers, so that the
/// result is reproducible. They may be called from another thread than the training.
public non-sealed interface ImageAugmentation extends Augmentation {
    /// Changes an image.
    /// @param random the random numbers of this image in this epoch
    void apply(Image image, KeyedRandom random);
}

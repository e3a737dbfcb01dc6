package dev.neurite.data;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.tensor.Shape;

/// A random change of one image by itself.
///
/// Implementations change nothing but the image, and draw from what they are given, so that an image
/// becomes the same wherever and however often it is asked for. Batches may be made on another thread
/// than the one that trains.
public non-sealed interface ImageAugmentation extends Augmentation {
    /// Changes an image.
    /// @param random numbers for this image in this epoch
    void apply(Image image, KeyedRandom random);

    /// Refuses a number of pixels that leaves nothing of an image.
    static void smaller(String what, int pixels, Shape image) {
        int side = Math.min(image.extent(1), image.extent(2));
        if (pixels >= side) {
            throw new ConfigException(
                    what, "expects less than the " + side + " pixels of " + image + ", got " + pixels);
        }
    }
}

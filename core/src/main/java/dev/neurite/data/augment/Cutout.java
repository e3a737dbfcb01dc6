package dev.neurite.data.augment;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.KeyedRandom;

/// Paints over a square: DeVries and Taylor 2017, arXiv:1708.04552. Its center is a random pixel, so it
/// may extend beyond the image. (The authors' code reduces odd sizes by one.)
/// @param size the side of the square in pixels, at least 1; the paper has 16 for CIFAR-10, 8 for
/// CIFAR-100
/// @param fill the color in all channels, 0 by default
public record Cutout(int size, double fill) implements ImageAugmentation {
    private static final int LARGEST = 1 << 20;

    /// @throws ConfigException for a size below 1 or above 2²⁰, or a fill that is not finite
    public Cutout {
        if (size < 1 || size > LARGEST) {
            throw new ConfigException("cutout, size", "expects 1 to " + LARGEST + " pixels, got " + size);
        }
        Augmentation.fill("cutout", fill);
    }

    @Override
    public void apply(Image image, KeyedRandom random) {
        int top = random.below(image.height()) - size / 2;
        int left = random.below(image.width()) - size / 2;
        int bottom = Math.min(image.height(), top + size);
        int right = Math.min(image.width(), left + size);
        image.fill(Math.max(0, top), bottom, Math.max(0, left), right, (float) fill);
    }
}

package dev.neurite.data.augment;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.KeyedRandom;

/// Pads the image and crops a part of the original size at a uniformly random place: torchvision's
/// `RandomCrop(size, padding)` with the size of the image.
/// @param padding the width of the padding in pixels, at least 1; 4 is usual for images of 32×32 (He et
/// al. 2015, arXiv:1512.03385)
/// @param fill the color of the padding in all channels, 0 by default
public record PaddedCrop(int padding, double fill) implements ImageAugmentation {
    private static final int WIDEST = 1 << 20;

    /// @throws ConfigException for a padding below 1 or above 2²⁰, or a fill that is not finite
    public PaddedCrop {
        if (padding < 1 || padding > WIDEST) {
            throw new ConfigException("crop, padding", "expects 1 to " + WIDEST + " pixels, got " + padding);
        }
        Augmentation.fill("crop", fill);
    }

    @Override
    public void apply(Image image, KeyedRandom random) {
        int top = random.below(2 * padding + 1);
        int left = random.below(2 * padding + 1);
        image.move(padding - top, padding - left, (float) fill);
    }
}

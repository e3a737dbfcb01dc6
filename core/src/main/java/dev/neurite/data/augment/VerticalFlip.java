package dev.neurite.data.augment;

import dev.neurite.kernel.KeyedRandom;

/// Mirrors top to bottom: torchvision's `RandomVerticalFlip`.
/// @param chance the probability, from 0 to 1
public record VerticalFlip(double chance) implements ImageAugmentation {
    /// @throws dev.neurite.error.ConfigException for another chance
    public VerticalFlip {
        Augmentation.chance("vertical flip", chance);
    }

    @Override
    public void apply(Image image, KeyedRandom random) {
        if (random.nextDouble() >= chance) return;
        int h = image.height();
        int w = image.width();
        for (int c = 0; c < image.channels(); c++) {
            for (int y = 0; y < h; y++) {
                System.arraycopy(image.pixels(), (c * h + y) * w, image.spare(), (c * h + h - 1 - y) * w, w);
            }
        }
        image.swap();
    }
}

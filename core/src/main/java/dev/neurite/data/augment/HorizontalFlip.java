package dev.neurite.data.augment;

import dev.neurite.kernel.KeyedRandom;

/// Mirrors left to right: torchvision's `RandomHorizontalFlip`.
/// @param chance the probability, from 0 to 1
public record HorizontalFlip(double chance) implements ImageAugmentation {
    /// @throws dev.neurite.error.ConfigException for another chance
    public HorizontalFlip {
        Augmentation.chance("flip", chance);
    }

    @Override
    public void apply(Image image, KeyedRandom random) {
        if (random.nextDouble() >= chance) return;
        float[] pixels = image.pixels();
        int w = image.width();
        for (int row = 0; row < pixels.length; row += w) {
            for (int i = row, j = row + w - 1; i < j; i++, j--) {
                float left = pixels[i];
                pixels[i] = pixels[j];
                pixels[j] = left;
            }
        }
    }
}

package dev.neurite.data.augment;

import dev.neurite.kernel.KeyedRandom;

/// Multiplies all pixels by a uniform factor from max(0, 1 − change) to 1 + change and clips them to 0
/// to 1: torchvision's `ColorJitter(brightness=change)`. For images with pixels from 0 to 1.
/// @param change the largest difference of the factor from 1, above 0 and up to 100
public record Brightness(double change) implements ImageAugmentation {
    /// @throws dev.neurite.error.ConfigException for another change
    public Brightness {
        checkChange("brightness", change);
    }

    static void checkChange(String what, double change) {
        Augmentation.setting(change > 0 && change <= 100, what + ", change", "a number above 0 and up to 100", change);
    }

    /// Draws a uniform factor from max(0, 1 − change) to 1 + change.
    static float factor(double change, KeyedRandom random) {
        double least = Math.max(0, 1 - change);
        return (float) (least + (1 + change - least) * random.nextDouble());
    }

    @Override
    public void apply(Image image, KeyedRandom random) {
        image.requireUnit("brightness");
        blend(image, factor(change, random), 0);
    }

    /// factor·pixel + (1 − factor)·other, kept from 0 to 1.
    static void blend(Image image, float factor, float other) {
        float[] pixels = image.pixels();
        float rest = (1 - factor) * other;
        for (int i = 0; i < pixels.length; i++) pixels[i] = Math.min(1, Math.max(0, factor * pixels[i] + rest));
    }
}

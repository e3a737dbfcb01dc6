package dev.neurite.data.augment;

import dev.neurite.kernel.KeyedRandom;

/// Scales the content about the center by a uniform factor from least to most, with bilinear
/// interpolation; the image keeps its size. torchvision's `RandomAffine(0, scale=(least, most),
/// BILINEAR)` (its default is the nearest pixel).
/// @param least the smallest factor, above 0; below 1 shrinks
/// @param most the largest factor, at least as large
/// @param fill the color of free pixels in all channels, 0 by default
public record Scaling(double least, double most, double fill) implements ImageAugmentation {
    /// @throws dev.neurite.error.ConfigException for settings outside their ranges
    public Scaling {
        Augmentation.setting(least > 0 && least <= 1000, "scale, least", "a number above 0 and up to 1000", least);
        Augmentation.setting(
                most >= least && most <= 1000, "scale, most", "a number from least, " + least + ", to 1000", most);
        Augmentation.fill("scale", fill);
    }

    @Override
    public void apply(Image image, KeyedRandom random) {
        Bilinear.transform(image, 0, least + (most - least) * random.nextDouble(), (float) fill);
    }
}

package dev.neurite.data.augment;

import dev.neurite.kernel.KeyedRandom;

/// Rotates about the center by a uniform angle from −degrees to degrees, with bilinear interpolation:
/// torchvision's `RandomRotation(degrees, BILINEAR)` (its default is the nearest pixel).
/// @param degrees the largest angle, above 0 and up to 180
/// @param fill the color of free pixels in all channels, 0 by default
public record Rotation(double degrees, double fill) implements ImageAugmentation {
    /// @throws dev.neurite.error.ConfigException for settings outside their ranges
    public Rotation {
        Augmentation.setting(
                degrees > 0 && degrees <= 180, "rotate, degrees", "a number above 0 and up to 180", degrees);
        Augmentation.fill("rotate", fill);
    }

    @Override
    public void apply(Image image, KeyedRandom random) {
        Bilinear.transform(image, (2 * random.nextDouble() - 1) * degrees, 1, (float) fill);
    }
}

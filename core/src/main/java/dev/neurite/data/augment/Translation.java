package dev.neurite.data.augment;

import dev.neurite.kernel.KeyedRandom;

/// Shifts by whole pixels: torchvision's `RandomAffine(0, translate=(horizontal, vertical))`. The shift
/// to the right is uniform from −horizontal·width to horizontal·width, rounded; the shift down likewise
/// with the height.
/// @param horizontal the largest fraction of the width, from 0 to 1
/// @param vertical the largest fraction of the height, from 0 to 1
/// @param fill the color of free pixels in all channels, 0 by default
public record Translation(double horizontal, double vertical, double fill) implements ImageAugmentation {
    /// @throws dev.neurite.error.ConfigException for settings outside their ranges
    public Translation {
        Augmentation.setting(
                horizontal >= 0 && horizontal <= 1, "translate, horizontal", "a number from 0 to 1", horizontal);
        Augmentation.setting(vertical >= 0 && vertical <= 1, "translate, vertical", "a number from 0 to 1", vertical);
        Augmentation.fill("translate", fill);
    }

    @Override
    public void apply(Image image, KeyedRandom random) {
        int right = pixels(horizontal * image.width(), random);
        int down = pixels(vertical * image.height(), random);
        image.move(down, right, (float) fill);
    }

    private static int pixels(double most, KeyedRandom random) {
        return (int) Math.rint((2 * random.nextDouble() - 1) * most);
    }
}

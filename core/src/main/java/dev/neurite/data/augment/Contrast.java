package dev.neurite.data.augment;

import dev.neurite.kernel.KeyedRandom;

/// Multiplies the differences of all pixels from the mean by a uniform factor from max(0, 1 − change)
/// to 1 + change and clips pixels to 0 to 1: torchvision's `ColorJitter(contrast=change)`. The mean is
/// that of the gray image, 0.2989 R + 0.587 G + 0.114 B for three channels, else of all channels. For
/// images with pixels from 0 to 1.
/// @param change the largest difference of the factor from 1, above 0 and up to 100
public record Contrast(double change) implements ImageAugmentation {
    private static final double[] GRAY = {0.2989, 0.587, 0.114};

    /// @throws dev.neurite.error.ConfigException for another change
    public Contrast {
        Brightness.checkChange("contrast", change);
    }

    @Override
    public void apply(Image image, KeyedRandom random) {
        image.requireUnit("contrast");
        Brightness.blend(image, Brightness.factor(change, random), mean(image));
    }

    private static float mean(Image image) {
        int channels = image.channels();
        int plane = image.height() * image.width();
        double mean = 0;
        for (int c = 0; c < channels; c++) {
            double sum = 0;
            for (int i = c * plane; i < (c + 1) * plane; i++) sum += image.pixels()[i];
            mean += sum / plane * (channels == GRAY.length ? GRAY[c] : 1.0 / channels);
        }
        return (float) mean;
    }
}

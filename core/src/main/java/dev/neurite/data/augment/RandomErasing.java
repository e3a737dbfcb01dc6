package dev.neurite.data.augment;

import dev.neurite.kernel.KeyedRandom;

/// Paints over a random rectangle: Zhong et al. 2017, arXiv:1708.04896, as torchvision's
/// `RandomErasing`. Its fraction of the image's area is uniform from least to most; log(height / width)
/// is uniform from log(narrowest) to log(widest). A rectangle that does not fit is drawn again, at most
/// ten times.
/// @param chance the probability, from 0 to 1
/// @param least the smallest fraction of the area, above 0
/// @param most the largest fraction of the area, up to 1
/// @param narrowest the smallest height / width, above 0
/// @param widest the largest height / width
/// @param fill the color in all channels, 0 by default
public record RandomErasing(double chance, double least, double most, double narrowest, double widest, double fill)
        implements ImageAugmentation {
    private static final int TRIES = 10;

    /// @throws dev.neurite.error.ConfigException for settings outside their ranges
    public RandomErasing {
        Augmentation.chance("erase", chance);
        Augmentation.setting(least > 0 && least <= 1, "erase, least", "a number above 0 and up to 1", least);
        Augmentation.setting(
                most >= least && most <= 1, "erase, most", "a number from least, " + least + ", to 1", most);
        Augmentation.setting(
                narrowest > 0 && narrowest <= 1e3, "erase, narrowest", "a number above 0 and up to 1000", narrowest);
        Augmentation.setting(
                widest >= narrowest && widest <= 1e3,
                "erase, widest",
                "a number from narrowest, " + narrowest + ", to 1000",
                widest);
        Augmentation.fill("erase", fill);
    }

    @Override
    public void apply(Image image, KeyedRandom random) {
        if (random.nextDouble() >= chance) return;
        int height = image.height();
        int width = image.width();
        double low = StrictMath.log(narrowest);
        double high = StrictMath.log(widest);
        for (int i = 0; i < TRIES; i++) {
            double area = (double) height * width * (least + (most - least) * random.nextDouble());
            double ratio = StrictMath.exp(low + (high - low) * random.nextDouble());
            int h = (int) Math.rint(Math.sqrt(area * ratio));
            int w = (int) Math.rint(Math.sqrt(area / ratio));
            if (h >= height || w >= width) continue;
            int top = random.below(height - h + 1);
            int left = random.below(width - w + 1);
            image.fill(top, top + h, left, left + w, (float) fill);
            return;
        }
    }
}

package dev.neurite.dashboard.view;

import dev.neurite.model.RowSource;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.Optional;

/// How the inputs of a model are images.
/// @param channels 1 or 3
/// @param height in pixels
/// @param width in pixels
/// @param low the number that is drawn black
/// @param high the number that is drawn white
public record ImageForm(int channels, int height, int width, float low, float high) {
    private static final int LOOKED_AT = 500; // rows
    private static final String PIXEL = "pixel";

    /// The form of inputs of this shape: images are `[channels×height×width]` with 1 or 3 channels, or
    /// rows of features that are called pixels. Empty for other inputs.
    /// @param features the names of the features; empty where they have none
    /// @param rows data of the kind, which tells the range of the numbers; without them 0 to 1
    public static Optional<ImageForm> of(Shape input, List<String> features, Optional<? extends RowSource> rows) {
        if (!input.isKnown() || input.size() == 0) return Optional.empty();
        int side = (int) Math.sqrt(input.size());
        boolean flat = input.rank() == 1
                && side * side == input.size()
                && features.size() == input.size()
                && features.stream().allMatch(each -> each.startsWith(PIXEL));
        boolean image = input.rank() == 3 && (input.extent(0) == 1 || input.extent(0) == 3);
        if (!flat && !image) return Optional.empty();
        float[] range = rows.filter(each -> each.inputShape().size() == input.size())
                .map(ImageForm::range)
                .orElse(new float[] {0, 1});
        return Optional.of(
                flat
                        ? new ImageForm(1, side, side, range[0], range[1])
                        : new ImageForm(input.extent(0), input.extent(1), input.extent(2), range[0], range[1]));
    }

    /// The range of the numbers: that of the first rows, or 0 to 1 for numbers within it.
    private static float[] range(RowSource data) {
        float[] row = new float[data.inputShape().size()];
        float low = Float.POSITIVE_INFINITY;
        float high = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < Math.min(LOOKED_AT, data.size()); i++) {
            data.readInput(i, row, 0);
            for (float each : row) {
                low = Math.min(low, each);
                high = Math.max(high, each);
            }
        }
        boolean unit = low >= 0 && high <= 1;
        return unit || !(low < high) ? new float[] {0, 1} : new float[] {low, high};
    }

    /// The number of numbers of an image.
    public int size() {
        return channels * height * width;
    }

    /// An image to look at.
    /// @param numbers `[channels×height×width]`, row-major
    public Picture picture(float[] numbers) {
        byte[] pixels = new byte[size()];
        int plane = height * width;
        for (int i = 0; i < plane; i++) {
            for (int c = 0; c < channels; c++) {
                double share = (numbers[c * plane + i] - low) / (high - low);
                pixels[i * channels + c] = (byte) Math.round(255 * Math.clamp(share, 0, 1));
            }
        }
        return new Picture(width, height, channels, pixels);
    }

    /// The number that stands for a brightness.
    /// @param brightness from 0, black, to 1, white
    float number(double brightness) {
        return (float) (low + brightness * (high - low));
    }
}

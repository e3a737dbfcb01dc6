package dev.neurite.dashboard.view;

import dev.neurite.error.ConfigException;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Optional;

/// Weights as images: the filters of a convolution, the weights of each unit of a layer that reads an
/// image, or a whole matrix as one image.
/// @param width in pixels
/// @param height in pixels
/// @param channels 1, or 3 for filters that read colors
/// @param min the lowest of all numbers of the parameter
/// @param max the highest one
/// @param total the number of images
/// @param images some of them: numbers, row-major, the channels of a pixel beside each other
@SuppressWarnings("ArrayRecordComponent") // nobody changes it
public record Filters(int width, int height, int channels, float min, float max, int total, float[][] images) {
    private static final int MOST_NUMBERS = 1 << 18; // in one answer

    /// The images of a parameter.
    /// @param name its name: `conv1.weight`
    /// @param image how the inputs of the model are images; empty if they are not
    /// @param from how many images to skip
    /// @param count how many at most
    /// @throws ConfigException for an unknown parameter
    public static Filters of(Model model, String name, Optional<ImageForm> image, int from, int count) {
        Tensor tensor = model.parameters().get(name);
        float[] values = tensor.toArray();
        Shape shape = tensor.shape();
        int[] plan = plan(shape, image, isFirst(model, name)); // width, height, channels
        int size = plan[0] * plan[1] * plan[2];
        int total = size == 0 ? 0 : values.length / size;
        int shown = Math.max(0, Math.min(Math.min(count, total - from), Math.max(1, MOST_NUMBERS / Math.max(1, size))));
        float[][] images = new float[shown][];
        for (int i = 0; i < shown; i++) images[i] = channelsLast(values, (from + i) * size, plan);
        float min = Float.POSITIVE_INFINITY;
        float max = Float.NEGATIVE_INFINITY;
        for (float each : values) {
            min = Math.min(min, each);
            max = Math.max(max, each);
        }
        return new Filters(plan[0], plan[1], plan[2], min, max, total, images);
    }

    /// Whether a parameter is the first of the network with two axes or more.
    private static boolean isFirst(Model model, String name) {
        return model.parameters().parts().stream()
                .filter(each -> each.shape().rank() > 1)
                .findFirst()
                .filter(each -> each.name().equals(name))
                .isPresent();
    }

    private static int[] plan(Shape shape, Optional<ImageForm> image, boolean first) {
        return switch (shape.rank()) {
            case 0, 1 -> new int[] {shape.size(), 1, 1};
            case 2 -> {
                boolean reads = first && image.isPresent() && image.get().size() == shape.extent(1);
                yield reads
                        ? new int[] {
                            image.get().width(),
                            image.get().height(),
                            image.get().channels()
                        }
                        : new int[] {shape.extent(1), shape.extent(0), 1};
            }
            case 4 -> new int[] {shape.extent(3), shape.extent(2), shape.extent(1) == 3 ? 3 : 1};
            default ->
                new int[] {shape.extent(shape.rank() - 1), shape.rank() == 3 ? 1 : shape.extent(shape.rank() - 2), 1};
        };
    }

    /// `[channels×height×width]` at a place of an array as `[height×width×channels]`.
    private static float[] channelsLast(float[] values, int at, int[] plan) {
        int plane = plan[0] * plan[1];
        float[] pixels = new float[plane * plan[2]];
        for (int i = 0; i < plane; i++) {
            for (int c = 0; c < plan[2]; c++) pixels[i * plan[2] + c] = values[at + c * plane + i];
        }
        return pixels;
    }
}

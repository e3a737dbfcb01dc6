package dev.neurite.tensorboard;

import dev.neurite.io.Png;
import dev.neurite.metric.Confusion;
import dev.neurite.model.ParameterView;
import dev.neurite.model.Role;
import dev.neurite.model.TensorView;
import dev.neurite.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// An image for TensorBoard, which calls it an image summary.
/// @param channels 1 for gray, 3 for red, green and blue
/// @param pixels `[height × width × channels]`, row-major
@SuppressWarnings("ArrayRecordComponent") // not compared
record ImageSummary(int width, int height, int channels, byte[] pixels) {
    /// The largest number of classes of a confusion matrix.
    static final int MOST_CLASSES = 50;

    private static final int MOST_FILTERS = 64;
    private static final int SIDE = 480; // pixels of a confusion matrix, about
    private static final int LEAST_CELL = 8;
    private static final int DIGIT_WIDTH = 3;
    private static final int DIGIT_HEIGHT = 5;

    /// The digits 0 to 9 in 3×5 dots, row by row, the highest bit first.
    private static final int[] DIGITS = {
        0b111_101_101_101_111, 0b010_110_010_010_111, 0b111_001_111_100_111, 0b111_001_111_001_111,
        0b101_101_111_001_001, 0b111_100_111_001_111, 0b111_100_111_101_111, 0b111_001_010_010_010,
        0b111_101_111_101_111, 0b111_101_111_001_111
    };

    private ImageSummary(int width, int height, int channels) {
        this(width, height, channels, new byte[width * height * channels]);
    }

    /// A confusion matrix: true classes in rows, predicted ones in columns. The shade of a cell is the root of its
    /// share of the row, so that rare confusions are visible; cells with room have their counts.
    /// @return empty for more than 50 classes
    static Optional<ImageSummary> of(Confusion confusion) {
        int classes = confusion.classNames().size();
        if (classes > MOST_CLASSES) return Optional.empty();
        int cell = Math.max(LEAST_CELL, SIDE / classes);
        var summary = new ImageSummary(cell * classes, cell * classes, 3);
        for (int truth = 0; truth < classes; truth++) {
            for (int prediction = 0; prediction < classes; prediction++) {
                long count = confusion.count(truth, prediction);
                double share = confusion.support(truth) == 0 ? 0 : (double) count / confusion.support(truth);
                int[] shade = shade(Math.sqrt(share));
                summary.fill(prediction * cell, truth * cell, cell - 1, cell - 1, shade);
                boolean dark = share > 0.2;
                summary.number(count, prediction * cell, truth * cell, cell, dark ? 255 : 40);
            }
        }
        return Optional.of(summary);
    }

    /// From white to dark blue.
    private static int[] shade(double share) {
        return new int[] {
            (int) Math.round(255 - share * 247),
            (int) Math.round(255 - share * 194),
            (int) Math.round(255 - share * 136)
        };
    }

    private void fill(int x, int y, int wide, int high, int... color) {
        for (int row = y; row < y + high; row++) {
            for (int column = x; column < x + wide; column++) {
                for (int c = 0; c < channels; c++) pixels[(row * width + column) * channels + c] = (byte) color[c];
            }
        }
    }

    /// Writes a number into the middle of a cell, as large as it fits; nothing if it does not.
    private void number(long number, int x, int y, int cell, int gray) {
        String digits = Long.toString(number);
        int dots = digits.length() * (DIGIT_WIDTH + 1) - 1;
        int scale = Math.min(3, Math.min((cell - 5) / dots, (cell - 5) / DIGIT_HEIGHT));
        if (scale < 1) return;
        int left = x + (cell - dots * scale) / 2;
        int top = y + (cell - DIGIT_HEIGHT * scale) / 2;
        for (int i = 0; i < digits.length(); i++) {
            int bits = DIGITS[digits.charAt(i) - '0'];
            for (int dot = 0; dot < DIGIT_WIDTH * DIGIT_HEIGHT; dot++) {
                if ((bits >> (DIGIT_WIDTH * DIGIT_HEIGHT - 1 - dot) & 1) == 0) continue;
                int column = left + (i * (DIGIT_WIDTH + 1) + dot % DIGIT_WIDTH) * scale;
                fill(column, top + dot / DIGIT_WIDTH * scale, scale, scale, gray, gray, gray);
            }
        }
    }

    /// The filters of a network's first layer of weights as a grid of images: those of a convolution, or the weights of
    /// each unit of a dense layer on images. At most 64; each from its lowest weight, black, to its highest, white.
    /// @param input the shape of a row of the network's input
    /// @return empty if they are no images
    static Optional<ImageSummary> ofFirstLayer(List<ParameterView> parameters, Shape input) {
        Optional<TensorView> weights = parameters.stream()
                .filter(each -> each.role() == Role.WEIGHT)
                .map(ParameterView::value)
                .findFirst();
        if (weights.isEmpty()) return Optional.empty();
        Shape shape = weights.get().shape();
        boolean convolution = shape.rank() == 4;
        boolean dense = shape.rank() == 2 && input.rank() == 3 && input.isKnown() && input.size() == shape.extent(1);
        if (!convolution && !dense) return Optional.empty();
        int channels = convolution ? shape.extent(1) : input.extent(0);
        int height = convolution ? shape.extent(2) : input.extent(1);
        int width = convolution ? shape.extent(3) : input.extent(2);
        if (height < 2 || width < 2) return Optional.empty();
        float[] values = weights.get().copy().toArray();
        return Optional.of(grid(values, shape.extent(0), channels, height, width));
    }

    /// @param values `[filters × channels × height × width]`
    static ImageSummary grid(float[] values, int filters, int channels, int height, int width) {
        int shown = Math.min(filters, MOST_FILTERS);
        int columns = (int) Math.ceil(Math.sqrt(shown));
        int rows = Math.ceilDiv(shown, columns);
        int scale = Math.max(1, 24 / Math.max(height, width)); // small filters are enlarged
        int colors = channels == 3 ? 3 : 1;
        int cellWidth = width * scale + 1;
        int cellHeight = height * scale + 1;
        var summary = new ImageSummary(columns * cellWidth - 1, rows * cellHeight - 1, colors);
        Arrays.fill(summary.pixels, (byte) 128);
        int plane = height * width;
        for (int filter = 0; filter < shown; filter++) {
            float[] image = colors == 3
                    ? Arrays.copyOfRange(values, filter * 3 * plane, (filter + 1) * 3 * plane)
                    : mean(values, filter * channels * plane, channels, plane);
            float low = Float.POSITIVE_INFINITY;
            float high = Float.NEGATIVE_INFINITY;
            for (float each : image) {
                if (!Float.isFinite(each)) continue;
                low = Math.min(low, each);
                high = Math.max(high, each);
            }
            for (int pixel = 0; pixel < plane; pixel++) {
                int[] color = new int[colors];
                for (int c = 0; c < colors; c++) {
                    float value = image[c * plane + pixel];
                    color[c] = high > low && Float.isFinite(value)
                            ? Math.round(255 * ((value - low) / (high - low)))
                            : 128;
                }
                int x = filter % columns * cellWidth + pixel % width * scale;
                int y = filter / columns * cellHeight + pixel / width * scale;
                summary.fill(x, y, scale, scale, color);
            }
        }
        return summary;
    }

    private static float[] mean(float[] values, int from, int channels, int plane) {
        float[] mean = new float[plane];
        for (int c = 0; c < channels; c++) {
            for (int i = 0; i < plane; i++) mean[i] += values[from + c * plane + i] / channels;
        }
        return mean;
    }

    byte[] png() {
        return Png.encode(width, height, channels, pixels);
    }

    void write(EventFile file, String tag, long step) {
        file.image(tag, step, width, height, channels, png());
    }
}

package dev.neurite.dashboard.view;

import dev.neurite.data.image.ImageFit;
import dev.neurite.data.image.ImageInput;
import dev.neurite.model.RowSource;
import dev.neurite.tensor.Shape;
import java.util.Arrays;
import java.util.Optional;

/// How a drawn or uploaded image becomes an input like those of the training data.
///
/// Digits of MNIST were cropped, fitted into 20×20 pixels with their aspect ratio kept, and moved so
/// that their center of mass is in the middle of 28×28 pixels. A network that was trained on such
/// images needs others in the same form: without it drawn digits are recognized half as often. Box and
/// center are measured on the data, so that data of other sizes is imitated as well. Images without an
/// even background, such as photographs, are only resized, as those that the model was trained on were.
/// @param form how inputs are images
/// @param placed whether the ink is cropped, fitted into the box and centered
/// @param inverted whether the data has light ink on a dark background
/// @param box the longer side of the ink, in pixels of the input
/// @param centerX the horizontal center of mass, in pixels from the middle of the first one
/// @param centerY the vertical center of mass
/// @param fit how images of another size are resized
public record Drawing(
        ImageForm form, boolean placed, boolean inverted, int box, double centerX, double centerY, ImageFit fit) {
    private static final int LOOKED_AT = 500; // rows
    private static final double INK = 0.15; // difference from the background that counts as ink
    private static final double EVEN = 0.55; // least share of the border that is background
    private static final int MNIST = 28;
    private static final int MNIST_BOX = 20;
    private static final double NOTHING = 1e-9;

    /// The preparation of images for a model.
    /// @param rows data of the kind that it was trained on; without it MNIST is taken as the example
    /// @param fit how images of another size are resized
    public static Drawing of(ImageForm form, Optional<? extends RowSource> rows, ImageFit fit) {
        Optional<? extends RowSource> fitting =
                rows.filter(each -> each.inputShape().size() == form.size() && each.size() > 0);
        return fitting.map(each -> measured(form, each, fit)).orElseGet(() -> {
            int side = Math.min(form.width(), form.height());
            return new Drawing(
                    form,
                    form.channels() == 1,
                    form.channels() == 1,
                    Math.max(1, Math.round((float) side * MNIST_BOX / MNIST)),
                    form.width() / 2.0,
                    form.height() / 2.0,
                    fit);
        });
    }

    private static Drawing measured(ImageForm form, RowSource data, ImageFit fit) {
        int count = Math.min(LOOKED_AT, data.size());
        double[] background = new double[count];
        double[] even = new double[count];
        double[] boxes = new double[count];
        double[] x = new double[count];
        double[] y = new double[count];
        float[] numbers = new float[form.size()];
        for (int i = 0; i < count; i++) {
            data.readInput((int) ((long) data.size() * i / count), numbers, 0);
            Ink ink = Ink.of(gray(form.picture(numbers)));
            background[i] = ink.background;
            even[i] = ink.evenness();
            boxes[i] = Math.max(ink.width(), ink.height());
            x[i] = ink.centerX();
            y[i] = ink.centerY();
        }
        return new Drawing(
                form,
                form.channels() == 1 && quantile(even, 0.5) >= EVEN,
                quantile(background, 0.5) < 0.5,
                (int) Math.max(1, quantile(boxes, 0.9)),
                quantile(x, 0.5),
                quantile(y, 0.5),
                fit);
    }

    private static double quantile(double[] values, double share) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.round(share * (sorted.length - 1))];
    }

    /// The name of the preparation in the API.
    public String name() {
        return placed ? "mnist" : "none";
    }

    /// An image in the form of the training data.
    /// @param drawn an image of any size; its ink may be dark on light or light on dark
    /// @return the inputs, `[channels×height×width]`
    public float[] apply(Picture drawn) {
        return placed ? place(drawn) : resized(drawn);
    }

    /// The image resized to the input, as images of a directory are.
    private float[] resized(Picture drawn) {
        Ink ink = Ink.of(gray(drawn));
        boolean drawing = form.channels() == 1 && ink.evenness() >= EVEN;
        boolean turned = drawing && inverted != ink.background < 0.5;
        var how = new ImageInput(form.channels() == 3, Shape.of(form.height(), form.width()), fit);
        float[] numbers = how.numbers(drawn);
        for (int i = 0; i < numbers.length; i++) numbers[i] = form.number(turned ? 1 - numbers[i] : numbers[i]);
        return numbers;
    }

    private float[] place(Picture drawn) {
        double[][] target = new double[form.height()][form.width()];
        Ink ink = Ink.of(gray(drawn));
        if (ink.width() > 0) {
            double scale = (double) box / Math.max(ink.width(), ink.height());
            int width = Math.max(1, (int) Math.round(ink.width() * scale));
            int height = Math.max(1, (int) Math.round(ink.height() * scale));
            double[][] small = resize(ink.cropped(), width, height);
            double strongest =
                    Arrays.stream(small).flatMapToDouble(Arrays::stream).max().orElse(0);
            double[] center = center(small);
            int left = (int) Math.round(centerX - center[0]);
            int top = (int) Math.round(centerY - center[1]);
            for (int row = 0; row < height; row++) {
                for (int column = 0; column < width; column++) {
                    int at = column + left;
                    int line = row + top;
                    if (at < 0 || at >= form.width() || line < 0 || line >= form.height()) continue;
                    target[line][at] = Math.clamp(small[row][column] / Math.max(NOTHING, strongest), 0, 1);
                }
            }
        }
        float[] numbers = new float[form.size()];
        for (int i = 0; i < numbers.length; i++) {
            double strength = target[i / form.width()][i % form.width()];
            numbers[i] = form.number(inverted ? strength : 1 - strength);
        }
        return numbers;
    }

    private static double[][] gray(Picture picture) {
        double[][] gray = new double[picture.height()][picture.width()];
        for (int row = 0; row < gray.length; row++) {
            for (int column = 0; column < gray[row].length; column++) {
                gray[row][column] = picture.brightness(column, row);
            }
        }
        return gray;
    }

    /// The center of mass; the middle of an image without mass.
    private static double[] center(double[][] mass) {
        double sum = 0;
        double x = 0;
        double y = 0;
        for (int row = 0; row < mass.length; row++) {
            for (int column = 0; column < mass[row].length; column++) {
                sum += mass[row][column];
                x += mass[row][column] * column;
                y += mass[row][column] * row;
            }
        }
        return sum > NOTHING
                ? new double[] {x / sum, y / sum}
                : new double[] {(mass[0].length - 1) / 2.0, (mass.length - 1) / 2.0};
    }

    /// What differs from the background of an image.
    private static final class Ink {
        private final double[][] strength; // 0 to 1
        private final double background;
        private int left = Integer.MAX_VALUE;
        private int right = -1;
        private int top = Integer.MAX_VALUE;
        private int bottom = -1;

        private Ink(double[][] strength, double background) {
            this.strength = strength;
            this.background = background;
            for (int row = 0; row < strength.length; row++) {
                for (int column = 0; column < strength[row].length; column++) {
                    if (strength[row][column] <= INK) continue;
                    left = Math.min(left, column);
                    right = Math.max(right, column);
                    top = Math.min(top, row);
                    bottom = row;
                }
            }
        }

        /// The ink of an image, whose background is the middle brightness along its border.
        static Ink of(double[][] gray) {
            double background = quantile(border(gray), 0.5);
            double[][] strength = new double[gray.length][gray[0].length];
            for (int row = 0; row < gray.length; row++) {
                for (int column = 0; column < gray[row].length; column++) {
                    strength[row][column] = Math.abs(gray[row][column] - background);
                }
            }
            return new Ink(strength, background);
        }

        private static double[] border(double[][] image) {
            int width = image[0].length;
            int height = image.length;
            double[] border = new double[2 * (width + height)];
            int count = 0;
            for (int column = 0; column < width; column++) {
                border[count++] = image[0][column];
                border[count++] = image[height - 1][column];
            }
            for (double[] row : image) {
                border[count++] = row[0];
                border[count++] = row[width - 1];
            }
            return border;
        }

        /// The share of the border that is background.
        double evenness() {
            return Arrays.stream(border(strength)).filter(each -> each <= INK).count()
                    / (double) border(strength).length;
        }

        int width() {
            return right < 0 ? 0 : right - left + 1;
        }

        int height() {
            return bottom < 0 ? 0 : bottom - top + 1;
        }

        double centerX() {
            return center(strength)[0];
        }

        double centerY() {
            return center(strength)[1];
        }

        double[][] cropped() {
            double[][] cropped = new double[height()][];
            for (int row = 0; row < cropped.length; row++) {
                cropped[row] = Arrays.copyOfRange(strength[top + row], left, right + 1);
            }
            return cropped;
        }
    }

    /// Resizes an image, bilinear with antialiasing.
    static double[][] resize(double[][] image, int width, int height) {
        double[][] wide = new double[image.length][];
        for (int row = 0; row < image.length; row++) wide[row] = resize(image[row], width);
        double[][] result = new double[height][width];
        double[] column = new double[image.length];
        for (int x = 0; x < width; x++) {
            for (int row = 0; row < column.length; row++) column[row] = wide[row][x];
            double[] resized = resize(column, height);
            for (int row = 0; row < height; row++) result[row][x] = resized[row];
        }
        return result;
    }

    private static double[] resize(double[] line, int to) {
        if (line.length == to) return line.clone();
        double[] result = new double[to];
        double scale = (double) line.length / to;
        double support = Math.max(1, scale);
        for (int i = 0; i < to; i++) {
            double middle = (i + 0.5) * scale;
            int first = Math.max(0, (int) (middle - support + 0.5));
            int end = Math.min(line.length, (int) (middle + support + 0.5));
            double weights = 0;
            for (int j = first; j < end; j++) {
                double weight = Math.max(0, 1 - Math.abs((j + 0.5 - middle) / support));
                weights += weight;
                result[i] += weight * line[j];
            }
            result[i] /= weights;
        }
        return result;
    }
}

package dev.neurite.data;

import dev.neurite.error.DataException;
import dev.neurite.tensor.Shape;
import java.util.List;

/// Images of one byte a pixel and channel, in a quarter of the memory of floats.
final class ImageDataset implements Dataset {
    private final byte[][] pixels; // in each as many images as in the first, but for the last
    private final int together;
    private final Shape image;
    private final int[] labels;
    private final List<String> classNames;

    /// Images in one array.
    ImageDataset(byte[] pixels, Shape image, byte[] labels, List<String> classNames) {
        this(new byte[][] {pixels}, labels.length, image, unsigned(labels), classNames);
        if ((long) labels.length * image.size() != pixels.length) {
            throw new DataException(
                    "images",
                    "expects " + labels.length + " images " + image + " for as many labels, got " + pixels.length
                            + " bytes");
        }
    }

    /// Images in an array each.
    ImageDataset(byte[][] pixels, Shape image, int[] labels, List<String> classNames) {
        this(pixels.clone(), 1, image, labels.clone(), classNames);
        if (pixels.length != labels.length) {
            throw new DataException("labels", "expects one an image, " + pixels.length + ", got " + labels.length);
        }
        for (int row = 0; row < pixels.length; row++) {
            if (pixels[row].length != image.size()) {
                throw new DataException(
                        "image " + row,
                        "expects " + image.size() + " bytes for " + image + ", got " + pixels[row].length);
            }
        }
    }

    private ImageDataset(byte[][] pixels, int together, Shape image, int[] labels, List<String> classNames) {
        if (labels.length == 0) throw new DataException("images", "expects at least one, got none");
        ArrayDataset.checkLabels(labels.length, row -> labels[row], classNames.size());
        this.pixels = pixels;
        this.together = together;
        this.image = image;
        this.labels = labels;
        this.classNames = List.copyOf(classNames);
    }

    private static int[] unsigned(byte[] labels) {
        int[] numbers = new int[labels.length];
        for (int row = 0; row < numbers.length; row++) numbers[row] = labels[row] & 0xff;
        return numbers;
    }

    @Override
    public int size() {
        return labels.length;
    }

    @Override
    public Shape inputShape() {
        return image;
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public Shape targetShape() {
        return Shape.of();
    }

    @Override
    public void readInput(int row, float[] array, int at) {
        int n = image.size();
        byte[] bytes = pixels[row / together];
        int from = row % together * n;
        for (int i = 0; i < n; i++) array[at + i] = (bytes[from + i] & 0xff) / 255f;
    }

    @Override
    public int label(int row) {
        return labels[row];
    }

    @Override
    public void readTarget(int row, float[] array, int at) {
        throw new UnsupportedOperationException("this data set has class labels, not values");
    }
}

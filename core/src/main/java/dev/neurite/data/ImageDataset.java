package dev.neurite.data;

import dev.neurite.error.DataException;
import dev.neurite.tensor.Shape;
import java.util.List;

/// Images of one byte a pixel and channel, in a quarter of the memory of floats.
final class ImageDataset implements Dataset {
    private final byte[] pixels;
    private final Shape image;
    private final byte[] labels;
    private final List<String> classNames;

    ImageDataset(byte[] pixels, Shape image, byte[] labels, List<String> classNames) {
        if (labels.length == 0) throw new DataException("images", "expects at least one, got none");
        if ((long) labels.length * image.size() != pixels.length) {
            throw new DataException(
                    "images",
                    "expects " + labels.length + " images " + image + " for as many labels, got " + pixels.length
                            + " bytes");
        }
        ArrayDataset.checkLabels(labels.length, row -> labels[row] & 0xff, classNames.size());
        this.pixels = pixels;
        this.image = image;
        this.labels = labels;
        this.classNames = List.copyOf(classNames);
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
        int from = row * n;
        for (int i = 0; i < n; i++) array[at + i] = (pixels[from + i] & 0xff) / 255f;
    }

    @Override
    public int label(int row) {
        return labels[row] & 0xff;
    }

    @Override
    public void readTarget(int row, float[] array, int at) {
        throw new UnsupportedOperationException("this data set has class labels, not values");
    }
}

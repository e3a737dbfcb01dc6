package dev.neurite.data;

import dev.neurite.data.image.ImageInput;
import dev.neurite.error.DataException;
import dev.neurite.model.RowOrigin;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.Optional;

/// A data set of stored rows, with labels or stored rows as targets.
final class StoredDataset implements Dataset {
    private final StoredRows inputs;
    private final float unit; // the divisor of stored numbers
    private final Shape shape;
    private final int[] labels;
    private final StoredRows targets;
    private final List<String> classNames;
    private String sha256 = ""; // empty until it is computed

    /// @param unit the divisor of stored inputs
    /// @param labels not copied
    StoredDataset(StoredRows inputs, float unit, Shape shape, int[] labels, List<String> classNames) {
        this(inputs, unit, shape, labels, inputs, classNames); // labeled: targets are not read
        if (labels.length != inputs.count()) {
            throw new DataException(
                    "labels", "expects one per row of input, " + inputs.count() + ", got " + labels.length);
        }
        ArrayDataset.checkLabels(labels.length, row -> labels[row], classNames.size());
    }

    /// @param unit the divisor of stored inputs
    StoredDataset(StoredRows inputs, float unit, Shape shape, StoredRows targets) {
        this(inputs, unit, shape, new int[0], targets, List.of());
        if (targets.count() != inputs.count()) {
            throw new DataException(
                    "targets", "expects one per row of input, " + inputs.count() + ", got " + targets.count());
        }
        if (targets.width() == 0) throw new DataException("targets", "expects at least one value per row, got none");
        targets.requireFinite("targets");
    }

    private StoredDataset(
            StoredRows inputs, float unit, Shape shape, int[] labels, StoredRows targets, List<String> classNames) {
        if (inputs.count() == 0) throw new DataException("inputs", "expects at least one row, got none");
        if (inputs.width() == 0 || inputs.width() != shape.size()) {
            throw new DataException(
                    "inputs", "expects rows of " + shape.size() + " numbers for " + shape + ", got " + inputs.width());
        }
        inputs.requireFinite("inputs");
        this.inputs = inputs;
        this.unit = unit;
        this.shape = shape;
        this.labels = labels;
        this.targets = targets;
        this.classNames = List.copyOf(classNames);
    }

    /// Images in a single array.
    static Dataset ofImages(byte[] pixels, Shape image, byte[] labels, List<String> classNames) {
        if ((long) labels.length * image.size() != pixels.length) {
            throw new DataException(
                    "images",
                    "expects " + labels.length + " images " + image + " for as many labels, got " + pixels.length
                            + " bytes");
        }
        int[] numbers = new int[labels.length];
        for (int row = 0; row < numbers.length; row++) numbers[row] = labels[row] & 0xff;
        StoredRows rows = HeapRows.of(pixels, numbers.length, image.size());
        return new StoredDataset(rows, 255, image, numbers, classNames);
    }

    /// Images in an array of their own each.
    static Dataset ofImages(byte[][] pixels, Shape image, int[] labels, List<String> classNames) {
        for (int row = 0; row < pixels.length; row++) {
            if (pixels[row].length != image.size()) {
                throw new DataException(
                        "image " + row,
                        "expects " + image.size() + " bytes for " + image + ", got " + pixels[row].length);
            }
        }
        StoredRows rows = HeapRows.of(pixels.clone(), pixels.length, image.size(), 0);
        return new StoredDataset(rows, 255, image, labels.clone(), classNames);
    }

    /// Images, of bytes divided by 255.
    @Override
    public Optional<RowOrigin> origin() {
        return unit == 255 && ImageInput.fits(shape) ? Optional.of(ImageInput.of(shape)) : Optional.empty();
    }

    @Override
    public int size() {
        return inputs.count();
    }

    @Override
    public Shape inputShape() {
        return shape;
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public Shape targetShape() {
        return isLabeled() ? Shape.SCALAR : Shape.of(targets.width());
    }

    @Override
    public void readInput(int row, float[] array, int at) {
        inputs.read(row, array, at);
        if (unit == 1) return;
        for (int i = at, end = at + inputs.width(); i < end; i++) array[i] /= unit;
    }

    @Override
    public int label(int row) {
        if (!isLabeled()) throw new UnsupportedOperationException("this data set has values, not class labels");
        return labels[row];
    }

    @Override
    public void readTarget(int row, float[] array, int at) {
        if (isLabeled()) throw new UnsupportedOperationException("this data set has class labels, not values");
        targets.read(row, array, at);
    }

    @Override
    public boolean isMapped() {
        return inputs.isMapped() || targets.isMapped();
    }

    /// The result of [DataHash#sha256], computed once.
    synchronized String sha256() {
        if (sha256.isEmpty()) sha256 = DataHash.compute(this);
        return sha256;
    }

    @Override
    public String toString() {
        return describe();
    }
}

package dev.neurite.data;

import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// A data set of the rows of a tensor, with labels or the rows of a second tensor as targets; tensors
/// are not copied.
final class TensorDataset implements Dataset {
    private final Tensor inputs;
    private final Shape inputShape;
    private final int[] labels;
    private final Tensor targets;
    private final List<String> classNames;

    TensorDataset(Tensor inputs, int[] labels, List<String> classNames) {
        this.inputShape = checked("inputs", inputs);
        if (labels.length != inputs.rows()) {
            throw new DataException(
                    "labels", "expects one per row of input, " + inputs.rows() + ", got " + labels.length);
        }
        ArrayDataset.checkLabels(labels.length, row -> labels[row], classNames.size());
        this.inputs = inputs;
        this.labels = labels.clone();
        this.targets = inputs; // labeled: targets are not read
        this.classNames = List.copyOf(classNames);
    }

    TensorDataset(Tensor inputs, Tensor targets) {
        this.inputShape = checked("inputs", inputs);
        checked("targets", targets);
        if (targets.rows() != inputs.rows()) {
            throw new DataException(
                    "targets", "expects one per row of input, " + inputs.rows() + ", got " + targets.rows());
        }
        this.inputs = inputs;
        this.labels = new int[0];
        this.targets = targets;
        this.classNames = List.of();
    }

    private static Shape checked(String what, Tensor rows) {
        if (rows.shape().rank() < 2) {
            throw new ShapeException(what, "expects rows of numbers, got " + rows.shape());
        }
        if (rows.rows() == 0) throw new DataException(what, "expects at least one row, got none");
        Shape row = rows.shape().row();
        if (row.size() == 0) throw new DataException(what, "expects rows of at least 1 value, got " + row);
        float[] values = rows.array();
        for (int i = 0; i < rows.size(); i++) {
            float value = values[rows.offset() + i];
            if (!Float.isFinite(value)) {
                throw new DataException(
                        what + ", row " + i / row.size() + ", value " + i % row.size(),
                        "expects a finite number, got " + value);
            }
        }
        return row;
    }

    @Override
    public int size() {
        return inputs.rows();
    }

    @Override
    public Shape inputShape() {
        return inputShape;
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public Shape targetShape() {
        return isLabeled() ? Shape.SCALAR : targets.shape().row();
    }

    @Override
    public void readInput(int row, float[] array, int at) {
        read(inputs, inputShape.size(), row, array, at);
    }

    @Override
    public int label(int row) {
        if (!isLabeled()) throw new UnsupportedOperationException("this data set has values, not class labels");
        return labels[row];
    }

    @Override
    public void readTarget(int row, float[] array, int at) {
        if (isLabeled()) throw new UnsupportedOperationException("this data set has class labels, not values");
        read(targets, targets.size() / targets.rows(), row, array, at);
    }

    private static void read(Tensor from, int width, int row, float[] array, int at) {
        System.arraycopy(from.array(), from.offset() + row * width, array, at, width);
    }

    @Override
    public String toString() {
        return describe();
    }
}

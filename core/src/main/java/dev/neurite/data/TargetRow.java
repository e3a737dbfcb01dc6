package dev.neurite.data;

import dev.neurite.error.ShapeException;
import dev.neurite.tensor.Shape;

/// The targets of one row of a data set, read into an array that is used again: class labels or values, of the row or
/// of all its positions.
public final class TargetRow {
    private final Dataset data;
    private final int width; // the numbers of a row, or of one step of an open axis
    private int[] labels = {};
    private float[] values = {};
    private int count;

    /// Targets of this data set. For several outputs it has those of the first.
    public TargetRow(Dataset data) {
        this.data = data;
        this.width = data.targetShape().withOpen(1).size();
    }

    /// The error of targets for each step of a row, where a network says one thing a row.
    /// @param what `label` or `value`
    /// @param targets the shape of those of a row
    /// @param output the shape of the output of a row
    public static ShapeException onePerRow(String what, Shape targets, Shape output) {
        return new ShapeException(
                "targets",
                "expects one " + what + " a row, as the output is " + output + ", got " + what + "s " + targets,
                "A recurrent layer gives an output for each step with withSequences()");
    }

    /// Whether the targets are class labels.
    public boolean isLabeled() {
        return data.isLabeled();
    }

    public void read(int row) {
        count = count(row);
        if (data.isLabeled()) {
            if (labels.length < count) labels = new int[count];
            data.readLabels(row, labels, 0);
        } else {
            if (values.length < count) values = new float[count];
            data.readTarget(row, values, 0);
        }
    }

    /// The number of labels or values of a row, without reading them.
    public int count(int row) {
        return data.targetShape().isKnown() ? width : Math.multiplyExact(data.targetLength(row), width);
    }

    /// The number of labels or values of the row.
    public int count() {
        return count;
    }

    /// A label of the row, from 0.
    public int label(int index) {
        return labels[index];
    }

    /// A value of the row, from 0.
    public float value(int index) {
        return values[index];
    }

    /// The values of the row, not copied; there may be more numbers after them.
    float[] values() {
        return values;
    }

    /// Copies values of the row.
    /// @param from the index of the first
    public void copyValues(int from, float[] to) {
        System.arraycopy(values, from, to, 0, to.length);
    }

    // ------------------------------------------------------------------------------------------------- shapes

    /// The shape of the positions of a row that have a target each: rank 0 for one target a row.
    static Shape shape(Dataset data) {
        Shape targets = data.targetShape();
        if (data.isLabeled() || targets.rank() < 2) return data.isLabeled() ? targets : Shape.SCALAR;
        return Shape.of(targets.extents().stream()
                .limit(targets.rank() - 1)
                .mapToInt(Integer::intValue)
                .toArray());
    }

    /// The number of positions of a row that have a target each.
    static int count(Dataset data, int row) {
        Shape shape = shape(data);
        return shape.isKnown()
                ? shape.size()
                : Math.multiplyExact(data.targetLength(row), shape.withOpen(1).size());
    }
}

package dev.neurite.data;

import dev.neurite.error.DataException;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.stream.IntStream;

/// Rows in memory, checked when the data set is made.
final class ArrayDataset implements Dataset {
    private final float[][] inputs;
    private final int[] labels;
    private final float[][] targets;
    private final List<String> classNames;

    private ArrayDataset(float[][] inputs, int[] labels, float[][] targets, List<String> classNames) {
        this.inputs = inputs;
        this.labels = labels;
        this.targets = targets;
        this.classNames = classNames;
    }

    static Dataset labeled(float[][] inputs, int[] labels, List<String> classNames) {
        return labeled(inputs, labels, classNames, Long.MIN_VALUE); // no int, so that no label is missing
    }

    /// @param missing the label of rows that have none
    static Dataset labeled(float[][] inputs, int[] labels, List<String> classNames, long missing) {
        sameCount(inputs.length, "labels", labels.length);
        checkLabels(labels.length, row -> labels[row] == missing ? 0 : labels[row], classNames.size());
        return new ArrayDataset(checkedCopy("inputs", inputs), labels.clone(), new float[0][], List.copyOf(classNames));
    }

    static Dataset withoutTargets(float[][] inputs) {
        if (inputs.length == 0) throw new DataException("inputs", "expects at least one row, got none");
        float[][] nothing = new float[inputs.length][0];
        return new ArrayDataset(checkedCopy("inputs", inputs), new int[0], nothing, List.of());
    }

    static Dataset valued(float[][] inputs, float[][] targets) {
        sameCount(inputs.length, "targets", targets.length);
        return new ArrayDataset(checkedCopy("inputs", inputs), new int[0], checkedCopy("targets", targets), List.of());
    }

    /// Class names `0`, `1`, … up to the largest label.
    static List<String> numbered(int[] labels) {
        int classes = 0;
        for (int row = 0; row < labels.length; row++) {
            if (labels[row] >= Dataset.MOST_CLASSES) {
                throw new DataException(
                        "row " + row, "expects a label below " + Dataset.MOST_CLASSES + ", got " + labels[row]);
            }
            classes = Math.max(classes, labels[row] + 1);
        }
        return numbered(classes);
    }

    static List<String> numbered(int classes) {
        return IntStream.range(0, classes).mapToObj(Integer::toString).toList();
    }

    /// A data set of rows that are already checked; they are not copied.
    static Dataset gathered(float[][] inputs, int[] labels, float[][] targets, List<String> classNames) {
        if (inputs.length == 0) throw new DataException("inputs", "expects at least one row, got none");
        return new ArrayDataset(inputs, labels, targets, List.copyOf(classNames));
    }

    static void checkLabels(int rows, java.util.function.IntUnaryOperator label, int classes) {
        for (int row = 0; row < rows; row++) checkLabel(row, label.applyAsInt(row), classes);
    }

    static void checkLabel(int row, int value, int classes) {
        if (value >= 0 && value < classes) return;
        String hint = value == classes ? "Labels count from 0; are these counted from 1?" : "";
        throw new DataException("row " + row, "expects a label from 0 to " + (classes - 1) + ", got " + value, hint);
    }

    private static void sameCount(int inputs, String what, int count) {
        if (inputs == 0) throw new DataException("inputs", "expects at least one row, got none");
        if (inputs != count) {
            throw new DataException(what, "expects one per row of input, " + inputs + ", got " + count);
        }
    }

    private static float[][] checkedCopy(String what, float[][] rows) {
        float[][] copy = new float[rows.length][];
        for (int i = 0; i < rows.length; i++) copy[i] = checkedCopy(what, i, rows[i], rows[0].length);
        return copy;
    }

    /// @param width the number of values in the first row
    static float[] checkedCopy(String what, int row, float[] values, int width) {
        if (values.length != width || width == 0) {
            throw new DataException(
                    what + ", row " + row, "expects " + Math.max(1, width) + " values, got " + values.length);
        }
        float[] copy = values.clone();
        for (int j = 0; j < copy.length; j++) {
            if (!Float.isFinite(copy[j])) {
                throw new DataException(
                        what + ", row " + row + ", value " + j, "expects a finite number, got " + copy[j]);
            }
        }
        return copy;
    }

    @Override
    public int size() {
        return inputs.length;
    }

    @Override
    public Shape inputShape() {
        return Shape.of(inputs[0].length);
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public Shape targetShape() {
        return isLabeled() ? Shape.of() : Shape.of(targets[0].length);
    }

    @Override
    public void readInput(int row, float[] array, int at) {
        System.arraycopy(inputs[row], 0, array, at, inputs[row].length);
    }

    @Override
    public int label(int row) {
        if (!isLabeled()) throw new UnsupportedOperationException("this data set has values, not class labels");
        return labels[row];
    }

    @Override
    public void readTarget(int row, float[] array, int at) {
        if (isLabeled()) throw new UnsupportedOperationException("this data set has class labels, not values");
        System.arraycopy(targets[row], 0, array, at, targets[row].length);
    }

    @Override
    public String toString() {
        return describe();
    }
}

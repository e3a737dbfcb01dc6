package dev.neurite.data;

import dev.neurite.error.DataException;
import dev.neurite.model.RowSource;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.function.IntUnaryOperator;

/// Targets in memory: labels or values, of rows or of positions. Its own rows have no numbers; a [PairedDataset] has
/// them beside inputs from anywhere.
final class TargetsInMemory implements Dataset {
    private final Shape targetShape;
    private final int[] labels;
    private final float[] values;
    private final int[] starts; // the index of each row's first label or value, and their number
    private final List<String> classNames;

    private TargetsInMemory(Shape targetShape, int[] labels, float[] values, int[] starts, List<String> classNames) {
        this.targetShape = targetShape;
        this.labels = labels;
        this.values = values;
        this.starts = starts;
        this.classNames = List.copyOf(classNames);
    }

    /// A label for each row.
    static Dataset labeled(RowSource inputs, int[] labels, List<String> classNames) {
        sameCount(inputs, "labels", labels.length);
        ArrayDataset.checkLabels(labels.length, row -> labels[row], classNames.size());
        int[] starts = starts(labels.length, _ -> 1);
        return new PairedDataset(
                inputs, new TargetsInMemory(Shape.SCALAR, labels.clone(), new float[0], starts, classNames));
    }

    /// A label for each position.
    /// @param missing the label of positions that have none
    static Dataset labeled(RowSource inputs, int[][] labels, List<String> classNames, long missing) {
        int steps = positions(inputs, "labels", labels.length, row -> labels[row].length);
        int[] starts = starts(labels.length, row -> labels[row].length);
        int[] all = new int[starts[labels.length]];
        for (int row = 0; row < labels.length; row++) {
            for (int i = 0; i < labels[row].length; i++) {
                int label = labels[row][i];
                if (label != missing) ArrayDataset.checkLabel(row, label, classNames.size());
                all[starts[row] + i] = label;
            }
        }
        return new PairedDataset(inputs, new TargetsInMemory(Shape.of(steps), all, new float[0], starts, classNames));
    }

    /// Values for each row.
    static Dataset valued(RowSource inputs, float[][] values) {
        sameCount(inputs, "targets", values.length);
        int width = values[0].length;
        int[] starts = starts(values.length, _ -> width);
        float[] all = new float[starts[values.length]];
        for (int row = 0; row < values.length; row++) {
            float[] checked = ArrayDataset.checkedCopy("targets", row, values[row], width);
            System.arraycopy(checked, 0, all, starts[row], width);
        }
        return new PairedDataset(inputs, new TargetsInMemory(Shape.of(width), new int[0], all, starts, List.of()));
    }

    /// Values for each position.
    static Dataset valued(RowSource inputs, float[][][] values) {
        int steps = positions(inputs, "targets", values.length, row -> values[row].length);
        int width = values[0][0].length;
        int[] starts = starts(values.length, row -> Math.multiplyExact(width, values[row].length));
        float[] all = new float[starts[values.length]];
        for (int row = 0; row < values.length; row++) {
            for (int t = 0; t < values[row].length; t++) {
                float[] checked = ArrayDataset.checkedCopy("targets, position " + t, row, values[row][t], width);
                System.arraycopy(checked, 0, all, starts[row] + t * width, width);
            }
        }
        return new PairedDataset(
                inputs, new TargetsInMemory(Shape.of(steps, width), new int[0], all, starts, List.of()));
    }

    /// The number of positions of each row, open if rows differ in length, after a check of their numbers:
    /// where one input has steps, as many as it has; else as many in each row.
    private static int positions(RowSource inputs, String what, int rows, IntUnaryOperator count) {
        sameCount(inputs, what, rows);
        List<RowSource> open = inputs.inputs().stream()
                .filter(each -> !each.inputShape().isKnown())
                .toList();
        for (int row = 0; row < rows; row++) {
            int found = count.applyAsInt(row);
            int expected = open.isEmpty()
                    ? count.applyAsInt(0)
                    : open.size() == 1 ? open.getFirst().length(row) : found;
            if (found == Math.max(1, expected)) continue;
            throw new DataException(
                    what + ", row " + row,
                    "expects " + Math.max(1, expected)
                            + (open.isEmpty() ? ", as many as in row 0" : ", one for each step") + ", got " + found);
        }
        return open.isEmpty() ? count.applyAsInt(0) : Shape.OPEN;
    }

    private static void sameCount(RowSource inputs, String what, int rows) {
        if (inputs.size() == 0) throw new DataException("inputs", "expects at least one row, got none");
        if (inputs.size() == rows) return;
        throw new DataException(what, "expects one per row of input, " + inputs.size() + ", got " + rows);
    }

    private static int[] starts(int rows, IntUnaryOperator count) {
        int[] starts = new int[rows + 1];
        for (int row = 0; row < rows; row++) starts[row + 1] = Math.addExact(starts[row], count.applyAsInt(row));
        return starts;
    }

    @Override
    public int size() {
        return starts.length - 1;
    }

    @Override
    public Shape inputShape() {
        return Shape.of(0);
    }

    @Override
    public void readInput(int row, float[] array, int at) {
        // rows of no numbers
    }

    @Override
    public int targetLength(int row) {
        return (starts[row + 1] - starts[row]) / targetShape.withOpen(1).size();
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public Shape targetShape() {
        return targetShape;
    }

    @Override
    public int label(int row) {
        if (!isLabeled()) throw new UnsupportedOperationException("this data set has values, not class labels");
        if (targetShape.rank() > 0) {
            throw new UnsupportedOperationException("this data set has a label for each position; use readLabels");
        }
        return labels[row];
    }

    @Override
    public void readLabels(int row, int[] array, int at) {
        if (!isLabeled()) throw new UnsupportedOperationException("this data set has values, not class labels");
        System.arraycopy(labels, starts[row], array, at, starts[row + 1] - starts[row]);
    }

    @Override
    public void readTarget(int row, float[] array, int at) {
        if (isLabeled()) throw new UnsupportedOperationException("this data set has class labels, not values");
        System.arraycopy(values, starts[row], array, at, starts[row + 1] - starts[row]);
    }

    @Override
    public String toString() {
        return describe();
    }
}

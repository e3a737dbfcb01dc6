package dev.neurite.data;

import dev.neurite.error.DataException;
import dev.neurite.model.RowSource;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.function.IntUnaryOperator;

/// Inputs from anywhere, with targets in memory: labels or values, of rows or of positions.
final class TargetedDataset implements Dataset {
    private final RowSource inputs;
    private final Shape targetShape;
    private final int[] labels;
    private final float[] values;
    private final int[] starts; // the index of each row's first label or value, and their number
    private final List<String> classNames;

    private TargetedDataset(
            RowSource inputs, Shape targetShape, int[] labels, float[] values, int[] starts, List<String> classNames) {
        this.inputs = inputs;
        this.targetShape = targetShape;
        this.labels = labels;
        this.values = values;
        this.starts = starts;
        this.classNames = List.copyOf(classNames);
    }

    /// A label for each position.
    /// @param missing the label of positions that have none
    static Dataset labeled(RowSource inputs, int[][] labels, List<String> classNames, long missing) {
        Shape shape = positions(inputs, "labels", labels.length, row -> labels[row].length);
        int[] starts = starts(labels.length, row -> labels[row].length);
        int[] all = new int[starts[labels.length]];
        for (int row = 0; row < labels.length; row++) {
            for (int i = 0; i < labels[row].length; i++) {
                int label = labels[row][i];
                if (label != missing) ArrayDataset.checkLabel(row, label, classNames.size());
                all[starts[row] + i] = label;
            }
        }
        return new TargetedDataset(inputs, shape, all, new float[0], starts, classNames);
    }

    /// The shape of the positions of rows, after a check of their numbers.
    private static Shape positions(RowSource inputs, String what, int rows, IntUnaryOperator count) {
        sameCount(inputs, what, rows);
        boolean open = !inputs.inputShape().isKnown();
        for (int row = 0; row < rows; row++) {
            int expected = open ? inputs.length(row) : Math.max(1, count.applyAsInt(0));
            if (count.applyAsInt(row) == expected) continue;
            throw new DataException(
                    what + ", row " + row,
                    "expects " + expected + (open ? ", one for each step" : ", as many as in row 0") + ", got "
                            + count.applyAsInt(row));
        }
        return Shape.of(open ? Shape.OPEN : count.applyAsInt(0));
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
        return inputs.size();
    }

    @Override
    public Shape inputShape() {
        return inputs.inputShape();
    }

    @Override
    public int length(int row) {
        return inputs.length(row);
    }

    @Override
    public float padding() {
        return inputs.padding();
    }

    @Override
    public void readInput(int row, float[] array, int at) {
        inputs.readInput(row, array, at);
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

    /// Whether the inputs are those of a data set that say so.
    @Override
    public boolean isPrepared() {
        return inputs instanceof Dataset data && data.isPrepared();
    }

    @Override
    public boolean isMapped() {
        return inputs instanceof Dataset data && data.isMapped();
    }
}

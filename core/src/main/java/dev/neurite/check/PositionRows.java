package dev.neurite.check;

import dev.neurite.data.Dataset;
import dev.neurite.data.TargetRow;
import dev.neurite.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/// The positions of a data set as rows: their targets and weights, without inputs.
final class PositionRows implements Dataset {
    private final List<String> classNames;
    private final Shape targetShape;
    private final int width; // of a target
    private int[] labels = {};
    private float[] values = {};
    private float[] weights = {};
    private final boolean weighted;
    private int size;

    PositionRows(Dataset data) {
        classNames = data.classNames();
        Shape whole = data.targetShape();
        width = data.isLabeled() ? 1 : whole.extent(whole.rank() - 1);
        targetShape = data.isLabeled() ? Shape.SCALAR : Shape.of(width);
        weighted = data.isWeighted();
        var targets = new TargetRow(data);
        for (int row = 0; row < data.size(); row++) {
            targets.read(row);
            int positions = targets.count() / width;
            reserve(size + positions);
            for (int i = 0; i < targets.count(); i++) {
                if (data.isLabeled()) labels[size + i] = targets.label(i);
                else values[size * width + i] = targets.value(i);
            }
            if (weighted && data.weighsPositions()) data.readWeights(row, weights, size);
            else if (weighted) Arrays.fill(weights, size, size + positions, data.weight(row));
            size += positions;
        }
    }

    private void reserve(int count) {
        int room = isLabeled() ? labels.length : values.length / width;
        if (count <= room) return;
        int larger = Math.max(count, 2 * room);
        if (isLabeled()) labels = Arrays.copyOf(labels, larger);
        else values = Arrays.copyOf(values, Math.multiplyExact(larger, width));
        if (weighted) weights = Arrays.copyOf(weights, larger);
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public Shape inputShape() {
        return Shape.of(0);
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
    public void readInput(int row, float[] array, int at) {}

    @Override
    public int label(int row) {
        return labels[row];
    }

    @Override
    public void readTarget(int row, float[] array, int at) {
        System.arraycopy(values, row * width, array, at, width);
    }

    @Override
    public boolean isWeighted() {
        return weighted;
    }

    @Override
    public float weight(int row) {
        return weighted ? weights[row] : 1;
    }
}

package dev.neurite.data;

import dev.neurite.loss.Targets;
import dev.neurite.model.RowBuffer;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;

/// The targets of a batch for one output: a reused array, and views of it. Targets of positions are padded
/// to the row that has most.
final class BatchTargets {
    private final Dataset data;
    private final Shape shape; // of a row
    private final int width; // the labels or values of a row, or of one step of an open axis
    private float[] values = {};
    private int[] labels = {};
    private float[] lengths = {};
    private int count;
    private int steps = 1;

    /// @param rows the largest number of rows in a batch
    BatchTargets(Dataset data, int rows) {
        this.data = data;
        this.shape = data.targetShape();
        this.width = shape.withOpen(1).size();
        if (shape.isKnown()) reserve(Math.multiplyExact(rows, width));
        else lengths = new float[rows];
    }

    private void reserve(int numbers) {
        if (data.isLabeled() && labels.length < numbers) labels = new int[numbers];
        if (!data.isLabeled() && values.length < numbers) values = new float[numbers];
    }

    void read(int[] order, int from, int rows) {
        count = rows;
        if (!shape.isKnown()) {
            steps = RowBuffer.longest(data::targetLength, order, from, rows);
            reserve(Math.multiplyExact(Math.multiplyExact(rows, steps), width));
        }
        int row = steps * width;
        for (int i = 0; i < rows; i++) {
            if (data.isLabeled()) data.readLabels(order[from + i], labels, i * row);
            else data.readTarget(order[from + i], values, i * row);
            if (!shape.isKnown()) pad(i, data.targetLength(order[from + i]), row);
        }
    }

    /// Sets padding to zeros: it means nothing, but must be a label.
    private void pad(int i, int length, int row) {
        lengths[i] = length;
        if (data.isLabeled()) Arrays.fill(labels, i * row + length * width, (i + 1) * row, 0);
        else Arrays.fill(values, i * row + length * width, (i + 1) * row, 0);
    }

    /// The target values, row-major, not copied.
    float[] values() {
        return values;
    }

    /// A view of the rows that were read last; the next ones overwrite it.
    Targets view() {
        Shape batch = shape.withOpen(steps).forRows(count);
        boolean padded = false;
        for (int i = 0; i < count && !shape.isKnown(); i++) padded |= lengths[i] != steps;
        Tensor known = padded ? Tensor.view(Shape.of(count), lengths, 0) : Tensor.EMPTY;
        if (data.isLabeled()) {
            Targets.Labels view = Targets.view(labels, batch);
            return padded ? view.withLengths(known) : view;
        }
        Tensor view = Tensor.view(batch, values, 0);
        return Targets.values(padded ? view.withLengths(known) : view);
    }
}

package dev.neurite.data;

import dev.neurite.loss.Targets;
import dev.neurite.tensor.Tensor;

/// The answers of a batch for one output: an array that is filled again and again, and views of it.
final class BatchTargets {
    private final Dataset data;
    private final int width;
    private final float[] values;
    private final int[] labels;

    /// @param rows the most that a batch has
    BatchTargets(Dataset data, int rows) {
        this.data = data;
        this.width = data.isLabeled() ? 0 : data.targetShape().size();
        this.values = new float[Math.multiplyExact(rows, width)];
        this.labels = new int[data.isLabeled() ? rows : 0];
    }

    /// Reads a row of the data into a row of the batch.
    void read(int row, int to) {
        if (data.isLabeled()) labels[to] = data.label(row);
        else data.readTarget(row, values, to * width);
    }

    /// The values, row by row; not a copy.
    float[] values() {
        return values;
    }

    /// The first rows of the batch; later batches change them.
    Targets view(int rows) {
        return data.isLabeled()
                ? Targets.view(labels, rows)
                : Targets.values(Tensor.view(data.targetShape().forRows(rows), values, 0));
    }
}

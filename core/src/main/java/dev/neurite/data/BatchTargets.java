package dev.neurite.data;

import dev.neurite.loss.Targets;
import dev.neurite.tensor.Tensor;

/// The targets of a batch for one output: a reused array, and views of it.
final class BatchTargets {
    private final Dataset data;
    private final int width;
    private final float[] values;
    private final int[] labels;

    /// @param rows the largest number of rows in a batch
    BatchTargets(Dataset data, int rows) {
        this.data = data;
        this.width = data.targetShape().size();
        this.values = new float[data.isLabeled() ? 0 : Math.multiplyExact(rows, width)];
        this.labels = new int[data.isLabeled() ? Math.multiplyExact(rows, width) : 0];
    }

    /// Copies the targets of a row of the data set to a row of the batch.
    void read(int row, int to) {
        if (data.isLabeled()) data.readLabels(row, labels, to * width);
        else data.readTarget(row, values, to * width);
    }

    /// The target values, row-major, not copied.
    float[] values() {
        return values;
    }

    /// A view of the first rows; the next batch overwrites it.
    Targets view(int rows) {
        return data.isLabeled()
                ? Targets.view(labels, data.targetShape().forRows(rows))
                : Targets.values(Tensor.view(data.targetShape().forRows(rows), values, 0));
    }
}

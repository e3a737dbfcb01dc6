package dev.neurite.data;

import dev.neurite.error.DataException;
import dev.neurite.tensor.Shape;
import java.util.List;

/// Chosen rows of another data set.
final class RowsDataset implements Dataset {
    private final Dataset source;
    private final int[] rows;

    RowsDataset(Dataset source, int[] rows) {
        for (int row : rows) {
            if (row < 0 || row >= source.size()) {
                throw new DataException("rows", "expects indices from 0 to " + (source.size() - 1) + ", got " + row);
            }
        }
        this.source = source;
        this.rows = rows;
    }

    @Override
    public int size() {
        return rows.length;
    }

    @Override
    public Shape inputShape() {
        return source.inputShape();
    }

    @Override
    public List<String> classNames() {
        return source.classNames();
    }

    @Override
    public Shape targetShape() {
        return source.targetShape();
    }

    @Override
    public void readInput(int row, float[] array, int at) {
        source.readInput(rows[row], array, at);
    }

    @Override
    public int label(int row) {
        return source.label(rows[row]);
    }

    @Override
    public void readTarget(int row, float[] array, int at) {
        source.readTarget(rows[row], array, at);
    }
}

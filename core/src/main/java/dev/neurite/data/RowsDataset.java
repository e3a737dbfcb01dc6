package dev.neurite.data;

import dev.neurite.error.DataException;

/// A selection of rows of another data set.
final class RowsDataset implements DerivedDataset {
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
    public Dataset source() {
        return source;
    }

    @Override
    public int sourceRow(int row) {
        return rows[row];
    }

    @Override
    public int size() {
        return rows.length;
    }

    @Override
    public String toString() {
        return describe();
    }
}

package dev.neurite.data.table;

import dev.neurite.error.DataException;
import java.util.List;

/// A selection of rows of another table.
final class RowsTable implements Table {
    private final Table source;
    private final int[] rows;

    RowsTable(Table source, int[] rows) {
        for (int row : rows) {
            if (row < 0 || row >= source.rows()) {
                throw new DataException("rows", "expects indices from 0 to " + (source.rows() - 1) + ", got " + row);
            }
        }
        this.source = source;
        this.rows = rows;
    }

    @Override
    public int rows() {
        return rows.length;
    }

    @Override
    public List<Column> columns() {
        return source.columns();
    }

    @Override
    public float value(int row, int column) {
        return source.value(rows[row], column);
    }

    @Override
    public String place(int row) {
        return source.place(rows[row]);
    }

    @Override
    public boolean isMapped() {
        return source.isMapped();
    }

    @Override
    public void close() {
        source.close();
    }

    @Override
    public String toString() {
        return describe();
    }
}

package dev.neurite.data.table;

import dev.neurite.data.StoredRows;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A table that stores its values.
final class StoredTable implements Table {
    private final List<Column> columns;
    private final int[] slots; // index of each column among the stored ones; −1 for a skipped column
    private final int rows;
    private final boolean isMapped;
    private final LineNumbers places;
    private volatile @Nullable StoredRows numbers; // null once it is closed

    StoredTable(List<Column> columns, int[] slots, StoredRows numbers, LineNumbers places) {
        this.columns = List.copyOf(columns);
        this.slots = slots;
        this.rows = numbers.count();
        this.isMapped = numbers.isMapped();
        this.numbers = numbers;
        this.places = places;
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public List<Column> columns() {
        return columns;
    }

    @Override
    public float value(int row, int column) {
        StoredRows kept = numbers;
        if (kept == null) {
            throw new IllegalStateException("table: expects to be read before close(), got row " + row + " after it");
        }
        int slot = slots[column];
        return slot < 0 ? Float.NaN : kept.get(Objects.checkIndex(row, rows), slot);
    }

    @Override
    public String place(int row) {
        return places.of(row);
    }

    @Override
    public boolean isMapped() {
        return isMapped;
    }

    @Override
    public void close() {
        StoredRows last = numbers;
        numbers = null;
        if (last != null) last.close();
    }

    @Override
    public String toString() {
        return describe();
    }
}

package dev.neurite.data;

import java.util.List;
import java.util.Objects;

/// A table with its numbers.
final class StoredTable implements Table {
    private final List<Column> columns;
    private final int[] slots; // of each column in the numbers of a row; −1 where they are not kept
    private final int rows;
    private final boolean isMapped;
    private final Places places;
    private volatile FloatStore numbers;

    StoredTable(List<Column> columns, int[] slots, int rows, FloatStore numbers, Places places) {
        this.columns = List.copyOf(columns);
        this.slots = slots;
        this.rows = rows;
        this.isMapped = numbers instanceof FloatStore.Mapped;
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
        int slot = slots[column];
        return slot < 0 ? Float.NaN : numbers.get(Objects.checkIndex(row, rows), slot);
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
        FloatStore last = numbers;
        numbers = new FloatStore.Closed();
        last.close();
    }
}

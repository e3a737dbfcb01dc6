package dev.neurite.kernel.cpu;

import dev.neurite.tensor.Matrix;

/// A matrix of a [Product]: a view as [Matrix] is, but set anew for each product, so that a call allocates nothing.
public final class Operand {
    private final Operand transpose;
    private float[] array = {};
    private int offset;
    private int rows;
    private int columns;
    private int rowStride;
    private int columnStride;

    Operand() {
        transpose = new Operand(this);
    }

    private Operand(Operand of) {
        transpose = of;
    }

    /// Shows this matrix.
    public void set(Matrix matrix) {
        set(
                matrix.array(),
                matrix.offset(),
                matrix.rows(),
                matrix.columns(),
                matrix.rowStride(),
                matrix.columnStride());
    }

    /// Whether another shows the same elements.
    @SuppressWarnings("ReferenceEquality") // the same memory is meant
    boolean isSame(Operand other) {
        return array == other.array
                && offset == other.offset
                && rows == other.rows
                && columns == other.columns
                && rowStride == other.rowStride
                && columnStride == other.columnStride;
    }

    /// Shows part of an array.
    public void set(float[] ofArray, int at, int height, int width, int down, int across) {
        put(ofArray, at, height, width, down, across);
        transpose.put(ofArray, at, width, height, across, down);
    }

    private void put(float[] ofArray, int at, int height, int width, int down, int across) {
        array = ofArray;
        offset = at;
        rows = height;
        columns = width;
        rowStride = down;
        columnStride = across;
    }

    /// Moves it to another place in the array.
    public void moveTo(int at) {
        offset = at;
        transpose.offset = at;
    }

    /// The transpose, which changes with it.
    public Operand transpose() {
        return transpose;
    }

    /// The array that holds the elements.
    public float[] array() {
        return array;
    }

    /// The index of element (0, 0) in the array.
    public int offset() {
        return offset;
    }

    public int rows() {
        return rows;
    }

    public int columns() {
        return columns;
    }

    /// The distance in the array between neighboring elements of a column.
    public int rowStride() {
        return rowStride;
    }

    /// The distance in the array between neighboring elements of a row.
    public int columnStride() {
        return columnStride;
    }

    /// The extents as `[64×10]`.
    @Override
    public String toString() {
        return "[" + rows + "×" + columns + "]";
    }
}

package dev.neurite.tensor;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A two-dimensional view of a tensor's elements: element (i, j) is `array[offset + i·rowStride + j·columnStride]`.
/// Its transpose is a view, too.
public final class Matrix {
    /// A matrix without elements.
    public static final Matrix EMPTY = new Matrix(new float[0], 0, 0, 0, 0, 1);

    private final float[] array;
    private final int offset;
    private final int rows;
    private final int columns;
    private final int rowStride;
    private final int columnStride;
    private @Nullable Matrix transpose;

    Matrix(float[] array, int offset, int rows, int columns, int rowStride, int columnStride) {
        this.array = array;
        this.offset = offset;
        this.rows = rows;
        this.columns = columns;
        this.rowStride = rowStride;
        this.columnStride = columnStride;
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

    /// The array that holds the elements.
    public float[] array() {
        return array;
    }

    /// The index of element (0, 0) in the array.
    public int offset() {
        return offset;
    }

    /// Columns `from` (inclusive) to `to` (exclusive); a view.
    /// @throws IndexOutOfBoundsException outside the columns
    public Matrix columns(int from, int to) {
        Objects.checkFromToIndex(from, to, columns);
        return new Matrix(array, offset + from * columnStride, rows, to - from, rowStride, columnStride);
    }

    /// The transpose; a view.
    public Matrix transpose() {
        Matrix cached = transpose;
        if (cached == null) {
            cached = new Matrix(array, offset, columns, rows, columnStride, rowStride);
            cached.transpose = this;
            transpose = cached;
        }
        return cached;
    }

    /// The extents as `[64×10]`.
    @Override
    public String toString() {
        return "[" + rows + "×" + columns + "]";
    }
}

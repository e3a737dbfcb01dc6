package dev.neurite.kernel;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Weights `[rows × columns]` in fewer bits than floats have: those of a layer, `[out × in]`, or the vectors of an
/// embedding. [PackedWeights#encoded] gives them to kernels. Immutable.
public abstract sealed class EncodedMatrix permits QuantizedMatrix, HalfMatrix {
    /// For kernels: the rows that lie in memory together, so that a vector has one row a lane.
    public static final int GROUP = 16;

    private final BlockFormat format;
    private final int rows;
    private final int columns;

    EncodedMatrix(BlockFormat format, int rows, int columns) {
        this.format = format;
        this.rows = rows;
        this.columns = columns;
    }

    /// Encodes weights; each element becomes the nearest one that the format has.
    /// @param weights `[rows × columns]`, at least one of each
    /// @throws ShapeException for another shape
    /// @throws dev.neurite.error.DataException for numbers that are not finite, or too large for the format
    public static EncodedMatrix of(BlockFormat format, Tensor weights) {
        if (weights.shape().rank() != 2 || weights.size() == 0) {
            throw new ShapeException("weights", "expects a matrix [rows × columns], got " + weights.shape());
        }
        return format.isQuantized() ? QuantizedMatrix.quantize(format, weights) : HalfMatrix.round(format, weights);
    }

    /// Checks what a matrix is made of, before its memory is taken.
    /// @param quantized whether its class holds whole numbers with scales
    static void require(BlockFormat format, boolean quantized, int rows, int columns) {
        if (format.isQuantized() != quantized) {
            throw new ConfigException(
                    "format",
                    "expects " + (quantized ? "INT8, Q8_0 or Q4_0" : "F16 or BF16") + ", got " + format,
                    "Take " + (quantized ? "HalfMatrix.of" : "QuantizedMatrix.of"));
        }
        if (rows < 1 || columns < 1) {
            throw new ShapeException(
                    format.name(), "expects at least 1 row and 1 column, got [" + rows + " × " + columns + "]");
        }
    }

    /// The length of an array of elements, of whole groups of rows.
    /// @throws ShapeException if an array cannot be so long
    final int requireLength(long needs) {
        if (needs <= Integer.MAX_VALUE - 8) return (int) needs;
        throw new ShapeException(
                "weights",
                "expect fewer than 2³¹ elements, with rows filled up to a multiple of " + GROUP + ", got [" + rows
                        + " × " + columns + "] of " + format);
    }

    /// Whether format and shape are those of another matrix.
    final boolean isLike(EncodedMatrix other) {
        return format == other.format && rows == other.rows && columns == other.columns;
    }

    /// How elements are stored.
    public final BlockFormat format() {
        return format;
    }

    /// The number of rows, 1 or more: the outputs of a layer, the entries of a table.
    public final int rows() {
        return rows;
    }

    /// The number of columns, 1 or more: the inputs of a layer, the numbers of an entry.
    public final int columns() {
        return columns;
    }

    /// The memory that it takes, in bytes.
    public abstract long bytes();

    /// Writes the numbers that the elements of a row stand for.
    /// @param row from 0 to the number of rows − 1
    /// @param y gets as many floats as there are columns
    /// @param at where they begin
    /// @throws IndexOutOfBoundsException if y has no room for them
    public abstract void decode(int row, float[] y, int at);

    /// The numbers that the elements stand for, `[rows × columns]`.
    public final Tensor decode() {
        float[] all = new float[Math.multiplyExact(rows, columns)];
        for (int row = 0; row < rows; row++) decode(row, all, row * columns);
        return Tensor.of(Shape.of(rows, columns), all);
    }

    /// `Q8_0 [4096×4096]`.
    @Override
    public final String toString() {
        return format + " [" + rows + "×" + columns + "]";
    }
}

package dev.neurite.kernel;

import dev.neurite.error.ShapeException;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Weights `[rows × columns]` in fewer bits than floats have: those of a layer, `[out × in]`, or the vectors of an
/// embedding. [PackedWeights#encoded] gives them to kernels. Immutable.
public abstract sealed class EncodedMatrix permits QuantizedMatrix, HalfMatrix {
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

    public final BlockFormat format() {
        return format;
    }

    public final int rows() {
        return rows;
    }

    public final int columns() {
        return columns;
    }

    /// The memory that it takes, in bytes.
    public abstract long bytes();

    /// Writes the numbers that the elements of a row stand for.
    /// @param row from 0
    /// @param y gets as many floats as there are columns
    /// @param at where they begin
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

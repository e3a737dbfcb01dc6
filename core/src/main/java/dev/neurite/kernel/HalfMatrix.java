package dev.neurite.kernel;

import dev.neurite.error.DataException;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;

/// An [EncodedMatrix] of floats of 16 bits: [BlockFormat#F16] or [BlockFormat#BF16]. For storage: arithmetic is that of
/// floats.
public final class HalfMatrix extends EncodedMatrix {
    private final short[] halves; // row by row

    private HalfMatrix(BlockFormat format, int rows, int columns, short[] halves) {
        super(format, rows, columns);
        this.halves = halves;
    }

    /// A matrix of these elements.
    /// @param format [BlockFormat#F16] or [BlockFormat#BF16]
    /// @param rows at least 1
    /// @param columns at least 1
    /// @param halves the bits of the elements, row by row, copied
    /// @throws dev.neurite.error.ConfigException for another format
    /// @throws dev.neurite.error.ShapeException without rows or columns, or if there are more or fewer elements
    /// @throws DataException for elements that are not finite
    public static HalfMatrix of(BlockFormat format, int rows, int columns, short[] halves) {
        require(format, false, rows, columns);
        QuantizedMatrix.requireSize(format, "elements", (long) rows * columns, halves.length);
        var matrix = new HalfMatrix(format, rows, columns, halves.clone());
        float[] row = new float[columns];
        for (int i = 0; i < rows; i++) {
            matrix.decode(i, row, 0);
            for (float each : row) QuantizedMatrix.requireFinite(each);
        }
        return matrix;
    }

    static HalfMatrix round(BlockFormat format, Tensor weights) {
        int columns = weights.shape().extent(1);
        short[] halves = new short[weights.size()];
        for (int i = 0; i < halves.length; i++) {
            float x = QuantizedMatrix.requireFinite(weights.array()[weights.offset() + i]);
            halves[i] = format == BlockFormat.F16 ? Float.floatToFloat16(x) : upperHalf(x);
            if (Float.isInfinite(decode(format, halves[i]))) {
                throw new DataException("weights", "expect numbers that " + format + " has, got " + x);
            }
        }
        return new HalfMatrix(format, weights.rows(), columns, halves);
    }

    /// The nearest float whose lower half is 0; of two, the one whose last bit is 0.
    private static short upperHalf(float x) {
        int bits = Float.floatToRawIntBits(x);
        return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
    }

    private static float decode(BlockFormat format, short half) {
        return format == BlockFormat.F16 ? Float.float16ToFloat(half) : Float.intBitsToFloat(half << 16);
    }

    /// The bits of the elements, row by row: a copy.
    public short[] halves() {
        return halves.clone();
    }

    @Override
    public long bytes() {
        return (long) Short.BYTES * halves.length;
    }

    @Override
    public void decode(int row, float[] y, int at) {
        decode(row, 0, columns(), y, at);
    }

    /// Writes some neighboring elements of a row as floats.
    /// @param from the first column
    public void decode(int row, int from, int count, float[] y, int at) {
        int first = row * columns() + from;
        if (format() == BlockFormat.F16) {
            for (int i = 0; i < count; i++) y[at + i] = Float.float16ToFloat(halves[first + i]);
        } else {
            for (int i = 0; i < count; i++) y[at + i] = Float.intBitsToFloat(halves[first + i] << 16);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HalfMatrix same && isLike(same) && Arrays.equals(halves, same.halves);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(halves);
    }
}

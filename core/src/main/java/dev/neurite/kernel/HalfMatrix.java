package dev.neurite.kernel;

import dev.neurite.error.DataException;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;

/// An [EncodedMatrix] of floats of 16 bits: [BlockFormat#F16] or [BlockFormat#BF16]. For storage: arithmetic is that of
/// floats.
///
/// **In memory** sixteen rows are a group, in which vectors of kernels have one row a lane: for each column come the
/// elements of the sixteen rows. The last group is filled up with zeros.
public final class HalfMatrix extends EncodedMatrix {
    private static final int EXPONENT_F16 = 0x7c00;
    private static final int EXPONENT_BF16 = 0x7f80;

    private final short[] halves;

    /// A matrix of zeros.
    HalfMatrix(BlockFormat format, int rows, int columns) {
        super(format, rows, columns);
        halves = new short[requireLength((long) Math.ceilDiv(rows, GROUP) * GROUP * columns)];
    }

    /// Where an element is.
    private int place(int row, int column) {
        return (row / GROUP * columns() + column) * GROUP + row % GROUP;
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
        var matrix = new HalfMatrix(format, rows, columns);
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < columns; i++) {
                short half = halves[row * columns + i];
                QuantizedMatrix.requireFinite(decode(format, half));
                matrix.halves[matrix.place(row, i)] = half;
            }
        }
        return matrix;
    }

    static HalfMatrix round(BlockFormat format, Tensor weights) {
        int columns = weights.shape().extent(1);
        var matrix = new HalfMatrix(format, weights.rows(), columns);
        for (int row = 0; row < weights.rows(); row++) {
            int at = weights.offset() + row * columns;
            for (int i = 0; i < columns; i++) {
                float x = QuantizedMatrix.requireFinite(weights.array()[at + i]);
                short half = format == BlockFormat.F16 ? Float.floatToFloat16(x) : upperHalf(x);
                if (Float.isInfinite(decode(format, half))) {
                    throw new DataException("weights", "expect numbers that " + format + " has, got " + x);
                }
                matrix.halves[matrix.place(row, i)] = half;
            }
        }
        return matrix;
    }

    /// The nearest float whose lower half is 0; of two, the one whose last bit is 0.
    private static short upperHalf(float x) {
        int bits = Float.floatToRawIntBits(x);
        return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
    }

    private static float decode(BlockFormat format, short half) {
        return format == BlockFormat.F16 ? Float.float16ToFloat(half) : Float.intBitsToFloat(half << 16);
    }

    @Override
    void take(int row, int column, int n, byte[] stored) {
        int exponent = format() == BlockFormat.F16 ? EXPONENT_F16 : EXPONENT_BF16;
        int lowest = exponent & -exponent;
        int over = 0; // the bit after the exponent, if that of an element is all ones
        int at = place(row, column);
        for (int i = 0; i < n; i++) {
            short half = (short) LittleEndian.SHORTS.get(stored, 2 * i);
            over |= (half & exponent) + lowest;
            halves[at + i * GROUP] = half;
        }
        if (over > Short.MAX_VALUE) {
            throw new DataException(this + ", row " + row, "expects finite numbers, got an infinity or NaN");
        }
    }

    @Override
    void give(int row, int column, int n, byte[] stored) {
        int at = place(row, column);
        for (int i = 0; i < n; i++) LittleEndian.SHORTS.set(stored, 2 * i, halves[at + i * GROUP]);
    }

    /// The bits of the elements, row by row: a copy of rows × columns numbers.
    public short[] halves() {
        short[] all = new short[rows() * columns()];
        for (int row = 0, at = 0; row < rows(); row++) {
            for (int i = 0; i < columns(); i++) all[at++] = halves[place(row, i)];
        }
        return all;
    }

    /// For kernels: the elements, in the order that the class describes. Read only.
    public short[] groups() {
        return halves;
    }

    @Override
    public long bytes() {
        return (long) Short.BYTES * halves.length;
    }

    @Override
    public void decode(int row, float[] y, int at) {
        for (int i = 0; i < columns(); i++) y[at + i] = decode(format(), halves[place(row, i)]);
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

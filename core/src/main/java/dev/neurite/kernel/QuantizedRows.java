package dev.neurite.kernel;

import dev.neurite.error.ConfigException;
import java.util.Objects;

/// Rows of codes of 8 bits that stand for numbers: x ≈ (code − zero) · scale.
public final class QuantizedRows {
    private final byte[] codes;
    private final int at;
    private final int rows;
    private final int columns;
    private final boolean unsigned;
    private final int zero;
    private final float scale;

    /// @param codes row by row, from `at` on, not copied
    /// @param columns the codes of a row
    /// @param unsigned whether codes are 0 to 255; otherwise −128 to 127
    /// @param zero the code of 0
    /// @throws IndexOutOfBoundsException if the codes are not in the array
    /// @throws ConfigException for a zero point that is no code
    public QuantizedRows(byte[] codes, int at, int rows, int columns, boolean unsigned, int zero, float scale) {
        Objects.checkFromIndexSize(at, Math.multiplyExact(rows, columns), codes.length);
        int least = unsigned ? 0 : Byte.MIN_VALUE;
        if (zero < least || zero > least + 255) {
            throw new ConfigException("zero point", "expects " + least + " to " + (least + 255) + ", got " + zero);
        }
        this.codes = codes;
        this.at = at;
        this.rows = rows;
        this.columns = columns;
        this.unsigned = unsigned;
        this.zero = zero;
        this.scale = scale;
    }

    public int rows() {
        return rows;
    }

    public int columns() {
        return columns;
    }

    /// For kernels: the array of the codes. Read only.
    public byte[] codes() {
        return codes;
    }

    /// Where the codes begin in the array.
    public int at() {
        return at;
    }

    /// Whether codes are 0 to 255; otherwise −128 to 127.
    public boolean isUnsigned() {
        return unsigned;
    }

    /// The code of 0.
    public int zero() {
        return zero;
    }

    public float scale() {
        return scale;
    }
}

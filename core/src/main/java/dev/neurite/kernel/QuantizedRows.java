package dev.neurite.kernel;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
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
    /// @param at from 0
    /// @param rows 0 or more
    /// @param columns the codes of a row, 0 or more
    /// @param unsigned whether codes are 0 to 255; otherwise −128 to 127
    /// @param zero the code of 0: 0 to 255, or −128 to 127
    /// @param scale any float, also 0 or below; one that is not finite gives results that are not
    /// @throws ShapeException for fewer than 0 rows or columns
    /// @throws IndexOutOfBoundsException if the codes are not in the array
    /// @throws ConfigException for a zero point that is no code
    public QuantizedRows(byte[] codes, int at, int rows, int columns, boolean unsigned, int zero, float scale) {
        if (rows < 0 || columns < 0) {
            throw new ShapeException(
                    "quantized rows", "expects 0 or more rows and columns, got [" + rows + " × " + columns + "]");
        }
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

    /// The number of rows, 0 or more.
    public int rows() {
        return rows;
    }

    /// The codes of a row, 0 or more.
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

    /// The code of 0: 0 to 255, or −128 to 127.
    public int zero() {
        return zero;
    }

    /// What a code, less that of 0, is multiplied with: any float.
    public float scale() {
        return scale;
    }
}

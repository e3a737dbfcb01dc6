package dev.neurite.kernel;

import dev.neurite.error.ConfigException;
import java.util.Objects;

/// Rows of codes of 8 bits that stand for numbers: x ≈ (code − zero) · scale.
/// @param codes row by row, from `at` on, not copied
/// @param columns the codes of a row
/// @param unsigned whether codes are 0 to 255; otherwise −128 to 127
/// @param zero the code of 0
@SuppressWarnings("ArrayRecordComponent") // never compared
public record QuantizedRows(byte[] codes, int at, int rows, int columns, boolean unsigned, int zero, float scale) {
    /// @throws IndexOutOfBoundsException if the codes are not in the array
    /// @throws ConfigException for a zero point that is no code
    public QuantizedRows {
        Objects.checkFromIndexSize(at, Math.multiplyExact(rows, columns), codes.length);
        int least = unsigned ? 0 : Byte.MIN_VALUE;
        if (zero < least || zero > least + 255) {
            throw new ConfigException("zero point", "expects " + least + " to " + (least + 255) + ", got " + zero);
        }
    }
}

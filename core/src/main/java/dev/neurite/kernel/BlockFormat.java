package dev.neurite.kernel;

/// How the elements of an [EncodedMatrix] are stored in fewer bits than a float has.
public enum BlockFormat {
    /// Whole numbers of 8 bits, and a float for each row: w = scale · code.
    INT8(8),
    /// Whole numbers of 8 bits, and a float of half precision for 32 neighbors in a row: w = scale · code. Q8_0
    /// of GGUF.
    Q8_0(8),
    /// Whole numbers of 4 bits, and a float of half precision for 32 neighbors in a row: w = scale · (code −
    /// 8). Q4_0 of GGUF.
    Q4_0(4),
    /// Floats of half precision, of IEEE 754: 11 bits of mantissa.
    F16(16),
    /// The upper half of a float: its range, with 8 bits of mantissa.
    BF16(16);

    private final int bits;

    BlockFormat(int bits) {
        this.bits = bits;
    }

    /// The bits of an element, without scales.
    public int bits() {
        return bits;
    }

    /// Whether elements are whole numbers with scales, so that products are computed in whole numbers.
    public boolean isQuantized() {
        return bits < 16;
    }
}

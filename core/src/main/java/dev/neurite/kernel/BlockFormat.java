package dev.neurite.kernel;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import java.util.Arrays;
import java.util.List;

/// How the elements of an [EncodedMatrix] are stored in fewer bits than a float has.
public enum BlockFormat {
    /// Whole numbers of 8 bits, and a float for each row: w = scale · code.
    INT8(8, 0, 0, 0),
    /// Whole numbers of 8 bits, and a float of half precision for 32 neighbors in a row: w = scale · code. Q8_0
    /// of GGUF.
    Q8_0(8, 0, 32, 34),
    /// Whole numbers of 4 bits, and a float of half precision for 32 neighbors in a row: w = scale · (code −
    /// 8). Q4_0 of GGUF.
    Q4_0(4, 8, 32, 18),
    /// Whole numbers of 4 bits, and two floats of half precision for 32 neighbors in a row: w = scale · code +
    /// minimum. Q4_1 of GGUF; not [encoded][#isEncodable].
    Q4_1(4, 0, 32, 20),
    /// Whole numbers of 5 bits, and a float of half precision for 32 neighbors in a row: w = scale · (code −
    /// 16). Q5_0 of GGUF; not [encoded][#isEncodable].
    Q5_0(5, 16, 32, 22),
    /// [#Q4_1] with 5 bits. Q5_1 of GGUF; not [encoded][#isEncodable].
    Q5_1(5, 0, 32, 24),
    /// Whole numbers of 4 bits, two whole numbers of 6 bits for 32 neighbors in a row, and two floats of half
    /// precision for 256: w = scale · part · code − scale of minimums · part of the minimum. Q4_K of GGUF; not
    /// [encoded][#isEncodable].
    Q4_K(4, 0, 256, 144),
    /// [#Q4_K] with 5 bits. Q5_K of GGUF; not [encoded][#isEncodable].
    Q5_K(5, 0, 256, 176),
    /// Whole numbers of 6 bits, one of 8 bits for 16 neighbors in a row, and a float of half precision for 256: w =
    /// scale · part · (code − 32). Q6_K of GGUF; not [encoded][#isEncodable].
    Q6_K(6, 32, 256, 210),
    /// Floats of half precision, of IEEE 754: 11 bits of mantissa.
    F16(16, 0, 1, 2),
    /// The upper half of a float: its range, with 8 bits of mantissa.
    BF16(16, 0, 1, 2);

    private final int bits;
    private final int zero;
    private final int blockColumns;
    private final int blockBytes;

    /// @param zero the code that means 0
    /// @param blockColumns of a block of GGUF; 0 if GGUF has no such format
    BlockFormat(int bits, int zero, int blockColumns, int blockBytes) {
        this.bits = bits;
        this.zero = zero;
        this.blockColumns = blockColumns;
        this.blockBytes = blockBytes;
    }

    /// The bits of an element, without scales.
    public int bits() {
        return bits;
    }

    /// Whether elements are whole numbers with scales, so that products are computed in whole numbers.
    public boolean isQuantized() {
        return bits < 16;
    }

    /// Whether [EncodedMatrix#of] makes matrices of this format from floats. The others are read from files.
    public boolean isEncodable() {
        return switch (this) {
            case INT8, Q8_0, Q4_0, F16, BF16 -> true;
            case Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K -> false;
        };
    }

    /// The formats that are [encoded][#isEncodable].
    public static List<BlockFormat> encodable() {
        return Arrays.stream(values()).filter(BlockFormat::isEncodable).toList();
    }

    // ---------------------------------------------------------------------------------------------------- for kernels

    /// For kernels: the code that means 0, of codes without a sign.
    public int zero() {
        return zero;
    }

    /// For kernels: whether a number is added to each block of 32 columns.
    public boolean hasMinimums() {
        return this == Q4_1 || this == Q5_1 || this == Q4_K || this == Q5_K;
    }

    /// For kernels: whether a scale is one of 256 columns, of which blocks of 32 have parts; otherwise of 32.
    public boolean hasParts() {
        return blockColumns == 256;
    }

    // ------------------------------------------------------------------------------------------------------- in GGUF

    /// Whether tensors of GGUF may have this format: all but [#INT8].
    public boolean isStored() {
        return blockBytes > 0;
    }

    /// The neighbors of a row that are a block in a GGUF file; 0 if the format is not one of GGUF. Its rows have whole
    /// blocks.
    public int blockColumns() {
        return blockColumns;
    }

    /// The bytes of a block in a GGUF file; 0 if the format is not one of GGUF.
    public int blockBytes() {
        return blockBytes;
    }

    /// The bytes that a row takes in a GGUF file.
    /// @param columns a multiple of [#blockColumns], at least 1
    /// @throws ConfigException if the format is not one of GGUF
    /// @throws ShapeException for another number of columns
    public long storedBytes(int columns) {
        if (!isStored()) {
            List<BlockFormat> known =
                    Arrays.stream(values()).filter(BlockFormat::isStored).toList();
            throw new ConfigException("format", "expects one of GGUF, " + known + ", got " + this);
        }
        if (columns < 1 || columns % blockColumns != 0) {
            throw new ShapeException(
                    name(), "expects a multiple of " + blockColumns + " columns, at least 1, got " + columns);
        }
        return (long) columns / blockColumns * blockBytes;
    }
}

package dev.neurite.kernel;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import java.util.Arrays;
import java.util.List;

/// How the elements of an [EncodedMatrix] are stored in fewer bits than a float has.
public enum BlockFormat {
    /// Whole numbers of 8 bits, and a float for each row: w = scale · code.
    INT8(8, 0, 0),
    /// Whole numbers of 8 bits, and a float of half precision for 32 neighbors in a row: w = scale · code. Q8_0
    /// of GGUF.
    Q8_0(8, 32, 34),
    /// Whole numbers of 4 bits, and a float of half precision for 32 neighbors in a row: w = scale · (code −
    /// 8). Q4_0 of GGUF.
    Q4_0(4, 32, 18),
    /// Floats of half precision, of IEEE 754: 11 bits of mantissa.
    F16(16, 1, 2),
    /// The upper half of a float: its range, with 8 bits of mantissa.
    BF16(16, 1, 2);

    private final int bits;
    private final int blockColumns;
    private final int blockBytes;

    /// @param blockColumns of a block of GGUF; 0 if GGUF has no such format
    BlockFormat(int bits, int blockColumns, int blockBytes) {
        this.bits = bits;
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

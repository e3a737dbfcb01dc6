package dev.neurite.kernel;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Weights `[rows × columns]` in fewer bits than floats have: those of a layer, `[out × in]`, or the vectors of
/// an embedding. [PackedWeights#encoded] gives them to kernels. Immutable.
public abstract sealed class EncodedMatrix permits QuantizedMatrix, HalfMatrix {
    /// The floats of a vector of this JVM's fastest engine.
    static final int LANES = Backends.lanes();

    private static final int FILLED = 16; // rows up to a multiple of which count as memory

    private static final int DECODING = 8; // the time for an element, in additions
    private static final int CHUNK = 256; // columns of a row that are taken at once: a group's stay in the L1 cache

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
    /// @throws ConfigException for a format that is not [encoded][BlockFormat#isEncodable]
    /// @throws DataException for numbers that are not finite, or too large for the format
    public static EncodedMatrix of(BlockFormat format, Tensor weights) {
        requireEncodable(format);
        if (weights.shape().rank() != 2 || weights.size() == 0) {
            throw new ShapeException("weights", "expects a matrix [rows × columns], got " + weights.shape());
        }
        return format.isQuantized() ? QuantizedMatrix.quantize(format, weights) : HalfMatrix.round(format, weights);
    }

    static void requireEncodable(BlockFormat format) {
        if (format.isEncodable()) return;
        throw new ConfigException(
                "format",
                "expects one that floats are encoded in, " + BlockFormat.encodable() + ", got " + format,
                "Matrices of " + format + " are read from GGUF files alone");
    }

    /// A matrix of rows as they lie in a GGUF file, one after the other, of whole blocks in little-endian
    /// order. They are read once, and put straight where kernels expect them.
    /// @param rows at least 1
    /// @param columns a multiple of [BlockFormat#blockColumns], at least 1
    /// @param stored rows × [BlockFormat#storedBytes] bytes, of a mapped file as well
    /// @param kernels whose threads read them
    /// @throws ConfigException for a format that GGUF does not have
    /// @throws ShapeException for other numbers of rows, columns or bytes
    /// @throws DataException for scales or floats that are not finite
    public static EncodedMatrix ofBlocks(
            BlockFormat format, int rows, int columns, MemorySegment stored, Kernels kernels) {
        require(format, format.isQuantized(), rows, columns);
        requireBytes(format, rows, columns, stored);
        if (format.isQuantized())
            return QuantizedMatrix.empty(format, rows, columns).taking(stored, kernels);
        var halves = new HalfMatrix(format, rows, columns, false);
        halves.taking(stored, kernels);
        return halves.hasTakenLarge() ? new HalfMatrix(format, rows, columns, true).taking(stored, kernels) : halves;
    }

    final EncodedMatrix taking(MemorySegment stored, Kernels kernels) {
        shareGroups(stored, kernels, true);
        return this;
    }

    private static void requireBytes(BlockFormat format, int rows, int columns, MemorySegment stored) {
        long needs = rows * format.storedBytes(columns);
        if (stored.byteSize() == needs) return;
        throw new ShapeException(
                format + " [" + rows + "×" + columns + "]", "expects " + needs + " bytes, got " + stored.byteSize());
    }

    /// Writes the rows as [#ofBlocks] reads them.
    /// @param stored rows × [BlockFormat#storedBytes] bytes
    /// @param kernels whose threads write them
    /// @throws ConfigException for a format that GGUF does not have
    /// @throws ShapeException for another number of bytes, or if rows have no whole blocks
    public final void store(MemorySegment stored, Kernels kernels) {
        requireBytes(format, rows, columns, stored);
        shareGroups(stored, kernels, false);
    }

    private void shareGroups(MemorySegment stored, Kernels kernels, boolean toMatrix) {
        int group = group();
        long bytes = format.storedBytes(columns) * group;
        kernels.share(Math.ceilDiv(rows, group), bytes, (from, to) -> copyGroups(stored, from, to, toMatrix));
    }

    private void copyGroups(MemorySegment stored, int from, int to, boolean toMatrix) {
        byte[] chunk = new byte[(int) format.storedBytes(CHUNK)];
        long ofRow = format.storedBytes(columns);
        int group = group();
        int end = Math.min(rows, to * group);
        for (int first = from * group; first < end; first += group) {
            for (int column = 0; column < columns; column += CHUNK) {
                int n = Math.min(CHUNK, columns - column);
                int bytes = (int) format.storedBytes(n);
                long at = (long) column / format.blockColumns() * format.blockBytes();
                for (int row = first; row < Math.min(end, first + group); row++) {
                    if (toMatrix) {
                        MemorySegment.copy(stored, ValueLayout.JAVA_BYTE, row * ofRow + at, chunk, 0, bytes);
                        take(row, column, n, chunk);
                    } else {
                        give(row, column, n, chunk);
                        MemorySegment.copy(chunk, 0, stored, ValueLayout.JAVA_BYTE, row * ofRow + at, bytes);
                    }
                }
            }
        }
    }

    /// Takes whole blocks of a row.
    /// @param column the first one, of a block
    /// @param n columns
    /// @param stored where they begin at 0
    /// @throws DataException for scales, or floats, that are not finite
    abstract void take(int row, int column, int n, byte[] stored);

    /// Writes whole blocks of a row, as [#take] takes them.
    abstract void give(int row, int column, int n, byte[] stored);

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
                "expect fewer than 2³¹ elements, with rows filled up to a multiple of " + group() + ", got [" + rows
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

    /// For kernels: the rows that lie in memory together. A kernel for one row of x has a row of weights a
    /// lane, and computes the whole group at once: so it reads memory in one order, from beginning to end, and
    /// processors fetch ahead what it needs.
    public abstract int group();

    /// The memory that it takes, in bytes: the same number on all processors, as if rows were filled up to a
    /// multiple of 16. The last group may take up to 48 rows more.
    public final long bytes() {
        long padded = (long) Math.ceilDiv(rows, group()) * group();
        return memory() / padded * Math.ceilDiv(rows, FILLED) * FILLED;
    }

    /// The bytes of all arrays, a multiple of the rows in them.
    abstract long memory();

    /// Writes the numbers that the elements of a row stand for.
    /// @param row from 0 to the number of rows − 1
    /// @param y gets as many floats as there are columns
    /// @param at where they begin
    /// @throws IndexOutOfBoundsException if y has no room for them
    public abstract void decode(int row, float[] y, int at);

    /// Writes the numbers that the elements of neighboring rows stand for.
    /// @param first the first row, from 0
    /// @param y `[some rows × columns]`, in row-major order
    /// @param kernels whose threads decode them
    /// @throws ShapeException for other columns, or more rows than there are
    public final void decode(int first, Tensor y, Kernels kernels) {
        if (!y.shape().row().equals(Shape.of(columns)) || first < 0 || first + y.rows() > rows) {
            throw new ShapeException(toString(), "expects rows of it from " + first + " on, got a tensor " + y.shape());
        }
        kernels.share(y.rows(), (long) DECODING * columns, (begin, end) -> {
            for (int row = begin; row < end; row++) decode(first + row, y.array(), y.offset() + row * columns);
        });
    }

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

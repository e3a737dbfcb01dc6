package dev.neurite.kernel;

import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import java.util.Objects;

/// An [EncodedMatrix] of whole numbers and scales: [BlockFormat#INT8], [BlockFormat#Q8_0] or
/// [BlockFormat#Q4_0].
///
/// **Products** with it are exact in whole numbers: x is quantized, too, to −127 … 127, with a scale for each
/// row where the weights have one for each row, else for each block of 32. Then
///
/// ```
/// y = Σ over blocks of (scale of x · scale of w) · Σ in the block of (code of x · code of w)
/// ```
///
/// where the inner sums are exact and the outer one is a chain of `fma` over the blocks in order. So a row has
/// the same bits alone and among others, and on both engines.
///
/// **In memory** sixteen rows are a group, in which vectors of kernels have one row a lane. A block of 32
/// columns of a group is 16 pairs of columns, (0, 16), (1, 17), …; for each pair come the bytes of the sixteen
/// rows, two a row. With 4 bits, for each four pairs come the `int`s of the sixteen rows: the lower half of one
/// has the codes of the pairs' first columns, beginning with the lowest bits, the upper half those of their
/// second ones. The last group and the last block are filled up with bits of 0. Formats with a scale for each block
/// have an even number of blocks; a scale is half an `int`, of which the lower half belongs to the earlier
/// block.
public final class QuantizedMatrix extends EncodedMatrix {
    /// The columns of a block.
    public static final int BLOCK = 32;

    /// The most columns with one scale that weights which are encoded have, so that a sum of products of their
    /// codes with those of x, within ±127, has 32 bits.
    public static final int MOST_COLUMNS = 1 << 17;

    private static final int PAIRS = BLOCK / 2;
    private static final int CODES_OF_WORD = Integer.SIZE / 4;
    private static final int LEAST_4 = -8; // what the code 0 of four bits means
    private static final int MOST_8 = 127;
    private static final int EXPONENT = 0x7c00; // of a half

    private final int blocks;
    private final byte[] codes; // of 8 bits
    private final int[] words; // of eight codes of 4 bits
    private final float[] rowScales;
    private final int[] rowZeros; // empty if all are 0
    private final int[] rowSums; // of codes
    private final int[] blockScales;

    /// @param zeros whether there are zero points
    private QuantizedMatrix(BlockFormat format, int rows, int columns, boolean zeros) {
        super(format, rows, columns);
        int groups = Math.ceilDiv(rows, GROUP);
        boolean byRow = format == BlockFormat.INT8;
        int needed = Math.ceilDiv(columns, BLOCK);
        blocks = byRow ? needed : needed + needed % 2;
        boolean four = format == BlockFormat.Q4_0;
        long needs = (long) groups * blocks * (GROUP * BLOCK / (four ? CODES_OF_WORD : 1));
        int size = requireLength(needs);
        codes = new byte[four ? 0 : size];
        words = new int[four ? size : 0];
        rowScales = new float[byRow ? groups * GROUP : 0];
        rowZeros = new int[zeros ? groups * GROUP : 0];
        rowSums = new int[byRow ? groups * GROUP : 0];
        blockScales = new int[byRow ? 0 : groups * GROUP * (blocks / 2)];
    }

    // ---------------------------------------------------------------------------------------------------- encoding

    /// A matrix of these codes and scales.
    /// @param format [BlockFormat#INT8], [BlockFormat#Q8_0] or [BlockFormat#Q4_0]
    /// @param rows at least 1
    /// @param columns at least 1
    /// @param values row by row: what the codes mean without scales, −128 to 127, of 4 bits −8 to 7
    /// @param scales for each row, or for each block of a row, row by row
    /// @throws dev.neurite.error.ConfigException for another format
    /// @throws ShapeException without rows or columns, if there are more or fewer codes or scales, or more than
    /// [#MOST_COLUMNS] columns with one scale
    /// @throws DataException for codes out of range, or scales that are not finite or, of blocks, no floats of
    /// half precision
    public static QuantizedMatrix of(BlockFormat format, int rows, int columns, byte[] values, float[] scales) {
        requireColumns(format, columns);
        if (format == BlockFormat.INT8) return int8(rows, columns, values, scales, new int[0]);
        require(format, true, rows, columns);
        requireSize(format, "codes", (long) rows * columns, values.length);
        var matrix = new QuantizedMatrix(format, rows, columns, false);
        int ofRow = matrix.scalesOfRow();
        requireSize(format, "scales", (long) rows * ofRow, scales.length);
        int least = format == BlockFormat.Q4_0 ? LEAST_4 : Byte.MIN_VALUE;
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < columns; i++) {
                int value = values[row * columns + i];
                requireInRange("codes", least, value);
                matrix.put(row, i, value);
            }
            for (int i = 0; i < ofRow; i++) matrix.putScale(row, i, requireFinite(scales[row * ofRow + i]));
        }
        return matrix;
    }

    private static void requireColumns(BlockFormat format, int columns) {
        if (format != BlockFormat.INT8 || columns <= MOST_COLUMNS) return;
        throw new ShapeException(
                "weights",
                "expect at most " + MOST_COLUMNS + " columns for " + format + ", got " + columns,
                "Take " + BlockFormat.Q8_0);
    }

    /// Where the codes of a matrix are in an array.
    public static final class Codes {
        private final byte[] array;
        private final int at;
        private final int rowStep;
        private final int columnStep;
        private final int more; // than the codes of a matrix

        /// The code of a row and column is at `at + row·rowStep + column·columnStep`.
        /// @param array not copied
        /// @param unsigned whether codes are 0 to 255; otherwise −128 to 127
        public Codes(byte[] array, int at, int rowStep, int columnStep, boolean unsigned) {
            this.array = array;
            this.at = at;
            this.rowStep = rowStep;
            this.columnStep = columnStep;
            more = unsigned ? -Byte.MIN_VALUE : 0;
        }
    }

    /// A matrix of [BlockFormat#INT8] with zero points: w = scale · (code − zero). It may have any number of
    /// columns: the sums of its products are those mod 2³². For kernels alone: [dev.neurite.model.Parameters]
    /// take none with zero points.
    /// @param rows at least 1
    /// @param columns at least 1
    /// @param values the codes, row by row, −128 to 127
    /// @param scales for each row
    /// @param zeros for each row, −128 to 127; none if all are 0
    /// @throws ShapeException without rows or columns, or if there are more or fewer codes, scales or zero
    /// points
    /// @throws DataException for zero points out of range, or scales that are not finite
    public static QuantizedMatrix int8(int rows, int columns, byte[] values, float[] scales, int[] zeros) {
        require(BlockFormat.INT8, true, rows, columns);
        requireSize(BlockFormat.INT8, "codes", (long) rows * columns, values.length);
        var codes = new Codes(values, 0, columns, 1, false);
        QuantizedMatrix matrix = empty(rows, columns, codes, scales, zeros);
        matrix.write(codes, 0, rows);
        return matrix;
    }

    /// The same of codes that are anywhere in an array.
    /// @param zeros for each row, in the range of the codes; none if all are 0
    /// @param kernels whose threads write the matrix
    /// @throws IndexOutOfBoundsException if the codes are not in the array
    /// @throws ShapeException without rows or columns, or if there are more or fewer scales or zero points
    /// @throws DataException for zero points out of range, or scales that are not finite
    public static QuantizedMatrix int8(
            int rows, int columns, Codes codes, float[] scales, int[] zeros, Kernels kernels) {
        require(BlockFormat.INT8, true, rows, columns);
        long last = codes.at + (rows - 1L) * codes.rowStep + (columns - 1L) * codes.columnStep;
        Objects.checkIndex(codes.at, codes.array.length);
        Objects.checkIndex(last, codes.array.length);
        QuantizedMatrix matrix = empty(rows, columns, codes, scales, zeros);
        long work = (long) GROUP * columns;
        kernels.share(
                Math.ceilDiv(rows, GROUP),
                work,
                (from, to) -> matrix.write(codes, from * GROUP, Math.min(rows, to * GROUP)));
        return matrix;
    }

    /// A matrix with scales and zero points, whose codes are 0.
    private static QuantizedMatrix empty(int rows, int columns, Codes codes, float[] scales, int[] zeros) {
        requireSize(BlockFormat.INT8, "scales", rows, scales.length);
        if (zeros.length > 0) requireSize(BlockFormat.INT8, "zero points", rows, zeros.length);
        for (int zero : zeros) requireInRange("zero points", Byte.MIN_VALUE, zero - codes.more);
        boolean allZero =
                zeros.length == 0 ? codes.more == 0 : Arrays.stream(zeros).allMatch(each -> each == codes.more);
        var matrix = new QuantizedMatrix(BlockFormat.INT8, rows, columns, !allZero);
        for (int row = 0; row < rows; row++) {
            matrix.rowScales[row] = requireFinite(scales[row]);
            if (!allZero) matrix.rowZeros[row] = (zeros.length == 0 ? 0 : zeros[row]) - codes.more;
        }
        return matrix;
    }

    /// Writes the codes of whole groups of rows, and their sums, mod 2³².
    private void write(Codes of, int from, int end) {
        for (int first = from; first < end; first += GROUP) {
            int some = Math.min(GROUP, end - first);
            for (int column = 0; column < columns(); column++) {
                int at = of.at + first * of.rowStep + column * of.columnStep;
                int to = place(first, column);
                for (int i = 0; i < some; i++) {
                    byte code = (byte) (of.array[at + i * of.rowStep] - of.more);
                    codes[to + 2 * i] = code;
                    rowSums[first + i] += code;
                }
            }
        }
    }

    static void requireSize(BlockFormat format, String what, long expected, int got) {
        if (got != expected)
            throw new ShapeException(format.name(), "expects " + expected + " " + what + ", got " + got);
    }

    private static void requireInRange(String what, int least, int got) {
        if (got >= least && got <= -1 - least) return;
        throw new DataException(what, "expect numbers from " + least + " to " + (-1 - least) + ", got " + got);
    }

    static float requireFinite(float x) {
        if (Float.isFinite(x)) return x;
        throw new DataException("weights", "expect finite numbers, got " + x);
    }

    /// A matrix whose scales are 0, of a format with scales of blocks.
    static QuantizedMatrix empty(BlockFormat format, int rows, int columns) {
        return new QuantizedMatrix(format, rows, columns, false);
    }

    @Override
    void take(int row, int column, int n, byte[] stored) {
        int size = format().blockBytes();
        for (int i = 0; i < n / BLOCK; i++) {
            int block = column / BLOCK + i;
            putScale(row, block, (short) Bytes.SHORTS.get(stored, i * size));
            int at = i * size + Short.BYTES;
            if (hasFourBits()) takeFourBits(stored, at, wordOf(row, block * BLOCK));
            else takeEightBits(stored, at, place(row, block * BLOCK));
        }
    }

    private void takeEightBits(byte[] stored, int at, int to) {
        for (int i = 0; i < PAIRS; i++) {
            int pair = (stored[at + i] & 0xff) | stored[at + PAIRS + i] << Byte.SIZE;
            Bytes.SHORTS.set(codes, to + i * 2 * GROUP, (short) pair);
        }
    }

    private void takeFourBits(byte[] stored, int at, int to) {
        for (int i = 0; i < PAIRS / 4; i++) {
            int four = (int) Bytes.INTS.get(stored, at + 4 * i);
            words[to + i * GROUP] = Bytes.lowNibbles(four) | Bytes.lowNibbles(four >>> 4) << Short.SIZE;
        }
    }

    @Override
    void give(int row, int column, int n, byte[] stored) {
        int size = format().blockBytes();
        for (int i = 0; i < n / BLOCK; i++) {
            int block = column / BLOCK + i;
            Bytes.SHORTS.set(stored, i * size, halfOf(row, block));
            int at = i * size + Short.BYTES;
            if (hasFourBits()) giveFourBits(wordOf(row, block * BLOCK), stored, at);
            else giveEightBits(place(row, block * BLOCK), stored, at);
        }
    }

    private void giveEightBits(int from, byte[] stored, int at) {
        for (int i = 0; i < PAIRS; i++) {
            stored[at + i] = codes[from + i * 2 * GROUP];
            stored[at + PAIRS + i] = codes[from + i * 2 * GROUP + 1];
        }
    }

    private void giveFourBits(int from, byte[] stored, int at) {
        for (int i = 0; i < PAIRS / 4; i++) {
            int word = words[from + i * GROUP];
            Bytes.INTS.set(stored, at + 4 * i, Bytes.nibbles(word) | Bytes.nibbles(word >>> Short.SIZE) << 4);
        }
    }

    static QuantizedMatrix quantize(BlockFormat format, Tensor weights) {
        int columns = weights.shape().extent(1);
        requireColumns(format, columns);
        var matrix = new QuantizedMatrix(format, weights.rows(), columns, false);
        int width = format == BlockFormat.INT8 ? columns : BLOCK;
        for (int row = 0; row < weights.rows(); row++) {
            int at = weights.offset() + row * columns;
            for (int from = 0; from < columns; from += width) {
                matrix.quantize(weights.array(), at + from, row, from, Math.min(width, columns - from));
            }
        }
        matrix.sum();
        return matrix;
    }

    private void sum() {
        if (rowSums.length == 0) return;
        for (int row = 0; row < rows(); row++) {
            for (int i = 0; i < columns(); i++) rowSums[row] += value(row, i);
        }
    }

    /// Quantizes neighbors that share a scale. With 4 bits the element of largest magnitude becomes −8, as in
    /// ggml.
    private void quantize(float[] w, int at, int row, int column, int count) {
        float extreme = 0; // the element of largest magnitude
        for (int i = 0; i < count; i++) {
            if (Math.abs(requireFinite(w[at + i])) > Math.abs(extreme)) extreme = w[at + i];
        }
        boolean four = format() == BlockFormat.Q4_0;
        float scale = extreme == 0 ? 0 : four ? extreme / LEAST_4 : Math.abs(extreme) / MOST_8;
        int place = format() == BlockFormat.INT8 ? 0 : column / BLOCK;
        putScale(row, place, scale);
        double stored = scale(row, place);
        for (int i = 0; i < count; i++) {
            double code = stored == 0 ? 0 : Math.rint(w[at + i] / stored);
            put(row, column + i, (int) Math.clamp(code, four ? LEAST_4 : -MOST_8, four ? -1 - LEAST_4 : MOST_8));
        }
    }

    // ------------------------------------------------------------------------------------------------ single elements

    private boolean hasFourBits() {
        return words.length > 0;
    }

    /// The index of the byte that holds a code.
    private int place(int row, int column) {
        int line = (row / GROUP * blocks + column / BLOCK) * PAIRS + column % PAIRS;
        return (line * GROUP + row % GROUP) * 2 + column % BLOCK / PAIRS;
    }

    /// The index of the word that holds a code.
    private int wordOf(int row, int column) {
        int line = (row / GROUP * blocks + column / BLOCK) * (PAIRS / 4) + column % PAIRS / 4;
        return line * GROUP + row % GROUP;
    }

    /// The first bit of a code in its word.
    private static int bit(int column) {
        return column % BLOCK / PAIRS * Short.SIZE + column % 4 * 4;
    }

    private void put(int row, int column, int value) {
        if (hasFourBits()) {
            int at = wordOf(row, column);
            words[at] = (words[at] & ~(0xf << bit(column))) | ((value - LEAST_4) << bit(column));
        } else {
            codes[place(row, column)] = (byte) value;
        }
    }

    /// What a code means without its scale: −128 to 127, of 4 bits −8 to 7; a zero point is not subtracted.
    /// @param row from 0 to the number of rows − 1
    /// @param column from 0 to the number of columns − 1; others are not checked
    public int value(int row, int column) {
        if (hasFourBits()) return ((words[wordOf(row, column)] >>> bit(column)) & 0xf) + LEAST_4;
        return codes[place(row, column)];
    }

    private void putScale(int row, int block, float scale) {
        if (format() == BlockFormat.INT8) {
            rowScales[row] = scale;
            return;
        }
        short half = Float.floatToFloat16(scale);
        if (!Float.isFinite(Float.float16ToFloat(half))) {
            throw new DataException("weights", "expect scales of half precision, up to 65504, got " + scale);
        }
        putScale(row, block, half);
    }

    private void putScale(int row, int block, short half) {
        if ((half & EXPONENT) == EXPONENT) {
            throw new DataException(this + ", row " + row, "expects finite scales, got an infinity or NaN");
        }
        int at = scaleAt(row, block);
        int shift = block % 2 * Short.SIZE;
        blockScales[at] = (blockScales[at] & ~(0xffff << shift)) | ((half & 0xffff) << shift);
    }

    private int scaleAt(int row, int block) {
        return (row / GROUP * (blocks / 2) + block / 2) * GROUP + row % GROUP;
    }

    /// The scale of a block of a row: finite, also below 0 with 4 bits.
    /// @param row from 0 to the number of rows − 1
    /// @param block from 0 to [#scalesOfRow()] − 1; others are not checked
    public float scale(int row, int block) {
        if (format() == BlockFormat.INT8) return rowScales[row];
        return Float.float16ToFloat(halfOf(row, block));
    }

    private short halfOf(int row, int block) {
        return (short) (blockScales[scaleAt(row, block)] >> (block % 2 * Short.SIZE));
    }

    /// How many scales a row has: 1, or one for each block of [#BLOCK] columns, of which the last may have
    /// fewer.
    public int scalesOfRow() {
        return format() == BlockFormat.INT8 ? 1 : Math.ceilDiv(columns(), BLOCK);
    }

    /// What the codes mean without scales, row by row, as [#value] has them: a copy of rows × columns numbers.
    /// @throws ArithmeticException for 2³¹ or more
    public byte[] values() {
        byte[] all = new byte[Math.multiplyExact(rows(), columns())];
        for (int row = 0, at = 0; row < rows(); row++) {
            for (int i = 0; i < columns(); i++) all[at++] = (byte) value(row, i);
        }
        return all;
    }

    /// The scales for each row, or for each block of a row, row by row: a copy, [#scalesOfRow()] for each row.
    public float[] scales() {
        float[] all = new float[rows() * scalesOfRow()];
        for (int i = 0; i < all.length; i++) all[i] = scale(i / scalesOfRow(), i % scalesOfRow());
        return all;
    }

    @Override
    public void decode(int row, float[] y, int at) {
        boolean byRow = format() == BlockFormat.INT8;
        int zero = hasZeros() ? rowZeros[row] : 0;
        for (int i = 0; i < columns(); i++) y[at + i] = scale(row, byRow ? 0 : i / BLOCK) * (value(row, i) - zero);
    }

    // ---------------------------------------------------------------------------------------------------- for kernels

    /// For kernels: the blocks of a row.
    public int blocks() {
        return blocks;
    }

    /// For kernels: codes of 8 bits, in the order that the class describes. Read only.
    public byte[] codes() {
        return codes;
    }

    /// For kernels: codes of 4 bits, in the order that the class describes. Read only.
    public int[] words() {
        return words;
    }

    /// For kernels: the scales of rows, of whole groups; of formats with scales of blocks none. Read only.
    public float[] rowScales() {
        return rowScales;
    }

    /// For kernels: whether rows have zero points other than 0.
    public boolean hasZeros() {
        return rowZeros.length > 0;
    }

    /// For kernels: the zero points of rows, of whole groups; none if all are 0. Read only.
    public int[] rowZeros() {
        return rowZeros;
    }

    /// For kernels: the sums of the codes of rows that have one scale, mod 2³², of whole groups. Read only.
    public int[] rowSums() {
        return rowSums;
    }

    /// For kernels: the scales of blocks, in the order that the class describes. Read only.
    public int[] blockScales() {
        return blockScales;
    }

    @Override
    public long bytes() {
        return codes.length
                + (long) Integer.BYTES
                        * (words.length + rowScales.length + rowZeros.length + rowSums.length + blockScales.length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof QuantizedMatrix same
                && isLike(same)
                && Arrays.equals(codes, same.codes)
                && Arrays.equals(words, same.words)
                && Arrays.equals(rowScales, same.rowScales)
                && Arrays.equals(rowZeros, same.rowZeros)
                && Arrays.equals(blockScales, same.blockScales);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(codes) + Arrays.hashCode(words);
    }
}

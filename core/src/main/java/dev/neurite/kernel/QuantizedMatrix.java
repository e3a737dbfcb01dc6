package dev.neurite.kernel;

import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import java.util.Objects;

/// An [EncodedMatrix] of whole numbers and scales: all formats but [BlockFormat#F16] and [BlockFormat#BF16].
///
/// **Products** with it are exact in whole numbers: x is quantized, too, to −127 … 127, with a scale for each
/// row where the weights have one for each row, else for each block of 32. Then
///
/// ```
/// y = Σ over blocks of (scale of x · scale of w) · Σ in the block of (code of x · value of w)
///                    + (scale of x · Σ in the block of code of x) · minimum of w
/// ```
///
/// where the inner sums are exact and the outer one is a chain of `fma` over the blocks in order, of a block first
/// that with its scale, then, if the format has minimums, that with its minimum. So a row has the same bits alone
/// and among others, and on both engines. The value of w is its code less the one that means 0, times the part that
/// a block has of the scale of 256 columns, if it has one: a whole number.
///
/// **In memory** rows are in [groups][#group] of two vectors. A block of 32 columns of a group is 16 pairs of columns,
/// (0, 16), (1, 17), …; for each pair come the bytes of the group's
/// rows, two a row. With 4 bits, for each four pairs come the `int`s of these rows: the lower half of one
/// has the codes of the pairs' first columns, beginning with the lowest bits, the upper half those of their
/// second ones. A fifth bit of codes, or a fifth and a sixth, is in a plane of its own, where an `int` has those of
/// sixteen pairs, or eight. The last group and the last block are filled up with bits of 0. Formats with a scale for
/// each block have an even number of blocks; a scale is half an `int`, of which the lower half belongs to the earlier
/// block; so are minimums, scales of 256 columns, and the two bytes that a block has of these: the parts of its
/// scale and its minimum, or those of the scales of its first and second 16 columns.
public final class QuantizedMatrix extends EncodedMatrix {
    /// The columns of a block.
    public static final int BLOCK = 32;

    /// For kernels: the rows of a group.
    public static final int GROUP = 2 * LANES;

    /// The most columns with one scale that weights which are encoded have, so that a sum of products of their
    /// codes with those of x, within ±127, has 32 bits.
    public static final int MOST_COLUMNS = 1 << 17;

    private static final int PAIRS = BLOCK / 2;
    private static final int WORD = 4; // bits of a code in `words`
    private static final int LEAST_4 = -8; // what the code 0 of four bits means
    private static final int MOST_8 = 127;
    private static final int EXPONENT = 0x7c00; // of a half

    /// The blocks that share a scale, where they have parts of it.
    private static final int PARTS = 8;

    private final int blocks;
    private final int scaleBlocks; // scales of blocks in a row, an even number
    private final int planeBits; // beyond the four in `words`
    private final byte[] codes; // of 8 bits
    private final int[] words; // of the lower four bits of eight codes
    private final int[] plane; // of the bits above
    private final float[] rowScales;
    private final int[] rowZeros; // empty if all are 0
    private final int[] rowSums; // of codes
    private final int[] blockScales;
    private final int[] blockMinimums; // or the scales of their parts, with the other sign
    private final int[] parts;

    /// @param zeros whether there are zero points
    private QuantizedMatrix(BlockFormat format, int rows, int columns, boolean zeros) {
        super(format, rows, columns);
        int groups = Math.ceilDiv(rows, GROUP);
        boolean byRow = format == BlockFormat.INT8;
        int needed = Math.ceilDiv(columns, BLOCK);
        blocks = byRow ? needed : needed + needed % 2;
        int scales = byRow ? 0 : format.hasParts() ? Math.ceilDiv(blocks, PARTS) : blocks;
        scaleBlocks = scales + scales % 2;
        boolean bytes = format.bits() == Byte.SIZE;
        planeBits = bytes ? 0 : format.bits() - WORD;
        long lines = (long) groups * blocks * GROUP; // words of a bit of codes
        codes = new byte[bytes ? requireLength(lines * BLOCK) : 0];
        words = new int[bytes ? 0 : requireLength(lines * WORD)];
        plane = new int[planeBits == 0 ? 0 : requireLength(lines * planeBits)];
        rowScales = new float[byRow ? groups * GROUP : 0];
        rowZeros = new int[zeros ? groups * GROUP : 0];
        rowSums = new int[byRow ? groups * GROUP : 0];
        blockScales = new int[groups * GROUP * (scaleBlocks / 2)];
        blockMinimums = new int[format.hasMinimums() ? blockScales.length : 0];
        parts = new int[format.hasParts() ? groups * GROUP * (blocks / 2) : 0];
    }

    // ---------------------------------------------------------------------------------------------------- encoding

    /// A matrix of these codes and scales.
    /// @param format [BlockFormat#INT8], [BlockFormat#Q8_0] or [BlockFormat#Q4_0]
    /// @param rows at least 1
    /// @param columns at least 1
    /// @param values row by row: what the codes mean without scales, −128 to 127, of 4 bits −8 to 7
    /// @param scales for each row, or for each block of a row, row by row
    /// @throws dev.neurite.error.ConfigException for another format: one that is not
    /// [encoded][BlockFormat#isEncodable], or has no whole numbers
    /// @throws ShapeException without rows or columns, if there are more or fewer codes or scales, or more than
    /// [#MOST_COLUMNS] columns with one scale
    /// @throws DataException for codes out of range, or scales that are not finite or, of blocks, no floats of
    /// half precision
    public static QuantizedMatrix of(BlockFormat format, int rows, int columns, byte[] values, float[] scales) {
        requireColumns(format, columns);
        if (format == BlockFormat.INT8) return int8(rows, columns, values, scales, new int[0]);
        requireEncodable(format);
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

    /// A matrix whose scales are 0, of a format of GGUF.
    static QuantizedMatrix empty(BlockFormat format, int rows, int columns) {
        return new QuantizedMatrix(format, rows, columns, false);
    }

    @Override
    void take(int row, int column, int n, byte[] stored) {
        GgufBlocks.take(this, row, column / BLOCK, n / BLOCK, stored);
    }

    @Override
    void give(int row, int column, int n, byte[] stored) {
        GgufBlocks.give(this, row, column / BLOCK, n / BLOCK, stored);
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

    /// The index of the byte that holds a code of 8 bits.
    private int place(int row, int column) {
        return codesAt(row, column / BLOCK) + column % PAIRS * 2 * GROUP + column % BLOCK / PAIRS;
    }

    /// The index of the first byte of a block; those of the next pairs of columns follow after 2·[#GROUP].
    int codesAt(int row, int block) {
        return ((row / GROUP * blocks + block) * PAIRS * GROUP + row % GROUP) * 2;
    }

    /// The index of the first word of a block in [#words] or [#plane]; the next ones follow after [#GROUP].
    /// @param bits of a code there
    int wordsAt(int row, int block, int bits) {
        return (row / GROUP * blocks + block) * bits * GROUP + row % GROUP;
    }

    /// The index of the word that holds a code.
    private int wordOf(int row, int column, int bits) {
        return wordsAt(row, column / BLOCK, bits) + column % PAIRS / 4 * bits / 4 * GROUP;
    }

    /// The first bit of a code in its word.
    private static int bit(int column, int bits) {
        return column % BLOCK / PAIRS * Short.SIZE + column % 4 * 4 + column % PAIRS / 4 * bits % 4;
    }

    private void put(int row, int column, int value) {
        if (codes.length > 0) {
            codes[place(row, column)] = (byte) value;
        } else {
            int at = wordOf(row, column, WORD);
            int bit = bit(column, WORD);
            words[at] = (words[at] & ~(0xf << bit)) | ((value + format().zero()) << bit);
        }
    }

    /// A code as it is stored: −128 to 127 of 8 bits, of fewer bits 0 and more.
    int code(int row, int column) {
        if (codes.length > 0) return codes[place(row, column)];
        int low = (words[wordOf(row, column, WORD)] >>> bit(column, WORD)) & 0xf;
        if (planeBits == 0) return low;
        int high = plane[wordOf(row, column, planeBits)] >>> bit(column, planeBits);
        return low | (high & ((1 << planeBits) - 1)) << WORD;
    }

    /// The part of the scale that 16 columns have; 1 in formats without parts.
    private int partOf(int row, int column) {
        if (parts.length == 0) return 1;
        int second = format().hasMinimums() ? 0 : column % BLOCK / PAIRS;
        return part(row, column / BLOCK, second);
    }

    /// A byte of the two of a block.
    int part(int row, int block, int second) {
        return (byte) (parts[halfAt(blocks, row, block)] >> (block % 2 * Short.SIZE + second * Byte.SIZE));
    }

    /// What a code means without its scale and minimum, −4,096 to 4,096: of 8 bits −128 to 127, where a zero point is
    /// not subtracted, of [BlockFormat#Q4_0] −8 to 7.
    /// @param row from 0 to the number of rows − 1
    /// @param column from 0 to the number of columns − 1; others are not checked
    public int value(int row, int column) {
        return (code(row, column) - format().zero()) * partOf(row, column);
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
        putHalf(blockScales, row, block, half);
    }

    /// Puts a scale or minimum to its place.
    void putHalf(int[] halves, int row, int block, short half) {
        if ((half & EXPONENT) == EXPONENT) {
            throw new DataException(this + ", row " + row, "expects finite scales, got an infinity or NaN");
        }
        putBits(halves, halfAt(scaleBlocks, row, block), block, half);
    }

    void putParts(int row, int block, int first, int second) {
        putBits(parts, halfAt(blocks, row, block), block, (first & 0xff) | second << Byte.SIZE);
    }

    private static void putBits(int[] halves, int at, int block, int bits) {
        int shift = block % 2 * Short.SIZE;
        halves[at] = (halves[at] & ~(0xffff << shift)) | ((bits & 0xffff) << shift);
    }

    /// The index of the `int` with the half of a block.
    private static int halfAt(int blocks, int row, int block) {
        return (row / GROUP * (blocks / 2) + block / 2) * GROUP + row % GROUP;
    }

    short half(int[] halves, int row, int block) {
        return (short) (halves[halfAt(scaleBlocks, row, block)] >> (block % 2 * Short.SIZE));
    }

    /// A scale of a row: finite, also below 0 with 4 bits.
    /// @param row from 0 to the number of rows − 1
    /// @param scale from 0 to [#scalesOfRow()] − 1; others are not checked
    public float scale(int row, int scale) {
        if (format() == BlockFormat.INT8) return rowScales[row];
        return Float.float16ToFloat(half(blockScales, row, scale));
    }

    /// How many scales a row has: 1, or one for each block of [#BLOCK] columns, or of 256, of which the last may
    /// have fewer.
    public int scalesOfRow() {
        return Math.ceilDiv(columns(), columnsOfScale());
    }

    /// The neighbors in a row that share a scale: all, [#BLOCK] or 256.
    public int columnsOfScale() {
        if (format() == BlockFormat.INT8) return columns();
        return format().hasParts() ? PARTS * BLOCK : BLOCK;
    }

    /// What is added to the weights of a block of a row; 0 if the format has no minimums.
    /// @param row from 0 to the number of rows − 1
    /// @param block of [#BLOCK] columns, from 0 on; others are not checked
    public float minimum(int row, int block) {
        if (!format().hasMinimums()) return 0;
        if (!format().hasParts()) return Float.float16ToFloat(half(blockMinimums, row, block));
        return -(Float.float16ToFloat(half(blockMinimums, row, block / PARTS)) * part(row, block, 1));
    }

    /// What the codes mean without scales, row by row, as [#value] has them: a copy of rows × columns numbers.
    /// @throws dev.neurite.error.ConfigException for a format that is not [encoded][BlockFormat#isEncodable]
    /// @throws ArithmeticException for 2³¹ or more
    public byte[] values() {
        requireEncodable(format());
        byte[] all = new byte[Math.multiplyExact(rows(), columns())];
        for (int row = 0, at = 0; row < rows(); row++) {
            for (int i = 0; i < columns(); i++) all[at++] = (byte) value(row, i);
        }
        return all;
    }

    /// The scales of rows, or of their blocks, row by row: a copy, [#scalesOfRow()] for each row.
    public float[] scales() {
        float[] all = new float[rows() * scalesOfRow()];
        for (int i = 0; i < all.length; i++) all[i] = scale(i / scalesOfRow(), i % scalesOfRow());
        return all;
    }

    @Override
    public void decode(int row, float[] y, int at) {
        int width = columnsOfScale();
        int zero = hasZeros() ? rowZeros[row] : format().zero();
        for (int from = 0; from < columns(); from += PAIRS) { // what neighbors share is decoded once
            float scale = scale(row, from / width) * partOf(row, from);
            float minimum = minimum(row, from / BLOCK);
            int end = Math.min(columns(), from + PAIRS);
            for (int i = from; i < end; i++) {
                float x = scale * (code(row, i) - zero);
                y[at + i] = format().hasMinimums() ? x + minimum : x;
            }
        }
    }

    // ---------------------------------------------------------------------------------------------------- for kernels

    /// For kernels: the blocks of a row.
    public int blocks() {
        return blocks;
    }

    /// For kernels: the scales of blocks of a row, with one that fills up an odd number; 0 if rows have one scale.
    public int scaleBlocks() {
        return scaleBlocks;
    }

    /// For kernels: codes of 8 bits, in the order that the class describes. Read only.
    public byte[] codes() {
        return codes;
    }

    /// For kernels: the lower four bits of codes of 4 to 6 bits, in the order that the class describes. Read only.
    public int[] words() {
        return words;
    }

    /// For kernels: the bits of codes beyond four, in the order that the class describes. Read only.
    public int[] plane() {
        return plane;
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

    /// For kernels: the minimums of blocks, or what parts of them are multiplied with, with the other sign, in the
    /// order that the class describes. Read only.
    public int[] blockMinimums() {
        return blockMinimums;
    }

    /// For kernels: the parts of scales and minimums that blocks have, in the order that the class describes. Read
    /// only.
    public int[] parts() {
        return parts;
    }

    @Override
    public int group() {
        return GROUP;
    }

    @Override
    long memory() {
        long numbers = (long) words.length
                + plane.length
                + rowScales.length
                + rowZeros.length
                + rowSums.length
                + blockScales.length
                + blockMinimums.length
                + parts.length;
        return codes.length + Integer.BYTES * numbers;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof QuantizedMatrix same
                && isLike(same)
                && Arrays.equals(codes, same.codes)
                && Arrays.equals(words, same.words)
                && Arrays.equals(plane, same.plane)
                && Arrays.equals(rowScales, same.rowScales)
                && Arrays.equals(rowZeros, same.rowZeros)
                && Arrays.equals(blockScales, same.blockScales)
                && Arrays.equals(blockMinimums, same.blockMinimums)
                && Arrays.equals(parts, same.parts);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(codes) + Arrays.hashCode(words);
    }
}

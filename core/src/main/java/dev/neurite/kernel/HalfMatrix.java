package dev.neurite.kernel;

import dev.neurite.error.DataException;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;

/// An [EncodedMatrix] of floats of 16 bits: [BlockFormat#F16] or [BlockFormat#BF16]. For storage: arithmetic is that of
/// floats.
///
/// **In memory** rows are in [groups][#group] of four vectors: for each two columns come the `int`s of a
/// group's rows, whose lower half is the element of the first one. The last
/// group, and the last column if their number is odd, are filled up with zeros.
///
/// A float of [BlockFormat#F16] below 2⁻¹⁴ has no 1 before its mantissa: where its bits are in a float it would be one
/// below 2⁻¹²⁶, with which some processors are slow. So all exponents are [#MORE] more, which gives these numbers one
/// that is not 0; unless the matrix has numbers from 128 on, whose exponents would be too large.
public final class HalfMatrix extends EncodedMatrix {
    /// For kernels: the rows of a group.
    public static final int GROUP = 4 * LANES;

    private static final int EXPONENT_F16 = 0x7c00;
    private static final int EXPONENT_BF16 = 0x7f80;
    private static final int MANTISSA = 0x3ff;
    private static final int ONE = MANTISSA + 1; // before a mantissa, or the least exponent
    private static final int MORE = 10 * ONE; // exponents
    private static final int LARGE = EXPONENT_F16 - MORE + ONE; // from this exponent on they are too large
    private static final int SIGN = 1 << 15;
    private static final int BOTH = 0x1_0001; // halves of a word
    private static final int SIGNS = 0x8000_8000;

    private final boolean isLarge; // whether there are numbers from 128 on, of F16
    private final int pairs; // of columns
    private final int[] words;
    private boolean hasTakenLarge; // set by the threads that share the reading, read after them

    /// A matrix of zeros.
    HalfMatrix(BlockFormat format, int rows, int columns, boolean isLarge) {
        super(format, rows, columns);
        this.isLarge = isLarge;
        pairs = Math.ceilDiv(columns, 2);
        long padded = (long) Math.ceilDiv(rows, GROUP) * GROUP;
        requireLength(padded * columns); // as #halves and #decode give all elements in an array
        words = new int[(int) padded * pairs];
    }

    /// The index of the word that has an element.
    private int place(int row, int column) {
        return (row / GROUP * pairs + column / 2) * GROUP + row % GROUP;
    }

    private short stored(int row, int column) {
        return (short) (words[place(row, column)] >> (column % 2 * Short.SIZE));
    }

    private boolean hasMore() {
        return format() == BlockFormat.F16 && !isLarge;
    }

    /// Sets an element that is still 0.
    private void put(int row, int column, short half) {
        int stored = hasMore() ? more(half) : half;
        words[place(row, column)] |= (stored & 0xffff) << (column % 2 * Short.SIZE);
    }

    /// A half with [#MORE] exponents more.
    private static int more(int half) {
        int mantissa = half & MANTISSA;
        if ((half & EXPONENT_F16) != 0) return half + MORE;
        if (mantissa == 0) return half;
        int shift = Integer.numberOfLeadingZeros(mantissa) - Integer.numberOfLeadingZeros(ONE);
        return (half & SIGN) | (MORE + ONE - shift * ONE) | ((mantissa << shift) & MANTISSA);
    }

    /// The bits of an element.
    private short half(int row, int column) {
        short stored = stored(row, column);
        int exponent = stored & EXPONENT_F16;
        if (!hasMore() || exponent == 0) return stored;
        if (exponent > MORE) return (short) (stored - MORE);
        int shift = (MORE + ONE - exponent) / ONE;
        return (short) ((stored & SIGN) | (ONE | (stored & MANTISSA)) >> shift);
    }

    private static boolean isLarge(BlockFormat format, short half) {
        return format == BlockFormat.F16 && (half & EXPONENT_F16) >= LARGE;
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
        boolean large = false;
        for (short half : halves) {
            QuantizedMatrix.requireFinite(decode(format, half));
            large |= isLarge(format, half);
        }
        var matrix = new HalfMatrix(format, rows, columns, large);
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < columns; i++) matrix.put(row, i, halves[row * columns + i]);
        }
        return matrix;
    }

    static HalfMatrix round(BlockFormat format, Tensor weights) {
        short[] halves = new short[weights.size()];
        for (int i = 0; i < halves.length; i++) {
            float x = QuantizedMatrix.requireFinite(weights.array()[weights.offset() + i]);
            halves[i] = format == BlockFormat.F16 ? Float.floatToFloat16(x) : upperHalf(x);
            if (Float.isInfinite(decode(format, halves[i]))) {
                throw new DataException("weights", "expect numbers that " + format + " has, got " + x);
            }
        }
        return of(format, weights.rows(), weights.shape().extent(1), halves);
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
        int exponents = exponent * BOTH;
        int lowest = (exponent & -exponent) * BOTH;
        int toLarge = (SIGN - LARGE) * BOTH;
        boolean more = hasMore();
        int infinite = 0; // the bits after exponents that are all ones
        int large = 0; // those after exponents of large numbers
        int at = place(row, column);
        for (int i = 0; i < n; i += 2) { // two elements, from an even column on
            int pair = i + 1 < n
                    ? (int) LittleEndian.INTS.get(stored, 2 * i)
                    : (short) LittleEndian.SHORTS.get(stored, 2 * i) & 0xffff;
            int both = pair & exponents;
            infinite |= both + lowest;
            large |= both + toLarge;
            int to = at + i / 2 * GROUP;
            if (!more) words[to] = pair;
            else if ((both & 0xffff) != 0 && both >>> Short.SIZE != 0) words[to] = pair + MORE * BOTH;
            else words[to] = (more(pair) & 0xffff) | more(pair >> Short.SIZE) << Short.SIZE;
        }
        if ((infinite & SIGNS) != 0) {
            throw new DataException(this + ", row " + row, "expects finite numbers, got an infinity or NaN");
        }
        if (more && (large & SIGNS) != 0) hasTakenLarge = true;
    }

    /// Whether elements were taken that need a matrix with [#isLarge].
    boolean hasTakenLarge() {
        return hasTakenLarge;
    }

    @Override
    void give(int row, int column, int n, byte[] stored) {
        for (int i = 0; i < n; i++) LittleEndian.SHORTS.set(stored, 2 * i, half(row, column + i));
    }

    /// The bits of the elements, row by row: a copy of rows × columns numbers.
    public short[] halves() {
        short[] all = new short[rows() * columns()];
        for (int row = 0, at = 0; row < rows(); row++) {
            for (int i = 0; i < columns(); i++) all[at++] = half(row, i);
        }
        return all;
    }

    /// For kernels: the elements, in the order that the class describes. Read only.
    public int[] words() {
        return words;
    }

    /// For kernels: the words of a row.
    public int pairs() {
        return pairs;
    }

    /// For kernels: what an element is multiplied with when its bits are where a float of 32 bits has them, of
    /// [BlockFormat#F16]. The sign is then followed by three bits of the same value, which are cleared first.
    public float factor() {
        return isLarge ? 0x1p112f : 0x1p102f;
    }

    @Override
    public int group() {
        return GROUP;
    }

    @Override
    long memory() {
        return (long) Integer.BYTES * words.length;
    }

    @Override
    public void decode(int row, float[] y, int at) {
        for (int i = 0; i < columns(); i++) y[at + i] = decode(format(), half(row, i));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HalfMatrix same
                && isLike(same)
                && isLarge == same.isLarge
                && Arrays.equals(words, same.words);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(words);
    }
}

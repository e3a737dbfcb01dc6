package dev.neurite.kernel.cpu;

import dev.neurite.kernel.QuantizedMatrix;
import dev.neurite.kernel.QuantizedRows;
import dev.neurite.kernel.cpu.EncodedProduct.Work;

/// Quantized rows and their products with a [QuantizedMatrix], in plain loops, which define the results.
///
/// The codes of a quantized row are pairs of 16 bits, in the order of the codes of weights: an `int` has a
/// column in its lower half and the sixteenth after it in its upper half.
sealed class ScalarBlocks permits VectorBlocks {
    static final int PAIRS = QuantizedMatrix.BLOCK / 2;

    private static final int MOST = 127;
    private static final int INFINITY = 0x7f80_0000;

    /// Below, numbers count as zeros: the reciprocal of their scale would be too large.
    private static final float LEAST = 0x1p-100f;

    static final int SIGN = 0x8000; // of the lower half of a pair

    /// x + MAGIC has x, rounded, as its last bits, for |x| < 2²².
    static final float MAGIC = 0x1.8p23f;

    // ---------------------------------------------------------------------------------------------------- activations

    /// Quantizes a row, a span after the other: its largest magnitude becomes 127.
    /// @param x neighbors
    /// @param width the columns of a span, a multiple of a block's
    /// @param pairs gets the codes of whole blocks; of columns beyond n zeros
    /// @param scales gets a scale for each span; NaN if a number is not finite
    final void quantize(float[] x, int at, int n, int width, int[] pairs, int po, float[] scales, int so) {
        for (int from = 0, span = 0; from < n; from += width, span++) {
            int count = Math.min(width, n - from);
            int largest = largest(x, at + from, count);
            float magnitude = Float.intBitsToFloat(largest);
            boolean finite = largest < INFINITY;
            boolean counts = finite && magnitude >= LEAST;
            scales[so + span] = counts ? magnitude / MOST : finite ? 0 : Float.NaN;
            encode(x, at + from, count, counts ? MOST / magnitude : 0, pairs, po + from / 2);
        }
    }

    /// The bits of the largest magnitude; more than those of infinity with NaN.
    int largest(float[] x, int at, int n) {
        int most = 0;
        for (int i = 0; i < n; i++) most = Math.max(most, Float.floatToRawIntBits(x[at + i]) & Integer.MAX_VALUE);
        return most;
    }

    /// Writes x · factor, rounded to the nearest whole number, of two to the even one, as pairs.
    void encode(float[] x, int at, int n, float factor, int[] pairs, int po) {
        for (int from = 0; from < n; from += QuantizedMatrix.BLOCK) {
            for (int i = 0; i < PAIRS; i++) {
                int low = from + i < n ? code(x[at + from + i], factor) : 0;
                int high = from + PAIRS + i < n ? code(x[at + from + PAIRS + i], factor) : 0;
                pairs[po + from / 2 + i] = (low & 0xffff) | (high << 16);
            }
        }
    }

    /// Takes the codes of a row as pairs, those from 0 to 255 less 128.
    static void pairsOf(QuantizedRows x, int row, int[] pairs, int po) {
        int n = x.columns();
        int at = x.at() + row * n;
        int flip = x.isUnsigned() ? Byte.MIN_VALUE : 0;
        byte[] codes = x.codes();
        int from = 0;
        for (; from <= n - QuantizedMatrix.BLOCK; from += QuantizedMatrix.BLOCK) {
            for (int i = 0; i < PAIRS; i++) {
                int low = (byte) (codes[at + from + i] ^ flip);
                int high = (byte) (codes[at + from + PAIRS + i] ^ flip);
                pairs[po + from / 2 + i] = (low & 0xffff) | (high << 16);
            }
        }
        if (from == n) return;
        for (int i = 0; i < PAIRS; i++) {
            int low = from + i < n ? (byte) (codes[at + from + i] ^ flip) : 0;
            int high = from + PAIRS + i < n ? (byte) (codes[at + from + PAIRS + i] ^ flip) : 0;
            pairs[po + from / 2 + i] = (low & 0xffff) | (high << 16);
        }
    }

    /// A code as −128 to 127.
    static int signed(QuantizedRows x, int code) {
        return x.isUnsigned() ? code + Byte.MIN_VALUE : code;
    }

    private static int code(float x, float factor) {
        return (short) Float.floatToRawIntBits(Math.fma(x, factor, MAGIC));
    }

    /// The sums of the codes of spans.
    /// @param blocks of a span
    final void sums(int[] pairs, int po, int spans, int blocks, int[] sums, int so) {
        for (int span = 0; span < spans; span++) {
            int sum = 0;
            for (int block = 0; block < blocks; block++) {
                int both = halves(pairs, po + (span * blocks + block) * PAIRS);
                sum += low(both) + high(both);
            }
            sums[so + span] = sum;
        }
    }

    /// For weights of few bits, whose products are summed in 16 bits: where the sums of pairs begin, −zero ·
    /// the sum of codes of a half of a block. Only whole sums have to fit in 16 bits.
    final void starts(int[] pairs, int po, int blocks, int zero, int[] starts, int so) {
        for (int block = 0; block < blocks; block++) {
            int both = halves(pairs, po + block * PAIRS);
            starts[so + block] = ((-zero * low(both)) & 0xffff) | ((-zero * high(both)) << 16);
        }
    }

    /// The sums of the codes in the lower halves of a block's pairs and in the upper ones, low + 2¹⁶ · high.
    int halves(int[] pairs, int at) {
        int sum = 0;
        for (int i = 0; i < PAIRS; i++) sum += pairs[at + i] ^ SIGN; // what is not negative borrows nothing
        return sum - PAIRS * SIGN;
    }

    private static int low(int halves) {
        return (short) halves;
    }

    private static int high(int halves) {
        return (halves - (short) halves) >> 16;
    }

    /// For weights of four bits: x₀, x₁ − 16·x₀, x₂ − 16·x₁, x₃ − 16·x₂ of each four codes. Half of a word has
    /// four weights, c = w₀ + 16·w₁ + 256·w₂ + 4,096·w₃. As wᵢ = (c >> 4i) − 16·(c >> 4(i + 1)), the sum of
    /// xᵢ·wᵢ is that of (xᵢ − 16·xᵢ₋₁)·(c >> 4i): nothing has to be masked. Only whole sums have to fit in 16
    /// bits.
    /// @param n the pairs
    void differences(int[] pairs, int po, int n, int[] differences, int to) {
        for (int i = 0; i < n; i++) {
            int x = pairs[po + i];
            int before = i % 4 == 0 ? 0 : pairs[po + i - 1];
            int low = x - 16 * before;
            int high = (x >> 16) - 16 * (before >> 16);
            differences[to + i] = (low & 0xffff) | (high << 16);
        }
    }

    // ------------------------------------------------------------------------------------------------------- products

    /// The rows of weights that the products take at once: a group.
    static final int TILE = QuantizedMatrix.GROUP;

    /// The exact sums of products that a quantized row has with a tile of weights of 8 bits.
    /// @param first the tile's first row of weights
    void products(int[] pairs, int po, QuantizedMatrix w, int first, int[] y, int yo) {
        for (int i = 0; i < TILE; i++) y[yo + i] = sum(pairs, po, w, first + i, 0, w.blocks());
    }

    /// [#products] of four quantized rows.
    /// @param step the distance between their codes
    /// @param y gets all sums of a row after those of the row before
    void fourProducts(int[] pairs, int po, int step, QuantizedMatrix w, int first, int[] y, int yo) {
        for (int i = 0; i < 4; i++) products(pairs, po + i * step, w, first, y, yo + i * TILE);
    }

    /// The products of a quantized row with a tile of weights, as the class of [QuantizedMatrix] says.
    /// @param i the row's place in the workspace
    /// @param first the tile's first row of weights
    /// @param work gets them in [Work#result]
    void blockProducts(Work work, int i, QuantizedMatrix w, int first) {
        int rows = Math.min(TILE, w.rows() - first);
        int width = w.columnsOfScale();
        boolean minimums = w.format().hasMinimums();
        for (int j = 0; j < rows; j++) {
            float y = 0;
            float more = 0;
            for (int block = 0; block < w.blocks(); block++) {
                int at = i * w.blocks() + block;
                float scale = work.x.scales[at] * w.scale(first + j, block * QuantizedMatrix.BLOCK / width);
                float sum = sum(work.x.pairs, i * w.blocks() * PAIRS, w, first + j, block, block + 1);
                y = Math.fma(sum, scale, y);
                if (minimums) more = Math.fma(work.x.offsets[at], w.minimum(first + j, block), more);
            }
            if (minimums) y += more;
            work.result[j] = y;
        }
    }

    /// The sum of products of some blocks.
    private static int sum(int[] pairs, int po, QuantizedMatrix w, int row, int from, int to) {
        int sum = 0;
        for (int block = from; block < to; block++) {
            int column = block * QuantizedMatrix.BLOCK;
            for (int i = 0; i < PAIRS; i++) {
                int pair = pairs[po + block * PAIRS + i];
                sum += w.value(row, column + i) * (short) pair + w.value(row, column + PAIRS + i) * (pair >> 16);
            }
        }
        return sum;
    }
}

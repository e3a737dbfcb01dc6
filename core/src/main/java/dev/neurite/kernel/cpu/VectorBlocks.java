package dev.neurite.kernel.cpu;

import static dev.neurite.kernel.cpu.VectorKernels.L;
import static dev.neurite.kernel.cpu.VectorKernels.S;
import static dev.neurite.kernel.cpu.tile.Tiles.NEGATIVE_ZERO;
import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.B2S;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.XOR;

import dev.neurite.kernel.BlockFormat;
import dev.neurite.kernel.EncodedMatrix;
import dev.neurite.kernel.QuantizedMatrix;
import dev.neurite.kernel.cpu.EncodedProduct.Work;
import java.util.Arrays;
import java.util.stream.IntStream;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// [ScalarBlocks] through the Vector API: a lane of 32 bits has a row of weights.
///
/// Codes of 8 bits become 16, and are multiplied in 16 bits: two products of −128 … 127 are at most 32,768,
/// which is one too many. So −1 is added to the sum in the upper half of a lane, and 2¹⁵ − 1 to that in the
/// lower half, which then is 0 … 2¹⁶ − 1. Two sums of 32 bits collect them: of the upper halves, by a shift,
/// and of whole lanes, mod 2³², from which the sum of the lower halves follows at the end. So two products of a
/// lane take one shift. Sums of products with codes of 4 bits stay in 16 bits: sixteen for each half, both together at
/// most 32 · 127 · 8 = 32,512, as codes count from their zero; what exceeds on the way wraps around.
final class VectorBlocks extends ScalarBlocks {
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED.withShape(S.vectorShape());
    private static final VectorSpecies<Short> H = ShortVector.SPECIES_PREFERRED.withShape(S.vectorShape());
    private static final VectorSpecies<Byte> B =
            ByteVector.SPECIES_PREFERRED.withShape(VectorShape.forBitSize(S.vectorBitSize() / 2));

    private static final int LINE = 2 * QuantizedMatrix.GROUP; // bytes of a group for a pair of columns
    private static final int WORDS = PAIRS / 4; // of a row in a block of 4 bits
    static final int LOWEST_4 = 0xf_000f; // of both halves
    private static final int SHARED = 8; // blocks have a scale, if they have parts of it
    private static final int SHIFTS = 0xffff_7fff; // −1 and 2¹⁵ − 1
    private static final int OF_SHIFTS = 0x7ffe; // their sum
    static final int OF_HALF = 0x8fff_e000; // sign, exponent and mantissa of a half, where a float has them
    static final float TO_FLOAT = 0x1p112f; // the difference of the exponents

    /// Loads the weights of a later step, which nothing needs yet: there is no instruction to prefetch. With 512 bits a
    /// token takes 6 to 20 % less time with 4 bits, 2 to 5 % with 8; halves, and 256 bits, gain nothing.
    private static final boolean READS_AHEAD = L >= 16;

    private static final int AHEAD = 256; // bytes
    private static final VectorShuffle<Integer> BEFORE = VectorShuffle.fromOp(I, i -> i % 4 == 0 ? i : i - 1);
    private static final ShortVector LESS_BEFORE = lessBefore(); // −16 in all lanes but each fourth

    static final int ROWS = TILE; // of weights: two vectors
    static final int HEIGHT = 5; // rows of X of a register tile: with six C2 has too few of 16 registers

    // ---------------------------------------------------------------------------------------------------- activations

    @Override
    int largest(float[] x, int at, int n) {
        IntVector most = IntVector.zero(I);
        int i = 0;
        for (; i <= n - L; i += L) {
            most = FloatVector.fromArray(S, x, at + i)
                    .reinterpretAsInts()
                    .and(Integer.MAX_VALUE)
                    .max(most);
        }
        return Math.max(IntVector.zero(I).max(most).reduceLanes(MAX), super.largest(x, at + i, n - i));
    }

    @Override
    void encode(float[] x, int at, int n, float factor, int[] pairs, int po) {
        FloatVector by = FloatVector.broadcast(S, factor);
        FloatVector magic = FloatVector.broadcast(S, MAGIC);
        int from = 0;
        for (; from <= n - QuantizedMatrix.BLOCK; from += QuantizedMatrix.BLOCK) {
            for (int i = 0; i < PAIRS; i += L) {
                FloatVector low = FloatVector.fromArray(S, x, at + from + i);
                FloatVector high = FloatVector.fromArray(S, x, at + from + PAIRS + i);
                low.fma(by, magic)
                        .reinterpretAsInts()
                        .and(0xffff)
                        .or(high.fma(by, magic).reinterpretAsInts().lanewise(LSHL, 16))
                        .intoArray(pairs, po + from / 2 + i);
            }
        }
        super.encode(x, at + from, n - from, factor, pairs, po + from / 2);
    }

    private static ShortVector lessBefore() {
        int[] factors =
                IntStream.range(0, L).map(i -> i % 4 == 0 ? 0 : 0xfff0_fff0).toArray();
        return IntVector.fromArray(I, factors, 0).reinterpretAsShorts();
    }

    @Override
    int halves(int[] pairs, int at) {
        IntVector sum = IntVector.zero(I);
        for (int i = 0; i < PAIRS; i += L) {
            sum = IntVector.fromArray(I, pairs, at + i).lanewise(XOR, SIGN).add(sum);
        }
        return sum.reduceLanes(ADD) - PAIRS * SIGN;
    }

    @Override
    void differences(int[] pairs, int po, int n, int[] differences, int to) {
        for (int i = 0; i < n; i += L) {
            IntVector x = IntVector.fromArray(I, pairs, po + i);
            x.rearrange(BEFORE)
                    .reinterpretAsShorts()
                    .mul(LESS_BEFORE)
                    .add(x.reinterpretAsShorts())
                    .reinterpretAsInts()
                    .intoArray(differences, to + i);
        }
    }

    // ------------------------------------------------------------------------------------------------------- products

    /// Where what a group has of a vector of rows begins; of a vector beyond the last group that of the last
    /// vector.
    /// @param ofGroup the length of what a group has
    /// @param ofRow the distance between neighboring rows in it
    static int place(EncodedMatrix w, int row, int ofGroup, int ofRow) {
        int group = w.group();
        int there = Math.min(row, Math.ceilDiv(w.rows(), group) * group - L);
        return there / group * ofGroup + there % group * ofRow;
    }

    private static int codesAt(QuantizedMatrix w, int row) {
        return place(w, row, w.blocks() * PAIRS * LINE, 2);
    }

    static int wordsAt(QuantizedMatrix w, int row, int bits) {
        return place(w, row, w.blocks() * bits * QuantizedMatrix.GROUP, 1);
    }

    private static int scalesAt(QuantizedMatrix w, int row) {
        return place(w, row, w.scaleBlocks() / 2 * QuantizedMatrix.GROUP, 1);
    }

    private static int partsAt(QuantizedMatrix w, int row) {
        return place(w, row, w.blocks() / 2 * QuantizedMatrix.GROUP, 1);
    }

    // The loops call no methods of ours: C2 would not inline them late in so large a method, and vectors would be
    // objects.

    @Override
    void products(int[] pairs, int po, QuantizedMatrix w, int first, int[] y, int yo) {
        eightBits(pairs, po, w.blocks() * PAIRS, w.codes(), codesAt(w, first), codesAt(w, first + L), y, yo);
    }

    /// One row by two vectors of rows of weights.
    /// @param n the pairs
    private static void eightBits(int[] x, int xo, int n, byte[] w, int w0, int w1, int[] y, int yo) {
        ShortVector shifts = IntVector.broadcast(I, SHIFTS).reinterpretAsShorts();
        IntVector high0 = IntVector.zero(I);
        IntVector high1 = IntVector.zero(I);
        IntVector all0 = IntVector.zero(I);
        IntVector all1 = IntVector.zero(I);
        for (int i = 0; i < n; i += 4) { // two steps: fewer instructions for the loop
            ShortVector x0 = IntVector.broadcast(I, x[xo + i]).reinterpretAsShorts();
            ShortVector x1 = IntVector.broadcast(I, x[xo + i + 1]).reinterpretAsShorts();
            int at = w0 + i * LINE;
            Vector<Short> even = ByteVector.fromArray(B, w, at).convertShape(B2S, H, 0);
            Vector<Short> odd = ByteVector.fromArray(B, w, at + LINE).convertShape(B2S, H, 0);
            IntVector sum0 = x0.mul(even).add(x1.mul(odd)).add(shifts).reinterpretAsInts();
            int other = w1 + i * LINE;
            even = ByteVector.fromArray(B, w, other).convertShape(B2S, H, 0);
            odd = ByteVector.fromArray(B, w, other + LINE).convertShape(B2S, H, 0);
            IntVector sum1 = x0.mul(even).add(x1.mul(odd)).add(shifts).reinterpretAsInts();
            high0 = sum0.lanewise(ASHR, 16).add(high0);
            all0 = sum0.add(all0);
            high1 = sum1.lanewise(ASHR, 16).add(high1);
            all1 = sum1.add(all1);
            x0 = IntVector.broadcast(I, x[xo + i + 2]).reinterpretAsShorts();
            x1 = IntVector.broadcast(I, x[xo + i + 3]).reinterpretAsShorts();
            even = ByteVector.fromArray(B, w, at + 2 * LINE).convertShape(B2S, H, 0);
            odd = ByteVector.fromArray(B, w, at + 3 * LINE).convertShape(B2S, H, 0);
            sum0 = x0.mul(even).add(x1.mul(odd)).add(shifts).reinterpretAsInts();
            even = ByteVector.fromArray(B, w, other + 2 * LINE).convertShape(B2S, H, 0);
            odd = ByteVector.fromArray(B, w, other + 3 * LINE).convertShape(B2S, H, 0);
            sum1 = x0.mul(even).add(x1.mul(odd)).add(shifts).reinterpretAsInts();
            high0 = sum0.lanewise(ASHR, 16).add(high0);
            all0 = sum0.add(all0);
            high1 = sum1.lanewise(ASHR, 16).add(high1);
            all1 = sum1.add(all1);
        }
        // all − 2¹⁶ · high are the sums of the lower halves
        int ofShifts = n / 2 * OF_SHIFTS;
        IntVector low = IntVector.zero(I).add(high0).lanewise(LSHL, 16).neg().add(all0);
        low.add(high0).sub(ofShifts).intoArray(y, yo);
        low = IntVector.zero(I).add(high1).lanewise(LSHL, 16).neg().add(all1);
        low.add(high1).sub(ofShifts).intoArray(y, yo + L);
    }

    @Override
    void fourProducts(int[] pairs, int po, int step, QuantizedMatrix w, int first, int[] y, int yo) {
        for (int i = 0; i < ROWS; i += L) {
            fourRows(pairs, po, step, w.blocks() * PAIRS, w.codes(), codesAt(w, first + i), y, yo + i);
        }
    }

    /// Four rows by a vector of rows of weights.
    private static void fourRows(int[] x, int xo, int step, int n, byte[] w, int wo, int[] y, int yo) {
        ShortVector shifts = IntVector.broadcast(I, SHIFTS).reinterpretAsShorts();
        int ofShifts = n / 2 * OF_SHIFTS;
        int x1 = xo + step;
        int x2 = x1 + step;
        int x3 = x2 + step;
        IntVector high0 = IntVector.zero(I);
        IntVector high1 = IntVector.zero(I);
        IntVector high2 = IntVector.zero(I);
        IntVector high3 = IntVector.zero(I);
        IntVector all0 = IntVector.zero(I);
        IntVector all1 = IntVector.zero(I);
        IntVector all2 = IntVector.zero(I);
        IntVector all3 = IntVector.zero(I);
        for (int i = 0; i < n; i += 2) {
            Vector<Short> a = ByteVector.fromArray(B, w, wo + i * LINE).convertShape(B2S, H, 0);
            Vector<Short> b = ByteVector.fromArray(B, w, wo + i * LINE + LINE).convertShape(B2S, H, 0);
            ShortVector even = IntVector.broadcast(I, x[xo + i]).reinterpretAsShorts();
            ShortVector odd = IntVector.broadcast(I, x[xo + i + 1]).reinterpretAsShorts();
            IntVector sum = even.mul(a).add(odd.mul(b)).add(shifts).reinterpretAsInts();
            high0 = sum.lanewise(ASHR, 16).add(high0);
            all0 = sum.add(all0);
            even = IntVector.broadcast(I, x[x1 + i]).reinterpretAsShorts();
            odd = IntVector.broadcast(I, x[x1 + i + 1]).reinterpretAsShorts();
            sum = even.mul(a).add(odd.mul(b)).add(shifts).reinterpretAsInts();
            high1 = sum.lanewise(ASHR, 16).add(high1);
            all1 = sum.add(all1);
            even = IntVector.broadcast(I, x[x2 + i]).reinterpretAsShorts();
            odd = IntVector.broadcast(I, x[x2 + i + 1]).reinterpretAsShorts();
            sum = even.mul(a).add(odd.mul(b)).add(shifts).reinterpretAsInts();
            high2 = sum.lanewise(ASHR, 16).add(high2);
            all2 = sum.add(all2);
            even = IntVector.broadcast(I, x[x3 + i]).reinterpretAsShorts();
            odd = IntVector.broadcast(I, x[x3 + i + 1]).reinterpretAsShorts();
            sum = even.mul(a).add(odd.mul(b)).add(shifts).reinterpretAsInts();
            high3 = sum.lanewise(ASHR, 16).add(high3);
            all3 = sum.add(all3);
        }
        IntVector zero = IntVector.zero(I);
        IntVector low = zero.add(high0).lanewise(LSHL, 16).neg().add(all0);
        low.add(high0).sub(ofShifts).intoArray(y, yo);
        low = zero.add(high1).lanewise(LSHL, 16).neg().add(all1);
        low.add(high1).sub(ofShifts).intoArray(y, yo + ROWS);
        low = zero.add(high2).lanewise(LSHL, 16).neg().add(all2);
        low.add(high2).sub(ofShifts).intoArray(y, yo + 2 * ROWS);
        low = zero.add(high3).lanewise(LSHL, 16).neg().add(all3);
        low.add(high3).sub(ofShifts).intoArray(y, yo + 3 * ROWS);
    }

    // ---------------------------------------------------------------------------------------- scales for blocks
    //
    // One loop for all blocks: a loop for each would take most of the time to begin and to end. The scales of two
    // blocks are halves of a lane: sign, exponent and mantissa move to their places in a float, whose exponent then
    // is 112 too small.

    @Override
    void blockProducts(Work work, int i, QuantizedMatrix w, int first) {
        int n = w.blocks();
        int[] x = work.x.pairs;
        int xo = i * n * PAIRS;
        int so = i * n;
        int[] ws = w.blockScales();
        int s0 = scalesAt(w, first);
        int s1 = scalesAt(w, first + L);
        BlockFormat format = w.format();
        if (format.bits() == Byte.SIZE) {
            int w0 = codesAt(w, first);
            int w1 = codesAt(w, first + L);
            work.seen = eightBitBlocks(x, xo, n, work.x.scales, so, w.codes(), w0, w1, ws, s0, s1, work.result);
            return;
        }
        if (format == BlockFormat.Q4_0) {
            int w0 = wordsAt(w, first, 4);
            int w1 = wordsAt(w, first + L, 4);
            int[] x4 = work.x.differences;
            int[] starts = work.x.starts;
            work.seen = fourBits(x4, xo, n, starts, work.x.scales, so, w.words(), w0, w1, ws, s0, s1, work.result);
            return;
        }
        fewBitBlocks(work, i, w, first);
    }

    /// One row by two vectors of rows of weights.
    /// @return what was read ahead
    private static int eightBitBlocks(
            int[] x,
            int xo,
            int blocks,
            float[] scales,
            int so,
            byte[] w,
            int w0,
            int w1,
            int[] ws,
            int s0,
            int s1,
            float[] y) {
        ShortVector shifts = IntVector.broadcast(I, SHIFTS).reinterpretAsShorts();
        IntVector high0 = IntVector.zero(I);
        IntVector high1 = IntVector.zero(I);
        IntVector all0 = IntVector.zero(I);
        IntVector all1 = IntVector.zero(I);
        FloatVector y0 = FloatVector.zero(S);
        FloatVector y1 = FloatVector.zero(S);
        int end = blocks * PAIRS;
        int ahead = READS_AHEAD && w0 + end * LINE + AHEAD <= w.length ? AHEAD : 0;
        int seen = 0;
        for (int i = 0; i < end; i += 4) {
            ShortVector x0 = IntVector.broadcast(I, x[xo + i]).reinterpretAsShorts();
            ShortVector x1 = IntVector.broadcast(I, x[xo + i + 1]).reinterpretAsShorts();
            int at = w0 + i * LINE;
            if (READS_AHEAD) seen |= w[at + ahead] | w[at + 2 * LINE + ahead];
            Vector<Short> even = ByteVector.fromArray(B, w, at).convertShape(B2S, H, 0);
            Vector<Short> odd = ByteVector.fromArray(B, w, at + LINE).convertShape(B2S, H, 0);
            IntVector sum0 = x0.mul(even).add(x1.mul(odd)).add(shifts).reinterpretAsInts();
            int other = w1 + i * LINE;
            even = ByteVector.fromArray(B, w, other).convertShape(B2S, H, 0);
            odd = ByteVector.fromArray(B, w, other + LINE).convertShape(B2S, H, 0);
            IntVector sum1 = x0.mul(even).add(x1.mul(odd)).add(shifts).reinterpretAsInts();
            high0 = sum0.lanewise(ASHR, 16).add(high0);
            all0 = sum0.add(all0);
            high1 = sum1.lanewise(ASHR, 16).add(high1);
            all1 = sum1.add(all1);
            x0 = IntVector.broadcast(I, x[xo + i + 2]).reinterpretAsShorts();
            x1 = IntVector.broadcast(I, x[xo + i + 3]).reinterpretAsShorts();
            even = ByteVector.fromArray(B, w, at + 2 * LINE).convertShape(B2S, H, 0);
            odd = ByteVector.fromArray(B, w, at + 3 * LINE).convertShape(B2S, H, 0);
            sum0 = x0.mul(even).add(x1.mul(odd)).add(shifts).reinterpretAsInts();
            even = ByteVector.fromArray(B, w, other + 2 * LINE).convertShape(B2S, H, 0);
            odd = ByteVector.fromArray(B, w, other + 3 * LINE).convertShape(B2S, H, 0);
            sum1 = x0.mul(even).add(x1.mul(odd)).add(shifts).reinterpretAsInts();
            high0 = sum0.lanewise(ASHR, 16).add(high0);
            all0 = sum0.add(all0);
            high1 = sum1.lanewise(ASHR, 16).add(high1);
            all1 = sum1.add(all1);
            if (i % PAIRS != PAIRS - 4) continue;
            int block = i / PAIRS;
            int upper = block % 2 == 0 ? 16 : 0;
            int by = block / 2 * QuantizedMatrix.GROUP;
            float scale = scales[so + block];
            IntVector sum = all0.sub(high0.lanewise(LSHL, 16)).add(high0).sub(PAIRS / 2 * OF_SHIFTS);
            FloatVector ofW = IntVector.fromArray(I, ws, s0 + by)
                    .lanewise(LSHL, upper)
                    .lanewise(ASHR, 3)
                    .and(OF_HALF)
                    .reinterpretAsFloats()
                    .mul(TO_FLOAT);
            y0 = ((FloatVector) sum.convert(I2F, 0)).fma(ofW.mul(scale), y0);
            sum = all1.sub(high1.lanewise(LSHL, 16)).add(high1).sub(PAIRS / 2 * OF_SHIFTS);
            ofW = IntVector.fromArray(I, ws, s1 + by)
                    .lanewise(LSHL, upper)
                    .lanewise(ASHR, 3)
                    .and(OF_HALF)
                    .reinterpretAsFloats()
                    .mul(TO_FLOAT);
            y1 = ((FloatVector) sum.convert(I2F, 0)).fma(ofW.mul(scale), y1);
            high0 = IntVector.zero(I);
            high1 = IntVector.zero(I);
            all0 = IntVector.zero(I);
            all1 = IntVector.zero(I);
        }
        NEGATIVE_ZERO.add(y0).intoArray(y, 0);
        NEGATIVE_ZERO.add(y1).intoArray(y, L);
        return seen;
    }

    /// The same with 4 bits.
    /// @param x see [ScalarBlocks#differences]
    /// @return what was read ahead
    private static int fourBits(
            int[] x,
            int xo,
            int blocks,
            int[] starts,
            float[] scales,
            int so,
            int[] w,
            int w0,
            int w1,
            int[] ws,
            int s0,
            int s1,
            float[] y) {
        ShortVector sum0 = IntVector.broadcast(I, starts[so]).reinterpretAsShorts();
        ShortVector sum1 = IntVector.broadcast(I, starts[so]).reinterpretAsShorts();
        FloatVector y0 = FloatVector.zero(S);
        FloatVector y1 = FloatVector.zero(S);
        int end = blocks * WORDS;
        int ahead = READS_AHEAD && w0 + end * QuantizedMatrix.GROUP + AHEAD / 4 <= w.length ? AHEAD / 4 : 0;
        int seen = 0;
        for (int i = 0; i < end; i++) {
            int at = xo + 4 * i;
            int line = w0 + i * QuantizedMatrix.GROUP;
            if (READS_AHEAD) seen |= w[line + ahead];
            ShortVector x0 = IntVector.broadcast(I, x[at]).reinterpretAsShorts();
            ShortVector x1 = IntVector.broadcast(I, x[at + 1]).reinterpretAsShorts();
            ShortVector x2 = IntVector.broadcast(I, x[at + 2]).reinterpretAsShorts();
            ShortVector x3 = IntVector.broadcast(I, x[at + 3]).reinterpretAsShorts();
            ShortVector codes = IntVector.fromArray(I, w, line).reinterpretAsShorts();
            sum0 = x0.mul(codes).add(sum0);
            sum0 = x1.mul(codes.lanewise(LSHR, 4)).add(sum0);
            sum0 = x2.mul(codes.lanewise(LSHR, 8)).add(sum0);
            sum0 = x3.mul(codes.lanewise(LSHR, 12)).add(sum0);
            codes = IntVector.fromArray(I, w, w1 + i * QuantizedMatrix.GROUP).reinterpretAsShorts();
            sum1 = x0.mul(codes).add(sum1);
            sum1 = x1.mul(codes.lanewise(LSHR, 4)).add(sum1);
            sum1 = x2.mul(codes.lanewise(LSHR, 8)).add(sum1);
            sum1 = x3.mul(codes.lanewise(LSHR, 12)).add(sum1);
            if (i % WORDS != WORDS - 1) continue;
            int block = i / WORDS;
            int upper = block % 2 == 0 ? 16 : 0;
            int by = block / 2 * QuantizedMatrix.GROUP;
            float scale = scales[so + block];
            IntVector halves = sum0.reinterpretAsInts();
            IntVector sum = halves.lanewise(LSHL, 16).add(halves).lanewise(ASHR, 16);
            FloatVector ofW = IntVector.fromArray(I, ws, s0 + by)
                    .lanewise(LSHL, upper)
                    .lanewise(ASHR, 3)
                    .and(OF_HALF)
                    .reinterpretAsFloats()
                    .mul(TO_FLOAT);
            y0 = ((FloatVector) sum.convert(I2F, 0)).fma(ofW.mul(scale), y0);
            halves = sum1.reinterpretAsInts();
            sum = halves.lanewise(LSHL, 16).add(halves).lanewise(ASHR, 16);
            ofW = IntVector.fromArray(I, ws, s1 + by)
                    .lanewise(LSHL, upper)
                    .lanewise(ASHR, 3)
                    .and(OF_HALF)
                    .reinterpretAsFloats()
                    .mul(TO_FLOAT);
            y1 = ((FloatVector) sum.convert(I2F, 0)).fma(ofW.mul(scale), y1);
            int start = block + 1 < blocks ? starts[so + block + 1] : 0;
            sum0 = IntVector.broadcast(I, start).reinterpretAsShorts();
            sum1 = IntVector.broadcast(I, start).reinterpretAsShorts();
        }
        NEGATIVE_ZERO.add(y0).intoArray(y, 0);
        NEGATIVE_ZERO.add(y1).intoArray(y, L);
        return seen;
    }

    // Other formats of few bits take several short loops: first the bits above four, then the four, both of which are
    // added to the sums of blocks; then what scales and minimums make of these. No vector comes from two places that
    // depend on the format: it would become an object.

    private static void fewBitBlocks(Work work, int i, QuantizedMatrix w, int first) {
        BlockFormat format = w.format();
        boolean halves = format.hasParts() && !format.hasMinimums();
        int size = w.blocks() * (halves ? 2 * ROWS : ROWS);
        work.tile = Workspace.atLeast(work.tile, size);
        Arrays.fill(work.tile, 0, size, 0);
        if (format.bits() > 4) addBitsAbove(work, i, w, first, format.bits() - 4, halves);
        addFourBits(work, i, w, first, halves);
        for (int row = 0; row < ROWS; row += L) {
            if (halves) addHalves(work, i, w, first, row);
            else if (format.hasParts()) addParts(work, i, w, first, row);
            else if (format.hasMinimums()) addBlocksWithMinimums(work, i, w, first, row);
            else addBlocks(work, i, w, first, row);
        }
    }

    /// Adds the exact sums of products of a row with the bits above four of two vectors of rows of weights.
    /// @param i the row's place in the workspace
    /// @param bits 1 or 2
    /// @param halves whether sums of 16 columns are asked for
    private static void addBitsAbove(Work work, int i, QuantizedMatrix of, int first, int bits, boolean halves) {
        int blocks = of.blocks();
        int[] w = of.plane();
        int w0 = wordsAt(of, first, bits);
        int w1 = wordsAt(of, first + L, bits);
        int[] y = work.tile;
        boolean started = of.format().zero() != 0;
        int[] x = work.x.pairs;
        int[] starts = work.x.starts;
        int xo = i * blocks * PAIRS;
        int so = i * blocks;
        IntVector mask = IntVector.broadcast(I, ((1 << bits) - 1) * 0x1_0001);
        int start = started ? starts[so] : 0;
        ShortVector sum0 = IntVector.broadcast(I, start).reinterpretAsShorts();
        ShortVector sum1 = IntVector.broadcast(I, start).reinterpretAsShorts();
        int end = blocks * WORDS;
        for (int k = 0; k < end; k++) {
            int at = xo + 4 * k;
            int line = k * bits / 4 * QuantizedMatrix.GROUP;
            int used = k * bits % 4;
            ShortVector x0 = IntVector.broadcast(I, x[at]).reinterpretAsShorts();
            ShortVector x1 = IntVector.broadcast(I, x[at + 1]).reinterpretAsShorts();
            ShortVector x2 = IntVector.broadcast(I, x[at + 2]).reinterpretAsShorts();
            ShortVector x3 = IntVector.broadcast(I, x[at + 3]).reinterpretAsShorts();
            IntVector codes = IntVector.fromArray(I, w, w0 + line).lanewise(LSHR, used);
            sum0 = x0.mul(mask.and(codes).reinterpretAsShorts()).add(sum0);
            sum0 = x1.mul(codes.lanewise(LSHR, 4).and(mask).reinterpretAsShorts())
                    .add(sum0);
            sum0 = x2.mul(codes.lanewise(LSHR, 8).and(mask).reinterpretAsShorts())
                    .add(sum0);
            sum0 = x3.mul(codes.lanewise(LSHR, 12).and(mask).reinterpretAsShorts())
                    .add(sum0);
            codes = IntVector.fromArray(I, w, w1 + line).lanewise(LSHR, used);
            sum1 = x0.mul(mask.and(codes).reinterpretAsShorts()).add(sum1);
            sum1 = x1.mul(codes.lanewise(LSHR, 4).and(mask).reinterpretAsShorts())
                    .add(sum1);
            sum1 = x2.mul(codes.lanewise(LSHR, 8).and(mask).reinterpretAsShorts())
                    .add(sum1);
            sum1 = x3.mul(codes.lanewise(LSHR, 12).and(mask).reinterpretAsShorts())
                    .add(sum1);
            if (k % WORDS != WORDS - 1) continue;
            int block = k / WORDS;
            IntVector low = sum0.reinterpretAsInts().lanewise(LSHL, 16).lanewise(ASHR, 16);
            IntVector high = sum0.reinterpretAsInts().lanewise(ASHR, 16);
            IntVector otherLow = sum1.reinterpretAsInts().lanewise(LSHL, 16).lanewise(ASHR, 16);
            IntVector otherHigh = sum1.reinterpretAsInts().lanewise(ASHR, 16);
            if (halves) {
                int to = 2 * block * ROWS;
                low.lanewise(LSHL, 4).add(IntVector.fromArray(I, y, to)).intoArray(y, to);
                otherLow.lanewise(LSHL, 4)
                        .add(IntVector.fromArray(I, y, to + L))
                        .intoArray(y, to + L);
                to += ROWS;
                high.lanewise(LSHL, 4).add(IntVector.fromArray(I, y, to)).intoArray(y, to);
                otherHigh
                        .lanewise(LSHL, 4)
                        .add(IntVector.fromArray(I, y, to + L))
                        .intoArray(y, to + L);
            } else {
                int to = block * ROWS;
                low.add(high)
                        .lanewise(LSHL, 4)
                        .add(IntVector.fromArray(I, y, to))
                        .intoArray(y, to);
                otherLow.add(otherHigh)
                        .lanewise(LSHL, 4)
                        .add(IntVector.fromArray(I, y, to + L))
                        .intoArray(y, to + L);
            }
            start = started && block + 1 < blocks ? starts[so + block + 1] : 0;
            sum0 = IntVector.broadcast(I, start).reinterpretAsShorts();
            sum1 = IntVector.broadcast(I, start).reinterpretAsShorts();
        }
    }

    /// The same with the four bits below.
    private static void addFourBits(Work work, int i, QuantizedMatrix of, int first, boolean halves) {
        int blocks = of.blocks();
        int[] w = of.words();
        int w0 = wordsAt(of, first, 4);
        int w1 = wordsAt(of, first + L, 4);
        int[] y = work.tile;
        int[] x = work.x.differences;
        int xo = i * blocks * PAIRS;
        ShortVector sum0 = ShortVector.zero(H);
        ShortVector sum1 = ShortVector.zero(H);
        int end = blocks * WORDS;
        for (int k = 0; k < end; k++) {
            int at = xo + 4 * k;
            int line = k * QuantizedMatrix.GROUP;
            ShortVector x0 = IntVector.broadcast(I, x[at]).reinterpretAsShorts();
            ShortVector x1 = IntVector.broadcast(I, x[at + 1]).reinterpretAsShorts();
            ShortVector x2 = IntVector.broadcast(I, x[at + 2]).reinterpretAsShorts();
            ShortVector x3 = IntVector.broadcast(I, x[at + 3]).reinterpretAsShorts();
            ShortVector codes = IntVector.fromArray(I, w, w0 + line).reinterpretAsShorts();
            sum0 = x0.mul(codes).add(sum0);
            sum0 = x1.mul(codes.lanewise(LSHR, 4)).add(sum0);
            sum0 = x2.mul(codes.lanewise(LSHR, 8)).add(sum0);
            sum0 = x3.mul(codes.lanewise(LSHR, 12)).add(sum0);
            codes = IntVector.fromArray(I, w, w1 + line).reinterpretAsShorts();
            sum1 = x0.mul(codes).add(sum1);
            sum1 = x1.mul(codes.lanewise(LSHR, 4)).add(sum1);
            sum1 = x2.mul(codes.lanewise(LSHR, 8)).add(sum1);
            sum1 = x3.mul(codes.lanewise(LSHR, 12)).add(sum1);
            if (k % WORDS != WORDS - 1) continue;
            int block = k / WORDS;
            IntVector low = sum0.reinterpretAsInts().lanewise(LSHL, 16).lanewise(ASHR, 16);
            IntVector high = sum0.reinterpretAsInts().lanewise(ASHR, 16);
            IntVector otherLow = sum1.reinterpretAsInts().lanewise(LSHL, 16).lanewise(ASHR, 16);
            IntVector otherHigh = sum1.reinterpretAsInts().lanewise(ASHR, 16);
            if (halves) {
                int to = 2 * block * ROWS;
                low.add(IntVector.fromArray(I, y, to)).intoArray(y, to);
                otherLow.add(IntVector.fromArray(I, y, to + L)).intoArray(y, to + L);
                to += ROWS;
                high.add(IntVector.fromArray(I, y, to)).intoArray(y, to);
                otherHigh.add(IntVector.fromArray(I, y, to + L)).intoArray(y, to + L);
            } else {
                int to = block * ROWS;
                low.add(high).add(IntVector.fromArray(I, y, to)).intoArray(y, to);
                otherLow.add(otherHigh).add(IntVector.fromArray(I, y, to + L)).intoArray(y, to + L);
            }
            sum0 = ShortVector.zero(H);
            sum1 = ShortVector.zero(H);
        }
    }

    /// The sum over blocks, in order, of sums times scales, for a vector of rows of weights.
    /// @param row the first one in the tile
    private static void addBlocks(Work work, int i, QuantizedMatrix w, int first, int row) {
        int blocks = w.blocks();
        int so = i * blocks;
        int wo = scalesAt(w, first + row);
        int[] ws = w.blockScales();
        FloatVector all = FloatVector.zero(S);
        for (int block = 0; block < blocks; block++) {
            FloatVector scale = IntVector.fromArray(I, ws, wo + block / 2 * QuantizedMatrix.GROUP)
                    .lanewise(LSHL, block % 2 == 0 ? 16 : 0)
                    .lanewise(ASHR, 3)
                    .and(OF_HALF)
                    .reinterpretAsFloats()
                    .mul(TO_FLOAT);
            all = ((FloatVector) IntVector.fromArray(I, work.tile, row + block * ROWS)
                            .convert(I2F, 0))
                    .fma(scale.mul(work.x.scales[so + block]), all);
        }
        NEGATIVE_ZERO.add(all).intoArray(work.result, row);
    }

    /// The same with minimums.
    private static void addBlocksWithMinimums(Work work, int i, QuantizedMatrix w, int first, int row) {
        int blocks = w.blocks();
        int so = i * blocks;
        int wo = scalesAt(w, first + row);
        int[] ws = w.blockScales();
        int[] minimums = w.blockMinimums();
        FloatVector all = FloatVector.zero(S);
        FloatVector more = FloatVector.zero(S);
        for (int block = 0; block < blocks; block++) {
            FloatVector scale = IntVector.fromArray(I, ws, wo + block / 2 * QuantizedMatrix.GROUP)
                    .lanewise(LSHL, block % 2 == 0 ? 16 : 0)
                    .lanewise(ASHR, 3)
                    .and(OF_HALF)
                    .reinterpretAsFloats()
                    .mul(TO_FLOAT);
            all = ((FloatVector) IntVector.fromArray(I, work.tile, row + block * ROWS)
                            .convert(I2F, 0))
                    .fma(scale.mul(work.x.scales[so + block]), all);
            FloatVector minimum = IntVector.fromArray(I, minimums, wo + block / 2 * QuantizedMatrix.GROUP)
                    .lanewise(LSHL, block % 2 == 0 ? 16 : 0)
                    .lanewise(ASHR, 3)
                    .and(OF_HALF)
                    .reinterpretAsFloats()
                    .mul(TO_FLOAT);
            more = minimum.fma(FloatVector.broadcast(S, work.x.offsets[so + block]), more);
        }
        all.add(more).intoArray(work.result, row);
    }

    /// The same where blocks have parts of scales and minimums.
    private static void addParts(Work work, int i, QuantizedMatrix w, int first, int row) {
        int blocks = w.blocks();
        int so = i * blocks;
        int wo = scalesAt(w, first + row);
        int[] ws = w.blockScales();
        int[] minimums = w.blockMinimums();
        int[] parts = w.parts();
        int po = partsAt(w, first + row);
        FloatVector all = FloatVector.zero(S);
        FloatVector more = FloatVector.zero(S);
        for (int from = 0, half = 0; from < blocks; from += SHARED, half++) {
            FloatVector scale = IntVector.fromArray(I, ws, wo + half / 2 * QuantizedMatrix.GROUP)
                    .lanewise(LSHL, half % 2 == 0 ? 16 : 0)
                    .lanewise(ASHR, 3)
                    .and(OF_HALF)
                    .reinterpretAsFloats()
                    .mul(TO_FLOAT);
            FloatVector minimum = IntVector.fromArray(I, minimums, wo + half / 2 * QuantizedMatrix.GROUP)
                    .lanewise(LSHL, half % 2 == 0 ? 16 : 0)
                    .lanewise(ASHR, 3)
                    .and(OF_HALF)
                    .reinterpretAsFloats()
                    .mul(TO_FLOAT)
                    .neg();
            for (int block = from; block < from + SHARED; block++) {
                IntVector two = IntVector.fromArray(I, parts, po + block / 2 * QuantizedMatrix.GROUP)
                        .lanewise(LSHL, block % 2 == 0 ? 16 : 0);
                IntVector sum = two.lanewise(LSHL, 8)
                        .lanewise(ASHR, 24)
                        .mul(IntVector.fromArray(I, work.tile, row + block * ROWS));
                all = ((FloatVector) sum.convert(I2F, 0)).fma(scale.mul(work.x.scales[so + block]), all);
                more = ((FloatVector) two.lanewise(ASHR, 24).convert(I2F, 0))
                        .mul(minimum)
                        .fma(FloatVector.broadcast(S, work.x.offsets[so + block]), more);
            }
        }
        all.add(more).intoArray(work.result, row);
    }

    /// [#addBlocks] where halves of blocks have parts of scales.
    private static void addHalves(Work work, int i, QuantizedMatrix w, int first, int row) {
        int blocks = w.blocks();
        int so = i * blocks;
        int wo = scalesAt(w, first + row);
        int[] ws = w.blockScales();
        int[] parts = w.parts();
        int po = partsAt(w, first + row);
        FloatVector all = FloatVector.zero(S);
        for (int from = 0, half = 0; from < blocks; from += SHARED, half++) {
            FloatVector scale = IntVector.fromArray(I, ws, wo + half / 2 * QuantizedMatrix.GROUP)
                    .lanewise(LSHL, half % 2 == 0 ? 16 : 0)
                    .lanewise(ASHR, 3)
                    .and(OF_HALF)
                    .reinterpretAsFloats()
                    .mul(TO_FLOAT);
            for (int block = from; block < from + SHARED; block++) {
                IntVector two = IntVector.fromArray(I, parts, po + block / 2 * QuantizedMatrix.GROUP)
                        .lanewise(LSHL, block % 2 == 0 ? 16 : 0);
                int at = row + 2 * block * ROWS;
                IntVector sum = two.lanewise(LSHL, 8).lanewise(ASHR, 24).mul(IntVector.fromArray(I, work.tile, at));
                sum = two.lanewise(ASHR, 24)
                        .mul(IntVector.fromArray(I, work.tile, at + ROWS))
                        .add(sum);
                all = ((FloatVector) sum.convert(I2F, 0)).fma(scale.mul(work.x.scales[so + block]), all);
            }
        }
        NEGATIVE_ZERO.add(all).intoArray(work.result, row);
    }

    /// The scales of a block of neighboring rows, as floats.
    static void scales(QuantizedMatrix w, int first, int width, int block, float[] to) {
        int half = block / (w.columnsOfScale() / QuantizedMatrix.BLOCK);
        halves(w, first, width, w.blockScales(), half, to);
    }

    /// The minimums of a block of neighboring rows, as floats.
    static void minimums(QuantizedMatrix w, int first, int width, int block, float[] to) {
        int half = block / (w.columnsOfScale() / QuantizedMatrix.BLOCK);
        halves(w, first, width, w.blockMinimums(), half, to);
        if (!w.format().hasParts()) return;
        for (int i = 0; i < width; i += L) {
            IntVector part = IntVector.fromArray(
                            I, w.parts(), partsAt(w, first + i) + block / 2 * QuantizedMatrix.GROUP)
                    .lanewise(LSHL, block % 2 == 0 ? 16 : 0)
                    .lanewise(ASHR, 24);
            FloatVector.fromArray(S, to, i)
                    .mul((FloatVector) part.neg().convert(I2F, 0))
                    .intoArray(to, i);
        }
    }

    private static void halves(QuantizedMatrix w, int first, int width, int[] halves, int half, float[] to) {
        for (int i = 0; i < width; i += L) {
            IntVector.fromArray(I, halves, scalesAt(w, first + i) + half / 2 * QuantizedMatrix.GROUP)
                    .lanewise(LSHL, half % 2 == 0 ? 16 : 0)
                    .lanewise(ASHR, 3)
                    .and(OF_HALF)
                    .reinterpretAsFloats()
                    .mul(TO_FLOAT)
                    .intoArray(to, i);
        }
    }

    /// y = x · (scale of the row · scale of the column) + y, rounded once, where x are the exact sums of the
    /// products of a block of columns of rows with two vectors of rows of weights. One loop for all rows: a
    /// loop for each tile would take much of the time to begin and to end.
    /// @param x the codes of rows, packed in a height of [#HEIGHT]
    /// @param rows a multiple of it
    /// @param w the codes of weights, a panel
    /// @param ofRows the scales of rows, from `so` on
    static void addBlock(
            float[] x, int xo, int rows, float[] w, int wo, float[] ofRows, int so, float[] scales, float[] y) {
        FloatVector a0 = FloatVector.zero(S);
        FloatVector b0 = FloatVector.zero(S);
        FloatVector a1 = FloatVector.zero(S);
        FloatVector b1 = FloatVector.zero(S);
        FloatVector a2 = FloatVector.zero(S);
        FloatVector b2 = FloatVector.zero(S);
        FloatVector a3 = FloatVector.zero(S);
        FloatVector b3 = FloatVector.zero(S);
        FloatVector a4 = FloatVector.zero(S);
        FloatVector b4 = FloatVector.zero(S);
        int row = 0;
        int end = rows / HEIGHT * QuantizedMatrix.BLOCK;
        for (int i = 0; i < end; i++) {
            int column = i % QuantizedMatrix.BLOCK;
            int at = xo + i * HEIGHT;
            FloatVector w0 = FloatVector.fromArray(S, w, wo + column * ROWS);
            FloatVector w1 = FloatVector.fromArray(S, w, wo + column * ROWS + L);
            FloatVector by = FloatVector.broadcast(S, x[at]);
            a0 = w0.fma(by, a0);
            b0 = w1.fma(by, b0);
            by = FloatVector.broadcast(S, x[at + 1]);
            a1 = w0.fma(by, a1);
            b1 = w1.fma(by, b1);
            by = FloatVector.broadcast(S, x[at + 2]);
            a2 = w0.fma(by, a2);
            b2 = w1.fma(by, b2);
            by = FloatVector.broadcast(S, x[at + 3]);
            a3 = w0.fma(by, a3);
            b3 = w1.fma(by, b3);
            by = FloatVector.broadcast(S, x[at + 4]);
            a4 = w0.fma(by, a4);
            b4 = w1.fma(by, b4);
            if (column != QuantizedMatrix.BLOCK - 1) continue;
            FloatVector scale0 = FloatVector.fromArray(S, scales, 0);
            FloatVector scale1 = FloatVector.fromArray(S, scales, L);
            int to = row * ROWS;
            int of = so + row;
            by = FloatVector.broadcast(S, ofRows[of]);
            a0.fma(scale0.mul(by), FloatVector.fromArray(S, y, to)).intoArray(y, to);
            b0.fma(scale1.mul(by), FloatVector.fromArray(S, y, to + L)).intoArray(y, to + L);
            a0 = FloatVector.zero(S);
            b0 = FloatVector.zero(S);
            by = FloatVector.broadcast(S, ofRows[of + 1]);
            a1.fma(scale0.mul(by), FloatVector.fromArray(S, y, to + 2 * L)).intoArray(y, to + 2 * L);
            b1.fma(scale1.mul(by), FloatVector.fromArray(S, y, to + 3 * L)).intoArray(y, to + 3 * L);
            a1 = FloatVector.zero(S);
            b1 = FloatVector.zero(S);
            by = FloatVector.broadcast(S, ofRows[of + 2]);
            a2.fma(scale0.mul(by), FloatVector.fromArray(S, y, to + 4 * L)).intoArray(y, to + 4 * L);
            b2.fma(scale1.mul(by), FloatVector.fromArray(S, y, to + 5 * L)).intoArray(y, to + 5 * L);
            a2 = FloatVector.zero(S);
            b2 = FloatVector.zero(S);
            by = FloatVector.broadcast(S, ofRows[of + 3]);
            a3.fma(scale0.mul(by), FloatVector.fromArray(S, y, to + 6 * L)).intoArray(y, to + 6 * L);
            b3.fma(scale1.mul(by), FloatVector.fromArray(S, y, to + 7 * L)).intoArray(y, to + 7 * L);
            a3 = FloatVector.zero(S);
            b3 = FloatVector.zero(S);
            by = FloatVector.broadcast(S, ofRows[of + 4]);
            a4.fma(scale0.mul(by), FloatVector.fromArray(S, y, to + 8 * L)).intoArray(y, to + 8 * L);
            b4.fma(scale1.mul(by), FloatVector.fromArray(S, y, to + 9 * L)).intoArray(y, to + 9 * L);
            a4 = FloatVector.zero(S);
            b4 = FloatVector.zero(S);
            row += HEIGHT;
        }
    }

    /// y = factor · x + y, rounded once
    static void addScaled(float factor, float[] x, float[] y, int at, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromArray(S, x, i)
                    .fma(FloatVector.broadcast(S, factor), FloatVector.fromArray(S, y, at + i))
                    .intoArray(y, at + i);
        }
    }

    // ------------------------------------------------------------------------------------------- panels of floats

    /// Writes what the codes of some blocks mean as floats, in a panel: for each column of W its rows one after
    /// the other.
    /// @param first the first row
    /// @param width the number of rows, a multiple of a vector's lanes
    static void unpack(QuantizedMatrix w, int first, int width, int fromBlock, int toBlock, float[] panel, int at) {
        for (int i = 0; i < width; i += L) {
            for (int block = fromBlock; block < toBlock; block++) {
                int to = at + (block - fromBlock) * QuantizedMatrix.BLOCK * width + i;
                if (w.codes().length > 0) {
                    unpackEightBits(w.codes(), codesAt(w, first + i) + block * PAIRS * LINE, panel, to, width);
                } else {
                    unpackFewBits(w, first + i, block, panel, to, width);
                }
            }
        }
    }

    private static void unpackEightBits(byte[] w, int at, float[] panel, int to, int width) {
        for (int i = 0; i < PAIRS; i++) {
            IntVector both = ByteVector.fromArray(B, w, at + i * LINE)
                    .convertShape(B2S, H, 0)
                    .reinterpretAsInts();
            ((FloatVector) both.lanewise(LSHL, 16).lanewise(ASHR, 16).convert(I2F, 0)).intoArray(panel, to + i * width);
            ((FloatVector) both.lanewise(ASHR, 16).convert(I2F, 0)).intoArray(panel, to + (i + PAIRS) * width);
        }
    }

    private static void unpackFewBits(QuantizedMatrix w, int row, int block, float[] panel, int to, int width) {
        BlockFormat format = w.format();
        int above = format.bits() - 4;
        int at = wordsAt(w, row, 4) + block * 4 * QuantizedMatrix.GROUP;
        int of = above == 0 ? 0 : wordsAt(w, row, above) + block * above * QuantizedMatrix.GROUP;
        if (!format.hasParts()) {
            unpackFewBits(w.words(), at, w.plane(), of, above, format.zero(), panel, to, width);
        } else {
            int parts = partsAt(w, row) + block / 2 * QuantizedMatrix.GROUP;
            int lower = block % 2 == 0 ? 16 : 0;
            boolean halves = !format.hasMinimums();
            unpackParts(
                    w.words(),
                    at,
                    w.plane(),
                    of,
                    above,
                    format.zero(),
                    w.parts(),
                    parts,
                    lower,
                    halves,
                    panel,
                    to,
                    width);
        }
    }

    private static void unpackFewBits(
            int[] w, int at, int[] plane, int of, int above, int zero, float[] panel, int to, int width) {
        int mask = (1 << above) - 1;
        for (int i = 0; i < PAIRS; i++) {
            IntVector codes = IntVector.fromArray(I, w, at + i / 4 * QuantizedMatrix.GROUP)
                    .lanewise(LSHR, i % 4 * 4);
            IntVector low = codes.and(0xf);
            IntVector high = codes.lanewise(LSHR, 16).and(0xf);
            if (above > 0) {
                codes = IntVector.fromArray(I, plane, of + i / 4 * above / 4 * QuantizedMatrix.GROUP)
                        .lanewise(LSHR, i % 4 * 4 + i / 4 * above % 4);
                low = codes.and(mask).lanewise(LSHL, 4).or(low);
                high = codes.lanewise(LSHR, 16).and(mask).lanewise(LSHL, 4).or(high);
            }
            ((FloatVector) low.sub(zero).convert(I2F, 0)).intoArray(panel, to + i * width);
            ((FloatVector) high.sub(zero).convert(I2F, 0)).intoArray(panel, to + (i + PAIRS) * width);
        }
    }

    /// The same times parts of scales.
    private static void unpackParts(
            int[] w,
            int at,
            int[] plane,
            int of,
            int above,
            int zero,
            int[] parts,
            int po,
            int lower,
            boolean halves,
            float[] panel,
            int to,
            int width) {
        unpackFewBits(w, at, plane, of, above, zero, panel, to, width);
        IntVector two = IntVector.fromArray(I, parts, po).lanewise(LSHL, lower);
        FloatVector first =
                (FloatVector) two.lanewise(LSHL, 8).lanewise(ASHR, 24).convert(I2F, 0);
        FloatVector second = halves ? (FloatVector) two.lanewise(ASHR, 24).convert(I2F, 0) : first;
        for (int i = to; i < to + PAIRS * width; i += width) {
            FloatVector.fromArray(S, panel, i).mul(first).intoArray(panel, i);
            int other = i + PAIRS * width;
            FloatVector.fromArray(S, panel, other).mul(second).intoArray(panel, other);
        }
    }

    /// The codes of a quantized row as floats, in the order of columns.
    static void toFloats(int[] pairs, int po, int blocks, float[] y, int yo) {
        for (int i = 0; i < blocks * PAIRS; i += L) {
            IntVector both = IntVector.fromArray(I, pairs, po + i);
            int to = yo + i / PAIRS * QuantizedMatrix.BLOCK + i % PAIRS;
            ((FloatVector) both.lanewise(LSHL, 16).lanewise(ASHR, 16).convert(I2F, 0)).intoArray(y, to);
            ((FloatVector) both.lanewise(ASHR, 16).convert(I2F, 0)).intoArray(y, to + PAIRS);
        }
    }
}

package dev.neurite.kernel.cpu;

import static dev.neurite.kernel.cpu.VectorKernels.L;
import static dev.neurite.kernel.cpu.VectorKernels.S;
import static dev.neurite.kernel.cpu.tile.Tiles.NEGATIVE_ZERO;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.B2S;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.S2I;

import dev.neurite.kernel.BlockFormat;
import dev.neurite.kernel.EncodedMatrix;
import dev.neurite.kernel.HalfMatrix;
import dev.neurite.kernel.QuantizedMatrix;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// [ScalarBlocks] through the Vector API: a lane of 32 bits has a row of weights.
///
/// Codes of 8 bits become 16, and are multiplied in 16 bits: two products of −128 … 127 are at most 32,768, which is
/// one too many. So −1 is added to the sum in the upper half of a lane, and 2¹⁵ − 1 to that in the lower half, which
/// then is 0 … 2¹⁶ − 1. Two sums of 32 bits collect them: of the upper halves, by a shift, and of whole lanes, mod 2³²,
/// from which the sum of the lower halves follows at the end. So two products of a lane take one shift. Products with
/// codes of 4 bits are so small that 16 bits hold the sum of sixteen.
final class VectorBlocks extends ScalarBlocks {
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED.withShape(S.vectorShape());
    private static final VectorSpecies<Short> H = ShortVector.SPECIES_PREFERRED.withShape(S.vectorShape());
    private static final VectorSpecies<Byte> B =
            ByteVector.SPECIES_PREFERRED.withShape(VectorShape.forBitSize(S.vectorBitSize() / 2));

    private static final VectorSpecies<Short> HALF =
            ShortVector.SPECIES_PREFERRED.withShape(VectorShape.forBitSize(S.vectorBitSize() / 2));

    private static final int LINE = 2 * EncodedMatrix.GROUP; // bytes of a group for a pair of columns
    private static final int WORDS = PAIRS / 4; // of a row in a block of 4 bits
    private static final int LOWEST_4 = 0xf_000f; // of both halves
    private static final int ZERO_4 = 8; // the code of 4 bits that means 0
    private static final int SHIFTS = 0xffff_7fff; // −1 and 2¹⁵ − 1
    private static final int OF_SHIFTS = 0x7ffe; // their sum
    private static final int OF_HALF = 0x8fff_e000; // sign, exponent and mantissa of a half, where a float has them
    private static final float TO_FLOAT = 0x1p112f; // the difference of the exponents
    private static final int EXPONENTS = 112 << 23; // the same, where a float has it
    private static final int MAGNITUDE = 0x0fff_e000; // exponent and mantissa of a half, where a float has them
    private static final int LEAST_NORMAL = 1 << 23; // of them: a half below it has no 1 before its mantissa
    private static final float LEAST_HALF = 0x1p-14f; // what that half is
    private static final int ROWS = 2 * L; // of a tile: two vectors

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

    // ------------------------------------------------------------------------------------------------------- products

    @Override
    int tile() {
        return ROWS;
    }

    /// Where what a group has of a vector of rows begins; of a vector beyond the last group that of the last vector.
    /// @param ofGroup the length of what a group has
    /// @param ofRow the distance between neighboring rows in it
    private static int place(EncodedMatrix w, int row, int ofGroup, int ofRow) {
        int group = EncodedMatrix.GROUP;
        int there = Math.min(row, Math.ceilDiv(w.rows(), group) * group - L);
        return there / group * ofGroup + there % group * ofRow;
    }

    private static int codesAt(QuantizedMatrix w, int row) {
        return place(w, row, w.blocks() * PAIRS * LINE, 2);
    }

    private static int wordsAt(QuantizedMatrix w, int row) {
        return place(w, row, w.blocks() * WORDS * EncodedMatrix.GROUP, 1);
    }

    private static int scalesAt(QuantizedMatrix w, int row) {
        return place(w, row, w.blocks() / 2 * EncodedMatrix.GROUP, 1);
    }

    // The loops call no methods of ours: C2 would not inline them late in so large a method, and vectors would be
    // objects.

    @Override
    void products(
            int[] pairs,
            int po,
            int[] sums,
            int so,
            int spans,
            int blocks,
            QuantizedMatrix w,
            int first,
            int block,
            int[] y,
            int yo) {
        int at = po + block * PAIRS;
        if (w.format() == BlockFormat.Q4_0) {
            int skipped = block * WORDS * EncodedMatrix.GROUP;
            int w0 = wordsAt(w, first) + skipped;
            fourBits(pairs, at, sums, so, spans, w.words(), w0, wordsAt(w, first + L) + skipped, y, yo);
            return;
        }
        int skipped = block * PAIRS * LINE;
        int w0 = codesAt(w, first) + skipped;
        int w1 = codesAt(w, first + L) + skipped;
        if (w.format() == BlockFormat.Q8_0) eightBitBlocks(pairs, at, spans, w.codes(), w0, w1, y, yo);
        else eightBits(pairs, at, spans, blocks * PAIRS, w.codes(), w0, w1, y, yo);
    }

    /// One row by two vectors of rows of weights.
    /// @param n the pairs of a span
    private static void eightBits(int[] x, int xo, int spans, int n, byte[] w, int w0, int w1, int[] y, int yo) {
        ShortVector shifts = IntVector.broadcast(I, SHIFTS).reinterpretAsShorts();
        int ofShifts = n / 2 * OF_SHIFTS;
        for (int span = 0; span < spans; span++) {
            IntVector high0 = IntVector.zero(I);
            IntVector high1 = IntVector.zero(I);
            IntVector all0 = IntVector.zero(I);
            IntVector all1 = IntVector.zero(I);
            int end = (span + 1) * n;
            for (int i = span * n; i < end; i += 4) { // two steps: fewer instructions for the loop
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
            IntVector low0 =
                    IntVector.zero(I).add(high0).lanewise(LSHL, 16).neg().add(all0);
            IntVector low1 =
                    IntVector.zero(I).add(high1).lanewise(LSHL, 16).neg().add(all1);
            low0.add(high0).sub(ofShifts).intoArray(y, yo + span * ROWS);
            low1.add(high1).sub(ofShifts).intoArray(y, yo + span * ROWS + L);
        }
    }

    @Override
    void fourProducts(
            int[] pairs,
            int po,
            int step,
            int spans,
            int blocks,
            QuantizedMatrix w,
            int first,
            int block,
            int[] y,
            int yo) {
        int skipped = block * PAIRS * LINE;
        for (int i = 0; i < ROWS; i += L) {
            int wo = codesAt(w, first + i) + skipped;
            fourRows(pairs, po + block * PAIRS, step, spans, blocks * PAIRS, w.codes(), wo, y, yo + i);
        }
    }

    /// Four rows by a vector of rows of weights.
    private static void fourRows(int[] x, int xo, int step, int spans, int n, byte[] w, int wo, int[] y, int yo) {
        ShortVector shifts = IntVector.broadcast(I, SHIFTS).reinterpretAsShorts();
        int ofShifts = n / 2 * OF_SHIFTS;
        int x1 = xo + step;
        int x2 = x1 + step;
        int x3 = x2 + step;
        int ys = spans * ROWS;
        for (int span = 0; span < spans; span++) {
            IntVector high0 = IntVector.zero(I);
            IntVector high1 = IntVector.zero(I);
            IntVector high2 = IntVector.zero(I);
            IntVector high3 = IntVector.zero(I);
            IntVector all0 = IntVector.zero(I);
            IntVector all1 = IntVector.zero(I);
            IntVector all2 = IntVector.zero(I);
            IntVector all3 = IntVector.zero(I);
            int end = (span + 1) * n;
            for (int i = span * n; i < end; i += 2) {
                Vector<Short> a = ByteVector.fromArray(B, w, wo + i * LINE).convertShape(B2S, H, 0);
                Vector<Short> b =
                        ByteVector.fromArray(B, w, wo + i * LINE + LINE).convertShape(B2S, H, 0);
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
            int to = yo + span * ROWS;
            IntVector zero = IntVector.zero(I);
            IntVector low = zero.add(high0).lanewise(LSHL, 16).neg().add(all0);
            low.add(high0).sub(ofShifts).intoArray(y, to);
            low = zero.add(high1).lanewise(LSHL, 16).neg().add(all1);
            low.add(high1).sub(ofShifts).intoArray(y, to + ys);
            low = zero.add(high2).lanewise(LSHL, 16).neg().add(all2);
            low.add(high2).sub(ofShifts).intoArray(y, to + 2 * ys);
            low = zero.add(high3).lanewise(LSHL, 16).neg().add(all3);
            low.add(high3).sub(ofShifts).intoArray(y, to + 3 * ys);
        }
    }

    /// One row by two vectors of rows of weights; a span is a block. Two blocks at a time, so that the inner
    /// loop begins less often.
    private static void eightBitBlocks(int[] x, int xo, int spans, byte[] w, int w0, int w1, int[] y, int yo) {
        ShortVector shifts = IntVector.broadcast(I, SHIFTS).reinterpretAsShorts();
        for (int span = 0; span < spans; span += 2) {
            IntVector highA0 = IntVector.zero(I);
            IntVector highA1 = IntVector.zero(I);
            IntVector highB0 = IntVector.zero(I);
            IntVector highB1 = IntVector.zero(I);
            IntVector allA0 = IntVector.zero(I);
            IntVector allA1 = IntVector.zero(I);
            IntVector allB0 = IntVector.zero(I);
            IntVector allB1 = IntVector.zero(I);
            int end = (span + 1) * PAIRS;
            for (int i = span * PAIRS; i < end; i += 2) {
                ShortVector x0 = IntVector.broadcast(I, x[xo + i]).reinterpretAsShorts();
                ShortVector x1 = IntVector.broadcast(I, x[xo + i + 1]).reinterpretAsShorts();
                int at = w0 + i * LINE;
                Vector<Short> even = ByteVector.fromArray(B, w, at).convertShape(B2S, H, 0);
                Vector<Short> odd = ByteVector.fromArray(B, w, at + LINE).convertShape(B2S, H, 0);
                IntVector sum = x0.mul(even).add(x1.mul(odd)).add(shifts).reinterpretAsInts();
                highA0 = sum.lanewise(ASHR, 16).add(highA0);
                allA0 = sum.add(allA0);
                at = w1 + i * LINE;
                even = ByteVector.fromArray(B, w, at).convertShape(B2S, H, 0);
                odd = ByteVector.fromArray(B, w, at + LINE).convertShape(B2S, H, 0);
                sum = x0.mul(even).add(x1.mul(odd)).add(shifts).reinterpretAsInts();
                highA1 = sum.lanewise(ASHR, 16).add(highA1);
                allA1 = sum.add(allA1);
                x0 = IntVector.broadcast(I, x[xo + i + PAIRS]).reinterpretAsShorts();
                x1 = IntVector.broadcast(I, x[xo + i + PAIRS + 1]).reinterpretAsShorts();
                at = w0 + i * LINE + PAIRS * LINE;
                even = ByteVector.fromArray(B, w, at).convertShape(B2S, H, 0);
                odd = ByteVector.fromArray(B, w, at + LINE).convertShape(B2S, H, 0);
                sum = x0.mul(even).add(x1.mul(odd)).add(shifts).reinterpretAsInts();
                highB0 = sum.lanewise(ASHR, 16).add(highB0);
                allB0 = sum.add(allB0);
                at = w1 + i * LINE + PAIRS * LINE;
                even = ByteVector.fromArray(B, w, at).convertShape(B2S, H, 0);
                odd = ByteVector.fromArray(B, w, at + LINE).convertShape(B2S, H, 0);
                sum = x0.mul(even).add(x1.mul(odd)).add(shifts).reinterpretAsInts();
                highB1 = sum.lanewise(ASHR, 16).add(highB1);
                allB1 = sum.add(allB1);
            }
            int to = yo + span * ROWS;
            IntVector zero = IntVector.zero(I);
            IntVector low = zero.add(highA0).lanewise(LSHL, 16).neg().add(allA0);
            low.add(highA0).sub(PAIRS / 2 * OF_SHIFTS).intoArray(y, to);
            low = zero.add(highA1).lanewise(LSHL, 16).neg().add(allA1);
            low.add(highA1).sub(PAIRS / 2 * OF_SHIFTS).intoArray(y, to + L);
            low = zero.add(highB0).lanewise(LSHL, 16).neg().add(allB0);
            low.add(highB0).sub(PAIRS / 2 * OF_SHIFTS).intoArray(y, to + ROWS);
            low = zero.add(highB1).lanewise(LSHL, 16).neg().add(allB1);
            low.add(highB1).sub(PAIRS / 2 * OF_SHIFTS).intoArray(y, to + ROWS + L);
        }
    }

    /// One row by two vectors of rows of weights with 4 bits; a span is a block.
    private static void fourBits(
            int[] x, int xo, int[] xSums, int so, int spans, int[] w, int w0, int w1, int[] y, int yo) {
        IntVector mask = IntVector.broadcast(I, LOWEST_4);
        for (int span = 0; span < spans; span++) {
            ShortVector sum0 = ShortVector.zero(H);
            ShortVector sum1 = ShortVector.zero(H);
            int end = (span + 1) * WORDS;
            for (int i = span * WORDS; i < end; i++) {
                int at = xo + 4 * i;
                ShortVector x0 = IntVector.broadcast(I, x[at]).reinterpretAsShorts();
                ShortVector x1 = IntVector.broadcast(I, x[at + 1]).reinterpretAsShorts();
                ShortVector x2 = IntVector.broadcast(I, x[at + 2]).reinterpretAsShorts();
                ShortVector x3 = IntVector.broadcast(I, x[at + 3]).reinterpretAsShorts();
                IntVector codes = IntVector.fromArray(I, w, w0 + i * EncodedMatrix.GROUP);
                sum0 = x0.mul(mask.and(codes).reinterpretAsShorts()).add(sum0);
                sum0 = x1.mul(codes.lanewise(LSHR, 4).and(mask).reinterpretAsShorts())
                        .add(sum0);
                sum0 = x2.mul(codes.lanewise(LSHR, 8).and(mask).reinterpretAsShorts())
                        .add(sum0);
                sum0 = x3.mul(codes.lanewise(LSHR, 12).and(mask).reinterpretAsShorts())
                        .add(sum0);
                codes = IntVector.fromArray(I, w, w1 + i * EncodedMatrix.GROUP);
                sum1 = x0.mul(mask.and(codes).reinterpretAsShorts()).add(sum1);
                sum1 = x1.mul(codes.lanewise(LSHR, 4).and(mask).reinterpretAsShorts())
                        .add(sum1);
                sum1 = x2.mul(codes.lanewise(LSHR, 8).and(mask).reinterpretAsShorts())
                        .add(sum1);
                sum1 = x3.mul(codes.lanewise(LSHR, 12).and(mask).reinterpretAsShorts())
                        .add(sum1);
            }
            int less = ZERO_4 * xSums[so + span];
            IntVector halves = ShortVector.zero(H).add(sum0).reinterpretAsInts();
            IntVector high = halves.lanewise(ASHR, 16).sub(less);
            halves.lanewise(LSHL, 16).lanewise(ASHR, 16).add(high).intoArray(y, yo + span * ROWS);
            halves = ShortVector.zero(H).add(sum1).reinterpretAsInts();
            high = halves.lanewise(ASHR, 16).sub(less);
            halves.lanewise(LSHL, 16).lanewise(ASHR, 16).add(high).intoArray(y, yo + span * ROWS + L);
        }
    }

    // -------------------------------------------------------------------------------------- scales for blocks

    @Override
    void addScaled(
            int[] sums, int at, float[] scales, int so, QuantizedMatrix w, int first, int block, int count, float[] y) {
        addScaled(sums, at, scales, so, w.blockScales(), scalesAt(w, first), block, count, y, 0);
        addScaled(sums, at + L, scales, so, w.blockScales(), scalesAt(w, first + L), block, count, y, L);
    }

    /// The scales of two blocks are halves of a lane: sign, exponent and mantissa move to their places in a float,
    /// whose exponent then is 112 too small.
    private static void addScaled(
            int[] sums, int at, float[] scales, int so, int[] ws, int wo, int block, int count, float[] y, int yo) {
        FloatVector all = FloatVector.fromArray(S, y, yo);
        for (int k = 0; k < count; k++) {
            FloatVector scale = IntVector.fromArray(I, ws, wo + (block + k) / 2 * EncodedMatrix.GROUP)
                    .lanewise(LSHL, (block + k) % 2 == 0 ? 16 : 0)
                    .lanewise(ASHR, 3)
                    .and(OF_HALF)
                    .reinterpretAsFloats()
                    .mul(TO_FLOAT);
            FloatVector sum =
                    (FloatVector) IntVector.fromArray(I, sums, at + k * ROWS).convert(I2F, 0);
            all = sum.fma(scale.mul(scales[so + k]), all);
        }
        NEGATIVE_ZERO.add(all).intoArray(y, yo);
    }

    /// The scales of a block of neighboring rows, as floats.
    static void scales(QuantizedMatrix w, int first, int width, int block, float[] to) {
        for (int i = 0; i < width; i += L) {
            IntVector.fromArray(I, w.blockScales(), scalesAt(w, first + i) + block / 2 * EncodedMatrix.GROUP)
                    .lanewise(LSHL, block % 2 == 0 ? 16 : 0)
                    .lanewise(ASHR, 3)
                    .and(OF_HALF)
                    .reinterpretAsFloats()
                    .mul(TO_FLOAT)
                    .intoArray(to, i);
        }
    }

    /// y = x · (scale · scales) + y, rounded once
    static void addScaled(float[] x, int at, float scale, float[] scales, float[] y, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector by = FloatVector.fromArray(S, scales, i).mul(scale);
            FloatVector.fromArray(S, x, at + i)
                    .fma(by, FloatVector.fromArray(S, y, at + i))
                    .intoArray(y, at + i);
        }
    }

    // ------------------------------------------------------------------------------------------- panels of floats

    /// Writes what the codes of some blocks mean as floats, in a panel: for each column of W its rows one after the
    /// other.
    /// @param first the first row
    /// @param width the number of rows, a multiple of a vector's lanes
    static void unpack(QuantizedMatrix w, int first, int width, int fromBlock, int toBlock, float[] panel, int at) {
        for (int i = 0; i < width; i += L) {
            for (int block = fromBlock; block < toBlock; block++) {
                int to = at + (block - fromBlock) * QuantizedMatrix.BLOCK * width + i;
                if (w.format() == BlockFormat.Q4_0) {
                    int from = wordsAt(w, first + i) + block * WORDS * EncodedMatrix.GROUP;
                    unpackFourBits(w.words(), from, panel, to, width);
                } else {
                    unpackEightBits(w.codes(), codesAt(w, first + i) + block * PAIRS * LINE, panel, to, width);
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

    private static void unpackFourBits(int[] w, int at, float[] panel, int to, int width) {
        for (int i = 0; i < PAIRS; i++) {
            IntVector codes = IntVector.fromArray(I, w, at + i / 4 * EncodedMatrix.GROUP);
            IntVector low = codes.lanewise(LSHR, i % 4 * 4).and(0xf).sub(ZERO_4);
            IntVector high =
                    codes.lanewise(LSHR, i % 4 * 4 + Short.SIZE).and(0xf).sub(ZERO_4);
            ((FloatVector) low.convert(I2F, 0)).intoArray(panel, to + i * width);
            ((FloatVector) high.convert(I2F, 0)).intoArray(panel, to + (i + PAIRS) * width);
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

    // ----------------------------------------------------------------------------------------- floats of 16 bits

    private static int halvesAt(HalfMatrix w, int row) {
        return place(w, row, EncodedMatrix.GROUP * w.columns(), 1);
    }

    /// Writes neighboring rows as a panel: for each column its elements one after the other.
    /// @param width the number of rows, a multiple of a vector's lanes
    static void unpack(HalfMatrix w, int first, int width, int column, int depth, float[] panel, int at) {
        for (int i = 0; i < width; i += L) {
            int from = halvesAt(w, first + i) + column * EncodedMatrix.GROUP;
            if (w.format() == BlockFormat.F16) unpackHalves(w.groups(), from, depth, panel, at + i, width);
            else unpackUpperHalves(w.groups(), from, depth, panel, at + i, width);
        }
    }

    /// Exponent and mantissa move to their places in a float, and the exponent becomes one of a float. A number below
    /// 2⁻¹⁴ has no 1 before its mantissa: it gets one, whose value is subtracted. That is less than what it would
    /// be with a 1 of its own, and of other numbers it is more. Floats below 2⁻¹²⁶, with which some processors are
    /// slow, do not occur.
    private static void unpackHalves(short[] w, int at, int n, float[] panel, int to, int width) {
        for (int k = 0; k < n; k++) {
            Vector<Integer> x =
                    ShortVector.fromArray(HALF, w, at + k * EncodedMatrix.GROUP).convertShape(S2I, I, 0);
            IntVector magnitude =
                    x.lanewise(LSHL, 13).reinterpretAsInts().and(MAGNITUDE).add(EXPONENTS);
            FloatVector small =
                    magnitude.add(LEAST_NORMAL).reinterpretAsFloats().sub(LEAST_HALF);
            magnitude
                    .min(small.reinterpretAsInts())
                    .or(x.reinterpretAsInts().and(Integer.MIN_VALUE))
                    .reinterpretAsFloats()
                    .intoArray(panel, to + k * width);
        }
    }

    private static void unpackUpperHalves(short[] w, int at, int n, float[] panel, int to, int width) {
        for (int k = 0; k < n; k++) {
            ShortVector.fromArray(HALF, w, at + k * EncodedMatrix.GROUP)
                    .convertShape(S2I, I, 0)
                    .lanewise(LSHL, 16)
                    .reinterpretAsFloats()
                    .intoArray(panel, to + k * width);
        }
    }

    /// Adds the products of a row with two vectors of rows of weights to sums.
    static void addProducts(HalfMatrix w, int first, float[] x, int xo, float[] sums, int so) {
        int at = halvesAt(w, first);
        int other = halvesAt(w, first + L);
        if (w.format() == BlockFormat.F16) addHalves(x, xo, w.columns(), w.groups(), at, other, sums, so);
        else addUpperHalves(x, xo, w.columns(), w.groups(), at, other, sums, so);
    }

    private static void addHalves(float[] x, int xo, int n, short[] w, int w0, int w1, float[] y, int yo) {
        FloatVector sum0 = FloatVector.fromArray(S, y, yo);
        FloatVector sum1 = FloatVector.fromArray(S, y, yo + L);
        for (int k = 0; k < n; k++) {
            FloatVector by = FloatVector.broadcast(S, x[xo + k]);
            Vector<Integer> half =
                    ShortVector.fromArray(HALF, w, w0 + k * EncodedMatrix.GROUP).convertShape(S2I, I, 0);
            IntVector magnitude =
                    half.lanewise(LSHL, 13).reinterpretAsInts().and(MAGNITUDE).add(EXPONENTS);
            FloatVector small =
                    magnitude.add(LEAST_NORMAL).reinterpretAsFloats().sub(LEAST_HALF);
            sum0 = magnitude
                    .min(small.reinterpretAsInts())
                    .or(half.reinterpretAsInts().and(Integer.MIN_VALUE))
                    .reinterpretAsFloats()
                    .fma(by, sum0);
            half = ShortVector.fromArray(HALF, w, w1 + k * EncodedMatrix.GROUP).convertShape(S2I, I, 0);
            magnitude =
                    half.lanewise(LSHL, 13).reinterpretAsInts().and(MAGNITUDE).add(EXPONENTS);
            small = magnitude.add(LEAST_NORMAL).reinterpretAsFloats().sub(LEAST_HALF);
            sum1 = magnitude
                    .min(small.reinterpretAsInts())
                    .or(half.reinterpretAsInts().and(Integer.MIN_VALUE))
                    .reinterpretAsFloats()
                    .fma(by, sum1);
        }
        NEGATIVE_ZERO.add(sum0).intoArray(y, yo);
        NEGATIVE_ZERO.add(sum1).intoArray(y, yo + L);
    }

    private static void addUpperHalves(float[] x, int xo, int n, short[] w, int w0, int w1, float[] y, int yo) {
        FloatVector sum0 = FloatVector.fromArray(S, y, yo);
        FloatVector sum1 = FloatVector.fromArray(S, y, yo + L);
        for (int k = 0; k < n; k++) {
            FloatVector by = FloatVector.broadcast(S, x[xo + k]);
            sum0 = ShortVector.fromArray(HALF, w, w0 + k * EncodedMatrix.GROUP)
                    .convertShape(S2I, I, 0)
                    .lanewise(LSHL, 16)
                    .reinterpretAsFloats()
                    .fma(by, sum0);
            sum1 = ShortVector.fromArray(HALF, w, w1 + k * EncodedMatrix.GROUP)
                    .convertShape(S2I, I, 0)
                    .lanewise(LSHL, 16)
                    .reinterpretAsFloats()
                    .fma(by, sum1);
        }
        NEGATIVE_ZERO.add(sum0).intoArray(y, yo);
        NEGATIVE_ZERO.add(sum1).intoArray(y, yo + L);
    }
}

package dev.neurite.kernel.cpu;

import static dev.neurite.kernel.cpu.VectorKernels.L;
import static dev.neurite.kernel.cpu.VectorKernels.S;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import dev.neurite.kernel.BlockFormat;
import dev.neurite.kernel.QuantizedMatrix;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

/// Products of many rows with weights of few bits through the Vector API: 16 bits hold the sum of sixteen products, so
/// that a vector has twice as many as one of floats.
final class VectorShorts {
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED.withShape(S.vectorShape());
    private static final VectorSpecies<Short> H = ShortVector.SPECIES_PREFERRED.withShape(S.vectorShape());
    private static final int PAIRS = ScalarBlocks.PAIRS;
    private static final int ROWS = VectorBlocks.ROWS;
    private static final int ONES = 0x1_0001; // in both halves

    private VectorShorts() {}

    /// Whether 16 bits hold the sum of a half of a block, whatever the codes are.
    static boolean holdSumsOf(BlockFormat format) {
        int most = Math.max(format.zero(), (1 << format.bits()) - 1 - format.zero());
        return !format.hasParts() && most * PAIRS * Byte.MAX_VALUE <= Short.MAX_VALUE;
    }

    /// Writes the codes of a block less their zero as a panel of pairs: for each pair of columns its rows one after the
    /// other.
    /// @param first the first row of [VectorBlocks#ROWS]
    static void unpack(QuantizedMatrix w, int first, int block, int[] panel) {
        BlockFormat format = w.format();
        int above = format.bits() - 4;
        for (int row = 0; row < ROWS; row += L) {
            int at = VectorBlocks.wordsAt(w, first + row, 4) + block * 4 * QuantizedMatrix.GROUP;
            unpackFourBits(w.words(), at, format.zero(), panel, row);
            if (above == 0) continue;
            int of = VectorBlocks.wordsAt(w, first + row, above) + block * above * QuantizedMatrix.GROUP;
            addBitsAbove(w.plane(), of, above, panel, row);
        }
    }

    private static void unpackFourBits(int[] w, int at, int zero, int[] panel, int to) {
        ShortVector less = ShortVector.broadcast(H, zero);
        for (int i = 0; i < PAIRS; i++) {
            IntVector.fromArray(I, w, at + i / 4 * QuantizedMatrix.GROUP)
                    .lanewise(LSHR, i % 4 * 4)
                    .and(VectorBlocks.LOWEST_4)
                    .reinterpretAsShorts()
                    .sub(less)
                    .reinterpretAsInts()
                    .intoArray(panel, to + i * ROWS);
        }
    }

    private static void addBitsAbove(int[] plane, int at, int bits, int[] panel, int to) {
        int mask = ((1 << bits) - 1) * ONES;
        for (int i = 0; i < PAIRS; i++) {
            ShortVector high = IntVector.fromArray(I, plane, at + i / 4 * bits / 4 * QuantizedMatrix.GROUP)
                    .lanewise(LSHR, i % 4 * 4 + i / 4 * bits % 4)
                    .and(mask)
                    .lanewise(LSHL, 4)
                    .reinterpretAsShorts();
            IntVector.fromArray(I, panel, to + i * ROWS)
                    .reinterpretAsShorts()
                    .add(high)
                    .reinterpretAsInts()
                    .intoArray(panel, to + i * ROWS);
        }
    }

    /// y = x · (scale of the row · scale of the column) + y, rounded once, where x are the exact sums of the
    /// products of a block of columns of rows with two vectors of rows of weights. One loop for all rows, as
    /// [VectorBlocks#addBlock] has.
    /// @param x the codes of rows in pairs, packed in a height of [VectorBlocks#HEIGHT]
    /// @param rows a multiple of it
    /// @param w the codes of weights, a panel of pairs
    /// @param ofRows the scales of rows, from `so` on
    static void addBlock(int[] x, int xo, int rows, int[] w, float[] ofRows, int so, float[] scales, float[] y) {
        ShortVector a0 = ShortVector.zero(H);
        ShortVector b0 = ShortVector.zero(H);
        ShortVector a1 = ShortVector.zero(H);
        ShortVector b1 = ShortVector.zero(H);
        ShortVector a2 = ShortVector.zero(H);
        ShortVector b2 = ShortVector.zero(H);
        ShortVector a3 = ShortVector.zero(H);
        ShortVector b3 = ShortVector.zero(H);
        ShortVector a4 = ShortVector.zero(H);
        ShortVector b4 = ShortVector.zero(H);
        int row = 0;
        int end = rows / VectorBlocks.HEIGHT * PAIRS;
        for (int i = 0; i < end; i++) {
            int pair = i % PAIRS;
            int at = xo + i * VectorBlocks.HEIGHT;
            ShortVector w0 = IntVector.fromArray(I, w, pair * ROWS).reinterpretAsShorts();
            ShortVector w1 = IntVector.fromArray(I, w, pair * ROWS + L).reinterpretAsShorts();
            ShortVector by = IntVector.broadcast(I, x[at]).reinterpretAsShorts();
            a0 = w0.mul(by).add(a0);
            b0 = w1.mul(by).add(b0);
            by = IntVector.broadcast(I, x[at + 1]).reinterpretAsShorts();
            a1 = w0.mul(by).add(a1);
            b1 = w1.mul(by).add(b1);
            by = IntVector.broadcast(I, x[at + 2]).reinterpretAsShorts();
            a2 = w0.mul(by).add(a2);
            b2 = w1.mul(by).add(b2);
            by = IntVector.broadcast(I, x[at + 3]).reinterpretAsShorts();
            a3 = w0.mul(by).add(a3);
            b3 = w1.mul(by).add(b3);
            by = IntVector.broadcast(I, x[at + 4]).reinterpretAsShorts();
            a4 = w0.mul(by).add(a4);
            b4 = w1.mul(by).add(b4);
            if (pair != PAIRS - 1) continue;
            FloatVector scale0 = FloatVector.fromArray(S, scales, 0);
            FloatVector scale1 = FloatVector.fromArray(S, scales, L);
            int to = row * ROWS;
            int of = so + row;
            FloatVector scale = FloatVector.broadcast(S, ofRows[of]);
            IntVector sums = a0.reinterpretAsInts();
            IntVector sum = sums.lanewise(LSHL, 16).lanewise(ASHR, 16).add(sums.lanewise(ASHR, 16));
            ((FloatVector) sum.convert(I2F, 0))
                    .fma(scale0.mul(scale), FloatVector.fromArray(S, y, to))
                    .intoArray(y, to);
            a0 = ShortVector.zero(H);
            sums = b0.reinterpretAsInts();
            sum = sums.lanewise(LSHL, 16).lanewise(ASHR, 16).add(sums.lanewise(ASHR, 16));
            ((FloatVector) sum.convert(I2F, 0))
                    .fma(scale1.mul(scale), FloatVector.fromArray(S, y, to + L))
                    .intoArray(y, to + L);
            b0 = ShortVector.zero(H);
            scale = FloatVector.broadcast(S, ofRows[of + 1]);
            sums = a1.reinterpretAsInts();
            sum = sums.lanewise(LSHL, 16).lanewise(ASHR, 16).add(sums.lanewise(ASHR, 16));
            ((FloatVector) sum.convert(I2F, 0))
                    .fma(scale0.mul(scale), FloatVector.fromArray(S, y, to + 2 * L))
                    .intoArray(y, to + 2 * L);
            a1 = ShortVector.zero(H);
            sums = b1.reinterpretAsInts();
            sum = sums.lanewise(LSHL, 16).lanewise(ASHR, 16).add(sums.lanewise(ASHR, 16));
            ((FloatVector) sum.convert(I2F, 0))
                    .fma(scale1.mul(scale), FloatVector.fromArray(S, y, to + 3 * L))
                    .intoArray(y, to + 3 * L);
            b1 = ShortVector.zero(H);
            scale = FloatVector.broadcast(S, ofRows[of + 2]);
            sums = a2.reinterpretAsInts();
            sum = sums.lanewise(LSHL, 16).lanewise(ASHR, 16).add(sums.lanewise(ASHR, 16));
            ((FloatVector) sum.convert(I2F, 0))
                    .fma(scale0.mul(scale), FloatVector.fromArray(S, y, to + 4 * L))
                    .intoArray(y, to + 4 * L);
            a2 = ShortVector.zero(H);
            sums = b2.reinterpretAsInts();
            sum = sums.lanewise(LSHL, 16).lanewise(ASHR, 16).add(sums.lanewise(ASHR, 16));
            ((FloatVector) sum.convert(I2F, 0))
                    .fma(scale1.mul(scale), FloatVector.fromArray(S, y, to + 5 * L))
                    .intoArray(y, to + 5 * L);
            b2 = ShortVector.zero(H);
            scale = FloatVector.broadcast(S, ofRows[of + 3]);
            sums = a3.reinterpretAsInts();
            sum = sums.lanewise(LSHL, 16).lanewise(ASHR, 16).add(sums.lanewise(ASHR, 16));
            ((FloatVector) sum.convert(I2F, 0))
                    .fma(scale0.mul(scale), FloatVector.fromArray(S, y, to + 6 * L))
                    .intoArray(y, to + 6 * L);
            a3 = ShortVector.zero(H);
            sums = b3.reinterpretAsInts();
            sum = sums.lanewise(LSHL, 16).lanewise(ASHR, 16).add(sums.lanewise(ASHR, 16));
            ((FloatVector) sum.convert(I2F, 0))
                    .fma(scale1.mul(scale), FloatVector.fromArray(S, y, to + 7 * L))
                    .intoArray(y, to + 7 * L);
            b3 = ShortVector.zero(H);
            scale = FloatVector.broadcast(S, ofRows[of + 4]);
            sums = a4.reinterpretAsInts();
            sum = sums.lanewise(LSHL, 16).lanewise(ASHR, 16).add(sums.lanewise(ASHR, 16));
            ((FloatVector) sum.convert(I2F, 0))
                    .fma(scale0.mul(scale), FloatVector.fromArray(S, y, to + 8 * L))
                    .intoArray(y, to + 8 * L);
            a4 = ShortVector.zero(H);
            sums = b4.reinterpretAsInts();
            sum = sums.lanewise(LSHL, 16).lanewise(ASHR, 16).add(sums.lanewise(ASHR, 16));
            ((FloatVector) sum.convert(I2F, 0))
                    .fma(scale1.mul(scale), FloatVector.fromArray(S, y, to + 9 * L))
                    .intoArray(y, to + 9 * L);
            b4 = ShortVector.zero(H);
            row += VectorBlocks.HEIGHT;
        }
    }
}

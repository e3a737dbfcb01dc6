package dev.neurite.kernel.cpu;

import static dev.neurite.kernel.cpu.VectorBlocks.OF_HALF;
import static dev.neurite.kernel.cpu.VectorKernels.L;
import static dev.neurite.kernel.cpu.VectorKernels.S;
import static dev.neurite.kernel.cpu.tile.Tiles.NEGATIVE_ZERO;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;

import dev.neurite.kernel.BlockFormat;
import dev.neurite.kernel.HalfMatrix;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/// Floats of 16 bits through the Vector API, which has no conversion of theirs: a lane of 32 bits has two columns of a
/// row of weights.
///
/// Of [BlockFormat#F16] sign, exponent and mantissa move to their places in a float, whose exponent then is too small.
final class VectorHalves {
    /// The rows of weights that [#addProducts] takes at once: four vectors.
    static final int ROWS = 4 * L;

    private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED.withShape(S.vectorShape());
    private static final int UPPER = 0xffff_0000; // a half of a lane

    private VectorHalves() {}

    private static int at(HalfMatrix w, int row) {
        return VectorBlocks.place(w, row, HalfMatrix.GROUP * w.pairs(), 1);
    }

    /// Writes neighboring rows as a panel: for each column its elements one after the other.
    /// @param width the number of rows, a multiple of a vector's lanes
    /// @param column the first one, even
    /// @param depth the number of columns
    static void unpack(HalfMatrix w, int first, int width, int column, int depth, float[] panel, int at) {
        for (int i = 0; i < width; i += L) {
            int from = at(w, first + i) + column / 2 * HalfMatrix.GROUP;
            if (w.format() == BlockFormat.F16) unpackF16(w.words(), from, depth, w.factor(), panel, at + i, width);
            else unpackBf16(w.words(), from, depth, panel, at + i, width);
        }
    }

    private static void unpackF16(int[] w, int at, int n, float factor, float[] panel, int to, int width) {
        for (int k = 0; k < n; k += 2) {
            IntVector pair = IntVector.fromArray(I, w, at + k / 2 * HalfMatrix.GROUP);
            pair.lanewise(LSHL, 16)
                    .lanewise(ASHR, 3)
                    .and(OF_HALF)
                    .reinterpretAsFloats()
                    .mul(factor)
                    .intoArray(panel, to + k * width);
            if (k + 1 == n) break;
            pair.lanewise(ASHR, 3)
                    .and(OF_HALF)
                    .reinterpretAsFloats()
                    .mul(factor)
                    .intoArray(panel, to + (k + 1) * width);
        }
    }

    private static void unpackBf16(int[] w, int at, int n, float[] panel, int to, int width) {
        for (int k = 0; k < n; k += 2) {
            IntVector pair = IntVector.fromArray(I, w, at + k / 2 * HalfMatrix.GROUP);
            pair.lanewise(LSHL, 16).reinterpretAsFloats().intoArray(panel, to + k * width);
            if (k + 1 == n) break;
            pair.and(UPPER).reinterpretAsFloats().intoArray(panel, to + (k + 1) * width);
        }
    }

    /// Writes the floats of n pairs of finite halves: those of the lower halves, then those of the upper ones.
    static void decode(float[] pairs, int at, float[] y, int to, int n) {
        for (int i = 0; i < n; i += L) {
            IntVector pair = FloatVector.fromArray(S, pairs, at + i).reinterpretAsInts();
            pair.lanewise(LSHL, 16)
                    .lanewise(ASHR, 3)
                    .and(OF_HALF)
                    .reinterpretAsFloats()
                    .mul(VectorBlocks.TO_FLOAT)
                    .intoArray(y, to + i);
            pair.lanewise(ASHR, 3)
                    .and(OF_HALF)
                    .reinterpretAsFloats()
                    .mul(VectorBlocks.TO_FLOAT)
                    .intoArray(y, to + n + i);
        }
    }

    /// Adds the products of a row x with [#ROWS] rows of weights to sums.
    /// @param first the first row of weights, a multiple of a vector's lanes
    /// @param sums from 0 on
    static void addProducts(HalfMatrix w, int first, float[] x, int xo, float[] sums) {
        int[] of = w.words();
        int n = w.columns() / 2 * 2;
        int w0 = at(w, first);
        int w1 = at(w, first + L);
        int w2 = at(w, first + 2 * L);
        int w3 = at(w, first + 3 * L);
        if (w.format() == BlockFormat.F16) addF16(x, xo, n, of, w0, w1, w2, w3, w.factor(), sums);
        else addBf16(x, xo, n, of, w0, w1, w2, w3, sums);
        if (n == w.columns()) return;
        float[] last = new float[ROWS];
        unpack(w, first, ROWS, n, 1, last, 0);
        for (int i = 0; i < ROWS; i++) sums[i] = Math.fma(x[xo + n], last[i], sums[i]);
    }

    // Four vectors of rows and two columns a step: the processor has as much to do at once as it can.

    private static void addF16(
            float[] x, int xo, int n, int[] w, int w0, int w1, int w2, int w3, float factor, float[] y) {
        IntVector ofHalf = IntVector.broadcast(I, OF_HALF);
        FloatVector by = FloatVector.broadcast(S, factor);
        FloatVector y0 = FloatVector.fromArray(S, y, 0);
        FloatVector y1 = FloatVector.fromArray(S, y, L);
        FloatVector y2 = FloatVector.fromArray(S, y, 2 * L);
        FloatVector y3 = FloatVector.fromArray(S, y, 3 * L);
        for (int k = 0; k < n; k += 2) {
            FloatVector even = FloatVector.broadcast(S, x[xo + k]);
            FloatVector odd = FloatVector.broadcast(S, x[xo + k + 1]);
            int at = k / 2 * HalfMatrix.GROUP;
            IntVector pair = IntVector.fromArray(I, w, w0 + at);
            FloatVector low =
                    pair.lanewise(LSHL, 16).lanewise(ASHR, 3).and(ofHalf).reinterpretAsFloats();
            y0 = low.mul(by).fma(even, y0);
            y0 = pair.lanewise(ASHR, 3)
                    .and(ofHalf)
                    .reinterpretAsFloats()
                    .mul(by)
                    .fma(odd, y0);
            pair = IntVector.fromArray(I, w, w1 + at);
            low = pair.lanewise(LSHL, 16).lanewise(ASHR, 3).and(ofHalf).reinterpretAsFloats();
            y1 = low.mul(by).fma(even, y1);
            y1 = pair.lanewise(ASHR, 3)
                    .and(ofHalf)
                    .reinterpretAsFloats()
                    .mul(by)
                    .fma(odd, y1);
            pair = IntVector.fromArray(I, w, w2 + at);
            low = pair.lanewise(LSHL, 16).lanewise(ASHR, 3).and(ofHalf).reinterpretAsFloats();
            y2 = low.mul(by).fma(even, y2);
            y2 = pair.lanewise(ASHR, 3)
                    .and(ofHalf)
                    .reinterpretAsFloats()
                    .mul(by)
                    .fma(odd, y2);
            pair = IntVector.fromArray(I, w, w3 + at);
            low = pair.lanewise(LSHL, 16).lanewise(ASHR, 3).and(ofHalf).reinterpretAsFloats();
            y3 = low.mul(by).fma(even, y3);
            y3 = pair.lanewise(ASHR, 3)
                    .and(ofHalf)
                    .reinterpretAsFloats()
                    .mul(by)
                    .fma(odd, y3);
        }
        NEGATIVE_ZERO.add(y0).intoArray(y, 0);
        NEGATIVE_ZERO.add(y1).intoArray(y, L);
        NEGATIVE_ZERO.add(y2).intoArray(y, 2 * L);
        NEGATIVE_ZERO.add(y3).intoArray(y, 3 * L);
    }

    private static void addBf16(float[] x, int xo, int n, int[] w, int w0, int w1, int w2, int w3, float[] y) {
        FloatVector y0 = FloatVector.fromArray(S, y, 0);
        FloatVector y1 = FloatVector.fromArray(S, y, L);
        FloatVector y2 = FloatVector.fromArray(S, y, 2 * L);
        FloatVector y3 = FloatVector.fromArray(S, y, 3 * L);
        for (int k = 0; k < n; k += 2) {
            FloatVector even = FloatVector.broadcast(S, x[xo + k]);
            FloatVector odd = FloatVector.broadcast(S, x[xo + k + 1]);
            int at = k / 2 * HalfMatrix.GROUP;
            IntVector pair = IntVector.fromArray(I, w, w0 + at);
            y0 = pair.lanewise(LSHL, 16).reinterpretAsFloats().fma(even, y0);
            y0 = pair.and(UPPER).reinterpretAsFloats().fma(odd, y0);
            pair = IntVector.fromArray(I, w, w1 + at);
            y1 = pair.lanewise(LSHL, 16).reinterpretAsFloats().fma(even, y1);
            y1 = pair.and(UPPER).reinterpretAsFloats().fma(odd, y1);
            pair = IntVector.fromArray(I, w, w2 + at);
            y2 = pair.lanewise(LSHL, 16).reinterpretAsFloats().fma(even, y2);
            y2 = pair.and(UPPER).reinterpretAsFloats().fma(odd, y2);
            pair = IntVector.fromArray(I, w, w3 + at);
            y3 = pair.lanewise(LSHL, 16).reinterpretAsFloats().fma(even, y3);
            y3 = pair.and(UPPER).reinterpretAsFloats().fma(odd, y3);
        }
        NEGATIVE_ZERO.add(y0).intoArray(y, 0);
        NEGATIVE_ZERO.add(y1).intoArray(y, L);
        NEGATIVE_ZERO.add(y2).intoArray(y, 2 * L);
        NEGATIVE_ZERO.add(y3).intoArray(y, 3 * L);
    }
}

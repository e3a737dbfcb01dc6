package dev.neurite.kernel.cpu.conv;

import dev.neurite.kernel.cpu.Gemm;
import dev.neurite.kernel.cpu.MicroKernels;
import dev.neurite.kernel.cpu.Pairs;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The micro-kernels of [VectorConvolution] and [VectorWinograd]: C = F + R·V as in [MicroKernels],
/// but with the indices of V's vectors in tables, so that the pixels of windows are read in place.
///
/// | operand | | element |
/// |---|---|---|
/// | R | rows × k, packed | `r[ro + k * rows + i]` |
/// | V | k × vectors | `v[vo + kAt[k] + jAt[j]]` and on |
/// | F | the start of the sums | `f[fo + i * fs]` and on |
/// | C | the result | `c[co + i * cs]` and on |
///
/// Measured in GFLOP/s on one core of an Intel Xeon (AVX-512, peak 240), in the L1 cache, with
/// vectors aligned to cache lines and one float off: 8×3 vectors 194 and 191, 6×4 190 and 178, 12×2
/// 175 and 165; with neighboring vectors, which share an address, 4×6 203 and 180. Rows are packed,
/// because an address for each row and each vector would take more registers than there are: on
/// another Xeon (peak 180), 6×4 had 121 in place and 170 packed.
final class PlaneMicroKernels {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;

    /// The number of lanes of a vector.
    static final int L = S.length();

    /// The vectors of the widest register tile.
    static final int MOST = MicroKernels.MANY_REGISTERS ? 6 : 3;

    /// The rows of the highest register tile.
    static final int ROWS = MicroKernels.MANY_REGISTERS ? 8 : 4;

    private PlaneMicroKernels() {}

    /// The width in vectors of the next register tile, if `left` vectors are left.
    /// @param widest 6 or 3
    static int width(int widest, int left) {
        return left >= widest ? widest : left >= 3 ? 3 : 1;
    }

    /// The rows of the highest register tiles of this width.
    static int highest(int widest) {
        return widest == 6 ? 4 : ROWS;
    }

    /// The rows of the next register tile, if `left` rows are left.
    /// @param highest 8 or 4
    static int height(int highest, int left) {
        return left >= highest ? highest : left >= 4 ? 4 : left >= 2 ? 2 : 1;
    }

    /// Packs the rows of a register tile: element k of row i goes to `to[o + k * rows + i]`.
    /// @param rows a result of [#height]
    static void pack(float[] from, int at, int step, int rows, int length, float[] to, int o) {
        if (rows == 8) Pairs.transposeEight(from, at, step, length, to, o);
        else if (rows == 4) Pairs.transposeFour(from, at, step, length, to, o);
        else Gemm.transpose(from, at, step, rows, length, to, o, rows);
    }

    /// Computes one register tile.
    /// @param rows a result of [#height]
    /// @param vectors a result of [#width]
    static void compute(
            int rows,
            int vectors,
            int kc,
            float[] r,
            int ro,
            float[] v,
            int vo,
            int[] kAt,
            int[] jAt,
            int j,
            float[] f,
            int fo,
            int fs,
            float[] c,
            int co,
            int cs) {
        if (vectors == 6) {
            if (rows == 4) tile4x6(kc, r, ro, v, vo, kAt, jAt, j, f, fo, fs, c, co, cs);
            else if (rows == 2) tile2x6(kc, r, ro, v, vo, kAt, jAt, j, f, fo, fs, c, co, cs);
            else tile1x6(kc, r, ro, v, vo, kAt, jAt, j, f, fo, c, co);
        } else if (vectors == 3) {
            if (rows == 8) tile8x3(kc, r, ro, v, vo, kAt, jAt, j, f, fo, fs, c, co, cs);
            else if (rows == 4) tile4x3(kc, r, ro, v, vo, kAt, jAt, j, f, fo, fs, c, co, cs);
            else if (rows == 2) tile2x3(kc, r, ro, v, vo, kAt, jAt, j, f, fo, fs, c, co, cs);
            else tile1x3(kc, r, ro, v, vo, kAt, jAt, j, f, fo, c, co);
        } else {
            if (rows == 8) tile8x1(kc, r, ro, v, vo, kAt, jAt, j, f, fo, fs, c, co, cs);
            else if (rows == 4) tile4x1(kc, r, ro, v, vo, kAt, jAt, j, f, fo, fs, c, co, cs);
            else if (rows == 2) tile2x1(kc, r, ro, v, vo, kAt, jAt, j, f, fo, fs, c, co, cs);
            else tile1x1(kc, r, ro, v, vo, kAt, jAt, j, f, fo, c, co);
        }
    }

    /// 4 rows by 6 vectors, in two groups of three neighbors.
    private static void tile4x6(
            int kc,
            float[] r,
            int ro,
            float[] v,
            int vo,
            int[] kAt,
            int[] jAt,
            int j,
            float[] f,
            int fo,
            int fs,
            float[] c,
            int co,
            int cs) {
        int at0 = vo + jAt[j];
        int at3 = vo + jAt[j + 3];
        FloatVector c00 = FloatVector.fromArray(S, f, fo);
        FloatVector c01 = FloatVector.fromArray(S, f, fo + L);
        FloatVector c02 = FloatVector.fromArray(S, f, fo + 2 * L);
        FloatVector c03 = FloatVector.fromArray(S, f, fo + 3 * L);
        FloatVector c04 = FloatVector.fromArray(S, f, fo + 4 * L);
        FloatVector c05 = FloatVector.fromArray(S, f, fo + 5 * L);
        FloatVector c10 = FloatVector.fromArray(S, f, fo + fs);
        FloatVector c11 = FloatVector.fromArray(S, f, fo + fs + L);
        FloatVector c12 = FloatVector.fromArray(S, f, fo + fs + 2 * L);
        FloatVector c13 = FloatVector.fromArray(S, f, fo + fs + 3 * L);
        FloatVector c14 = FloatVector.fromArray(S, f, fo + fs + 4 * L);
        FloatVector c15 = FloatVector.fromArray(S, f, fo + fs + 5 * L);
        FloatVector c20 = FloatVector.fromArray(S, f, fo + 2 * fs);
        FloatVector c21 = FloatVector.fromArray(S, f, fo + 2 * fs + L);
        FloatVector c22 = FloatVector.fromArray(S, f, fo + 2 * fs + 2 * L);
        FloatVector c23 = FloatVector.fromArray(S, f, fo + 2 * fs + 3 * L);
        FloatVector c24 = FloatVector.fromArray(S, f, fo + 2 * fs + 4 * L);
        FloatVector c25 = FloatVector.fromArray(S, f, fo + 2 * fs + 5 * L);
        FloatVector c30 = FloatVector.fromArray(S, f, fo + 3 * fs);
        FloatVector c31 = FloatVector.fromArray(S, f, fo + 3 * fs + L);
        FloatVector c32 = FloatVector.fromArray(S, f, fo + 3 * fs + 2 * L);
        FloatVector c33 = FloatVector.fromArray(S, f, fo + 3 * fs + 3 * L);
        FloatVector c34 = FloatVector.fromArray(S, f, fo + 3 * fs + 4 * L);
        FloatVector c35 = FloatVector.fromArray(S, f, fo + 3 * fs + 5 * L);
        for (int k = 0; k < kc; k++) {
            int at = kAt[k];
            FloatVector v0 = FloatVector.fromArray(S, v, at + at0);
            FloatVector v1 = FloatVector.fromArray(S, v, at + at0 + L);
            FloatVector v2 = FloatVector.fromArray(S, v, at + at0 + 2 * L);
            FloatVector v3 = FloatVector.fromArray(S, v, at + at3);
            FloatVector v4 = FloatVector.fromArray(S, v, at + at3 + L);
            FloatVector v5 = FloatVector.fromArray(S, v, at + at3 + 2 * L);
            FloatVector t = FloatVector.broadcast(S, r[ro + 4 * k]);
            c00 = t.fma(v0, c00);
            c01 = t.fma(v1, c01);
            c02 = t.fma(v2, c02);
            c03 = t.fma(v3, c03);
            c04 = t.fma(v4, c04);
            c05 = t.fma(v5, c05);
            t = FloatVector.broadcast(S, r[ro + 4 * k + 1]);
            c10 = t.fma(v0, c10);
            c11 = t.fma(v1, c11);
            c12 = t.fma(v2, c12);
            c13 = t.fma(v3, c13);
            c14 = t.fma(v4, c14);
            c15 = t.fma(v5, c15);
            t = FloatVector.broadcast(S, r[ro + 4 * k + 2]);
            c20 = t.fma(v0, c20);
            c21 = t.fma(v1, c21);
            c22 = t.fma(v2, c22);
            c23 = t.fma(v3, c23);
            c24 = t.fma(v4, c24);
            c25 = t.fma(v5, c25);
            t = FloatVector.broadcast(S, r[ro + 4 * k + 3]);
            c30 = t.fma(v0, c30);
            c31 = t.fma(v1, c31);
            c32 = t.fma(v2, c32);
            c33 = t.fma(v3, c33);
            c34 = t.fma(v4, c34);
            c35 = t.fma(v5, c35);
        }
        c00.intoArray(c, co);
        c01.intoArray(c, co + L);
        c02.intoArray(c, co + 2 * L);
        c03.intoArray(c, co + 3 * L);
        c04.intoArray(c, co + 4 * L);
        c05.intoArray(c, co + 5 * L);
        c10.intoArray(c, co + cs);
        c11.intoArray(c, co + cs + L);
        c12.intoArray(c, co + cs + 2 * L);
        c13.intoArray(c, co + cs + 3 * L);
        c14.intoArray(c, co + cs + 4 * L);
        c15.intoArray(c, co + cs + 5 * L);
        c20.intoArray(c, co + 2 * cs);
        c21.intoArray(c, co + 2 * cs + L);
        c22.intoArray(c, co + 2 * cs + 2 * L);
        c23.intoArray(c, co + 2 * cs + 3 * L);
        c24.intoArray(c, co + 2 * cs + 4 * L);
        c25.intoArray(c, co + 2 * cs + 5 * L);
        c30.intoArray(c, co + 3 * cs);
        c31.intoArray(c, co + 3 * cs + L);
        c32.intoArray(c, co + 3 * cs + 2 * L);
        c33.intoArray(c, co + 3 * cs + 3 * L);
        c34.intoArray(c, co + 3 * cs + 4 * L);
        c35.intoArray(c, co + 3 * cs + 5 * L);
    }

    /// 2 rows by 6 vectors, in two groups of three neighbors.
    private static void tile2x6(
            int kc,
            float[] r,
            int ro,
            float[] v,
            int vo,
            int[] kAt,
            int[] jAt,
            int j,
            float[] f,
            int fo,
            int fs,
            float[] c,
            int co,
            int cs) {
        int at0 = vo + jAt[j];
        int at3 = vo + jAt[j + 3];
        FloatVector c00 = FloatVector.fromArray(S, f, fo);
        FloatVector c01 = FloatVector.fromArray(S, f, fo + L);
        FloatVector c02 = FloatVector.fromArray(S, f, fo + 2 * L);
        FloatVector c03 = FloatVector.fromArray(S, f, fo + 3 * L);
        FloatVector c04 = FloatVector.fromArray(S, f, fo + 4 * L);
        FloatVector c05 = FloatVector.fromArray(S, f, fo + 5 * L);
        FloatVector c10 = FloatVector.fromArray(S, f, fo + fs);
        FloatVector c11 = FloatVector.fromArray(S, f, fo + fs + L);
        FloatVector c12 = FloatVector.fromArray(S, f, fo + fs + 2 * L);
        FloatVector c13 = FloatVector.fromArray(S, f, fo + fs + 3 * L);
        FloatVector c14 = FloatVector.fromArray(S, f, fo + fs + 4 * L);
        FloatVector c15 = FloatVector.fromArray(S, f, fo + fs + 5 * L);
        for (int k = 0; k < kc; k++) {
            int at = kAt[k];
            FloatVector v0 = FloatVector.fromArray(S, v, at + at0);
            FloatVector v1 = FloatVector.fromArray(S, v, at + at0 + L);
            FloatVector v2 = FloatVector.fromArray(S, v, at + at0 + 2 * L);
            FloatVector v3 = FloatVector.fromArray(S, v, at + at3);
            FloatVector v4 = FloatVector.fromArray(S, v, at + at3 + L);
            FloatVector v5 = FloatVector.fromArray(S, v, at + at3 + 2 * L);
            FloatVector t = FloatVector.broadcast(S, r[ro + 2 * k]);
            c00 = t.fma(v0, c00);
            c01 = t.fma(v1, c01);
            c02 = t.fma(v2, c02);
            c03 = t.fma(v3, c03);
            c04 = t.fma(v4, c04);
            c05 = t.fma(v5, c05);
            t = FloatVector.broadcast(S, r[ro + 2 * k + 1]);
            c10 = t.fma(v0, c10);
            c11 = t.fma(v1, c11);
            c12 = t.fma(v2, c12);
            c13 = t.fma(v3, c13);
            c14 = t.fma(v4, c14);
            c15 = t.fma(v5, c15);
        }
        c00.intoArray(c, co);
        c01.intoArray(c, co + L);
        c02.intoArray(c, co + 2 * L);
        c03.intoArray(c, co + 3 * L);
        c04.intoArray(c, co + 4 * L);
        c05.intoArray(c, co + 5 * L);
        c10.intoArray(c, co + cs);
        c11.intoArray(c, co + cs + L);
        c12.intoArray(c, co + cs + 2 * L);
        c13.intoArray(c, co + cs + 3 * L);
        c14.intoArray(c, co + cs + 4 * L);
        c15.intoArray(c, co + cs + 5 * L);
    }

    /// 1 row by 6 vectors, in two groups of three neighbors.
    private static void tile1x6(
            int kc,
            float[] r,
            int ro,
            float[] v,
            int vo,
            int[] kAt,
            int[] jAt,
            int j,
            float[] f,
            int fo,
            float[] c,
            int co) {
        int at0 = vo + jAt[j];
        int at3 = vo + jAt[j + 3];
        FloatVector c00 = FloatVector.fromArray(S, f, fo);
        FloatVector c01 = FloatVector.fromArray(S, f, fo + L);
        FloatVector c02 = FloatVector.fromArray(S, f, fo + 2 * L);
        FloatVector c03 = FloatVector.fromArray(S, f, fo + 3 * L);
        FloatVector c04 = FloatVector.fromArray(S, f, fo + 4 * L);
        FloatVector c05 = FloatVector.fromArray(S, f, fo + 5 * L);
        for (int k = 0; k < kc; k++) {
            int at = kAt[k];
            FloatVector v0 = FloatVector.fromArray(S, v, at + at0);
            FloatVector v1 = FloatVector.fromArray(S, v, at + at0 + L);
            FloatVector v2 = FloatVector.fromArray(S, v, at + at0 + 2 * L);
            FloatVector v3 = FloatVector.fromArray(S, v, at + at3);
            FloatVector v4 = FloatVector.fromArray(S, v, at + at3 + L);
            FloatVector v5 = FloatVector.fromArray(S, v, at + at3 + 2 * L);
            FloatVector t = FloatVector.broadcast(S, r[ro + k]);
            c00 = t.fma(v0, c00);
            c01 = t.fma(v1, c01);
            c02 = t.fma(v2, c02);
            c03 = t.fma(v3, c03);
            c04 = t.fma(v4, c04);
            c05 = t.fma(v5, c05);
        }
        c00.intoArray(c, co);
        c01.intoArray(c, co + L);
        c02.intoArray(c, co + 2 * L);
        c03.intoArray(c, co + 3 * L);
        c04.intoArray(c, co + 4 * L);
        c05.intoArray(c, co + 5 * L);
    }

    /// 8 rows by 3 vectors.
    private static void tile8x3(
            int kc,
            float[] r,
            int ro,
            float[] v,
            int vo,
            int[] kAt,
            int[] jAt,
            int j,
            float[] f,
            int fo,
            int fs,
            float[] c,
            int co,
            int cs) {
        int at0 = vo + jAt[j];
        int at1 = vo + jAt[j + 1];
        int at2 = vo + jAt[j + 2];
        FloatVector c00 = FloatVector.fromArray(S, f, fo);
        FloatVector c01 = FloatVector.fromArray(S, f, fo + L);
        FloatVector c02 = FloatVector.fromArray(S, f, fo + 2 * L);
        FloatVector c10 = FloatVector.fromArray(S, f, fo + fs);
        FloatVector c11 = FloatVector.fromArray(S, f, fo + fs + L);
        FloatVector c12 = FloatVector.fromArray(S, f, fo + fs + 2 * L);
        FloatVector c20 = FloatVector.fromArray(S, f, fo + 2 * fs);
        FloatVector c21 = FloatVector.fromArray(S, f, fo + 2 * fs + L);
        FloatVector c22 = FloatVector.fromArray(S, f, fo + 2 * fs + 2 * L);
        FloatVector c30 = FloatVector.fromArray(S, f, fo + 3 * fs);
        FloatVector c31 = FloatVector.fromArray(S, f, fo + 3 * fs + L);
        FloatVector c32 = FloatVector.fromArray(S, f, fo + 3 * fs + 2 * L);
        FloatVector c40 = FloatVector.fromArray(S, f, fo + 4 * fs);
        FloatVector c41 = FloatVector.fromArray(S, f, fo + 4 * fs + L);
        FloatVector c42 = FloatVector.fromArray(S, f, fo + 4 * fs + 2 * L);
        FloatVector c50 = FloatVector.fromArray(S, f, fo + 5 * fs);
        FloatVector c51 = FloatVector.fromArray(S, f, fo + 5 * fs + L);
        FloatVector c52 = FloatVector.fromArray(S, f, fo + 5 * fs + 2 * L);
        FloatVector c60 = FloatVector.fromArray(S, f, fo + 6 * fs);
        FloatVector c61 = FloatVector.fromArray(S, f, fo + 6 * fs + L);
        FloatVector c62 = FloatVector.fromArray(S, f, fo + 6 * fs + 2 * L);
        FloatVector c70 = FloatVector.fromArray(S, f, fo + 7 * fs);
        FloatVector c71 = FloatVector.fromArray(S, f, fo + 7 * fs + L);
        FloatVector c72 = FloatVector.fromArray(S, f, fo + 7 * fs + 2 * L);
        for (int k = 0; k < kc; k++) {
            int at = kAt[k];
            FloatVector v0 = FloatVector.fromArray(S, v, at + at0);
            FloatVector v1 = FloatVector.fromArray(S, v, at + at1);
            FloatVector v2 = FloatVector.fromArray(S, v, at + at2);
            FloatVector t = FloatVector.broadcast(S, r[ro + 8 * k]);
            c00 = t.fma(v0, c00);
            c01 = t.fma(v1, c01);
            c02 = t.fma(v2, c02);
            t = FloatVector.broadcast(S, r[ro + 8 * k + 1]);
            c10 = t.fma(v0, c10);
            c11 = t.fma(v1, c11);
            c12 = t.fma(v2, c12);
            t = FloatVector.broadcast(S, r[ro + 8 * k + 2]);
            c20 = t.fma(v0, c20);
            c21 = t.fma(v1, c21);
            c22 = t.fma(v2, c22);
            t = FloatVector.broadcast(S, r[ro + 8 * k + 3]);
            c30 = t.fma(v0, c30);
            c31 = t.fma(v1, c31);
            c32 = t.fma(v2, c32);
            t = FloatVector.broadcast(S, r[ro + 8 * k + 4]);
            c40 = t.fma(v0, c40);
            c41 = t.fma(v1, c41);
            c42 = t.fma(v2, c42);
            t = FloatVector.broadcast(S, r[ro + 8 * k + 5]);
            c50 = t.fma(v0, c50);
            c51 = t.fma(v1, c51);
            c52 = t.fma(v2, c52);
            t = FloatVector.broadcast(S, r[ro + 8 * k + 6]);
            c60 = t.fma(v0, c60);
            c61 = t.fma(v1, c61);
            c62 = t.fma(v2, c62);
            t = FloatVector.broadcast(S, r[ro + 8 * k + 7]);
            c70 = t.fma(v0, c70);
            c71 = t.fma(v1, c71);
            c72 = t.fma(v2, c72);
        }
        c00.intoArray(c, co);
        c01.intoArray(c, co + L);
        c02.intoArray(c, co + 2 * L);
        c10.intoArray(c, co + cs);
        c11.intoArray(c, co + cs + L);
        c12.intoArray(c, co + cs + 2 * L);
        c20.intoArray(c, co + 2 * cs);
        c21.intoArray(c, co + 2 * cs + L);
        c22.intoArray(c, co + 2 * cs + 2 * L);
        c30.intoArray(c, co + 3 * cs);
        c31.intoArray(c, co + 3 * cs + L);
        c32.intoArray(c, co + 3 * cs + 2 * L);
        c40.intoArray(c, co + 4 * cs);
        c41.intoArray(c, co + 4 * cs + L);
        c42.intoArray(c, co + 4 * cs + 2 * L);
        c50.intoArray(c, co + 5 * cs);
        c51.intoArray(c, co + 5 * cs + L);
        c52.intoArray(c, co + 5 * cs + 2 * L);
        c60.intoArray(c, co + 6 * cs);
        c61.intoArray(c, co + 6 * cs + L);
        c62.intoArray(c, co + 6 * cs + 2 * L);
        c70.intoArray(c, co + 7 * cs);
        c71.intoArray(c, co + 7 * cs + L);
        c72.intoArray(c, co + 7 * cs + 2 * L);
    }

    /// 4 rows by 3 vectors.
    private static void tile4x3(
            int kc,
            float[] r,
            int ro,
            float[] v,
            int vo,
            int[] kAt,
            int[] jAt,
            int j,
            float[] f,
            int fo,
            int fs,
            float[] c,
            int co,
            int cs) {
        int at0 = vo + jAt[j];
        int at1 = vo + jAt[j + 1];
        int at2 = vo + jAt[j + 2];
        FloatVector c00 = FloatVector.fromArray(S, f, fo);
        FloatVector c01 = FloatVector.fromArray(S, f, fo + L);
        FloatVector c02 = FloatVector.fromArray(S, f, fo + 2 * L);
        FloatVector c10 = FloatVector.fromArray(S, f, fo + fs);
        FloatVector c11 = FloatVector.fromArray(S, f, fo + fs + L);
        FloatVector c12 = FloatVector.fromArray(S, f, fo + fs + 2 * L);
        FloatVector c20 = FloatVector.fromArray(S, f, fo + 2 * fs);
        FloatVector c21 = FloatVector.fromArray(S, f, fo + 2 * fs + L);
        FloatVector c22 = FloatVector.fromArray(S, f, fo + 2 * fs + 2 * L);
        FloatVector c30 = FloatVector.fromArray(S, f, fo + 3 * fs);
        FloatVector c31 = FloatVector.fromArray(S, f, fo + 3 * fs + L);
        FloatVector c32 = FloatVector.fromArray(S, f, fo + 3 * fs + 2 * L);
        for (int k = 0; k < kc; k++) {
            int at = kAt[k];
            FloatVector v0 = FloatVector.fromArray(S, v, at + at0);
            FloatVector v1 = FloatVector.fromArray(S, v, at + at1);
            FloatVector v2 = FloatVector.fromArray(S, v, at + at2);
            FloatVector t = FloatVector.broadcast(S, r[ro + 4 * k]);
            c00 = t.fma(v0, c00);
            c01 = t.fma(v1, c01);
            c02 = t.fma(v2, c02);
            t = FloatVector.broadcast(S, r[ro + 4 * k + 1]);
            c10 = t.fma(v0, c10);
            c11 = t.fma(v1, c11);
            c12 = t.fma(v2, c12);
            t = FloatVector.broadcast(S, r[ro + 4 * k + 2]);
            c20 = t.fma(v0, c20);
            c21 = t.fma(v1, c21);
            c22 = t.fma(v2, c22);
            t = FloatVector.broadcast(S, r[ro + 4 * k + 3]);
            c30 = t.fma(v0, c30);
            c31 = t.fma(v1, c31);
            c32 = t.fma(v2, c32);
        }
        c00.intoArray(c, co);
        c01.intoArray(c, co + L);
        c02.intoArray(c, co + 2 * L);
        c10.intoArray(c, co + cs);
        c11.intoArray(c, co + cs + L);
        c12.intoArray(c, co + cs + 2 * L);
        c20.intoArray(c, co + 2 * cs);
        c21.intoArray(c, co + 2 * cs + L);
        c22.intoArray(c, co + 2 * cs + 2 * L);
        c30.intoArray(c, co + 3 * cs);
        c31.intoArray(c, co + 3 * cs + L);
        c32.intoArray(c, co + 3 * cs + 2 * L);
    }

    /// 2 rows by 3 vectors.
    private static void tile2x3(
            int kc,
            float[] r,
            int ro,
            float[] v,
            int vo,
            int[] kAt,
            int[] jAt,
            int j,
            float[] f,
            int fo,
            int fs,
            float[] c,
            int co,
            int cs) {
        int at0 = vo + jAt[j];
        int at1 = vo + jAt[j + 1];
        int at2 = vo + jAt[j + 2];
        FloatVector c00 = FloatVector.fromArray(S, f, fo);
        FloatVector c01 = FloatVector.fromArray(S, f, fo + L);
        FloatVector c02 = FloatVector.fromArray(S, f, fo + 2 * L);
        FloatVector c10 = FloatVector.fromArray(S, f, fo + fs);
        FloatVector c11 = FloatVector.fromArray(S, f, fo + fs + L);
        FloatVector c12 = FloatVector.fromArray(S, f, fo + fs + 2 * L);
        for (int k = 0; k < kc; k++) {
            int at = kAt[k];
            FloatVector v0 = FloatVector.fromArray(S, v, at + at0);
            FloatVector v1 = FloatVector.fromArray(S, v, at + at1);
            FloatVector v2 = FloatVector.fromArray(S, v, at + at2);
            FloatVector t = FloatVector.broadcast(S, r[ro + 2 * k]);
            c00 = t.fma(v0, c00);
            c01 = t.fma(v1, c01);
            c02 = t.fma(v2, c02);
            t = FloatVector.broadcast(S, r[ro + 2 * k + 1]);
            c10 = t.fma(v0, c10);
            c11 = t.fma(v1, c11);
            c12 = t.fma(v2, c12);
        }
        c00.intoArray(c, co);
        c01.intoArray(c, co + L);
        c02.intoArray(c, co + 2 * L);
        c10.intoArray(c, co + cs);
        c11.intoArray(c, co + cs + L);
        c12.intoArray(c, co + cs + 2 * L);
    }

    /// 1 row by 3 vectors.
    private static void tile1x3(
            int kc,
            float[] r,
            int ro,
            float[] v,
            int vo,
            int[] kAt,
            int[] jAt,
            int j,
            float[] f,
            int fo,
            float[] c,
            int co) {
        int at0 = vo + jAt[j];
        int at1 = vo + jAt[j + 1];
        int at2 = vo + jAt[j + 2];
        FloatVector c00 = FloatVector.fromArray(S, f, fo);
        FloatVector c01 = FloatVector.fromArray(S, f, fo + L);
        FloatVector c02 = FloatVector.fromArray(S, f, fo + 2 * L);
        for (int k = 0; k < kc; k++) {
            int at = kAt[k];
            FloatVector v0 = FloatVector.fromArray(S, v, at + at0);
            FloatVector v1 = FloatVector.fromArray(S, v, at + at1);
            FloatVector v2 = FloatVector.fromArray(S, v, at + at2);
            FloatVector t = FloatVector.broadcast(S, r[ro + k]);
            c00 = t.fma(v0, c00);
            c01 = t.fma(v1, c01);
            c02 = t.fma(v2, c02);
        }
        c00.intoArray(c, co);
        c01.intoArray(c, co + L);
        c02.intoArray(c, co + 2 * L);
    }

    /// 8 rows by 1 vector.
    private static void tile8x1(
            int kc,
            float[] r,
            int ro,
            float[] v,
            int vo,
            int[] kAt,
            int[] jAt,
            int j,
            float[] f,
            int fo,
            int fs,
            float[] c,
            int co,
            int cs) {
        int at0 = vo + jAt[j];
        FloatVector c00 = FloatVector.fromArray(S, f, fo);
        FloatVector c10 = FloatVector.fromArray(S, f, fo + fs);
        FloatVector c20 = FloatVector.fromArray(S, f, fo + 2 * fs);
        FloatVector c30 = FloatVector.fromArray(S, f, fo + 3 * fs);
        FloatVector c40 = FloatVector.fromArray(S, f, fo + 4 * fs);
        FloatVector c50 = FloatVector.fromArray(S, f, fo + 5 * fs);
        FloatVector c60 = FloatVector.fromArray(S, f, fo + 6 * fs);
        FloatVector c70 = FloatVector.fromArray(S, f, fo + 7 * fs);
        for (int k = 0; k < kc; k++) {
            int at = kAt[k];
            FloatVector v0 = FloatVector.fromArray(S, v, at + at0);
            FloatVector t = FloatVector.broadcast(S, r[ro + 8 * k]);
            c00 = t.fma(v0, c00);
            t = FloatVector.broadcast(S, r[ro + 8 * k + 1]);
            c10 = t.fma(v0, c10);
            t = FloatVector.broadcast(S, r[ro + 8 * k + 2]);
            c20 = t.fma(v0, c20);
            t = FloatVector.broadcast(S, r[ro + 8 * k + 3]);
            c30 = t.fma(v0, c30);
            t = FloatVector.broadcast(S, r[ro + 8 * k + 4]);
            c40 = t.fma(v0, c40);
            t = FloatVector.broadcast(S, r[ro + 8 * k + 5]);
            c50 = t.fma(v0, c50);
            t = FloatVector.broadcast(S, r[ro + 8 * k + 6]);
            c60 = t.fma(v0, c60);
            t = FloatVector.broadcast(S, r[ro + 8 * k + 7]);
            c70 = t.fma(v0, c70);
        }
        c00.intoArray(c, co);
        c10.intoArray(c, co + cs);
        c20.intoArray(c, co + 2 * cs);
        c30.intoArray(c, co + 3 * cs);
        c40.intoArray(c, co + 4 * cs);
        c50.intoArray(c, co + 5 * cs);
        c60.intoArray(c, co + 6 * cs);
        c70.intoArray(c, co + 7 * cs);
    }

    /// 4 rows by 1 vector.
    private static void tile4x1(
            int kc,
            float[] r,
            int ro,
            float[] v,
            int vo,
            int[] kAt,
            int[] jAt,
            int j,
            float[] f,
            int fo,
            int fs,
            float[] c,
            int co,
            int cs) {
        int at0 = vo + jAt[j];
        FloatVector c00 = FloatVector.fromArray(S, f, fo);
        FloatVector c10 = FloatVector.fromArray(S, f, fo + fs);
        FloatVector c20 = FloatVector.fromArray(S, f, fo + 2 * fs);
        FloatVector c30 = FloatVector.fromArray(S, f, fo + 3 * fs);
        for (int k = 0; k < kc; k++) {
            int at = kAt[k];
            FloatVector v0 = FloatVector.fromArray(S, v, at + at0);
            FloatVector t = FloatVector.broadcast(S, r[ro + 4 * k]);
            c00 = t.fma(v0, c00);
            t = FloatVector.broadcast(S, r[ro + 4 * k + 1]);
            c10 = t.fma(v0, c10);
            t = FloatVector.broadcast(S, r[ro + 4 * k + 2]);
            c20 = t.fma(v0, c20);
            t = FloatVector.broadcast(S, r[ro + 4 * k + 3]);
            c30 = t.fma(v0, c30);
        }
        c00.intoArray(c, co);
        c10.intoArray(c, co + cs);
        c20.intoArray(c, co + 2 * cs);
        c30.intoArray(c, co + 3 * cs);
    }

    /// 2 rows by 1 vector.
    private static void tile2x1(
            int kc,
            float[] r,
            int ro,
            float[] v,
            int vo,
            int[] kAt,
            int[] jAt,
            int j,
            float[] f,
            int fo,
            int fs,
            float[] c,
            int co,
            int cs) {
        int at0 = vo + jAt[j];
        FloatVector c00 = FloatVector.fromArray(S, f, fo);
        FloatVector c10 = FloatVector.fromArray(S, f, fo + fs);
        for (int k = 0; k < kc; k++) {
            int at = kAt[k];
            FloatVector v0 = FloatVector.fromArray(S, v, at + at0);
            FloatVector t = FloatVector.broadcast(S, r[ro + 2 * k]);
            c00 = t.fma(v0, c00);
            t = FloatVector.broadcast(S, r[ro + 2 * k + 1]);
            c10 = t.fma(v0, c10);
        }
        c00.intoArray(c, co);
        c10.intoArray(c, co + cs);
    }

    /// 1 row by 1 vector.
    private static void tile1x1(
            int kc,
            float[] r,
            int ro,
            float[] v,
            int vo,
            int[] kAt,
            int[] jAt,
            int j,
            float[] f,
            int fo,
            float[] c,
            int co) {
        int at0 = vo + jAt[j];
        FloatVector c00 = FloatVector.fromArray(S, f, fo);
        for (int k = 0; k < kc; k++) {
            int at = kAt[k];
            FloatVector v0 = FloatVector.fromArray(S, v, at + at0);
            FloatVector t = FloatVector.broadcast(S, r[ro + k]);
            c00 = t.fma(v0, c00);
        }
        c00.intoArray(c, co);
    }
}

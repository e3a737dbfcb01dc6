package dev.neurite.kernel.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The micro-kernels of [Gemm]: C = F + R·V for a register tile, a few rows by a few vectors of C,
/// held in registers while k runs in order.
///
/// | operand | | element |
/// |---|---|---|
/// | R | rows × k, neighbors along k | `r[ro + i * rs + k]` |
/// | | or packed, with `rs` = [#PACKED], V in panels | `r[ro + k * ROWS + i]` |
/// | V | k × columns, neighbors along the columns | `v[vo + k * vs + j]` |
/// | F | the start of the sums: C itself, or zeros | `f[fo + i * fs + j]` |
/// | C | the result | `c[co + i * cs + j]` |
///
/// Each element of R is broadcast, so R can be read in place. Packed, it has one address and
/// constant steps: at a depth of 512 on one core of an Intel Xeon (peak 220 GFLOP/s) this gives 183
/// instead of 168 GFLOP/s. C2 keeps up to 24 sums in 32 registers without spills (6×4), and 12 in
/// 16 registers (4×3). Measured in GFLOP/s on one core of an AMD EPYC 9004 at 3.7 GHz (peak 117):
/// with 512 bits 6×4 115, 12×2 114, 14×2 70 (spills); with 256 bits and 16 registers 4×3 95, 3×3
/// 75, 6×2 50 (spills). F is an array of zeros, because C2 spills if sums start from a constant
/// zero vector.
public final class MicroKernels {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    /// AVX-512 and AArch64 have 32 vector registers, AVX2 has 16.
    public static final boolean MANY_REGISTERS =
            L >= 16 || System.getProperty("os.arch").equals("aarch64");

    /// The rows of a full register tile.
    static final int ROWS = MANY_REGISTERS ? 6 : 4;

    /// The columns of a full register tile.
    static final int COLUMNS = (MANY_REGISTERS ? 4 : 3) * L;

    /// The columns of a narrow register tile: one vector.
    static final int NARROW = L;

    /// The value of `rs` if R is packed; then V is in panels, and `vs` is not used.
    static final int PACKED = 0;

    private MicroKernels() {}

    /// Computes one register tile.
    /// @param rows [#ROWS] or 1
    /// @param columns [#COLUMNS] or [#NARROW]
    static void compute(
            int rows,
            int columns,
            int kc,
            float[] r,
            int ro,
            int rs,
            float[] v,
            int vo,
            int vs,
            float[] f,
            int fo,
            int fs,
            float[] c,
            int co,
            int cs) {
        if (columns == NARROW) {
            if (rows == 1) tile1x1(kc, r, ro, v, vo, vs, f, fo, c, co);
            else if (MANY_REGISTERS && rs == PACKED) packed6x1(kc, r, ro, v, vo, f, fo, fs, c, co, cs);
            else if (MANY_REGISTERS) tile6x1(kc, r, ro, rs, v, vo, vs, f, fo, fs, c, co, cs);
            else tile4x1(kc, r, ro, rs, v, vo, vs, f, fo, fs, c, co, cs);
        } else if (MANY_REGISTERS) {
            if (rows == 1) tile1x4(kc, r, ro, v, vo, vs, f, fo, c, co);
            else if (rs == PACKED) packed6x4(kc, r, ro, v, vo, f, fo, fs, c, co, cs);
            else tile6x4(kc, r, ro, rs, v, vo, vs, f, fo, fs, c, co, cs);
        } else {
            if (rows == 1) tile1x3(kc, r, ro, v, vo, vs, f, fo, c, co);
            else tile4x3(kc, r, ro, rs, v, vo, vs, f, fo, fs, c, co, cs);
        }
    }

    /// 6 rows by 4 vectors.
    private static void tile6x4(
            int kc,
            float[] r,
            int ro,
            int rs,
            float[] v,
            int vo,
            int vs,
            float[] f,
            int fo,
            int fs,
            float[] c,
            int co,
            int cs) {
        FloatVector c00 = FloatVector.fromArray(S, f, fo);
        FloatVector c01 = FloatVector.fromArray(S, f, fo + L);
        FloatVector c02 = FloatVector.fromArray(S, f, fo + 2 * L);
        FloatVector c03 = FloatVector.fromArray(S, f, fo + 3 * L);
        FloatVector c10 = FloatVector.fromArray(S, f, fo + fs);
        FloatVector c11 = FloatVector.fromArray(S, f, fo + fs + L);
        FloatVector c12 = FloatVector.fromArray(S, f, fo + fs + 2 * L);
        FloatVector c13 = FloatVector.fromArray(S, f, fo + fs + 3 * L);
        FloatVector c20 = FloatVector.fromArray(S, f, fo + 2 * fs);
        FloatVector c21 = FloatVector.fromArray(S, f, fo + 2 * fs + L);
        FloatVector c22 = FloatVector.fromArray(S, f, fo + 2 * fs + 2 * L);
        FloatVector c23 = FloatVector.fromArray(S, f, fo + 2 * fs + 3 * L);
        FloatVector c30 = FloatVector.fromArray(S, f, fo + 3 * fs);
        FloatVector c31 = FloatVector.fromArray(S, f, fo + 3 * fs + L);
        FloatVector c32 = FloatVector.fromArray(S, f, fo + 3 * fs + 2 * L);
        FloatVector c33 = FloatVector.fromArray(S, f, fo + 3 * fs + 3 * L);
        FloatVector c40 = FloatVector.fromArray(S, f, fo + 4 * fs);
        FloatVector c41 = FloatVector.fromArray(S, f, fo + 4 * fs + L);
        FloatVector c42 = FloatVector.fromArray(S, f, fo + 4 * fs + 2 * L);
        FloatVector c43 = FloatVector.fromArray(S, f, fo + 4 * fs + 3 * L);
        FloatVector c50 = FloatVector.fromArray(S, f, fo + 5 * fs);
        FloatVector c51 = FloatVector.fromArray(S, f, fo + 5 * fs + L);
        FloatVector c52 = FloatVector.fromArray(S, f, fo + 5 * fs + 2 * L);
        FloatVector c53 = FloatVector.fromArray(S, f, fo + 5 * fs + 3 * L);
        for (int k = 0; k < kc; k++) {
            FloatVector v0 = FloatVector.fromArray(S, v, vo);
            FloatVector v1 = FloatVector.fromArray(S, v, vo + L);
            FloatVector v2 = FloatVector.fromArray(S, v, vo + 2 * L);
            FloatVector v3 = FloatVector.fromArray(S, v, vo + 3 * L);
            FloatVector t = FloatVector.broadcast(S, r[ro + k]);
            c00 = t.fma(v0, c00);
            c01 = t.fma(v1, c01);
            c02 = t.fma(v2, c02);
            c03 = t.fma(v3, c03);
            t = FloatVector.broadcast(S, r[ro + rs + k]);
            c10 = t.fma(v0, c10);
            c11 = t.fma(v1, c11);
            c12 = t.fma(v2, c12);
            c13 = t.fma(v3, c13);
            t = FloatVector.broadcast(S, r[ro + 2 * rs + k]);
            c20 = t.fma(v0, c20);
            c21 = t.fma(v1, c21);
            c22 = t.fma(v2, c22);
            c23 = t.fma(v3, c23);
            t = FloatVector.broadcast(S, r[ro + 3 * rs + k]);
            c30 = t.fma(v0, c30);
            c31 = t.fma(v1, c31);
            c32 = t.fma(v2, c32);
            c33 = t.fma(v3, c33);
            t = FloatVector.broadcast(S, r[ro + 4 * rs + k]);
            c40 = t.fma(v0, c40);
            c41 = t.fma(v1, c41);
            c42 = t.fma(v2, c42);
            c43 = t.fma(v3, c43);
            t = FloatVector.broadcast(S, r[ro + 5 * rs + k]);
            c50 = t.fma(v0, c50);
            c51 = t.fma(v1, c51);
            c52 = t.fma(v2, c52);
            c53 = t.fma(v3, c53);
            vo += vs;
        }
        c00.intoArray(c, co);
        c01.intoArray(c, co + L);
        c02.intoArray(c, co + 2 * L);
        c03.intoArray(c, co + 3 * L);
        c10.intoArray(c, co + cs);
        c11.intoArray(c, co + cs + L);
        c12.intoArray(c, co + cs + 2 * L);
        c13.intoArray(c, co + cs + 3 * L);
        c20.intoArray(c, co + 2 * cs);
        c21.intoArray(c, co + 2 * cs + L);
        c22.intoArray(c, co + 2 * cs + 2 * L);
        c23.intoArray(c, co + 2 * cs + 3 * L);
        c30.intoArray(c, co + 3 * cs);
        c31.intoArray(c, co + 3 * cs + L);
        c32.intoArray(c, co + 3 * cs + 2 * L);
        c33.intoArray(c, co + 3 * cs + 3 * L);
        c40.intoArray(c, co + 4 * cs);
        c41.intoArray(c, co + 4 * cs + L);
        c42.intoArray(c, co + 4 * cs + 2 * L);
        c43.intoArray(c, co + 4 * cs + 3 * L);
        c50.intoArray(c, co + 5 * cs);
        c51.intoArray(c, co + 5 * cs + L);
        c52.intoArray(c, co + 5 * cs + 2 * L);
        c53.intoArray(c, co + 5 * cs + 3 * L);
    }

    /// 6 rows, packed, by 4 vectors.
    private static void packed6x4(
            int kc, float[] r, int ro, float[] v, int vo, float[] f, int fo, int fs, float[] c, int co, int cs) {
        FloatVector c00 = FloatVector.fromArray(S, f, fo);
        FloatVector c01 = FloatVector.fromArray(S, f, fo + L);
        FloatVector c02 = FloatVector.fromArray(S, f, fo + 2 * L);
        FloatVector c03 = FloatVector.fromArray(S, f, fo + 3 * L);
        FloatVector c10 = FloatVector.fromArray(S, f, fo + fs);
        FloatVector c11 = FloatVector.fromArray(S, f, fo + fs + L);
        FloatVector c12 = FloatVector.fromArray(S, f, fo + fs + 2 * L);
        FloatVector c13 = FloatVector.fromArray(S, f, fo + fs + 3 * L);
        FloatVector c20 = FloatVector.fromArray(S, f, fo + 2 * fs);
        FloatVector c21 = FloatVector.fromArray(S, f, fo + 2 * fs + L);
        FloatVector c22 = FloatVector.fromArray(S, f, fo + 2 * fs + 2 * L);
        FloatVector c23 = FloatVector.fromArray(S, f, fo + 2 * fs + 3 * L);
        FloatVector c30 = FloatVector.fromArray(S, f, fo + 3 * fs);
        FloatVector c31 = FloatVector.fromArray(S, f, fo + 3 * fs + L);
        FloatVector c32 = FloatVector.fromArray(S, f, fo + 3 * fs + 2 * L);
        FloatVector c33 = FloatVector.fromArray(S, f, fo + 3 * fs + 3 * L);
        FloatVector c40 = FloatVector.fromArray(S, f, fo + 4 * fs);
        FloatVector c41 = FloatVector.fromArray(S, f, fo + 4 * fs + L);
        FloatVector c42 = FloatVector.fromArray(S, f, fo + 4 * fs + 2 * L);
        FloatVector c43 = FloatVector.fromArray(S, f, fo + 4 * fs + 3 * L);
        FloatVector c50 = FloatVector.fromArray(S, f, fo + 5 * fs);
        FloatVector c51 = FloatVector.fromArray(S, f, fo + 5 * fs + L);
        FloatVector c52 = FloatVector.fromArray(S, f, fo + 5 * fs + 2 * L);
        FloatVector c53 = FloatVector.fromArray(S, f, fo + 5 * fs + 3 * L);
        for (int k = 0; k < kc; k++) {
            FloatVector v0 = FloatVector.fromArray(S, v, vo + 4 * L * k);
            FloatVector v1 = FloatVector.fromArray(S, v, vo + 4 * L * k + L);
            FloatVector v2 = FloatVector.fromArray(S, v, vo + 4 * L * k + 2 * L);
            FloatVector v3 = FloatVector.fromArray(S, v, vo + 4 * L * k + 3 * L);
            FloatVector t = FloatVector.broadcast(S, r[ro + 6 * k]);
            c00 = t.fma(v0, c00);
            c01 = t.fma(v1, c01);
            c02 = t.fma(v2, c02);
            c03 = t.fma(v3, c03);
            t = FloatVector.broadcast(S, r[ro + 6 * k + 1]);
            c10 = t.fma(v0, c10);
            c11 = t.fma(v1, c11);
            c12 = t.fma(v2, c12);
            c13 = t.fma(v3, c13);
            t = FloatVector.broadcast(S, r[ro + 6 * k + 2]);
            c20 = t.fma(v0, c20);
            c21 = t.fma(v1, c21);
            c22 = t.fma(v2, c22);
            c23 = t.fma(v3, c23);
            t = FloatVector.broadcast(S, r[ro + 6 * k + 3]);
            c30 = t.fma(v0, c30);
            c31 = t.fma(v1, c31);
            c32 = t.fma(v2, c32);
            c33 = t.fma(v3, c33);
            t = FloatVector.broadcast(S, r[ro + 6 * k + 4]);
            c40 = t.fma(v0, c40);
            c41 = t.fma(v1, c41);
            c42 = t.fma(v2, c42);
            c43 = t.fma(v3, c43);
            t = FloatVector.broadcast(S, r[ro + 6 * k + 5]);
            c50 = t.fma(v0, c50);
            c51 = t.fma(v1, c51);
            c52 = t.fma(v2, c52);
            c53 = t.fma(v3, c53);
        }
        c00.intoArray(c, co);
        c01.intoArray(c, co + L);
        c02.intoArray(c, co + 2 * L);
        c03.intoArray(c, co + 3 * L);
        c10.intoArray(c, co + cs);
        c11.intoArray(c, co + cs + L);
        c12.intoArray(c, co + cs + 2 * L);
        c13.intoArray(c, co + cs + 3 * L);
        c20.intoArray(c, co + 2 * cs);
        c21.intoArray(c, co + 2 * cs + L);
        c22.intoArray(c, co + 2 * cs + 2 * L);
        c23.intoArray(c, co + 2 * cs + 3 * L);
        c30.intoArray(c, co + 3 * cs);
        c31.intoArray(c, co + 3 * cs + L);
        c32.intoArray(c, co + 3 * cs + 2 * L);
        c33.intoArray(c, co + 3 * cs + 3 * L);
        c40.intoArray(c, co + 4 * cs);
        c41.intoArray(c, co + 4 * cs + L);
        c42.intoArray(c, co + 4 * cs + 2 * L);
        c43.intoArray(c, co + 4 * cs + 3 * L);
        c50.intoArray(c, co + 5 * cs);
        c51.intoArray(c, co + 5 * cs + L);
        c52.intoArray(c, co + 5 * cs + 2 * L);
        c53.intoArray(c, co + 5 * cs + 3 * L);
    }

    /// 1 row by 4 vectors.
    private static void tile1x4(
            int kc, float[] r, int ro, float[] v, int vo, int vs, float[] f, int fo, float[] c, int co) {
        FloatVector c00 = FloatVector.fromArray(S, f, fo);
        FloatVector c01 = FloatVector.fromArray(S, f, fo + L);
        FloatVector c02 = FloatVector.fromArray(S, f, fo + 2 * L);
        FloatVector c03 = FloatVector.fromArray(S, f, fo + 3 * L);
        for (int k = 0; k < kc; k++) {
            FloatVector v0 = FloatVector.fromArray(S, v, vo);
            FloatVector v1 = FloatVector.fromArray(S, v, vo + L);
            FloatVector v2 = FloatVector.fromArray(S, v, vo + 2 * L);
            FloatVector v3 = FloatVector.fromArray(S, v, vo + 3 * L);
            FloatVector t = FloatVector.broadcast(S, r[ro + k]);
            c00 = t.fma(v0, c00);
            c01 = t.fma(v1, c01);
            c02 = t.fma(v2, c02);
            c03 = t.fma(v3, c03);
            vo += vs;
        }
        c00.intoArray(c, co);
        c01.intoArray(c, co + L);
        c02.intoArray(c, co + 2 * L);
        c03.intoArray(c, co + 3 * L);
    }

    /// 4 rows by 3 vectors.
    private static void tile4x3(
            int kc,
            float[] r,
            int ro,
            int rs,
            float[] v,
            int vo,
            int vs,
            float[] f,
            int fo,
            int fs,
            float[] c,
            int co,
            int cs) {
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
            FloatVector v0 = FloatVector.fromArray(S, v, vo);
            FloatVector v1 = FloatVector.fromArray(S, v, vo + L);
            FloatVector v2 = FloatVector.fromArray(S, v, vo + 2 * L);
            FloatVector t = FloatVector.broadcast(S, r[ro + k]);
            c00 = t.fma(v0, c00);
            c01 = t.fma(v1, c01);
            c02 = t.fma(v2, c02);
            t = FloatVector.broadcast(S, r[ro + rs + k]);
            c10 = t.fma(v0, c10);
            c11 = t.fma(v1, c11);
            c12 = t.fma(v2, c12);
            t = FloatVector.broadcast(S, r[ro + 2 * rs + k]);
            c20 = t.fma(v0, c20);
            c21 = t.fma(v1, c21);
            c22 = t.fma(v2, c22);
            t = FloatVector.broadcast(S, r[ro + 3 * rs + k]);
            c30 = t.fma(v0, c30);
            c31 = t.fma(v1, c31);
            c32 = t.fma(v2, c32);
            vo += vs;
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

    /// 1 row by 3 vectors.
    private static void tile1x3(
            int kc, float[] r, int ro, float[] v, int vo, int vs, float[] f, int fo, float[] c, int co) {
        FloatVector c00 = FloatVector.fromArray(S, f, fo);
        FloatVector c01 = FloatVector.fromArray(S, f, fo + L);
        FloatVector c02 = FloatVector.fromArray(S, f, fo + 2 * L);
        for (int k = 0; k < kc; k++) {
            FloatVector v0 = FloatVector.fromArray(S, v, vo);
            FloatVector v1 = FloatVector.fromArray(S, v, vo + L);
            FloatVector v2 = FloatVector.fromArray(S, v, vo + 2 * L);
            FloatVector t = FloatVector.broadcast(S, r[ro + k]);
            c00 = t.fma(v0, c00);
            c01 = t.fma(v1, c01);
            c02 = t.fma(v2, c02);
            vo += vs;
        }
        c00.intoArray(c, co);
        c01.intoArray(c, co + L);
        c02.intoArray(c, co + 2 * L);
    }

    /// 6 rows by 1 vector.
    private static void tile6x1(
            int kc,
            float[] r,
            int ro,
            int rs,
            float[] v,
            int vo,
            int vs,
            float[] f,
            int fo,
            int fs,
            float[] c,
            int co,
            int cs) {
        FloatVector c00 = FloatVector.fromArray(S, f, fo);
        FloatVector c10 = FloatVector.fromArray(S, f, fo + fs);
        FloatVector c20 = FloatVector.fromArray(S, f, fo + 2 * fs);
        FloatVector c30 = FloatVector.fromArray(S, f, fo + 3 * fs);
        FloatVector c40 = FloatVector.fromArray(S, f, fo + 4 * fs);
        FloatVector c50 = FloatVector.fromArray(S, f, fo + 5 * fs);
        for (int k = 0; k < kc; k++) {
            FloatVector v0 = FloatVector.fromArray(S, v, vo);
            c00 = FloatVector.broadcast(S, r[ro + k]).fma(v0, c00);
            c10 = FloatVector.broadcast(S, r[ro + rs + k]).fma(v0, c10);
            c20 = FloatVector.broadcast(S, r[ro + 2 * rs + k]).fma(v0, c20);
            c30 = FloatVector.broadcast(S, r[ro + 3 * rs + k]).fma(v0, c30);
            c40 = FloatVector.broadcast(S, r[ro + 4 * rs + k]).fma(v0, c40);
            c50 = FloatVector.broadcast(S, r[ro + 5 * rs + k]).fma(v0, c50);
            vo += vs;
        }
        c00.intoArray(c, co);
        c10.intoArray(c, co + cs);
        c20.intoArray(c, co + 2 * cs);
        c30.intoArray(c, co + 3 * cs);
        c40.intoArray(c, co + 4 * cs);
        c50.intoArray(c, co + 5 * cs);
    }

    /// 6 rows, packed, by 1 vector.
    private static void packed6x1(
            int kc, float[] r, int ro, float[] v, int vo, float[] f, int fo, int fs, float[] c, int co, int cs) {
        FloatVector c00 = FloatVector.fromArray(S, f, fo);
        FloatVector c10 = FloatVector.fromArray(S, f, fo + fs);
        FloatVector c20 = FloatVector.fromArray(S, f, fo + 2 * fs);
        FloatVector c30 = FloatVector.fromArray(S, f, fo + 3 * fs);
        FloatVector c40 = FloatVector.fromArray(S, f, fo + 4 * fs);
        FloatVector c50 = FloatVector.fromArray(S, f, fo + 5 * fs);
        for (int k = 0; k < kc; k++) {
            FloatVector v0 = FloatVector.fromArray(S, v, vo + L * k);
            c00 = FloatVector.broadcast(S, r[ro + 6 * k]).fma(v0, c00);
            c10 = FloatVector.broadcast(S, r[ro + 6 * k + 1]).fma(v0, c10);
            c20 = FloatVector.broadcast(S, r[ro + 6 * k + 2]).fma(v0, c20);
            c30 = FloatVector.broadcast(S, r[ro + 6 * k + 3]).fma(v0, c30);
            c40 = FloatVector.broadcast(S, r[ro + 6 * k + 4]).fma(v0, c40);
            c50 = FloatVector.broadcast(S, r[ro + 6 * k + 5]).fma(v0, c50);
        }
        c00.intoArray(c, co);
        c10.intoArray(c, co + cs);
        c20.intoArray(c, co + 2 * cs);
        c30.intoArray(c, co + 3 * cs);
        c40.intoArray(c, co + 4 * cs);
        c50.intoArray(c, co + 5 * cs);
    }

    /// 4 rows by 1 vector.
    private static void tile4x1(
            int kc,
            float[] r,
            int ro,
            int rs,
            float[] v,
            int vo,
            int vs,
            float[] f,
            int fo,
            int fs,
            float[] c,
            int co,
            int cs) {
        FloatVector c00 = FloatVector.fromArray(S, f, fo);
        FloatVector c10 = FloatVector.fromArray(S, f, fo + fs);
        FloatVector c20 = FloatVector.fromArray(S, f, fo + 2 * fs);
        FloatVector c30 = FloatVector.fromArray(S, f, fo + 3 * fs);
        for (int k = 0; k < kc; k++) {
            FloatVector v0 = FloatVector.fromArray(S, v, vo);
            c00 = FloatVector.broadcast(S, r[ro + k]).fma(v0, c00);
            c10 = FloatVector.broadcast(S, r[ro + rs + k]).fma(v0, c10);
            c20 = FloatVector.broadcast(S, r[ro + 2 * rs + k]).fma(v0, c20);
            c30 = FloatVector.broadcast(S, r[ro + 3 * rs + k]).fma(v0, c30);
            vo += vs;
        }
        c00.intoArray(c, co);
        c10.intoArray(c, co + cs);
        c20.intoArray(c, co + 2 * cs);
        c30.intoArray(c, co + 3 * cs);
    }

    /// 1 row by 1 vector.
    private static void tile1x1(
            int kc, float[] r, int ro, float[] v, int vo, int vs, float[] f, int fo, float[] c, int co) {
        FloatVector c00 = FloatVector.fromArray(S, f, fo);
        for (int k = 0; k < kc; k++) {
            FloatVector v0 = FloatVector.fromArray(S, v, vo);
            c00 = FloatVector.broadcast(S, r[ro + k]).fma(v0, c00);
            vo += vs;
        }
        c00.intoArray(c, co);
    }
}

package dev.neurite.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The register tiles of [VectorConvolution]: C = F + R·V as in [Tiles], but for the places of the operands, which
/// stand
/// in tables.
///
/// | operand | | element |
/// |---|---|---|
/// | R | rows × k, neighbors along k | `r[ro + rowAt[i] + k]` |
/// | V | k × columns, neighbors along the columns | `v[vo + kAt[k] + j]` |
/// | F | what the sums start from | `f[fo + i * fs + j]` |
/// | C | the result | `c[co + i * cs + j]` |
///
/// So a window is read where its pixels stand, and no matrix of windows is ever made.
final class PlaneTiles {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    /// The rows of a full tile.
    static final int ROWS = Tiles.MANY_REGISTERS ? 8 : 4;

    /// The columns of a full tile.
    static final int COLUMNS = 2 * L;

    /// The columns of a narrow tile: one vector.
    static final int NARROW = L;

    /// The columns of a flat tile, which has one row.
    static final int FLAT = 4 * L;

    private PlaneTiles() {}

    /// The rows of the tile that comes next where so many are left.
    static int height(int left) {
        return left >= ROWS ? ROWS : left >= 4 ? 4 : left >= 2 ? 2 : 1;
    }

    /// Computes one tile.
    /// @param rows what [#height] gives
    /// @param columns [#COLUMNS] or [#NARROW]; with one row also [#FLAT]
    /// @param i where in `rowAt` the rows begin
    static void compute(
            int rows,
            int columns,
            int kc,
            float[] r,
            int[] rowAt,
            int i,
            int ro,
            float[] v,
            int vo,
            int[] kAt,
            float[] f,
            int fo,
            int fs,
            float[] c,
            int co,
            int cs) {
        if (columns == NARROW) {
            if (rows == 8) tile8x1(kc, r, rowAt, i, ro, v, vo, kAt, f, fo, fs, c, co, cs);
            else if (rows == 4) tile4x1(kc, r, rowAt, i, ro, v, vo, kAt, f, fo, fs, c, co, cs);
            else if (rows == 2) tile2x1(kc, r, rowAt, i, ro, v, vo, kAt, f, fo, fs, c, co, cs);
            else tile1x1(kc, r, rowAt, i, ro, v, vo, kAt, f, fo, c, co);
        } else if (rows == 8) {
            tile8x2(kc, r, rowAt, i, ro, v, vo, kAt, f, fo, fs, c, co, cs);
        } else if (rows == 4) {
            tile4x2(kc, r, rowAt, i, ro, v, vo, kAt, f, fo, fs, c, co, cs);
        } else if (rows == 2) {
            tile2x2(kc, r, rowAt, i, ro, v, vo, kAt, f, fo, fs, c, co, cs);
        } else if (columns == COLUMNS) {
            tile1x1(kc, r, rowAt, i, ro, v, vo, kAt, f, fo, c, co);
            tile1x1(kc, r, rowAt, i, ro, v, vo + L, kAt, f, fo + L, c, co + L);
        } else {
            tile1x4(kc, r, rowAt, i, ro, v, vo, kAt, f, fo, c, co);
        }
    }

    /// 8 rows by 2 vectors.
    private static void tile8x2(
            int kc,
            float[] r,
            int[] rowAt,
            int i,
            int ro,
            float[] v,
            int vo,
            int[] kAt,
            float[] f,
            int fo,
            int fs,
            float[] c,
            int co,
            int cs) {
        int r0 = ro + rowAt[i];
        int r1 = ro + rowAt[i + 1];
        int r2 = ro + rowAt[i + 2];
        int r3 = ro + rowAt[i + 3];
        int r4 = ro + rowAt[i + 4];
        int r5 = ro + rowAt[i + 5];
        int r6 = ro + rowAt[i + 6];
        int r7 = ro + rowAt[i + 7];
        FloatVector c00 = FloatVector.fromArray(S, f, fo);
        FloatVector c01 = FloatVector.fromArray(S, f, fo + L);
        FloatVector c10 = FloatVector.fromArray(S, f, fo + fs);
        FloatVector c11 = FloatVector.fromArray(S, f, fo + fs + L);
        FloatVector c20 = FloatVector.fromArray(S, f, fo + 2 * fs);
        FloatVector c21 = FloatVector.fromArray(S, f, fo + 2 * fs + L);
        FloatVector c30 = FloatVector.fromArray(S, f, fo + 3 * fs);
        FloatVector c31 = FloatVector.fromArray(S, f, fo + 3 * fs + L);
        FloatVector c40 = FloatVector.fromArray(S, f, fo + 4 * fs);
        FloatVector c41 = FloatVector.fromArray(S, f, fo + 4 * fs + L);
        FloatVector c50 = FloatVector.fromArray(S, f, fo + 5 * fs);
        FloatVector c51 = FloatVector.fromArray(S, f, fo + 5 * fs + L);
        FloatVector c60 = FloatVector.fromArray(S, f, fo + 6 * fs);
        FloatVector c61 = FloatVector.fromArray(S, f, fo + 6 * fs + L);
        FloatVector c70 = FloatVector.fromArray(S, f, fo + 7 * fs);
        FloatVector c71 = FloatVector.fromArray(S, f, fo + 7 * fs + L);
        for (int k = 0; k < kc; k++) {
            int at = vo + kAt[k];
            FloatVector v0 = FloatVector.fromArray(S, v, at);
            FloatVector v1 = FloatVector.fromArray(S, v, at + L);
            FloatVector t = FloatVector.broadcast(S, r[r0 + k]);
            c00 = t.fma(v0, c00);
            c01 = t.fma(v1, c01);
            t = FloatVector.broadcast(S, r[r1 + k]);
            c10 = t.fma(v0, c10);
            c11 = t.fma(v1, c11);
            t = FloatVector.broadcast(S, r[r2 + k]);
            c20 = t.fma(v0, c20);
            c21 = t.fma(v1, c21);
            t = FloatVector.broadcast(S, r[r3 + k]);
            c30 = t.fma(v0, c30);
            c31 = t.fma(v1, c31);
            t = FloatVector.broadcast(S, r[r4 + k]);
            c40 = t.fma(v0, c40);
            c41 = t.fma(v1, c41);
            t = FloatVector.broadcast(S, r[r5 + k]);
            c50 = t.fma(v0, c50);
            c51 = t.fma(v1, c51);
            t = FloatVector.broadcast(S, r[r6 + k]);
            c60 = t.fma(v0, c60);
            c61 = t.fma(v1, c61);
            t = FloatVector.broadcast(S, r[r7 + k]);
            c70 = t.fma(v0, c70);
            c71 = t.fma(v1, c71);
        }
        c00.intoArray(c, co);
        c01.intoArray(c, co + L);
        c10.intoArray(c, co + cs);
        c11.intoArray(c, co + cs + L);
        c20.intoArray(c, co + 2 * cs);
        c21.intoArray(c, co + 2 * cs + L);
        c30.intoArray(c, co + 3 * cs);
        c31.intoArray(c, co + 3 * cs + L);
        c40.intoArray(c, co + 4 * cs);
        c41.intoArray(c, co + 4 * cs + L);
        c50.intoArray(c, co + 5 * cs);
        c51.intoArray(c, co + 5 * cs + L);
        c60.intoArray(c, co + 6 * cs);
        c61.intoArray(c, co + 6 * cs + L);
        c70.intoArray(c, co + 7 * cs);
        c71.intoArray(c, co + 7 * cs + L);
    }

    /// 8 rows by 1 vector.
    private static void tile8x1(
            int kc,
            float[] r,
            int[] rowAt,
            int i,
            int ro,
            float[] v,
            int vo,
            int[] kAt,
            float[] f,
            int fo,
            int fs,
            float[] c,
            int co,
            int cs) {
        int r0 = ro + rowAt[i];
        int r1 = ro + rowAt[i + 1];
        int r2 = ro + rowAt[i + 2];
        int r3 = ro + rowAt[i + 3];
        int r4 = ro + rowAt[i + 4];
        int r5 = ro + rowAt[i + 5];
        int r6 = ro + rowAt[i + 6];
        int r7 = ro + rowAt[i + 7];
        FloatVector c00 = FloatVector.fromArray(S, f, fo);
        FloatVector c10 = FloatVector.fromArray(S, f, fo + fs);
        FloatVector c20 = FloatVector.fromArray(S, f, fo + 2 * fs);
        FloatVector c30 = FloatVector.fromArray(S, f, fo + 3 * fs);
        FloatVector c40 = FloatVector.fromArray(S, f, fo + 4 * fs);
        FloatVector c50 = FloatVector.fromArray(S, f, fo + 5 * fs);
        FloatVector c60 = FloatVector.fromArray(S, f, fo + 6 * fs);
        FloatVector c70 = FloatVector.fromArray(S, f, fo + 7 * fs);
        for (int k = 0; k < kc; k++) {
            int at = vo + kAt[k];
            FloatVector v0 = FloatVector.fromArray(S, v, at);
            FloatVector t = FloatVector.broadcast(S, r[r0 + k]);
            c00 = t.fma(v0, c00);
            t = FloatVector.broadcast(S, r[r1 + k]);
            c10 = t.fma(v0, c10);
            t = FloatVector.broadcast(S, r[r2 + k]);
            c20 = t.fma(v0, c20);
            t = FloatVector.broadcast(S, r[r3 + k]);
            c30 = t.fma(v0, c30);
            t = FloatVector.broadcast(S, r[r4 + k]);
            c40 = t.fma(v0, c40);
            t = FloatVector.broadcast(S, r[r5 + k]);
            c50 = t.fma(v0, c50);
            t = FloatVector.broadcast(S, r[r6 + k]);
            c60 = t.fma(v0, c60);
            t = FloatVector.broadcast(S, r[r7 + k]);
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

    /// 4 rows by 2 vectors.
    private static void tile4x2(
            int kc,
            float[] r,
            int[] rowAt,
            int i,
            int ro,
            float[] v,
            int vo,
            int[] kAt,
            float[] f,
            int fo,
            int fs,
            float[] c,
            int co,
            int cs) {
        int r0 = ro + rowAt[i];
        int r1 = ro + rowAt[i + 1];
        int r2 = ro + rowAt[i + 2];
        int r3 = ro + rowAt[i + 3];
        FloatVector c00 = FloatVector.fromArray(S, f, fo);
        FloatVector c01 = FloatVector.fromArray(S, f, fo + L);
        FloatVector c10 = FloatVector.fromArray(S, f, fo + fs);
        FloatVector c11 = FloatVector.fromArray(S, f, fo + fs + L);
        FloatVector c20 = FloatVector.fromArray(S, f, fo + 2 * fs);
        FloatVector c21 = FloatVector.fromArray(S, f, fo + 2 * fs + L);
        FloatVector c30 = FloatVector.fromArray(S, f, fo + 3 * fs);
        FloatVector c31 = FloatVector.fromArray(S, f, fo + 3 * fs + L);
        for (int k = 0; k < kc; k++) {
            int at = vo + kAt[k];
            FloatVector v0 = FloatVector.fromArray(S, v, at);
            FloatVector v1 = FloatVector.fromArray(S, v, at + L);
            FloatVector t = FloatVector.broadcast(S, r[r0 + k]);
            c00 = t.fma(v0, c00);
            c01 = t.fma(v1, c01);
            t = FloatVector.broadcast(S, r[r1 + k]);
            c10 = t.fma(v0, c10);
            c11 = t.fma(v1, c11);
            t = FloatVector.broadcast(S, r[r2 + k]);
            c20 = t.fma(v0, c20);
            c21 = t.fma(v1, c21);
            t = FloatVector.broadcast(S, r[r3 + k]);
            c30 = t.fma(v0, c30);
            c31 = t.fma(v1, c31);
        }
        c00.intoArray(c, co);
        c01.intoArray(c, co + L);
        c10.intoArray(c, co + cs);
        c11.intoArray(c, co + cs + L);
        c20.intoArray(c, co + 2 * cs);
        c21.intoArray(c, co + 2 * cs + L);
        c30.intoArray(c, co + 3 * cs);
        c31.intoArray(c, co + 3 * cs + L);
    }

    /// 4 rows by 1 vector.
    private static void tile4x1(
            int kc,
            float[] r,
            int[] rowAt,
            int i,
            int ro,
            float[] v,
            int vo,
            int[] kAt,
            float[] f,
            int fo,
            int fs,
            float[] c,
            int co,
            int cs) {
        int r0 = ro + rowAt[i];
        int r1 = ro + rowAt[i + 1];
        int r2 = ro + rowAt[i + 2];
        int r3 = ro + rowAt[i + 3];
        FloatVector c00 = FloatVector.fromArray(S, f, fo);
        FloatVector c10 = FloatVector.fromArray(S, f, fo + fs);
        FloatVector c20 = FloatVector.fromArray(S, f, fo + 2 * fs);
        FloatVector c30 = FloatVector.fromArray(S, f, fo + 3 * fs);
        for (int k = 0; k < kc; k++) {
            int at = vo + kAt[k];
            FloatVector v0 = FloatVector.fromArray(S, v, at);
            FloatVector t = FloatVector.broadcast(S, r[r0 + k]);
            c00 = t.fma(v0, c00);
            t = FloatVector.broadcast(S, r[r1 + k]);
            c10 = t.fma(v0, c10);
            t = FloatVector.broadcast(S, r[r2 + k]);
            c20 = t.fma(v0, c20);
            t = FloatVector.broadcast(S, r[r3 + k]);
            c30 = t.fma(v0, c30);
        }
        c00.intoArray(c, co);
        c10.intoArray(c, co + cs);
        c20.intoArray(c, co + 2 * cs);
        c30.intoArray(c, co + 3 * cs);
    }

    /// 2 rows by 2 vectors.
    private static void tile2x2(
            int kc,
            float[] r,
            int[] rowAt,
            int i,
            int ro,
            float[] v,
            int vo,
            int[] kAt,
            float[] f,
            int fo,
            int fs,
            float[] c,
            int co,
            int cs) {
        int r0 = ro + rowAt[i];
        int r1 = ro + rowAt[i + 1];
        FloatVector c00 = FloatVector.fromArray(S, f, fo);
        FloatVector c01 = FloatVector.fromArray(S, f, fo + L);
        FloatVector c10 = FloatVector.fromArray(S, f, fo + fs);
        FloatVector c11 = FloatVector.fromArray(S, f, fo + fs + L);
        for (int k = 0; k < kc; k++) {
            int at = vo + kAt[k];
            FloatVector v0 = FloatVector.fromArray(S, v, at);
            FloatVector v1 = FloatVector.fromArray(S, v, at + L);
            FloatVector t = FloatVector.broadcast(S, r[r0 + k]);
            c00 = t.fma(v0, c00);
            c01 = t.fma(v1, c01);
            t = FloatVector.broadcast(S, r[r1 + k]);
            c10 = t.fma(v0, c10);
            c11 = t.fma(v1, c11);
        }
        c00.intoArray(c, co);
        c01.intoArray(c, co + L);
        c10.intoArray(c, co + cs);
        c11.intoArray(c, co + cs + L);
    }

    /// 2 rows by 1 vector.
    private static void tile2x1(
            int kc,
            float[] r,
            int[] rowAt,
            int i,
            int ro,
            float[] v,
            int vo,
            int[] kAt,
            float[] f,
            int fo,
            int fs,
            float[] c,
            int co,
            int cs) {
        int r0 = ro + rowAt[i];
        int r1 = ro + rowAt[i + 1];
        FloatVector c00 = FloatVector.fromArray(S, f, fo);
        FloatVector c10 = FloatVector.fromArray(S, f, fo + fs);
        for (int k = 0; k < kc; k++) {
            int at = vo + kAt[k];
            FloatVector v0 = FloatVector.fromArray(S, v, at);
            FloatVector t = FloatVector.broadcast(S, r[r0 + k]);
            c00 = t.fma(v0, c00);
            t = FloatVector.broadcast(S, r[r1 + k]);
            c10 = t.fma(v0, c10);
        }
        c00.intoArray(c, co);
        c10.intoArray(c, co + cs);
    }

    /// 1 row by 4 vectors.
    private static void tile1x4(
            int kc,
            float[] r,
            int[] rowAt,
            int i,
            int ro,
            float[] v,
            int vo,
            int[] kAt,
            float[] f,
            int fo,
            float[] c,
            int co) {
        int r0 = ro + rowAt[i];
        FloatVector c00 = FloatVector.fromArray(S, f, fo);
        FloatVector c01 = FloatVector.fromArray(S, f, fo + L);
        FloatVector c02 = FloatVector.fromArray(S, f, fo + 2 * L);
        FloatVector c03 = FloatVector.fromArray(S, f, fo + 3 * L);
        for (int k = 0; k < kc; k++) {
            int at = vo + kAt[k];
            FloatVector v0 = FloatVector.fromArray(S, v, at);
            FloatVector v1 = FloatVector.fromArray(S, v, at + L);
            FloatVector v2 = FloatVector.fromArray(S, v, at + 2 * L);
            FloatVector v3 = FloatVector.fromArray(S, v, at + 3 * L);
            FloatVector t = FloatVector.broadcast(S, r[r0 + k]);
            c00 = t.fma(v0, c00);
            c01 = t.fma(v1, c01);
            c02 = t.fma(v2, c02);
            c03 = t.fma(v3, c03);
        }
        c00.intoArray(c, co);
        c01.intoArray(c, co + L);
        c02.intoArray(c, co + 2 * L);
        c03.intoArray(c, co + 3 * L);
    }

    /// 1 row by 1 vector.
    private static void tile1x1(
            int kc,
            float[] r,
            int[] rowAt,
            int i,
            int ro,
            float[] v,
            int vo,
            int[] kAt,
            float[] f,
            int fo,
            float[] c,
            int co) {
        int r0 = ro + rowAt[i];
        FloatVector c00 = FloatVector.fromArray(S, f, fo);
        for (int k = 0; k < kc; k++) {
            int at = vo + kAt[k];
            FloatVector v0 = FloatVector.fromArray(S, v, at);
            FloatVector t = FloatVector.broadcast(S, r[r0 + k]);
            c00 = t.fma(v0, c00);
        }
        c00.intoArray(c, co);
    }
}

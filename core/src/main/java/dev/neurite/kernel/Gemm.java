package dev.neurite.kernel;

import dev.neurite.tensor.Matrix;
import java.util.ArrayDeque;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The matrix product on vectors: blocks of A and B are packed into panels, and a register tile of C runs
/// over k.
///
/// After Goto and van de Geijn 2008, "Anatomy of high-performance matrix multiplication". Every element of
/// C is one chain of `fma` over k in order, so block sizes and tile shapes change its speed and never its
/// bits. The tile: 12 rows by 2 vectors where there are 32 registers of 512 bits, 3 by 3 where there are 16
/// (C2 spills larger ones).
final class Gemm {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final boolean WIDE = L >= 16;

    static final int ROWS = WIDE ? 12 : 3;
    static final int COLUMNS = (WIDE ? 2 : 3) * L;

    /// Below this many multiplications, packing costs more than it saves.
    static final long WORTH_PACKING = 2_000;

    private static final int BLOCK_K = 256; // a panel of B stays in the first cache
    private static final int BLOCK_I = 192; // a block of A stays in the second
    private static final int BLOCK_J = 64 * COLUMNS;

    private final ArrayDeque<Panels> idle = new ArrayDeque<>();

    /// Room for one thread's packed blocks.
    private static final class Panels {
        private final float[] a = new float[BLOCK_I * BLOCK_K];
        private float[] b = new float[0];
        private final float[] tile = new float[ROWS * COLUMNS];
    }

    /// C = A·B or C + A·B, for rows i0 to i1 and columns j0 to j1 of C; without the epilogue.
    void compute(Product p, int i0, int i1, int j0, int j1) {
        Panels panels = take();
        int depth = p.a().columns();
        for (int j = j0; j < j1; j += BLOCK_J) {
            int nj = Math.min(BLOCK_J, j1 - j);
            for (int k = 0; k < depth; k += BLOCK_K) {
                int nk = Math.min(BLOCK_K, depth - k);
                packB(p.b(), k, nk, j, nj, panels);
                for (int i = i0; i < i1; i += BLOCK_I) {
                    int ni = Math.min(BLOCK_I, i1 - i);
                    packA(p.a(), i, ni, k, nk, panels.a);
                    block(p, i, ni, j, nj, nk, k == 0 && !p.accumulate(), panels);
                }
            }
        }
        give(panels);
    }

    private Panels take() {
        synchronized (idle) {
            Panels panels = idle.poll();
            return panels == null ? new Panels() : panels;
        }
    }

    private void give(Panels panels) {
        synchronized (idle) {
            idle.push(panels);
        }
    }

    private static void block(Product p, int i, int ni, int j, int nj, int nk, boolean fresh, Panels panels) {
        float[] c = p.c().array();
        int stride = p.c().rowStride();
        for (int dj = 0; dj < nj; dj += COLUMNS) {
            for (int di = 0; di < ni; di += ROWS) {
                int rows = Math.min(ROWS, ni - di);
                int columns = Math.min(COLUMNS, nj - dj);
                int at = p.at(i + di, j + dj);
                if (rows == ROWS && columns == COLUMNS) {
                    tile(nk, panels.a, di * nk, panels.b, dj * nk, c, at, stride, fresh);
                } else {
                    copy(c, at, stride, panels.tile, 0, COLUMNS, rows, columns);
                    tile(nk, panels.a, di * nk, panels.b, dj * nk, panels.tile, 0, COLUMNS, fresh);
                    copy(panels.tile, 0, COLUMNS, c, at, stride, rows, columns);
                }
            }
        }
    }

    private static void copy(
            float[] from, int at, int stride, float[] to, int toAt, int toStride, int rows, int columns) {
        for (int r = 0; r < rows; r++) System.arraycopy(from, at + r * stride, to, toAt + r * toStride, columns);
    }

    /// Panels of ROWS rows, k after k; rows that are not there are zeros.
    private static void packA(Matrix a, int i, int ni, int k, int nk, float[] to) {
        for (int di = 0; di < ni; di += ROWS) {
            int from = a.offset() + (i + di) * a.rowStride() + k * a.columnStride();
            pack(a.array(), from, a.rowStride(), a.columnStride(), Math.min(ROWS, ni - di), ROWS, nk, to, di * nk);
        }
    }

    /// Panels of COLUMNS columns, k after k; columns that are not there are zeros.
    private static void packB(Matrix b, int k, int nk, int j, int nj, Panels panels) {
        int width = (nj + COLUMNS - 1) / COLUMNS * COLUMNS;
        if (panels.b.length < width * nk) panels.b = new float[width * nk];
        for (int dj = 0; dj < nj; dj += COLUMNS) {
            int from = b.offset() + k * b.rowStride() + (j + dj) * b.columnStride();
            int columns = Math.min(COLUMNS, nj - dj);
            pack(b.array(), from, b.columnStride(), b.rowStride(), columns, COLUMNS, nk, panels.b, dj * nk);
        }
    }

    /// One panel: `count` of `width` lines, `step` apart, each of nk elements `stepK` apart, interleaved.
    private static void pack(
            float[] from, int at, int step, int stepK, int count, int width, int nk, float[] to, int o) {
        if (count < width) Arrays.fill(to, o, o + width * nk, 0);
        if (step == 1) {
            for (int k = 0; k < nk; k++) System.arraycopy(from, at + k * stepK, to, o + k * width, count);
        } else {
            for (int line = 0; line < count; line++) {
                int source = at + line * step;
                int target = o + line;
                for (int k = 0; k < nk; k++) to[target + k * width] = from[source + k * stepK];
            }
        }
    }

    private static void tile(int kc, float[] a, int ao, float[] b, int bo, float[] c, int co, int ldc, boolean fresh) {
        if (WIDE) tile12x2(kc, a, ao, b, bo, c, co, ldc, fresh);
        else tile3x3(kc, a, ao, b, bo, c, co, ldc, fresh);
    }

    private static FloatVector start(boolean fresh, float[] c, int at) {
        return fresh ? FloatVector.zero(S) : FloatVector.fromArray(S, c, at);
    }

    /// 3 rows by 3 vectors: C's tile = (or +=) A's panel · B's panel, k in order.
    private static void tile3x3(
            int kc, float[] a, int ao, float[] b, int bo, float[] c, int co, int ldc, boolean fresh) {
        FloatVector c00 = start(fresh, c, co);
        FloatVector c01 = start(fresh, c, co + L);
        FloatVector c02 = start(fresh, c, co + 2 * L);
        FloatVector c10 = start(fresh, c, co + ldc);
        FloatVector c11 = start(fresh, c, co + ldc + L);
        FloatVector c12 = start(fresh, c, co + ldc + 2 * L);
        FloatVector c20 = start(fresh, c, co + 2 * ldc);
        FloatVector c21 = start(fresh, c, co + 2 * ldc + L);
        FloatVector c22 = start(fresh, c, co + 2 * ldc + 2 * L);
        for (int k = 0; k < kc; k++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bo);
            FloatVector b1 = FloatVector.fromArray(S, b, bo + L);
            FloatVector b2 = FloatVector.fromArray(S, b, bo + 2 * L);
            FloatVector t = FloatVector.broadcast(S, a[ao]);
            c00 = t.fma(b0, c00);
            c01 = t.fma(b1, c01);
            c02 = t.fma(b2, c02);
            t = FloatVector.broadcast(S, a[ao + 1]);
            c10 = t.fma(b0, c10);
            c11 = t.fma(b1, c11);
            c12 = t.fma(b2, c12);
            t = FloatVector.broadcast(S, a[ao + 2]);
            c20 = t.fma(b0, c20);
            c21 = t.fma(b1, c21);
            c22 = t.fma(b2, c22);
            ao += 3;
            bo += 3 * L;
        }
        c00.intoArray(c, co);
        c01.intoArray(c, co + L);
        c02.intoArray(c, co + 2 * L);
        c10.intoArray(c, co + ldc);
        c11.intoArray(c, co + ldc + L);
        c12.intoArray(c, co + ldc + 2 * L);
        c20.intoArray(c, co + 2 * ldc);
        c21.intoArray(c, co + 2 * ldc + L);
        c22.intoArray(c, co + 2 * ldc + 2 * L);
    }

    /// 12 rows by 2 vectors: C's tile = (or +=) A's panel · B's panel, k in order.
    private static void tile12x2(
            int kc, float[] a, int ao, float[] b, int bo, float[] c, int co, int ldc, boolean fresh) {
        FloatVector c00 = start(fresh, c, co);
        FloatVector c01 = start(fresh, c, co + L);
        FloatVector c10 = start(fresh, c, co + ldc);
        FloatVector c11 = start(fresh, c, co + ldc + L);
        FloatVector c20 = start(fresh, c, co + 2 * ldc);
        FloatVector c21 = start(fresh, c, co + 2 * ldc + L);
        FloatVector c30 = start(fresh, c, co + 3 * ldc);
        FloatVector c31 = start(fresh, c, co + 3 * ldc + L);
        FloatVector c40 = start(fresh, c, co + 4 * ldc);
        FloatVector c41 = start(fresh, c, co + 4 * ldc + L);
        FloatVector c50 = start(fresh, c, co + 5 * ldc);
        FloatVector c51 = start(fresh, c, co + 5 * ldc + L);
        FloatVector c60 = start(fresh, c, co + 6 * ldc);
        FloatVector c61 = start(fresh, c, co + 6 * ldc + L);
        FloatVector c70 = start(fresh, c, co + 7 * ldc);
        FloatVector c71 = start(fresh, c, co + 7 * ldc + L);
        FloatVector c80 = start(fresh, c, co + 8 * ldc);
        FloatVector c81 = start(fresh, c, co + 8 * ldc + L);
        FloatVector c90 = start(fresh, c, co + 9 * ldc);
        FloatVector c91 = start(fresh, c, co + 9 * ldc + L);
        FloatVector ca0 = start(fresh, c, co + 10 * ldc);
        FloatVector ca1 = start(fresh, c, co + 10 * ldc + L);
        FloatVector cb0 = start(fresh, c, co + 11 * ldc);
        FloatVector cb1 = start(fresh, c, co + 11 * ldc + L);
        for (int k = 0; k < kc; k++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bo);
            FloatVector b1 = FloatVector.fromArray(S, b, bo + L);
            FloatVector t = FloatVector.broadcast(S, a[ao]);
            c00 = t.fma(b0, c00);
            c01 = t.fma(b1, c01);
            t = FloatVector.broadcast(S, a[ao + 1]);
            c10 = t.fma(b0, c10);
            c11 = t.fma(b1, c11);
            t = FloatVector.broadcast(S, a[ao + 2]);
            c20 = t.fma(b0, c20);
            c21 = t.fma(b1, c21);
            t = FloatVector.broadcast(S, a[ao + 3]);
            c30 = t.fma(b0, c30);
            c31 = t.fma(b1, c31);
            t = FloatVector.broadcast(S, a[ao + 4]);
            c40 = t.fma(b0, c40);
            c41 = t.fma(b1, c41);
            t = FloatVector.broadcast(S, a[ao + 5]);
            c50 = t.fma(b0, c50);
            c51 = t.fma(b1, c51);
            t = FloatVector.broadcast(S, a[ao + 6]);
            c60 = t.fma(b0, c60);
            c61 = t.fma(b1, c61);
            t = FloatVector.broadcast(S, a[ao + 7]);
            c70 = t.fma(b0, c70);
            c71 = t.fma(b1, c71);
            t = FloatVector.broadcast(S, a[ao + 8]);
            c80 = t.fma(b0, c80);
            c81 = t.fma(b1, c81);
            t = FloatVector.broadcast(S, a[ao + 9]);
            c90 = t.fma(b0, c90);
            c91 = t.fma(b1, c91);
            t = FloatVector.broadcast(S, a[ao + 10]);
            ca0 = t.fma(b0, ca0);
            ca1 = t.fma(b1, ca1);
            t = FloatVector.broadcast(S, a[ao + 11]);
            cb0 = t.fma(b0, cb0);
            cb1 = t.fma(b1, cb1);
            ao += 12;
            bo += 2 * L;
        }
        c00.intoArray(c, co);
        c01.intoArray(c, co + L);
        c10.intoArray(c, co + ldc);
        c11.intoArray(c, co + ldc + L);
        c20.intoArray(c, co + 2 * ldc);
        c21.intoArray(c, co + 2 * ldc + L);
        c30.intoArray(c, co + 3 * ldc);
        c31.intoArray(c, co + 3 * ldc + L);
        c40.intoArray(c, co + 4 * ldc);
        c41.intoArray(c, co + 4 * ldc + L);
        c50.intoArray(c, co + 5 * ldc);
        c51.intoArray(c, co + 5 * ldc + L);
        c60.intoArray(c, co + 6 * ldc);
        c61.intoArray(c, co + 6 * ldc + L);
        c70.intoArray(c, co + 7 * ldc);
        c71.intoArray(c, co + 7 * ldc + L);
        c80.intoArray(c, co + 8 * ldc);
        c81.intoArray(c, co + 8 * ldc + L);
        c90.intoArray(c, co + 9 * ldc);
        c91.intoArray(c, co + 9 * ldc + L);
        ca0.intoArray(c, co + 10 * ldc);
        ca1.intoArray(c, co + 10 * ldc + L);
        cb0.intoArray(c, co + 11 * ldc);
        cb1.intoArray(c, co + 11 * ldc + L);
    }
}

package dev.neurite.kernel.cpu;

import dev.neurite.kernel.PackedWeights;
import dev.neurite.tensor.Matrix;
import dev.neurite.tensor.Shape;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The matrix product on vectors, computed in register tiles of C.
///
/// A micro-kernel broadcasts the elements of one operand, the *rows* R, and multiplies them by
/// vectors of the other, the *panels* V:
///
/// | B's neighbors are | R | V | result |
/// |---|---|---|---|
/// | along its columns | A | B | C |
/// | along k (the weights of a forward pass) | Bᵀ | Aᵀ | Cᵀ, transposed when it is complete |
///
/// So the weights `[out × in]` of a dense layer are read in place, row by row, and only the much
/// smaller batch is packed. Transposing the weight matrix instead would take a fifth of the forward
/// pass (at 128 rows).
///
/// V is read in place if it is small or used for few rows. Otherwise it is packed into panels as
/// wide as a register tile (Goto and van de Geijn 2008, "Anatomy of high-performance matrix
/// multiplication"); the last panel is filled up with zeros. R is read in place if its neighbors
/// are along k; otherwise a block of it is transposed. With 32 registers and V in panels, a block
/// of six rows or more is packed in the height of a register tile, if it would have to be
/// transposed or [#MANY_COLUMNS] use it.
///
/// Every element of C is one chain of `fma` over k in order. So block sizes, register tiles,
/// orientation and threads affect the speed but not the bits.
public final class Gemm {
    /// The multiplications below which the scalar loops are as fast.
    static final long WORTHWHILE = 500;

    private static final int BLOCK_K = 512;
    private static final int BLOCK_ROWS = 192; // of R: a block with BLOCK_K stays in the L2 cache
    private static final int BLOCK_COLUMNS = 1024 / MicroKernels.COLUMNS * MicroKernels.COLUMNS;
    static final int BLOCK_OF_R = BLOCK_K * BLOCK_ROWS; // the floats of a packed block of R
    static final int BLOCK_OF_V = BLOCK_K * BLOCK_COLUMNS; // the floats of a packed block of V
    private static final int FEW_ROWS = 32; // up to so many rows, packing V costs more than it saves
    private static final int SMALL = 16_384; // floats of V that stay in the caches unpacked
    private static final int MANY_COLUMNS = 256; // from so many columns on, packing R pays, with vectors of 16

    /// The order of packed weights, see [PackedWeights#packed].
    private static final Object ORDER = "panels";

    private static final float[] ZEROS = new float[MicroKernels.COLUMNS];

    private final WorkspacePool<Work> workspaces = new WorkspacePool<>(Work::new);

    /// Computes rows i0 to i1 and columns j0 to j1 of C, without the epilogue.
    void compute(Product p, int i0, int i1, int j0, int j1) {
        Work work = workspaces.take();
        if (transposes(p)) work.transposed(p, i0, i1, j0, j1);
        else work.straight(p, i0, i1, j0, j1);
        work.forget();
        workspaces.release(work);
    }

    /// Whether threads should divide the rows of C rather than its columns. The operand that they
    /// do not divide is read, packed or transposed by each of them. Reading counts, too: weights
    /// that several threads read are loaded several times, and their next update has to fetch them
    /// back from the other caches.
    static boolean sharesRows(Product p, int threads) {
        Matrix a = p.a;
        Matrix b = p.b;
        boolean transposes = transposes(p);
        boolean inPlace = p.panels != null || inPlace(a.rows(), a.columns(), b.columns());
        int reading = 1; // the relative cost of an element
        int copying = 2;
        int transposing = 4;
        int ofB = inPlace ? reading : copying;
        int ofA = packsRows(b.columns()) ? copying : reading;
        if (a.columnStride() != 1) ofA = transposing;
        if (transposes) {
            ofB = packsRows(a.rows()) ? copying : reading;
            ofA = a.rowStride() == 1 ? copying : transposing;
        }
        int rowsAtOnce = transposes ? MicroKernels.NARROW : MicroKernels.ROWS;
        int columnsAtOnce = transposes ? MicroKernels.ROWS : MicroKernels.NARROW;
        if (a.rows() < 2 * threads * rowsAtOnce) return false;
        if (b.columns() < 2 * threads * columnsAtOnce) return true;
        return ofA * a.rows() > ofB * b.columns();
    }

    /// The number of rows of C that a thread computes should be a multiple of this.
    static int rowStep(Product p) {
        return transposes(p) ? MicroKernels.NARROW : MicroKernels.ROWS;
    }

    /// The number of columns of C that a thread computes should be a multiple of this.
    static int columnStep(Product p) {
        return transposes(p) ? MicroKernels.ROWS : p.panels != null ? MicroKernels.COLUMNS : MicroKernels.NARROW;
    }

    private static boolean transposes(Product p) {
        return p.panels == null && p.b.columnStride() != 1 && p.b.columns() > 1;
    }

    private static boolean inPlace(int rows, int depth, int columns) {
        return rows <= FEW_ROWS || (long) depth * columns <= SMALL;
    }

    /// Whether rows whose neighbors are along k are packed for this number of columns.
    static boolean packsRows(int columns) {
        return MicroKernels.MANY_REGISTERS && columns >= MANY_COLUMNS;
    }

    // ---------------------------------------------------------------------------------------------- constant weights

    /// An estimate of the workspace of a dense layer's products while training, in floats: the
    /// outputs before they are transposed, and the packed blocks of each thread.
    /// @param shape `[out × in]`
    public static long trainingFloats(int rows, Shape shape, int threads) {
        long widest = Math.max(shape.extent(0), inputs(shape));
        long ofRows = Math.max(shape.size(), rows * widest); // weights, or a batch of inputs or δ
        long blocks = Math.min(shape.size(), BLOCK_OF_V) + Math.min(ofRows, BLOCK_OF_R);
        return (long) rows * shape.extent(0) + threads * blocks;
    }

    /// An estimate of the workspace of products with constant weights, in floats: the packed batch
    /// of each thread.
    /// @param shape `[out × in]`
    public static long predictingFloats(int rows, Shape shape, int threads) {
        if (!packsRows(shape.extent(0))) return 0;
        return threads * Math.min((long) rows * inputs(shape), BLOCK_OF_R);
    }

    /// The floats of the packed copy of constant weights.
    /// @param shape `[out × in]`
    public static long packedFloats(Shape shape) {
        return (long) Workspace.START + packedSize(inputs(shape), shape.extent(0));
    }

    private static int inputs(Shape shape) {
        return shape.size() / Math.max(1, shape.extent(0));
    }

    /// The packed copy of constant Wᵀ, in the order of [#pack]; null for weights that may change.
    static float @Nullable [] panels(PackedWeights weights) {
        if (!weights.isConstant()) return null;
        float[] kept = weights.packed(ORDER);
        if (kept == null) {
            Matrix w = weights.matrix();
            kept = new float[Workspace.START + packedSize(w.columns(), w.rows())];
            pack(w.array(), w.offset(), w.columnStride(), w.rowStride(), w.columns(), w.rows(), kept);
            weights.keep(ORDER, kept);
        }
        return kept;
    }

    // --------------------------------------------------------------------------------------------------- packing

    /// The width of the panel that begins at a column.
    private static int width(int column, int columns) {
        return column + MicroKernels.COLUMNS <= columns ? MicroKernels.COLUMNS : MicroKernels.NARROW;
    }

    /// The number of floats that [#pack] writes, from [Workspace#START] on.
    static int packedSize(int depth, int columns) {
        return Math.multiplyExact(
                depth, (columns + MicroKernels.NARROW - 1) / MicroKernels.NARROW * MicroKernels.NARROW);
    }

    /// Packs V into consecutive panels from [Workspace#START] on: the panel that begins at column j
    /// starts at `j * depth` from there. It holds its columns for k = 0, 1, …; each k is as wide as
    /// a register tile.
    static void pack(float[] v, int at, int stepK, int stepColumn, int depth, int columns, float[] panels) {
        if (stepColumn == 1) copyRows(v, at, stepK, depth, columns, panels);
        else turnColumns(v, at, stepColumn, depth, columns, panels);
    }

    private static void copyRows(float[] v, int at, int stepK, int depth, int columns, float[] panels) {
        for (int k = 0; k < depth; k++) {
            int w;
            for (int j = 0; j < columns; j += w) {
                w = width(j, columns);
                int count = Math.min(w, columns - j);
                int o = Workspace.START + j * depth + k * w;
                System.arraycopy(v, at + j + k * stepK, panels, o, count);
                if (count < w) Arrays.fill(panels, o + count, o + w, 0);
            }
        }
    }

    private static void turnColumns(float[] v, int at, int stepColumn, int depth, int columns, float[] panels) {
        int w;
        for (int j = 0; j < columns; j += w) {
            w = width(j, columns);
            int count = Math.min(w, columns - j);
            int o = Workspace.START + j * depth;
            if (count < w) Arrays.fill(panels, o, o + w * depth, 0);
            transpose(v, at + j * stepColumn, stepColumn, count, depth, panels, o, w);
        }
    }

    /// Transposes: element k of line l goes to `to[o + k * width + l]`. Eight lines at a time, in
    /// pieces that stay in the L1 cache.
    public static void transpose(float[] from, int at, int step, int lines, int length, float[] to, int o, int width) {
        for (int k = 0; k < length; k += 64) {
            int n = Math.min(64, length - k);
            int l = 0;
            for (; l <= lines - 8; l += 8)
                transposeEight(from, at + l * step + k, step, n, to, o + k * width + l, width);
            for (; l < lines; l++) turnOne(from, at + l * step + k, n, to, o + k * width + l, width);
        }
    }

    /// Packs rows in the height of a register tile: element k of row i of a tile goes to
    /// `to[o + k * ROWS + i]`. Remaining rows follow one by one.
    private static void packRows(float[] from, int at, int stepRow, int stepK, int rows, int depth, float[] to) {
        int i = 0;
        for (; i <= rows - MicroKernels.ROWS; i += MicroKernels.ROWS) {
            packTile(from, at + i * stepRow, stepRow, stepK, depth, to, i * depth);
        }
        for (; i < rows; i++) {
            for (int k = 0; k < depth; k++) to[i * depth + k] = from[at + i * stepRow + k * stepK];
        }
    }

    /// Packs six rows, [MicroKernels#ROWS] where micro-kernels read packed rows.
    private static void packTile(float[] from, int at, int stepRow, int stepK, int depth, float[] to, int o) {
        for (int k = 0; k < depth; k++) {
            int f = at + k * stepK;
            int t = o + k * 6;
            to[t] = from[f];
            to[t + 1] = from[f + stepRow];
            to[t + 2] = from[f + 2 * stepRow];
            to[t + 3] = from[f + 3 * stepRow];
            to[t + 4] = from[f + 4 * stepRow];
            to[t + 5] = from[f + 5 * stepRow];
        }
    }

    private static void turnOne(float[] from, int at, int length, float[] to, int o, int width) {
        for (int k = 0; k < length; k++) to[o + k * width] = from[at + k];
    }

    private static void transposeEight(float[] from, int at, int step, int length, float[] to, int o, int width) {
        int line1 = at + step;
        int line2 = at + 2 * step;
        int line3 = at + 3 * step;
        int line4 = at + 4 * step;
        int line5 = at + 5 * step;
        int line6 = at + 6 * step;
        int line7 = at + 7 * step;
        for (int k = 0; k < length; k++) {
            to[o] = from[at + k];
            to[o + 1] = from[line1 + k];
            to[o + 2] = from[line2 + k];
            to[o + 3] = from[line3 + k];
            to[o + 4] = from[line4 + k];
            to[o + 5] = from[line5 + k];
            to[o + 6] = from[line6 + k];
            to[o + 7] = from[line7 + k];
            o += width;
        }
    }

    // ------------------------------------------------------------------------------------------ one thread's part

    /// One thread's part of a product, result[m×n] = R[m×depth]·V[depth×n], with its workspace.
    private static final class Work {
        private static final float[] NONE = {};

        private float[] r = NONE;
        private int rAt;
        private int rRow;
        private int rK;

        private float[] v = NONE;
        private int vAt;
        private int vK;
        private int vColumn;
        private boolean kept; // v holds packed panels

        private float[] c = NONE;
        private int cAt;
        private int cRow;

        private int m;
        private int n;
        private int depth;
        private boolean accumulate;

        private float[] rows = NONE; // the current block of R: in r, or packed in ownRows
        private int rowsAt;
        private int rowStep;
        private boolean rowsPacked; // in the height of a register tile

        private float[] panels = NONE;
        private float[] ownRows = NONE;
        private float[] result = NONE;
        private final float[] edge = new float[MicroKernels.ROWS * MicroKernels.NARROW];

        void straight(Product p, int i0, int i1, int j0, int j1) {
            rows(p.a, i0, i1);
            columns(p.b, j0, j1);
            float[] ofB = p.panels;
            if (ofB != null) {
                v = ofB;
                vAt = Workspace.START + j0 * depth;
                kept = true;
            }
            c = p.c.array();
            cAt = p.at(i0, j0);
            cRow = p.c.rowStride();
            accumulate = p.accumulate;
            multiply();
        }

        /// Computes Cᵀ = Bᵀ·Aᵀ in the workspace, and transposes it into C.
        void transposed(Product p, int i0, int i1, int j0, int j1) {
            rows(p.b.transpose(), j0, j1);
            columns(p.a.transpose(), i0, i1);
            result = Workspace.atLeast(result, m * n);
            float[] target = p.c.array();
            int at = p.at(i0, j0);
            int row = p.c.rowStride();
            c = result;
            cAt = 0;
            cRow = n;
            accumulate = p.accumulate;
            if (accumulate) transpose(target, at, row, n, m, result, 0, n);
            multiply();
            transpose(result, 0, n, m, n, target, at, row);
        }

        private void rows(Matrix matrix, int from, int to) {
            r = matrix.array();
            rAt = matrix.offset() + from * matrix.rowStride();
            rRow = matrix.rowStride();
            rK = matrix.columnStride();
            m = to - from;
            depth = matrix.columns();
        }

        private void columns(Matrix matrix, int from, int to) {
            v = matrix.array();
            vAt = matrix.offset() + from * matrix.columnStride();
            vK = matrix.rowStride();
            vColumn = matrix.columnStride();
            n = to - from;
            kept = false;
        }

        void forget() {
            r = NONE;
            rows = NONE;
            v = NONE;
            c = NONE;
        }

        /// Loops over the blocks in Goto's order: over blocks of V, and within each over blocks of R.
        private void multiply() {
            boolean direct = !kept && vColumn == 1 && inPlace(m, depth, n);
            for (int j = 0; j < n; j += BLOCK_COLUMNS) {
                int nj = Math.min(BLOCK_COLUMNS, n - j);
                for (int k = 0; k < depth; k += BLOCK_K) { // depth 0 is left to the scalar loops
                    int nk = Math.min(BLOCK_K, depth - k);
                    if (!kept) packBlock(j, nj, k, nk, direct);
                    for (int i = 0; i < m; i += BLOCK_ROWS) {
                        block(i, Math.min(BLOCK_ROWS, m - i), j, nj, k, nk, direct);
                    }
                }
            }
        }

        /// Packs a block of V; if V is read in place, only the last panel, which would reach beyond
        /// its last column.
        private void packBlock(int j, int nj, int k, int nk, boolean direct) {
            int skipped = direct ? nj / MicroKernels.NARROW * MicroKernels.NARROW : 0;
            if (skipped == nj) return;
            panels = Workspace.aligned(panels, packedSize(nk, nj - skipped));
            pack(v, vAt + k * vK + (j + skipped) * vColumn, vK, vColumn, nk, nj - skipped, panels);
        }

        private void block(int i, int ni, int j, int nj, int k, int nk, boolean direct) {
            rows = r;
            rowsAt = rAt + i * rRow + k * rK;
            rowStep = rRow;
            rowsPacked =
                    !direct && ni >= MicroKernels.ROWS && (packsRows(nj) || (rK != 1 && MicroKernels.MANY_REGISTERS));
            if (rowsPacked || (rK != 1 && depth > 1)) {
                ownRows = Workspace.atLeast(ownRows, ni * nk);
                if (rowsPacked) packRows(r, rowsAt, rRow, rK, ni, nk, ownRows);
                else transpose(r, rowsAt, rK, nk, ni, ownRows, 0, nk);
                rows = ownRows;
                rowsAt = 0;
                rowStep = nk;
            }
            int w;
            for (int dj = 0; dj < nj; dj += w) {
                w = width(dj, nj);
                int count = Math.min(w, nj - dj);
                float[] columns = kept ? v : panels;
                int vo = Workspace.START + (direct ? 0 : dj * nk);
                int vs = w;
                if (kept) {
                    vo = vAt + (j + dj) * depth + k * w;
                } else if (direct && count == w) {
                    columns = v;
                    vo = vAt + k * vK + j + dj;
                    vs = vK;
                }
                tiles(i, ni, j + dj, count, w, k, nk, columns, vo, vs);
            }
        }

        /// The register tiles of one panel, from the first row to the last.
        private void tiles(int i, int ni, int j, int count, int w, int k, int nk, float[] columns, int vo, int vs) {
            boolean fresh = k == 0 && !accumulate;
            boolean whole = count == w; // otherwise the tile reaches beyond C's last column
            float[] target = whole ? c : edge;
            int ts = whole ? cRow : w;
            int rs = rowsPacked ? MicroKernels.PACKED : rowStep;
            int height;
            for (int di = 0; di < ni; di += height) {
                height = ni - di >= MicroKernels.ROWS ? MicroKernels.ROWS : 1;
                int ro = rowsAt + di * rowStep;
                int at = cAt + (i + di) * cRow + j;
                int to = whole ? at : 0;
                if (!whole && !fresh) copy(c, at, cRow, edge, 0, w, height, count);
                float[] start = fresh ? ZEROS : target;
                int so = fresh ? 0 : to;
                int ss = fresh ? 0 : ts;
                MicroKernels.compute(height, w, nk, rows, ro, rs, columns, vo, vs, start, so, ss, target, to, ts);
                if (!whole) copy(edge, 0, w, c, at, cRow, height, count);
            }
        }

        private static void copy(
                float[] from, int at, int stride, float[] to, int toAt, int toStride, int rows, int columns) {
            for (int i = 0; i < rows; i++) System.arraycopy(from, at + i * stride, to, toAt + i * toStride, columns);
        }
    }
}

package dev.neurite.kernel.cpu;

import static dev.neurite.kernel.cpu.VectorKernels.L;
import static dev.neurite.kernel.cpu.VectorKernels.S;
import static jdk.incubator.vector.FloatVector.fromArray;

import dev.neurite.kernel.PackedWeights;
import dev.neurite.kernel.cpu.tile.ProductTile.OfColumns;
import dev.neurite.kernel.cpu.tile.ProductTile.OfRows;
import dev.neurite.tensor.Matrix;
import dev.neurite.tensor.Shape;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The matrix product on vectors, computed in register tiles of C.
///
/// A micro-kernel broadcasts the elements of one operand, the *rows* R, and multiplies them by
/// vectors of the other, the *panels* V. Either R is A, V is B and the result C; or R is Bᵀ, V is Aᵀ
/// and the result Cᵀ, which is transposed when it is complete. [ProductPlan] chooses.
///
/// V is read in place, or packed into panels as wide as a register tile (Goto and van de Geijn 2008,
/// "Anatomy of high-performance matrix multiplication"); the last panel is as many vectors wide as are
/// left, and filled up with zeros. R is read in place, or packed in the height of a register tile. If it is not
/// packed and its neighbors are not along k, a block of R is transposed, unless they are along the rows and all
/// columns of a block stay in the L1 cache.
///
/// Every element of C is one chain of `fma` over k in order. So block sizes, register tiles,
/// orientation and threads affect the speed but not the bits.
public final class Gemm {
    /// The multiplications below which the scalar loops are as fast.
    static final long WORTHWHILE = 500;

    static final int BLOCK_K = 512;
    private static final int ONCE_K = 128; // a panel that only one row of tiles uses: it stays in the L1 cache
    private static final int NEAR = 10_240; // floats of the L1 cache that columns of R may take
    private static final int BLOCK_ROWS = 192; // of R: a block with BLOCK_K stays in the L2 cache
    static final int BLOCK_COLUMNS = 1024 / MicroKernels.COLUMNS * MicroKernels.COLUMNS;
    static final int BLOCK_OF_R = BLOCK_K * BLOCK_ROWS; // the floats of a packed block of R
    static final int BLOCK_OF_V = BLOCK_K * BLOCK_COLUMNS; // the floats of a packed block of V

    /// The order of packed weights, see [PackedWeights#packed].
    private static final Object ORDER = "panels";

    private static final int PIECE =
            8; // of k that is packed together: of rows of 2ⁿ floats no more stay in the L1 cache

    private static final float[] ZEROS = new float[MicroKernels.MOST_PANELS * MicroKernels.COLUMNS];

    private final WorkspacePool<Work> workspaces = new WorkspacePool<>(Work::new);

    /// Computes rows i0 to i1 and columns j0 to j1 of C, without the epilogue.
    void compute(Product p, int product, int i0, int i1, int j0, int j1) {
        Work work = workspaces.take();
        if (p.transposes()) work.transposed(p, product, i0, i1, j0, j1);
        else work.straight(p, product, i0, i1, j0, j1);
        work.forget();
        workspaces.release(work);
    }

    /// The number of rows of C that a thread computes should be a multiple of this.
    static int rowStep(Product p) {
        return p.transposes() ? MicroKernels.NARROW : MicroKernels.ROWS;
    }

    /// The number of columns of C that a thread computes should be a multiple of this; with kept panels it must be.
    static int columnStep(Product p) {
        return p.transposes() ? MicroKernels.ROWS : p.panels != null ? MicroKernels.COLUMNS : MicroKernels.NARROW;
    }

    /// Whether columns of R are read as they are: the elements of each are neighbors, and a block's columns stay in
    /// the L1 cache.
    static boolean isNear(int stepRow, int stepK, int depth) {
        return stepRow == 1 && (long) Math.min(depth, BLOCK_K) * stepK <= NEAR;
    }

    // ---------------------------------------------------------------------------------------------- constant weights

    /// An estimate of the workspace of a dense layer's products while training, in floats: the
    /// outputs before they are transposed, and the packed blocks of each thread.
    /// @param shape `[out × in]`
    public static long trainingFloats(int rows, Shape shape, int threads) {
        long widest = Math.max(shape.extent(0), inputs(shape));
        long ofRows = Math.max(shape.size(), rows * widest); // weights, or a batch of inputs or δ
        long blocks = Math.min(ofRows, BLOCK_OF_V) + Math.min(ofRows, BLOCK_OF_R);
        return (long) rows * shape.extent(0) + threads * blocks;
    }

    /// An estimate of the workspace of products with constant weights, in floats: the packed batch
    /// of each thread.
    /// @param shape `[out × in]`
    public static long predictingFloats(int rows, Shape shape, int threads) {
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

    /// The width of the panel that begins at a column: the last one is as many vectors wide as are left.
    private static int width(int column, int columns) {
        return Math.min(MicroKernels.COLUMNS, wholeVectors(columns - column));
    }

    private static int wholeVectors(int columns) {
        return Math.ceilDiv(columns, MicroKernels.NARROW) * MicroKernels.NARROW;
    }

    /// The number of floats that [#pack] writes, from [Workspace#START] on.
    static int packedSize(int depth, int columns) {
        return Math.multiplyExact(depth, wholeVectors(columns));
    }

    /// Packs V into consecutive panels from [Workspace#START] on: the panel that begins at column j
    /// starts at `j * depth` from there. It holds its columns for k = 0, 1, …; each k is as wide as
    /// a register tile.
    static void pack(float[] v, int at, int stepK, int stepColumn, int depth, int columns, float[] panels) {
        if (stepColumn == 1) copyRows(v, at, stepK, depth, columns, panels);
        else turnColumns(v, at, stepColumn, depth, columns, panels);
    }

    private static void copyRows(float[] v, int at, int stepK, int depth, int columns, float[] panels) {
        int whole = columns / MicroKernels.COLUMNS * MicroKernels.COLUMNS;
        for (int k = 0; k < depth; k += PIECE) {
            int some = Math.min(PIECE, depth - k);
            for (int j = 0; j < whole; j += MicroKernels.COLUMNS) {
                int to = Workspace.START + j * depth + k * MicroKernels.COLUMNS;
                copyPanel(v, at + j + k * stepK, stepK, some, panels, to);
            }
        }
        int count = columns - whole;
        if (count == 0) return;
        int w = width(whole, columns);
        for (int k = 0; k < depth; k++) {
            int o = Workspace.START + whole * depth + k * w;
            System.arraycopy(v, at + whole + k * stepK, panels, o, count);
            if (count < w) Arrays.fill(panels, o + count, o + w, 0);
        }
    }

    /// Copies a whole panel, with vectors: `System.arraycopy` of so few floats takes twice as long.
    private static void copyPanel(float[] v, int at, int stepK, int depth, float[] panels, int o) {
        for (int k = 0; k < depth; k++) {
            int from = at + k * stepK;
            int to = o + k * MicroKernels.COLUMNS;
            for (int j = 0; j < MicroKernels.COLUMNS; j += L)
                fromArray(S, v, from + j).intoArray(panels, to + j);
        }
    }

    private static void turnColumns(float[] v, int at, int stepColumn, int depth, int columns, float[] panels) {
        int w;
        for (int j = 0; j < columns; j += w) {
            w = width(j, columns);
            int count = Math.min(w, columns - j);
            int o = Workspace.START + j * depth;
            if (count < w) Arrays.fill(panels, o, o + w * depth, 0);
            Transposition.transpose(v, at + j * stepColumn, stepColumn, count, depth, panels, o, w);
        }
    }

    /// Packs rows in the height of a register tile: element k of row i of a tile goes to
    /// `to[o + k * MicroKernels.ROWS + i]`. The remaining rows are a tile of less height.
    static void packRows(float[] from, int at, int stepRow, int stepK, int rows, int depth, float[] to) {
        int tiles = rows / MicroKernels.ROWS * MicroKernels.ROWS;
        int some;
        for (int k = 0; k < depth; k += some) { // so that a cache line of R serves several tiles
            some = stepRow == 1 ? Math.min(PIECE, depth - k) : depth;
            for (int i = 0; i < tiles; i += MicroKernels.ROWS) {
                int f = at + i * stepRow + k * stepK;
                int t = i * depth + k * MicroKernels.ROWS;
                if (stepRow == 1) copyTile(from, f, stepK, some, to, t);
                else packTile(from, f, stepRow, stepK, some, to, t);
            }
        }
        int height = rows - tiles;
        for (int i = 0; i < height; i++) {
            int f = at + (tiles + i) * stepRow;
            int t = tiles * depth + i;
            for (int k = 0; k < depth; k++) to[t + k * height] = from[f + k * stepK];
        }
    }

    /// Packs six neighbors, the rows of a tile where micro-kernels read packed rows, for each k. Copies whole vectors,
    /// where they have six lanes: the next ones overwrite what was too much.
    private static void copyTile(float[] from, int at, int stepK, int depth, float[] to, int o) {
        int k = 0;
        if (L >= MicroKernels.ROWS) {
            int last = depth - Math.ceilDiv(L - MicroKernels.ROWS, MicroKernels.ROWS);
            int n = Math.min(last, Math.min((from.length - L - at) / stepK, (to.length - L - o) / MicroKernels.ROWS));
            for (; k < n; k++) fromArray(S, from, at + k * stepK).intoArray(to, o + k * MicroKernels.ROWS);
        }
        packTile(from, at + k * stepK, 1, stepK, depth - k, to, o + k * MicroKernels.ROWS);
    }

    /// Packs six rows.
    private static void packTile(float[] from, int at, int stepRow, int stepK, int depth, float[] to, int o) {
        for (int k = 0; k < depth; k++) {
            int f = at + k * stepK;
            int t = o + k * MicroKernels.ROWS;
            to[t] = from[f];
            to[t + 1] = from[f + stepRow];
            to[t + 2] = from[f + 2 * stepRow];
            to[t + 3] = from[f + 3 * stepRow];
            to[t + 4] = from[f + 4 * stepRow];
            to[t + 5] = from[f + 5 * stepRow];
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
        private boolean packsR;
        private boolean packsV;

        private float[] rows = NONE; // the current block of R: in r, or packed in ownRows
        private int rowsAt;
        private int rowStep;
        private OfRows places = OfRows.ALONG;
        private int rs; // of register tiles
        private float[] panels = NONE;
        private float[] ownRows = NONE;
        private float[] result = NONE;
        private final float[] edge = new float[MicroKernels.ROWS * MicroKernels.COLUMNS];

        void straight(Product p, int product, int i0, int i1, int j0, int j1) {
            takes(p);
            rows(p.a, p.aAt(product), i0, i1);
            columns(p.b, p.bAt(product), j0, j1);
            float[] ofB = p.panels;
            if (ofB != null) {
                v = ofB;
                vAt = Workspace.START + j0 * depth;
                kept = true;
            }
            c = p.c.array();
            cAt = p.at(product, i0, j0);
            cRow = p.c.rowStride();
            multiply();
        }

        private void takes(Product p) {
            accumulate = p.accumulate;
            packsR = p.packsR();
            packsV = p.packsV();
        }

        /// Computes Cᵀ = Bᵀ·Aᵀ in the workspace, and transposes it into C.
        void transposed(Product p, int product, int i0, int i1, int j0, int j1) {
            takes(p);
            rows(p.b.transpose(), p.bAt(product), j0, j1);
            columns(p.a.transpose(), p.aAt(product), i0, i1);
            result = Workspace.atLeast(result, m * n);
            float[] target = p.c.array();
            int at = p.at(product, i0, j0);
            int row = p.c.rowStride();
            c = result;
            cAt = 0;
            cRow = n;
            if (accumulate) Transposition.transpose(target, at, row, n, m, result, 0, n);
            multiply();
            Transposition.transpose(result, 0, n, m, n, target, at, row);
        }

        private void rows(Operand matrix, int at, int from, int to) {
            r = matrix.array();
            rAt = at + from * matrix.rowStride();
            rRow = matrix.rowStride();
            rK = matrix.columnStride();
            m = to - from;
            depth = matrix.columns();
        }

        private void columns(Operand matrix, int at, int from, int to) {
            v = matrix.array();
            vAt = at + from * matrix.columnStride();
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
            boolean direct = !kept && !packsV;
            boolean usedOnce = m <= MicroKernels.ROWS && packsV;
            int blockColumns = usedOnce ? MicroKernels.COLUMNS : BLOCK_COLUMNS;
            int blockK = usedOnce ? ONCE_K : BLOCK_K;
            for (int j = 0; j < n; j += blockColumns) {
                int nj = Math.min(blockColumns, n - j);
                for (int k = 0; k < depth; k += blockK) { // depth 0 is left to the scalar loops
                    int nk = Math.min(blockK, depth - k);
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
            rs = rRow;
            boolean across = !packsR && rK != 1 && isNear(rRow, rK, depth);
            places = packsR ? OfRows.PACKED : across ? OfRows.ACROSS : OfRows.ALONG;
            if (across) {
                rs = rK;
            } else if (packsR || (rK != 1 && depth > 1)) {
                ownRows = Workspace.atLeast(ownRows, ni * nk);
                if (packsR) packRows(r, rowsAt, rRow, rK, ni, nk, ownRows);
                else Transposition.transpose(r, rowsAt, rK, nk, ni, ownRows, 0, nk);
                rows = ownRows;
                rowsAt = 0;
                rowStep = nk;
                rs = nk;
            }
            int wide = direct || packsR ? 0 : MicroKernels.together(ni) * MicroKernels.COLUMNS; // one or two rows
            int w;
            for (int dj = 0; dj < nj; dj += w) {
                boolean together = wide > MicroKernels.COLUMNS && dj + wide <= nj;
                w = together ? wide : width(dj, nj);
                if (direct && w > nj - dj && w > MicroKernels.NARROW) w -= MicroKernels.NARROW;
                int count = Math.min(w, nj - dj);
                boolean inPlace = !kept && direct && count == w;
                float[] columns = kept || inPlace ? v : panels;
                int vo = Workspace.START + (direct ? 0 : dj * nk);
                if (kept) vo = vAt + (j + dj) * depth + k * (together ? MicroKernels.COLUMNS : w);
                else if (inPlace) vo = vAt + k * vK + j + dj;
                int vs = inPlace ? vK : together ? MicroKernels.COLUMNS * (kept ? depth : nk) : w;
                OfColumns ofColumns = inPlace ? OfColumns.IN_PLACE : together ? OfColumns.PANELS : OfColumns.PANEL;
                tiles(i, ni, j + dj, count, w, k, nk, columns, vo, vs, ofColumns);
            }
        }

        /// The register tiles of one panel, or of several together, from the first row to the last.
        private void tiles(
                int i,
                int ni,
                int j,
                int count,
                int w,
                int k,
                int nk,
                float[] columns,
                int vo,
                int vs,
                OfColumns ofColumns) {
            boolean fresh = k == 0 && !accumulate;
            boolean whole = count == w; // otherwise the tile reaches beyond C's last column
            float[] target = whole ? c : edge;
            int ts = whole ? cRow : w;
            int height;
            for (int di = 0; di < ni; di += height) {
                height = Math.min(MicroKernels.ROWS, ni - di);
                int ro = rowsAt + di * rowStep;
                int at = cAt + (i + di) * cRow + j;
                int to = whole ? at : 0;
                if (!whole && !fresh) copy(c, at, cRow, edge, 0, w, height, count);
                float[] start = fresh ? ZEROS : target;
                int so = fresh ? 0 : to;
                int ss = fresh ? 0 : ts;
                MicroKernels.tile(height, w, places, ofColumns)
                        .compute(nk, rows, ro, rs, columns, vo, vs, start, so, ss, target, to, ts);
                if (!whole) copy(edge, 0, w, c, at, cRow, height, count);
            }
        }

        private static void copy(
                float[] from, int at, int stride, float[] to, int toAt, int toStride, int rows, int columns) {
            for (int i = 0; i < rows; i++) System.arraycopy(from, at + i * stride, to, toAt + i * toStride, columns);
        }
    }
}

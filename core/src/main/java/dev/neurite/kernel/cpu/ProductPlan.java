package dev.neurite.kernel.cpu;

/// Chooses the way in which threads compute a [Product] on vectors: which operand is R and which V (see [Gemm]),
/// whether they are packed, and whether threads divide the rows of C or its columns. Takes the way with the least
/// estimated time. An operand that threads do not divide is packed by each of them.
///
/// The unit of time is a multiplication of vectors at full speed, half a cycle of a core with AVX-512. A register
/// tile takes what limits it: its multiplications, its loads of R and V, or the latency of its sums. The constants
/// were measured on an Intel Xeon with AVX-512; `ProductPlanTest` measures all ways for many shapes.
final class ProductPlan {
    /// Bits of a way: R is Bᵀ and V Aᵀ, the result is transposed.
    static final int TRANSPOSES = 1;

    /// Threads divide the rows of C, not its columns.
    static final int BY_ROWS = 2;

    /// V is packed.
    static final int PACKS_V = 4;

    /// R is packed in the height of a register tile.
    static final int PACKS_R = 8;

    /// V is an encoded operand, whose codes become floats, or pairs of 16 bits, in panels; otherwise codes are
    /// multiplied.
    static final int UNPACKS = 16;

    /// The number of ways with an operand of floats; not all are possible for each product.
    static final int WAYS = 16;

    private static final int LATENCY = 8; // of a multiplication
    /// More time for multiplications with rows that are not packed. With 16 registers 0.02 on a quiet core, and
    /// 0.3 where another process uses its second thread.
    private static final double IN_PLACE = 0.09;

    private static final double CALL = 40; // of a register tile, which loads and stores its sums
    private static final double COPY = 0.5; // packing an element that keeps its neighbors
    private static final double TRANSPOSE = 1.3; // transposing an element
    private static final double PIECE = 1.5; // packing an element of R that keeps its neighbors in a tile only
    private static final double TILE = 2.3; // packing an element of R whose neighbors are along k
    private static final double RESULT = 3; // an element of a result that is transposed
    private static final double NEAR = 0.3; // reading an element from the L2 cache
    private static final double FAR = 0.8; // reading an element of what is too large for it
    private static final double FAR_TRANSPOSED = 2.4; // the same where neighbors are not read one after the other
    private static final double BORDER = 150; // a row of C that two threads write: one fetches ahead what the other has
    private static final int UNPACKED_ROWS = 8; // of X, so that unpacking W pays
    private static final int L1 = 8_192; // floats
    private static final int L2 = 262_144;

    private ProductPlan() {}

    /// The way with the least estimated time.
    static int choose(Product p, int threads) {
        if (p.encoded != null) return ofEncoded(p, threads);
        int best = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int way = 0; way < WAYS; way++) {
            if (!isPossible(p, way) || (threads == 1 && (way & BY_ROWS) != 0)) continue;
            double cost = cost(p, way, threads);
            if (cost < least) {
                least = cost;
                best = way;
            }
        }
        return best;
    }

    private static int ofEncoded(Product p, int threads) {
        boolean byRows = threads > 1 && p.c.rows() > p.c.columns();
        int rows = byRows ? Math.ceilDiv(p.c.rows(), threads) : p.c.rows();
        return (byRows ? BY_ROWS : 0) | (rows >= UNPACKED_ROWS ? UNPACKS : 0);
    }

    /// Whether a product can be computed in this way.
    static boolean isPossible(Product p, int way) {
        boolean kept = p.panels != null;
        if ((way & TRANSPOSES) != 0 && (kept || p.c.columns() <= 1)) return false;
        boolean packsV = (way & PACKS_V) != 0;
        if (kept ? packsV : !packsV && v(p, way).columnStride() != 1) return false;
        boolean packsR = (way & PACKS_R) != 0;
        if (!packsV && !kept) return !packsR; // packed rows go with panels
        return packsR || inPlace(r(p, way));
    }

    /// Whether R is read as it is.
    private static boolean inPlace(Operand r) {
        return r.columnStride() == 1 || Gemm.isNear(r.rowStride(), r.columnStride(), r.columns());
    }

    private static Operand r(Product p, int way) {
        return (way & TRANSPOSES) != 0 ? p.b.transpose() : p.a;
    }

    private static Operand v(Product p, int way) {
        return (way & TRANSPOSES) != 0 ? p.a.transpose() : p.b;
    }

    /// The estimated time of a thread.
    static double cost(Product p, int way, int threads) {
        boolean transposes = (way & TRANSPOSES) != 0;
        boolean byRows = (way & BY_ROWS) != 0;
        Operand r = r(p, way);
        Operand v = v(p, way);
        int depth = r.columns();
        int m = byRows != transposes ? share(r.rows(), threads, MicroKernels.ROWS) : r.rows();
        int n = byRows == transposes
                ? share(v.columns(), threads, p.panels == null ? MicroKernels.NARROW : MicroKernels.COLUMNS)
                : v.columns();
        int vectors = Math.ceilDiv(n, MicroKernels.NARROW);
        double ofR = (double) m * depth;
        double ofV = (double) depth * n;
        double ofC = (double) m * n;
        boolean packsR = (way & PACKS_R) != 0;
        boolean inPlace = !packsR && inPlace(r);
        double cost = panels(m, vectors, depth, inPlace ? 1 + IN_PLACE : 1);
        double each = inPlace ? 0 : !packsR ? TRANSPOSE : r.rowStride() == 1 ? PIECE : TILE;
        cost += Math.ceilDiv(n, Gemm.BLOCK_COLUMNS) * ofR * (each + reading(ofR, FAR));
        if (p.panels != null) {
            cost += ofV * reading(ofV, FAR);
        } else if ((way & PACKS_V) != 0) {
            cost += ofV * (v.columnStride() == 1 ? COPY + reading(ofV, FAR) : TRANSPOSE + reading(ofV, FAR_TRANSPOSED));
        } else {
            double vector = (long) depth * v.rowStride() <= L1 ? 0 : ofV <= L2 ? 1 : 3; // more than in a panel
            cost += vector * depth * vectors * Math.ceilDiv(m, MicroKernels.ROWS) + ofV * reading(ofV, FAR);
        }
        if (threads > 1 && !byRows) cost += BORDER * p.c.rows();
        if (transposes) cost += ofC * (p.accumulate ? 2 : 1) * (RESULT + 3 * reading(ofC, FAR));
        return cost;
    }

    /// @param far the time for each element of what is too large for the L2 cache
    private static double reading(double elements, double far) {
        return elements > L2 ? far : NEAR;
    }

    private static int share(int size, int threads, int step) {
        return Math.min(size, Math.ceilDiv(Math.ceilDiv(size, threads), step) * step);
    }

    /// The register tiles of m rows by so many vectors.
    private static double panels(int m, int vectors, int depth, double each) {
        int wide = MicroKernels.COLUMNS / MicroKernels.NARROW;
        int whole = vectors / wide;
        return whole * panel(m, wide, depth, each) + panel(m, vectors % wide, depth, each);
    }

    private static double panel(int m, int vectors, int depth, double each) {
        if (vectors == 0) return 0;
        int full = m / MicroKernels.ROWS;
        double deep = full * tile(MicroKernels.ROWS, vectors, each) + tile(m % MicroKernels.ROWS, vectors, each);
        int tiles = Math.ceilDiv(m, MicroKernels.ROWS) * Math.ceilDiv(depth, Gemm.BLOCK_K);
        return depth * deep + tiles * CALL;
    }

    /// The time of a register tile for each k.
    /// @param each the time of a multiplication
    private static double tile(int height, int vectors, double each) {
        if (height == 0) return 0;
        return Math.max(height * vectors * each, Math.max(height + vectors + 2, LATENCY));
    }
}

package dev.neurite.kernel.cpu.tile;

import dev.neurite.kernel.cpu.tile.ProductTile.OfColumns;
import dev.neurite.kernel.cpu.tile.ProductTile.OfRows;
import dev.neurite.kernel.cpu.tile.TileCompiler.Columns;
import dev.neurite.kernel.cpu.tile.TileCompiler.Rows;
import dev.neurite.kernel.cpu.tile.TileCompiler.Shape;
import dev.neurite.tensor.Layout;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/// The micro-kernels, each generated when it is needed first. A tile holds its sums in registers while k runs in
/// order: each element of C is one chain of `fma` that starts from F.
///
/// Their shapes are chosen by those who call. What limits them: the registers that a sum, a vector of V and an
/// element of R need, and the first compiler of the JVM, which gives up methods that are too long: with 26 sums, each
/// with a start of its own, and then the second never compiles them.
public final class Tiles {
    private static final int L = FloatVector.SPECIES_PREFERRED.length();

    /// AVX-512 and AArch64 have 32 vector registers, AVX2 has 16.
    public static final boolean MANY_REGISTERS =
            L >= 16 || System.getProperty("os.arch").equals("aarch64");

    /// The vectors of a panel of a matrix product.
    public static final int PANEL = MANY_REGISTERS ? 4 : 2;

    /// Added to a sum that a loop has carried on, before it is stored: it changes no number, but C2 knows the class
    /// of the result. Read by generated code, too.
    public static final FloatVector NEGATIVE_ZERO = FloatVector.broadcast(FloatVector.SPECIES_PREFERRED, -0f);

    /// A tile that was generated.
    private record Made(Shape shape, Object tile) {}

    private static final int MOST = 256;

    /// Some dozens; replaced, so that readers need no lock. Of more than [#MOST], as of a process that trains on images
    /// of very many widths, the older ones go, and their classes with them.
    private static final AtomicReference<Made[]> MADE = new AtomicReference<>(new Made[0]);

    private static final int RUN = 4; // channels

    private static final int MOST_ROWS = 8;
    private static final int MOST_VECTORS = 8;
    private static final int SIZES = MOST_ROWS * MOST_VECTORS;

    /// The tiles of products, and those of convolutions between planes: callers ask for them again and again.
    private static final AtomicReferenceArray<@Nullable ProductTile> OF_PRODUCTS =
            new AtomicReferenceArray<>(9 * SIZES);

    private static final AtomicReferenceArray<@Nullable PlaneTile> OF_PIXELS = new AtomicReferenceArray<>(SIZES);

    private Tiles() {}

    /// A tile for V in panels: for each k and tap, all its blocks are neighbors. All rows start from the first row
    /// of F.
    /// @param rowStep the distance between neighboring rows of R
    /// @param taps the elements of R of a row for each k
    /// @param tapStep the distance between them
    /// @param channels whether k are channels in blocks, so that R's elements are neighbors for all k of a block
    public static BlockTile ofPanels(int rows, int blocks, int rowStep, int taps, int tapStep, boolean channels) {
        int depthStep = taps * blocks * Layout.BLOCK;
        int run = channels && !MANY_REGISTERS ? RUN : 1;
        return (BlockTile) tile(
                BlockTile.class,
                rows,
                blocks * Layout.BLOCK / L,
                Rows.BY_TABLE,
                rowStep,
                0,
                taps,
                tapStep,
                Columns.BLOCKS,
                depthStep,
                run);
    }

    /// A tile for V in blocked planes: pixels are k, and blocks of V are somewhere each.
    /// @param rowStep the distance between neighboring rows of R
    /// @param pixel the distance between neighboring k in R
    public static BlockTile ofPlanes(int rows, int blocks, int rowStep, int pixel) {
        int vectors = blocks * Layout.BLOCK / L;
        int step = rows == 1 ? 0 : rowStep; // often the width of an image, which then needs no tile of its own
        return (BlockTile)
                tile(BlockTile.class, rows, vectors, Rows.REGULAR, step, pixel, 1, 0, Columns.PLANES, Layout.BLOCK, 1);
    }

    /// A tile of a matrix product.
    /// @param ofRows how R lies in memory; packed rows go with a panel
    /// @param ofColumns how V lies in memory
    public static ProductTile ofProduct(int rows, int vectors, OfRows ofRows, OfColumns ofColumns) {
        int at = (group(ofRows) * 3 + group(ofColumns)) * SIZES + place(rows, vectors);
        ProductTile known = OF_PRODUCTS.get(at);
        if (known != null) return known;
        ProductTile made = makeOfProduct(rows, vectors, ofRows, ofColumns);
        OF_PRODUCTS.set(at, made); // the same one, whichever thread asks first
        return made;
    }

    private static int place(int rows, int vectors) {
        return (rows - 1) * MOST_VECTORS + vectors - 1;
    }

    private static int group(OfRows ofRows) {
        return switch (ofRows) {
            case ALONG -> 0;
            case ACROSS -> 1;
            case PACKED -> 2;
        };
    }

    private static int group(OfColumns ofColumns) {
        return switch (ofColumns) {
            case IN_PLACE -> 0;
            case PANEL -> 1;
            case PANELS -> 2;
        };
    }

    private static ProductTile makeOfProduct(int rows, int vectors, OfRows places, OfColumns ofColumns) {
        Rows ofRows = switch (places) {
            case ALONG -> Rows.IN_PLACE;
            case ACROSS -> Rows.ACROSS;
            case PACKED -> Rows.REGULAR;
        };
        // with 32 registers, rows that are not packed were measured with a step of V that is an argument only
        boolean strided = ofColumns == OfColumns.IN_PLACE || (MANY_REGISTERS && places != OfRows.PACKED);
        Columns columns = strided ? Columns.STRIDED : Columns.PANELS;
        int depthStep = strided ? 0 : (ofColumns == OfColumns.PANELS ? PANEL : vectors) * L;
        return (ProductTile) tile(ProductTile.class, rows, vectors, ofRows, 1, rows, 1, 0, columns, depthStep, 1);
    }

    /// A tile of a convolution between planes.
    public static PlaneTile ofPixels(int rows, int vectors) {
        int at = place(rows, vectors);
        PlaneTile known = OF_PIXELS.get(at);
        if (known != null) return known;
        PlaneTile made =
                (PlaneTile) tile(PlaneTile.class, rows, vectors, Rows.REGULAR, 1, rows, 1, 0, Columns.BY_TABLE, 0, 1);
        OF_PIXELS.set(at, made); // the same one, whichever thread asks first
        return made;
    }

    /// The tile of this shape. Finding one allocates nothing.
    private static Object tile(
            Class<?> type,
            int rows,
            int vectors,
            Rows ofRows,
            int rowStep,
            int rowDepth,
            int taps,
            int tapStep,
            Columns ofColumns,
            int depthStep,
            int run) {
        for (Made each : MADE.get()) {
            Shape it = each.shape;
            boolean same = it.type() == type
                    && it.rows() == rows
                    && it.vectors() == vectors
                    && it.ofRows() == ofRows
                    && it.rowStep() == rowStep
                    && it.rowDepth() == rowDepth
                    && it.taps() == taps
                    && it.tapStep() == tapStep
                    && it.ofColumns() == ofColumns
                    && it.depthStep() == depthStep
                    && it.run() == run;
            if (same) return each.tile;
        }
        return make(
                new Shape(type, rows, vectors, ofRows, rowStep, rowDepth, taps, tapStep, ofColumns, depthStep, run));
    }

    private static synchronized Object make(Shape shape) {
        for (Made each : MADE.get()) {
            if (each.shape.equals(shape)) return each.tile; // another thread was faster
        }
        var one = new Made(shape, TileCompiler.compile(shape));
        Made[] known = MADE.get();
        int first = known.length == MOST ? MOST / 2 : 0;
        Made[] more = Arrays.copyOfRange(known, first, known.length + 1);
        more[more.length - 1] = one;
        MADE.set(more);
        return one.tile;
    }
}

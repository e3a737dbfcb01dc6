package dev.neurite.kernel.cpu.tile;

import dev.neurite.kernel.cpu.tile.TileCompiler.Columns;
import dev.neurite.kernel.cpu.tile.TileCompiler.Rows;
import dev.neurite.kernel.cpu.tile.TileCompiler.Shape;
import dev.neurite.tensor.Layout;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import jdk.incubator.vector.FloatVector;

/// The micro-kernels, each generated when it is needed first. A tile holds its sums in registers while k runs in
/// order: each element of C is one chain of `fma` that starts from F.
///
/// Their shapes are chosen by those who call. What limits them: the registers that a sum, a vector of V and an
/// element of R need, and the first compiler of the JVM, which gives up methods that are too long: with 26 sums, each
/// with a start of its own, and then the second never compiles them.
public final class Tiles {
    private static final int L = FloatVector.SPECIES_PREFERRED.length();
    private static final Map<Shape, Object> TILES = new ConcurrentHashMap<>();

    private Tiles() {}

    /// A tile for V in panels: for each k and tap, all its blocks are neighbors. All rows start from the first row
    /// of F.
    /// @param rowStep the distance between neighboring rows of R
    /// @param taps the elements of R of a row for each k
    /// @param tapStep the distance between them
    public static BlockTile ofPanels(int rows, int blocks, int rowStep, int taps, int tapStep) {
        return (BlockTile) tile(new Shape(
                BlockTile.class,
                rows,
                blocks * Layout.BLOCK / L,
                Rows.BY_TABLE,
                rowStep,
                taps,
                tapStep,
                Columns.BLOCKS,
                taps * blocks * Layout.BLOCK));
    }

    /// A tile for V in blocked planes: pixels are k, each block is in a plane of its own. The rows of R are
    /// neighbors.
    public static BlockTile ofPlanes(int rows, int blocks) {
        int vectors = blocks * Layout.BLOCK / L;
        return (BlockTile)
                tile(new Shape(BlockTile.class, rows, vectors, Rows.BY_TABLE, 1, Columns.PLANES, Layout.BLOCK));
    }

    /// A tile of a matrix product.
    /// @param packed whether R is packed and V in panels
    public static ProductTile ofProduct(int rows, int vectors, boolean packed) {
        return (ProductTile) tile(
                packed
                        ? new Shape(ProductTile.class, rows, vectors, Rows.PACKED, 1, Columns.NEIGHBORS, vectors * L)
                        : new Shape(ProductTile.class, rows, vectors, Rows.IN_PLACE, 0, Columns.STRIDED, 0));
    }

    /// A tile of a convolution between planes.
    public static PlaneTile ofPixels(int rows, int vectors) {
        return (PlaneTile) tile(new Shape(PlaneTile.class, rows, vectors, Rows.PACKED, 1, Columns.BY_TABLE, 0));
    }

    private static Object tile(Shape shape) {
        return TILES.computeIfAbsent(shape, TileCompiler::compile);
    }
}

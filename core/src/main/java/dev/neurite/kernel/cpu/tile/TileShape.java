package dev.neurite.kernel.cpu.tile;

import dev.neurite.tensor.Layout;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// What a [Tile] is generated for.
/// @param rows the rows of R and C
/// @param blocks the blocks of sixteen columns of V and C
/// @param rowStep the distance between neighboring rows of R
/// @param depthStep the distance between neighboring k in V
/// @param accumulates whether each row has its own start of the sums; otherwise all start from the first row of F
public record TileShape(int rows, int blocks, int rowStep, int depthStep, boolean accumulates) {
    private static final Map<TileShape, Tile> TILES = new ConcurrentHashMap<>();

    /// A tile whose V is packed in panels: all its blocks are neighbors, for each k.
    public static Tile ofPanels(int rows, int blocks, int rowStep) {
        return new TileShape(rows, blocks, rowStep, blocks * Layout.BLOCK, false).tile();
    }

    /// A tile whose V is blocked planes: pixels are k, the blocks are in planes of their own. The rows of R
    /// are neighbors.
    public static Tile ofPlanes(int rows, int blocks) {
        return new TileShape(rows, blocks, 1, Layout.BLOCK, true).tile();
    }

    private Tile tile() {
        return TILES.computeIfAbsent(this, TileCompiler::compile);
    }

    /// Whether block j of V is at `j * BLOCK`, so that `vj` is not needed.
    boolean inPanels() {
        return depthStep == blocks * Layout.BLOCK;
    }
}

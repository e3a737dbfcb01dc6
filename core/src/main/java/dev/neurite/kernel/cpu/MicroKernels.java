package dev.neurite.kernel.cpu;

import dev.neurite.kernel.cpu.tile.ProductTile;
import dev.neurite.kernel.cpu.tile.ProductTile.OfColumns;
import dev.neurite.kernel.cpu.tile.ProductTile.OfRows;
import dev.neurite.kernel.cpu.tile.Tiles;
import jdk.incubator.vector.FloatVector;

/// The register tiles of [Gemm]: see [ProductTile].
///
/// Each element of R is broadcast, so R can be read in place. Packed, it has one address and
/// constant steps: at a depth of 512 on one core of an Intel Xeon (peak 220 GFLOP/s) this gives 183
/// instead of 168 GFLOP/s; on one of an AMD EPYC 7003 with 256 bits and 16 registers (peak 100) 100 instead of 90, and
/// 72 instead of 48 while another process uses the core's second thread. C2 keeps up to 24 sums in 32 registers without
/// spills (6×4), and 12 in 16 registers: of 6×2, but not of 4×3, which leaves no register for an element. On
/// one core of an AMD EPYC 9004 at 3.7 GHz with 512 bits (peak 117) 6×4 has 115, 12×2 114, 14×2 70 (spills). F
/// is an array of zeros, because C2 spills if sums start from a constant zero vector.
final class MicroKernels {
    private static final int L = FloatVector.SPECIES_PREFERRED.length();

    /// The rows of a full register tile.
    static final int ROWS = 6;

    /// The columns of a full register tile.
    static final int COLUMNS = Tiles.PANEL * L;

    /// The columns of the narrowest register tile: one vector.
    static final int NARROW = L;

    /// The most panels of a register tile.
    static final int MOST_PANELS = Tiles.MANY_REGISTERS ? 1 : 4;

    private MicroKernels() {}

    /// The panels that a register tile of so many rows takes together: with one row and two vectors each step
    /// would wait for the sums of the last, and one stream of memory is slower than several. With 32 registers
    /// a panel has four vectors.
    static int together(int rows) {
        return rows == 1 ? MOST_PANELS : rows == 2 ? Math.ceilDiv(MOST_PANELS, 2) : 1;
    }

    /// The register tile of this size.
    /// @param rows up to [#ROWS]
    /// @param columns a multiple of [#NARROW], up to [#COLUMNS], or those of [#together] panels
    static ProductTile tile(int rows, int columns, OfRows ofRows, OfColumns ofColumns) {
        return Tiles.ofProduct(rows, columns / NARROW, ofRows, ofColumns);
    }
}

package dev.neurite.kernel.cpu.conv;

import dev.neurite.kernel.cpu.Pairs;
import dev.neurite.kernel.cpu.Transposition;
import dev.neurite.kernel.cpu.tile.Tiles;
import jdk.incubator.vector.FloatVector;

/// The register tiles of [VectorConvolution]: see [dev.neurite.kernel.cpu.tile.PlaneTile].
///
/// Measured in GFLOP/s on one core of an Intel Xeon (AVX-512, peak 240), in the L1 cache, with
/// vectors aligned to cache lines and one float off: 8×3 vectors 194 and 191, 6×4 190 and 178, 12×2
/// 175 and 165; with neighboring vectors, which share an address, 4×6 203 and 180. Rows are packed,
/// because an address for each row and each vector would take more registers than there are: on
/// another Xeon (peak 180), 6×4 had 121 in place and 170 packed. With 16 registers 6×2 is the largest tile
/// without spills.
final class PlaneMicroKernels {
    /// The number of lanes of a vector.
    static final int L = FloatVector.SPECIES_PREFERRED.length();

    /// The vectors of the widest register tile.
    static final int MOST = Tiles.MANY_REGISTERS ? 6 : 2;

    /// The rows of the highest register tile.
    static final int ROWS = Tiles.MANY_REGISTERS ? 8 : 6;

    private PlaneMicroKernels() {}

    /// The width in vectors of the next register tile, if `left` vectors are left.
    /// @param widest 6, 3 or 2
    static int width(int widest, int left) {
        return left >= widest ? widest : widest > 3 && left >= 3 ? 3 : 1;
    }

    /// The rows of the highest register tiles of this width.
    static int highest(int widest) {
        return widest == 6 ? 4 : ROWS;
    }

    /// The rows of the next register tile, if `left` rows are left.
    /// @param highest 8, 6 or 4
    static int height(int highest, int left) {
        return left >= highest ? highest : left >= 4 ? 4 : left >= 2 ? 2 : 1;
    }

    /// Packs the rows of a register tile: element k of row i goes to `to[o + k * rows + i]`.
    /// @param rows a result of [#height]
    static void pack(float[] from, int at, int step, int rows, int length, float[] to, int o) {
        if (rows == 8) Pairs.transposeEight(from, at, step, length, to, o);
        else if (rows == 4) Pairs.transposeFour(from, at, step, length, to, o);
        else Transposition.transpose(from, at, step, rows, length, to, o, rows);
    }
}

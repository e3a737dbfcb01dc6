package dev.neurite.kernel.cpu;

import dev.neurite.kernel.cpu.tile.ProductTile;
import dev.neurite.kernel.cpu.tile.Tiles;
import jdk.incubator.vector.FloatVector;

/// The register tiles of [Gemm]: see [ProductTile].
///
/// Each element of R is broadcast, so R can be read in place. Packed, it has one address and
/// constant steps: at a depth of 512 on one core of an Intel Xeon (peak 220 GFLOP/s) this gives 183
/// instead of 168 GFLOP/s. C2 keeps up to 24 sums in 32 registers without spills (6×4), and 12 in
/// 16 registers (4×3). Measured in GFLOP/s on one core of an AMD EPYC 9004 at 3.7 GHz (peak 117):
/// with 512 bits 6×4 115, 12×2 114, 14×2 70 (spills); with 256 bits and 16 registers 4×3 95, 3×3
/// 75, 6×2 50 (spills). F is an array of zeros, because C2 spills if sums start from a constant
/// zero vector.
public final class MicroKernels {
    private static final int L = FloatVector.SPECIES_PREFERRED.length();

    /// AVX-512 and AArch64 have 32 vector registers, AVX2 has 16.
    public static final boolean MANY_REGISTERS =
            L >= 16 || System.getProperty("os.arch").equals("aarch64");

    /// The rows of a full register tile.
    static final int ROWS = MANY_REGISTERS ? 6 : 4;

    /// The columns of a full register tile.
    static final int COLUMNS = (MANY_REGISTERS ? 4 : 3) * L;

    /// The columns of a narrow register tile: one vector.
    static final int NARROW = L;

    /// The value of `rs` if R is packed; then V is in panels, and `vs` is not used.
    static final int PACKED = 0;

    private static final int WIDE = COLUMNS / L;
    private static final ProductTile FULL = Tiles.ofProduct(ROWS, WIDE, false);
    private static final ProductTile FULL_PACKED = Tiles.ofProduct(ROWS, WIDE, true);
    private static final ProductTile NARROW_FULL = Tiles.ofProduct(ROWS, 1, false);
    private static final ProductTile NARROW_PACKED = Tiles.ofProduct(ROWS, 1, true);
    private static final ProductTile ROW = Tiles.ofProduct(1, WIDE, false);
    private static final ProductTile NARROW_ROW = Tiles.ofProduct(1, 1, false);

    private MicroKernels() {}

    /// Computes one register tile.
    /// @param rows [#ROWS] or 1
    /// @param columns [#COLUMNS] or [#NARROW]
    static void compute(
            int rows,
            int columns,
            int kc,
            float[] r,
            int ro,
            int rs,
            float[] v,
            int vo,
            int vs,
            float[] f,
            int fo,
            int fs,
            float[] c,
            int co,
            int cs) {
        if (columns == NARROW) {
            if (rows == 1) NARROW_ROW.compute(kc, r, ro, rs, v, vo, vs, f, fo, fs, c, co, cs);
            else if (rs == PACKED) NARROW_PACKED.compute(kc, r, ro, rs, v, vo, vs, f, fo, fs, c, co, cs);
            else NARROW_FULL.compute(kc, r, ro, rs, v, vo, vs, f, fo, fs, c, co, cs);
        } else {
            if (rows == 1) ROW.compute(kc, r, ro, rs, v, vo, vs, f, fo, fs, c, co, cs);
            else if (rs == PACKED) FULL_PACKED.compute(kc, r, ro, rs, v, vo, vs, f, fo, fs, c, co, cs);
            else FULL.compute(kc, r, ro, rs, v, vo, vs, f, fo, fs, c, co, cs);
        }
    }
}

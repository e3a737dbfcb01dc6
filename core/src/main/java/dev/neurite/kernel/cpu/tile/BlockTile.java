package dev.neurite.kernel.cpu.tile;

/// A micro-kernel of convolutions between tensors in blocks of channels: C = F + R·V for a register tile, a few
/// rows by a few blocks of sixteen columns.
///
/// | operand | | index |
/// |---|---|---|
/// | R | rows × k × taps | element (i, k, t): `ro + kAt[k] + i * rowStep + t * tapStep` |
/// | | or without a table | `ro + k * pixel + i * rowStep` |
/// | V | k × taps × columns | block j of (k, t): `vo + k * depthStep + t * blocks * 16 + j * 16` |
/// | | or in planes | `vo + k * depthStep + j * vj` |
/// | F | the start of the sums | block j of row i: `fo + i * fs + j * fj` |
/// | C | the result | block j of row i: `co + i * cs + j * cj` |
///
/// The taps are columns of a window: neighboring rows share elements of R, which are loaded once. The steps
/// and `pixel` are constants of the tile, see [Tiles]. The elements of a block are neighbors.
public interface BlockTile {
    /// For tiles that do not read `kAt`.
    int[] NO_TABLE = {};

    /// Computes the tile.
    /// @param kc the number of elements of k; 0 copies F to C
    void compute(
            int kc,
            float[] r,
            int ro,
            int[] kAt,
            float[] v,
            int vo,
            int vj,
            float[] f,
            int fo,
            int fs,
            int fj,
            float[] c,
            int co,
            int cs,
            int cj);
}

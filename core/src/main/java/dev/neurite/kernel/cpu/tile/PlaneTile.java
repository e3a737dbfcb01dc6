package dev.neurite.kernel.cpu.tile;

/// A micro-kernel of convolutions between planes: C = F + R·V for a register tile, a few rows by a few vectors of
/// pixels, whose indices are in tables, so that the pixels of windows are read in place.
///
/// | operand | | element |
/// |---|---|---|
/// | R | rows × k, packed | `r[ro + k * rows + i]` |
/// | V | k × vectors | `v[vo + kAt[k] + jAt[j]]` and on |
/// | F | the start of the sums | `f[fo + i * fs]` and on |
/// | C | the result | `c[co + i * cs]` and on |
public interface PlaneTile {
    /// Computes the tile, from vector j on. The vectors of a tile of six are in two groups of three neighbors.
    void compute(
            int kc,
            float[] r,
            int ro,
            float[] v,
            int vo,
            int[] kAt,
            int[] jAt,
            int j,
            float[] f,
            int fo,
            int fs,
            float[] c,
            int co,
            int cs);
}

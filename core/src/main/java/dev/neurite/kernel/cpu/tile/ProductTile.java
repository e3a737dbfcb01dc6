package dev.neurite.kernel.cpu.tile;

/// A micro-kernel of matrix products: C = F + R·V for a register tile, a few rows by a few vectors of C.
///
/// | operand | | element |
/// |---|---|---|
/// | R | rows × k, neighbors along k | `r[ro + i * rs + k]` |
/// | | or neighbors along the rows | `r[ro + k * rs + i]` |
/// | | or packed | `r[ro + k * rows + i]` |
/// | V | k × columns, neighbors along the columns | `v[vo + k * vs + j]` |
/// | | or in a panel as wide as the tile | `v[vo + k * columns + j]` |
/// | | or in panels of w columns | `v[vo + j / w * vs + k * w + j % w]` |
/// | F | the start of the sums: C itself, or zeros | `f[fo + i * fs + j]` |
/// | C | the result | `c[co + i * cs + j]` |
public interface ProductTile {
    /// How R lies in memory.
    enum OfRows {
        /// A row's elements are neighbors.
        ALONG,
        /// The elements of a column are neighbors.
        ACROSS,
        /// In the height of the tile, the elements of a column one after the other.
        PACKED
    }

    /// How V lies in memory.
    enum OfColumns {
        /// The elements of a row are neighbors.
        IN_PLACE,
        /// In a panel as wide as the tile.
        PANEL,
        /// In panels of [Tiles#PANEL] vectors, the tile over some of them.
        PANELS
    }

    void compute(
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
            int cs);
}

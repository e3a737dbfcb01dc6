package dev.neurite.tensor;

/// The order in which the numbers of a tensor stand in its array.
public enum Layout {
    /// The last axis changes fastest. Every tensor that an application sees has this order.
    ROW_MAJOR,

    /// Channels in blocks of [#BLOCK], side by side, for images `[rows × channels × height × width]`:
    /// the order of `[rows × channels / BLOCK × height × width × BLOCK]` (oneDNN's `nChw16c`). A vector
    /// of a kernel then holds neighboring channels of a pixel. Networks use it between layers that can.
    BLOCKED;

    /// The channels of a block.
    public static final int BLOCK = 16;

    /// Whether rows of this shape can be in blocks: images whose number of channels [#BLOCK] divides.
    /// @param row the shape of a row, without the batch axis
    public static boolean canBlock(Shape row) {
        return row.rank() == 3 && row.extent(0) % BLOCK == 0 && row.extent(0) > 0;
    }
}

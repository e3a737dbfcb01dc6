package dev.neurite.model;

/// The memory of a pass, in numbers of 4 bytes: that of its tensors, which is what [Executor#bufferFloats] will be, and
/// that of copies which kernels make of some of them.
/// @param floatsARow numbers for each row of the batch
/// @param floatsABatch numbers for the whole batch, independent of its rows
/// @param copiedARow numbers for each row of the batch that kernels keep in another layout
public record Footprint(long floatsARow, long floatsABatch, long copiedARow) {
    /// The numbers of the tensors for a batch of this many rows.
    public long floats(int rows) {
        return Math.addExact(Math.multiplyExact(floatsARow, rows), floatsABatch);
    }

    /// The copied numbers for a batch of this many rows.
    public long copied(int rows) {
        return Math.multiplyExact(copiedARow, rows);
    }

    /// The bytes of the tensors for a batch of this many rows.
    public long bytes(int rows) {
        return Math.multiplyExact(Float.BYTES, floats(rows));
    }
}

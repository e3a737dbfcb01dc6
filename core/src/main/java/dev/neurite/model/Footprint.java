package dev.neurite.model;

/// The memory of the tensors of a pass, in numbers of 4 bytes: what [Executor#bufferFloats] will be.
/// @param floatsARow numbers for each row of the batch
/// @param floatsABatch numbers for the whole batch, independent of its rows
public record Footprint(long floatsARow, long floatsABatch) {
    /// The numbers for a batch of this many rows.
    public long floats(int rows) {
        return Math.addExact(Math.multiplyExact(floatsARow, rows), floatsABatch);
    }

    /// The bytes for a batch of this many rows.
    public long bytes(int rows) {
        return Math.multiplyExact(Float.BYTES, floats(rows));
    }
}

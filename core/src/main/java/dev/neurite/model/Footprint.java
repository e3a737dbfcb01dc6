package dev.neurite.model;

/// How many numbers the tensors of a pass hold at once, those that wait to be used again included: what
/// [Executor#bufferFloats] will be.
/// @param floatsARow for each row of the batch
/// @param floatsABatch for the whole batch, whatever its rows
public record Footprint(long floatsARow, long floatsABatch) {
    /// The numbers for a batch of so many rows.
    public long floats(int rows) {
        return Math.addExact(Math.multiplyExact(floatsARow, rows), floatsABatch);
    }

    /// The same in bytes.
    public long bytes(int rows) {
        return Math.multiplyExact(Float.BYTES, floats(rows));
    }
}

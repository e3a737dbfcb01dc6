package dev.neurite.tensor;

import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;

/// The lengths of padded sequences, `[rows]`: how many steps of each row count.
public final class Lengths {
    private Lengths() {}

    /// Checks that there is a length for each row of sequences, a whole number from 1 to the extent of the second
    /// axis.
    /// @param where what takes the lengths, for messages
    /// @param padded `[rows × time × …]`
    /// @throws ShapeException for less than two axes, or another number of lengths
    /// @throws DataException for a length that is out of range
    public static void check(String where, Tensor lengths, Shape padded) {
        if (padded.rank() < 2) throw new ShapeException(where, "expects sequences [rows × time × …], got " + padded);
        check(where, lengths, padded.extent(0), padded.extent(1));
    }

    /// Checks that there is a length for each row, a whole number from 1 to the longest.
    /// @param where what takes the lengths, for messages
    /// @throws ShapeException for another number of lengths
    /// @throws DataException for a length that is out of range
    public static void check(String where, Tensor lengths, int rows, int longest) {
        if (lengths.size() != rows) {
            throw new ShapeException(where, "expects a length for each of " + rows + " rows, got " + lengths.shape());
        }
        for (int row = 0; row < rows; row++) {
            float length = lengths.array()[lengths.offset() + row];
            if (length == (int) length && length >= 1 && length <= longest) continue;
            throw new DataException(
                    where + ", row " + row + " of the batch",
                    "expects a length from 1 to " + longest + ", got " + length);
        }
    }
}

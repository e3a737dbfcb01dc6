package dev.neurite.io;

import dev.neurite.data.StoredRows;
import dev.neurite.tensor.Shape;
import java.nio.file.Path;
import java.util.List;

/// The rows of a `.npy` array along its first axis; the array may be larger than the heap. Formats and
/// checks are those of [Npy].
///
/// Arrays of up to a quarter of the heap are read into it. A larger `.npy` file of type `uint8` or
/// `float32` in C order is mapped into memory and must not change while it is in use. Larger arrays of
/// other types, and of `.npz` files, are converted to a temporary file of `uint8` or `float32`. Arrays
/// in Fortran order must fit into the heap.
/// @param where the origin, for messages: the file, and the name of the array in a `.npz` file
/// @param type the type of the values in the file
/// @param extents the extents of all axes; empty for a scalar, which is one row
/// @param rows the values: [Npy.Type#U1] as bytes, all others as floats
public record NpyRows(String where, Npy.Type type, List<Integer> extents, StoredRows rows) {
    public NpyRows {
        extents = List.copyOf(extents);
    }

    /// Reads a file.
    /// @throws dev.neurite.error.DataException for a missing or damaged file, or one that is no array of numbers
    /// @throws dev.neurite.error.ResourceException if heap or disk is too small
    public static NpyRows read(Path file) {
        return read(file, StoredRows.heapBytes());
    }

    static NpyRows read(Path file, long heapBytes) {
        return NpyReader.open(file, reader -> reader.rows(file, heapBytes));
    }

    /// The number of axes.
    public int rank() {
        return extents.size();
    }

    /// The shape of a row; rank 0 for a vector.
    public Shape row() {
        return Shape.of(extents.stream().skip(1).mapToInt(each -> each).toArray());
    }

    /// The shape as text: `[60000×28×28]`.
    @Override
    public String toString() {
        return extents.toString().replace(", ", "×");
    }
}

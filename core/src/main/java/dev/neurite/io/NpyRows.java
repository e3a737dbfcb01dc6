package dev.neurite.io;

import dev.neurite.data.StoredRows;
import dev.neurite.error.DataException;
import dev.neurite.tensor.Shape;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
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
    /// @throws DataException for a missing or damaged file, or one that is no array of numbers
    /// @throws dev.neurite.error.ResourceException if heap or disk is too small
    public static NpyRows read(Path file) {
        return read(file, StoredRows.heapBytes());
    }

    static NpyRows read(Path file, long heapBytes) {
        String where = file.toString();
        if (Files.isDirectory(file)) throw new DataException(where, "expects a .npy file, got a directory");
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            return new NpyReader(where, in, Files.size(file)).rows(file, heapBytes);
        } catch (IOException e) {
            throw Npy.unreadable(file, "a .npy file", e);
        }
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

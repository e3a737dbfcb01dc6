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

/// The rows of an array in NumPy's format, along its first axis, of any number that fits on a disk; formats and checks
/// are those of [Npy].
///
/// Up to a quarter of the heap they are in it. More of a `.npy` file stay where they are, if they are of type `uint8`
/// or `float32` and in C order: the file is mapped into memory, and must stay as it is. More of others, and of `.npz`
/// files, are copied into a temporary file, whole numbers and `float64` as 32-bit floating-point numbers; arrays in
/// Fortran order have to fit into the heap.
/// @param where where this came from: the file, and the array in it if it has several
/// @param type what the file's numbers are
/// @param extents those of all axes; none for a single number, which is one row
/// @param rows the numbers, row-major: [Npy.Type#U1] as bytes, all others as floats
public record NpyRows(String where, Npy.Type type, List<Integer> extents, StoredRows rows) {
    /// Keeps a copy.
    public NpyRows {
        extents = List.copyOf(extents);
    }

    /// Reads a file.
    /// @throws DataException if it is missing, is no array of numbers in NumPy's format, or is damaged
    /// @throws dev.neurite.error.ResourceException if heap or disk is too small for it
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

    /// The shape of a row; rank 0 for rows of one number.
    public Shape row() {
        return Shape.of(extents.stream().skip(1).mapToInt(each -> each).toArray());
    }

    /// The extents as shapes are written: `[60000×28×28]`.
    @Override
    public String toString() {
        return extents.toString().replace(", ", "×");
    }
}

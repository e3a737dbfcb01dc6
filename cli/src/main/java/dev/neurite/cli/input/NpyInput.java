package dev.neurite.cli.input;

import dev.neurite.data.StoredRows;
import dev.neurite.error.DataException;
import dev.neurite.io.Npy;
import dev.neurite.io.NpyRows;
import dev.neurite.tensor.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/// Reads rows to predict from a file in NumPy's format.
final class NpyInput {
    private NpyInput() {}

    /// Whether these are the first bytes of a NumPy file.
    static boolean isNpy(byte[] start) {
        return start.length >= 6 && start[0] == (byte) 0x93 && start[1] == 'N' && start[2] == 'U' && start[3] == 'M';
    }

    /// Reads rows, or one row without a batch axis. Rows of bytes with two or more axes are images: 0
    /// to 255 become 0 to 1.
    /// @param shape the model's input; its first axis may be open
    /// @throws DataException if the file is damaged or does not fit the model
    static PredictionInput.Stored read(Path path, Shape shape) {
        NpyRows array = NpyRows.read(path);
        boolean one = isRow(array.extents(), shape);
        boolean fits = one || (array.rank() > 0 && fits(array.row(), shape));
        if (!fits) {
            throw new DataException(
                    path.toString(), "expects rows of " + shape + " for this model, got an array " + array);
        }
        boolean images = array.type() == Npy.Type.U1 && array.rank() > 2 && shape.isKnown();
        StoredRows rows = one ? asOneRow(path, array) : array.rows();
        if (rows.count() == 0) throw new DataException(path.toString(), "expects at least one row, got none");
        if (rows.width() == 0) throw new DataException(path.toString(), "expects at least one step, got none");
        rows.requireFinite(path.toString());
        Shape row = shape.isKnown()
                ? shape
                : shape.withOpen(rows.width() / shape.row().size());
        return new PredictionInput.Stored(rows, images ? 255 : 1, row);
    }

    /// Whether extents are those of a row, of any number of steps if its first axis is open.
    private static boolean isRow(List<Integer> extents, Shape shape) {
        return extents.size() == shape.rank()
                && IntStream.range(0, extents.size())
                        .allMatch(i -> shape.extent(i) == Shape.OPEN || extents.get(i) == shape.extent(i));
    }

    /// The whole array as one row.
    private static StoredRows asOneRow(Path path, NpyRows array) {
        Npy whole = Npy.read(path);
        return array.type() == Npy.Type.U1
                ? StoredRows.of(whole.bytes(), 1)
                : StoredRows.of(whole.values().array(), 1);
    }

    /// Whether rows have this shape, or are images that the model takes flattened or with one channel.
    private static boolean fits(Shape row, Shape shape) {
        if (isRow(row.extents(), shape)) return true;
        if (!shape.isKnown()) return false;
        boolean oneChannel =
                row.rank() == 2 && Shape.of(1, row.extent(0), row.extent(1)).equals(shape);
        return oneChannel || (shape.rank() == 1 && row.rank() > 1 && row.size() == shape.size());
    }
}

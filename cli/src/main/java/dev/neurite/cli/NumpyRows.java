package dev.neurite.cli;

import dev.neurite.error.DataException;
import dev.neurite.io.Npy;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.nio.file.Path;

/// Reads rows to predict from a file in NumPy's format.
final class NumpyRows {
    private NumpyRows() {}

    /// Whether a file that begins so is in NumPy's format.
    static boolean isOne(byte[] start) {
        return start.length >= 6 && start[0] == (byte) 0x93 && start[1] == 'N' && start[2] == 'U' && start[3] == 'M';
    }

    /// Reads rows, or one row without an axis of rows. Bytes with more than one axis a row are images, 0
    /// to 255 read as 0 to 1.
    /// @param shape what the model takes
    /// @throws DataException if the file is damaged or does not fit the model
    static InputRows read(Path path, Shape shape) {
        Npy array = Npy.read(path);
        Shape got = array.shape();
        boolean images = array.type() == Npy.Type.U1 && got.rank() > 2;
        int rows = got.equals(shape) ? 1 : got.rank() == 0 ? 0 : got.extent(0);
        boolean fits = got.equals(shape) || (got.rank() > 0 && fits(got.row(), shape));
        if (!fits) {
            throw new DataException(
                    path.toString(), "expects rows of " + shape + " for this model, got an array " + got);
        }
        if (rows == 0) throw new DataException(path.toString(), "expects at least one row, got none");
        if (images) return new InputRows.Images(array.bytes(), rows, shape);
        Tensor values = array.values();
        if (!values.isFinite()) {
            int at = 0;
            while (Float.isFinite(values.array()[values.offset() + at])) at++;
            throw new DataException(
                    path + ", row " + at / shape.size() + ", value " + at % shape.size(),
                    "expects a finite number, got " + values.array()[values.offset() + at]);
        }
        return new InputRows.Floats(values.reshape(Shape.of(rows, shape.size())).toRows(), shape);
    }

    /// Whether rows are of this shape, as a whole or as images that the model takes as rows, or as those
    /// of one channel.
    private static boolean fits(Shape row, Shape shape) {
        if (row.equals(shape)) return true;
        boolean oneChannel =
                row.rank() == 2 && Shape.of(1, row.extent(0), row.extent(1)).equals(shape);
        return oneChannel || (shape.rank() == 1 && row.rank() > 1 && row.size() == shape.size());
    }
}

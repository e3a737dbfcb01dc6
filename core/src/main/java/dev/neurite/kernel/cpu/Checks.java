package dev.neurite.kernel.cpu;

import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Lengths;
import dev.neurite.tensor.Matrix;
import dev.neurite.tensor.Tensor;

/// Argument checks of the kernels: shapes that do not fit together, and labels outside the classes.
public final class Checks {
    private Checks() {}

    static int group(String what, Tensor z, Tensor slopes) {
        int columns = z.matrix().columns();
        int count = slopes.size();
        if (count == 0 ? columns != 0 : columns % count != 0) {
            throw new ShapeException(what, "expects slopes whose number divides " + columns + ", got " + count);
        }
        return count == 0 ? 0 : columns / count;
    }

    static void halved(String what, Tensor x, int block, Tensor y) {
        int columns = x.matrix().columns();
        if (block < 2 || block % 2 != 0 || columns % block != 0) {
            throw new ShapeException(what, "expects even blocks that divide rows of " + columns + ", got " + block);
        }
        if (y.rows() != x.rows() || 2L * y.size() != x.size()) {
            throw new ShapeException(what, "expects rows half as long as " + x.shape() + ", got " + y.shape());
        }
    }

    static void product(Matrix a, Matrix b, Matrix c) {
        if (a.columns() != b.rows() || c.rows() != a.rows() || c.columns() != b.columns()) {
            throw new ShapeException("matrix product", "expects [m×k]·[k×n] = [m×n], got " + a + "·" + b + " = " + c);
        }
    }

    static void channelsLike(String what, Tensor x, Tensor channels) {
        if (x.shape().rank() < 2 || x.shape().extent(1) != channels.size() || channels.size() == 0) {
            throw new ShapeException(
                    what, "expects a number for each channel of " + x.shape() + ", got " + channels.shape());
        }
    }

    static void columnsLike(String what, Tensor x, Tensor row) {
        int n = x.matrix().columns();
        if (row.size() != n) throw new ShapeException(what, "expects " + n + " numbers, got " + row.shape());
    }

    static void oneEach(String what, Tensor rows, int count) {
        if (count != rows.rows()) {
            throw new ShapeException(what, "expects one place for each of " + rows.rows() + " rows, got " + count);
        }
    }

    static void labels(Tensor rows, int[] labels, int classes) {
        labels(rows, labels, classes, Long.MIN_VALUE); // which is no label
    }

    static void labels(Tensor rows, int[] labels, int classes, long ignored) {
        oneEach("labels", rows, Math.min(labels.length, rows.rows()));
        for (int row = 0; row < rows.rows(); row++) {
            if ((labels[row] < 0 || labels[row] >= classes) && labels[row] != ignored) {
                throw new DataException(
                        "labels, row " + row + " of the batch",
                        "expects a class from 0 to " + (classes - 1) + ", got " + labels[row]);
            }
        }
    }

    /// Checks the lengths of padded sequences, if there are some.
    public static void lengths(String what, Tensor lengths, int rows, int steps) {
        if (lengths.size() != 0) Lengths.check(what, lengths, rows, steps);
    }

    /// Checks that all elements are whole numbers from 0 to before a limit.
    static void ids(Tensor ids, int limit) {
        float[] array = ids.array();
        int end = ids.offset() + ids.size();
        for (int i = ids.offset(); i < end; i++) {
            int id = (int) array[i];
            if (id == array[i] && id >= 0 && id < limit) continue;
            int ofRow = ids.size() / Math.max(1, ids.rows());
            int at = i - ids.offset();
            throw new DataException(
                    "row " + at / ofRow + " of the batch, id " + at % ofRow,
                    "expects whole numbers from 0 to " + (limit - 1) + ", got " + array[i],
                    "Ids are below the number of rows of the table: the vocabulary of an embedding");
        }
    }

    /// Refuses channels in blocks, of which this kernel has no code.
    public static void rowMajor(String what, Tensor x) {
        if (x.layout() != Layout.ROW_MAJOR) {
            throw new ShapeException(what, "expects row-major order, got " + x.shape() + " " + x.layout());
        }
    }

    public static void same(String what, Tensor a, Tensor b) {
        if (a.size() != b.size() || a.rows() != b.rows()) {
            throw new ShapeException(what, "expects tensors of one shape, got " + a.shape() + " and " + b.shape());
        }
        sameLayout(what, a, b);
    }

    /// Refuses a result that would be written over an input, which this kernel reads again afterwards.
    @SuppressWarnings("ReferenceEquality") // the same memory is meant
    static void apart(String what, Tensor x, Tensor y) {
        boolean meets =
                x.array() == y.array() && x.offset() < y.offset() + y.size() && y.offset() < x.offset() + x.size();
        if (meets)
            throw new ShapeException(what, "expects its result in another tensor than its inputs, got one of them");
    }

    /// Refuses tensors of different layouts.
    public static void sameLayout(String what, Tensor a, Tensor b) {
        if (a.layout() != b.layout()) {
            throw new ShapeException(what, "expects tensors of one layout, got " + a.layout() + " and " + b.layout());
        }
    }

    /// Refuses channels in blocks, of which this kernel has no code.
    public static void rowMajor(String what, Tensor a, Tensor b) {
        if (a.layout() != Layout.ROW_MAJOR || b.layout() != Layout.ROW_MAJOR) {
            throw new ShapeException(
                    what, "expects tensors in row-major order, got " + a.layout() + " and " + b.layout());
        }
    }
}

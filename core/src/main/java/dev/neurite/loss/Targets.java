package dev.neurite.loss;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import java.util.Objects;

/// The right answers for a batch: a class label a row, or values.
public sealed interface Targets {
    /// The number of rows.
    int rows();

    /// Rows `from` (inclusive) to `to` (exclusive).
    Targets rows(int from, int to);

    /// The answers as numbers, in the shape of a network's output: labels become one-hot rows, or, for a
    /// network of one output, the numbers 0 and 1.
    /// @param scratch of that shape; may be used for the result
    Tensor asValues(Kernels kernels, Tensor scratch);

    /// A class for each row.
    static Labels labels(int... labels) {
        return new Labels(labels.clone(), labels.length);
    }

    /// A class for each of the first rows of an array that is not copied: who changes it changes these.
    /// @param rows at most its length
    static Labels view(int[] labels, int rows) {
        return new Labels(labels, rows);
    }

    /// Values for each row.
    static Values values(Tensor values) {
        return new Values(values);
    }

    /// A class for each row, from 0.
    final class Labels implements Targets {
        private final int[] labels;
        private final int rows;

        private Labels(int[] labels, int rows) {
            if (rows < 0 || rows > labels.length) {
                throw new ShapeException("labels", "expects 0 to " + labels.length + " rows of them, got " + rows);
            }
            this.labels = labels;
            this.rows = rows;
        }

        /// The class of a row.
        public int label(int row) {
            return labels[Objects.checkIndex(row, rows)];
        }

        /// The classes of all rows, and perhaps more behind them; not a copy.
        int[] array() {
            return labels;
        }

        @Override
        public int rows() {
            return rows;
        }

        @Override
        public Targets rows(int from, int to) {
            Objects.checkFromToIndex(from, to, rows);
            return new Labels(Arrays.copyOfRange(labels, from, to), to - from);
        }

        @Override
        public Tensor asValues(Kernels kernels, Tensor scratch) {
            kernels.oneHot(labels, scratch);
            return scratch;
        }
    }

    /// Values for each row.
    /// @param values `[rows × outputs]`
    record Values(Tensor values) implements Targets {
        @Override
        public int rows() {
            return values.rows();
        }

        @Override
        public Targets rows(int from, int to) {
            return new Values(values.rows(from, to));
        }

        @Override
        public Tensor asValues(Kernels kernels, Tensor scratch) {
            return values;
        }
    }
}

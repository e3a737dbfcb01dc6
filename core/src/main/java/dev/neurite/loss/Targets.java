package dev.neurite.loss;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/// The targets of a batch: class labels, values, or several of them for several outputs.
public sealed interface Targets {
    /// The number of rows.
    int rows();

    /// Rows `from` (inclusive) to `to` (exclusive).
    Targets rows(int from, int to);

    /// The targets as numbers in the shape of the network's output: labels become one-hot rows, or for
    /// one output the numbers 0 and 1.
    /// @param buffer a tensor of that shape; may be used for the result
    /// @throws UnsupportedOperationException for several outputs
    Tensor asValues(Kernels kernels, Tensor buffer);

    /// The number of outputs that have targets.
    default int count() {
        return 1;
    }

    /// The targets of one output, from 0.
    /// @throws IndexOutOfBoundsException for a number out of range
    default Targets of(int output) {
        Objects.checkIndex(output, 1);
        return this;
    }

    /// Targets for several outputs.
    /// @param each the targets of each output, with the same number of rows
    static Many many(Targets... each) {
        return new Many(List.of(each));
    }

    /// A class label for each row.
    static Labels labels(int... labels) {
        return new Labels(labels.clone(), labels.length);
    }

    /// Class labels in an array that is not copied: changes of the array are visible.
    /// @param rows the number of rows, at most the length of the array
    static Labels view(int[] labels, int rows) {
        return new Labels(labels, rows);
    }

    /// Values for each row.
    static Values values(Tensor values) {
        return new Values(values);
    }

    /// A class label for each row, from 0.
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

        /// The label of a row.
        public int label(int row) {
            return labels[Objects.checkIndex(row, rows)];
        }

        /// The array of labels, not copied; it may be longer than the number of rows.
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
        public Tensor asValues(Kernels kernels, Tensor buffer) {
            kernels.losses().oneHot(labels, buffer);
            return buffer;
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
        public Tensor asValues(Kernels kernels, Tensor buffer) {
            return values;
        }
    }

    /// Targets for several outputs.
    /// @param each the targets of each output, with the same number of rows
    record Many(List<Targets> each) implements Targets {
        /// Keeps a copy.
        /// @throws ShapeException if there are none, one is for several outputs, or the numbers of rows differ
        public Many {
            each = List.copyOf(each);
            if (each.isEmpty()) throw new ShapeException("targets", "expects some for at least 1 output, got none");
            for (Targets one : each) {
                if (one.count() != 1 || one.rows() != each.getFirst().rows()) {
                    throw new ShapeException(
                            "targets",
                            "expects one for each of " + each.getFirst().rows() + " rows and each output, got "
                                    + one.count() + " for each of " + one.rows());
                }
            }
        }

        @Override
        public int rows() {
            return each.getFirst().rows();
        }

        @Override
        public int count() {
            return each.size();
        }

        @Override
        public Targets of(int output) {
            return each.get(output);
        }

        @Override
        public Targets rows(int from, int to) {
            return new Many(each.stream().map(one -> one.rows(from, to)).toList());
        }

        @Override
        public Tensor asValues(Kernels kernels, Tensor buffer) {
            throw new UnsupportedOperationException("these are targets for several outputs; use of(output)");
        }
    }
}

package dev.neurite.loss;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/// The targets of a batch: a class label a row, or values, or several such targets.
public sealed interface Targets {
    /// The number of rows.
    int rows();

    /// Rows `from` (inclusive) to `to` (exclusive).
    Targets rows(int from, int to);

    /// The targets as numbers, in the shape of a network's output: labels become one-hot rows, or, for a
    /// network of one output, the numbers 0 and 1.
    /// @param scratch of that shape; may be used for the result
    /// @throws UnsupportedOperationException for several targets
    Tensor asValues(Kernels kernels, Tensor scratch);

    /// How many targets a row has: one for each output of a network.
    default int count() {
        return 1;
    }

    /// The targets for one output, from 0.
    /// @throws IndexOutOfBoundsException if there are not so many
    default Targets of(int output) {
        Objects.checkIndex(output, 1);
        return this;
    }

    /// Several targets a row, for a network of as many outputs.
    /// @param each those for each output, with the same number of rows
    static Many many(Targets... each) {
        return new Many(List.of(each));
    }

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
            kernels.losses().oneHot(labels, scratch);
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

    /// Several targets for each row.
    /// @param each those for each output of the network, with the same number of rows
    record Many(List<Targets> each) implements Targets {
        /// Keeps a copy.
        /// @throws ShapeException if there are none, not one for each output, or their rows differ
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
        public Tensor asValues(Kernels kernels, Tensor scratch) {
            throw new UnsupportedOperationException("these are targets for several outputs; of(output) gives one's");
        }
    }
}

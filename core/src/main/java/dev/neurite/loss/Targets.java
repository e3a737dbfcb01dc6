package dev.neurite.loss;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.tensor.Lengths;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/// The targets of a batch: class labels, values, or several of them for several outputs. A row has one target, or
/// one at each of its positions, as for a network that says something about each word of a sentence.
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

    /// The targets of all positions one after the other, as if each position were a row: `[rows × steps]` labels
    /// become `[rows·steps]`. Targets of which a row has only one stay as they are.
    /// @throws UnsupportedOperationException for several outputs
    Targets positions();

    /// Of padded sequences, how many positions each row has, `[rows]`; the others are padding, which counts nowhere.
    /// Empty if all rows have all positions.
    default Tensor lengths() {
        return Tensor.EMPTY;
    }

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
        return new Labels(labels.clone(), Shape.of(labels.length), Tensor.EMPTY);
    }

    /// Class labels of positions. Rows with fewer positions than the longest one are padded.
    /// @param ofRows the labels of each row, at least one
    /// @throws ShapeException for a row without labels
    static Labels labels(int[][] ofRows) {
        int steps = Arrays.stream(ofRows).mapToInt(row -> row.length).max().orElse(0);
        int[] all = new int[Math.multiplyExact(ofRows.length, steps)];
        float[] lengths = new float[ofRows.length];
        boolean padded = false;
        for (int row = 0; row < ofRows.length; row++) {
            if (ofRows[row].length == 0) throw new ShapeException("labels, row " + row, "expects at least 1, got none");
            System.arraycopy(ofRows[row], 0, all, row * steps, ofRows[row].length);
            lengths[row] = ofRows[row].length;
            padded |= ofRows[row].length < steps;
        }
        Labels labels = view(all, Shape.of(ofRows.length, steps));
        return padded ? labels.withLengths(Tensor.of(Shape.of(lengths.length), lengths)) : labels;
    }

    /// Class labels in an array that is not copied: changes of the array are visible.
    /// @param rows the number of rows, at most the length of the array
    static Labels view(int[] labels, int rows) {
        return view(labels, Shape.of(rows));
    }

    /// Class labels in an array that is not copied: changes of the array are visible.
    /// @param shape `[rows]` for a label a row, `[rows × …]` for a label at each position, row-major; of at most as
    /// many elements as the array
    static Labels view(int[] labels, Shape shape) {
        return new Labels(labels, shape, Tensor.EMPTY);
    }

    /// Values for each row, or for each position of each row.
    static Values values(Tensor values) {
        return new Values(values);
    }

    /// A class label, from 0, for each row, or for each position of each row.
    final class Labels implements Targets {
        private final int[] labels;
        private final Shape shape;
        private final Tensor lengths;

        private Labels(int[] labels, Shape shape, Tensor lengths) {
            if (shape.rank() == 0 || shape.size() > labels.length) {
                throw new ShapeException(
                        "labels", "expects rows of at most " + labels.length + " labels in all, got " + shape);
            }
            this.labels = labels;
            this.shape = shape;
            this.lengths = lengths;
        }

        /// The labels of padded sequences: of each row the first, the others are padding.
        /// @param ofRows `[rows]`, whole numbers from 1 to the number of positions
        /// @throws ShapeException for another number of lengths, or labels that are not those of positions
        /// @throws dev.neurite.error.DataException for a length that is out of range
        public Labels withLengths(Tensor ofRows) {
            Lengths.check("lengths", ofRows, shape);
            return new Labels(labels, shape, ofRows);
        }

        /// `[rows]`, or `[rows × …]` for a label at each position.
        public Shape shape() {
            return shape;
        }

        /// The label of a row; of positions, the label of one of them, counted through all rows: row · positions + t.
        /// In padding it means nothing.
        public int label(int index) {
            return labels[Objects.checkIndex(index, shape.size())];
        }

        /// The array of labels, not copied; it may be longer than the number of labels.
        int[] array() {
            return labels;
        }

        @Override
        public int rows() {
            return shape.extent(0);
        }

        @Override
        public Tensor lengths() {
            return lengths;
        }

        @Override
        public Labels positions() {
            return shape.rank() == 1 ? this : new Labels(labels, Shape.of(shape.size()), Tensor.EMPTY);
        }

        @Override
        public Targets rows(int from, int to) {
            Objects.checkFromToIndex(from, to, rows());
            Shape row = shape.row();
            int[] some = Arrays.copyOfRange(labels, from * row.size(), to * row.size());
            return new Labels(some, row.forRows(to - from), lengths.size() == 0 ? lengths : lengths.rows(from, to));
        }

        @Override
        public Tensor asValues(Kernels kernels, Tensor buffer) {
            kernels.losses().oneHot(labels, buffer);
            return buffer;
        }
    }

    /// Values for each row, or for each position of each row.
    /// @param values `[rows × outputs]`, or `[rows × … × outputs]`; with lengths if the rows are padded sequences
    record Values(Tensor values) implements Targets {
        @Override
        public int rows() {
            return values.rows();
        }

        @Override
        public Tensor lengths() {
            return values.lengths();
        }

        @Override
        public Values positions() {
            return values.shape().rank() == 2 ? this : new Values(values.positions());
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
        public Targets positions() {
            throw several();
        }

        @Override
        public Tensor asValues(Kernels kernels, Tensor buffer) {
            throw several();
        }

        private static UnsupportedOperationException several() {
            return new UnsupportedOperationException("these are targets for several outputs; use of(output)");
        }
    }
}

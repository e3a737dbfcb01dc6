package dev.neurite.data;

import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.loss.Targets;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// A mini-batch: inputs, targets and, optionally, weights of its rows.
/// @param inputs `[rows × …]`, for each input of the network, in its order; with lengths if rows are padded
/// sequences
/// @param targets a target for each row, or for each position of each row
/// @param weights the factor of each row's loss, `[rows]`, or of the loss at each position, `[rows × …]`;
/// at least 0; empty for 1 each
public record Batch(List<Tensor> inputs, Targets targets, Tensor weights) {
    private static final Tensor NO_WEIGHTS = Tensor.EMPTY;

    /// A batch of one input whose rows have the weight 1.
    /// @throws ShapeException unless there are as many targets as inputs
    public Batch(Tensor input, Targets targets) {
        this(input, targets, NO_WEIGHTS);
    }

    /// A batch of one input.
    /// @throws ShapeException unless there are as many targets and weights as inputs
    /// @throws DataException for a weight below 0, infinite or NaN
    public Batch(Tensor input, Targets targets, Tensor weights) {
        this(List.of(input), targets, weights);
    }

    /// A batch of several inputs whose rows have the weight 1.
    /// @throws ShapeException unless there are as many targets as inputs
    public Batch(List<Tensor> inputs, Targets targets) {
        this(inputs, targets, NO_WEIGHTS);
    }

    /// Keeps a copy of the list. Checks the numbers of targets and weights.
    /// @throws ShapeException unless there are as many rows in each input, targets and weights
    /// @throws DataException for a weight below 0, infinite or NaN
    public Batch {
        inputs = List.copyOf(inputs);
        if (inputs.isEmpty()) throw new ShapeException("batch", "expects at least 1 input, got none");
        int rows = targets.rows();
        for (Tensor input : inputs) {
            if (input.shape().rank() > 0 && input.rows() == rows) continue;
            throw new ShapeException(
                    "batch", "expects a target for each row of inputs " + input.shape() + ", got " + rows);
        }
        if (weights.size() != 0 && (weights.shape().rank() == 0 || weights.rows() != rows)) {
            throw new ShapeException("batch", "expects a weight for each of " + rows + " rows, got " + weights.shape());
        }
        for (int i = 0; i < weights.size(); i++) {
            checkWeight("batch, weights", i / (weights.size() / weights.rows()), weight(weights, i));
        }
    }

    /// All rows of a data set as one batch.
    /// @throws DataException for data without rows
    public static Batch of(Dataset rows) {
        return new Batches(rows, Math.max(1, rows.size())).batch(0);
    }

    /// Refuses a weight below 0, infinite or NaN.
    static void checkWeight(String where, int row, float weight) {
        if (!(weight >= 0 && weight < Float.POSITIVE_INFINITY)) {
            throw new DataException(
                    where + ", row " + row, "expects a weight that is at least 0 and finite, got " + weight);
        }
    }

    private static float weight(Tensor weights, int index) {
        return weights.array()[weights.offset() + index];
    }

    /// The number of rows.
    public int rows() {
        return inputs.getFirst().rows();
    }

    /// The input of a network that has one.
    /// @throws ShapeException for several inputs
    public Tensor input() {
        if (inputs.size() == 1) return inputs.getFirst();
        throw new ShapeException("batch", "expects one input here, has " + inputs.size());
    }

    /// The number of input values, padding included.
    public long inputValues() {
        long values = 0;
        for (Tensor input : inputs) values += input.size();
        return values;
    }

    /// Whether rows have weights.
    public boolean isWeighted() {
        return weights.size() > 0;
    }

    /// Whether there is a weight for each position, not for each row.
    public boolean weighsPositions() {
        return weights.size() > 0 && weights.shape().rank() > 1;
    }

    /// The weight of a row; 1 if rows have none.
    /// @throws ShapeException if there is a weight for each position
    public float weight(int row) {
        if (weighsPositions())
            throw new ShapeException("batch", "expects a weight for each row, has " + weights.shape());
        return isWeighted() ? weight(weights, row) : 1;
    }

    /// The weight of a position: its own, or that of its row; 1 if there are none.
    /// @param position from 0 to the number of positions of a row − 1
    public float weight(int row, int position) {
        if (!weighsPositions()) return weight(row);
        return weight(weights, row * (weights.size() / weights.rows()) + position);
    }

    /// A copy of this batch. [Batches] and [Prefetch] overwrite their batches, but not the copy.
    public Batch copy() {
        return new Batch(inputs.stream().map(Tensor::copy).toList(), copy(targets), weights.copy());
    }

    private static Targets copy(Targets targets) {
        return switch (targets) {
            case Targets.Labels labels -> copy(labels);
            case Targets.Values(Tensor values) -> Targets.values(values.copy());
            case Targets.Many(List<Targets> each) ->
                new Targets.Many(each.stream().map(Batch::copy).toList());
        };
    }

    private static Targets copy(Targets.Labels labels) {
        Targets.Labels copy = (Targets.Labels) labels.rows(0, labels.rows());
        return labels.lengths().size() == 0
                ? copy
                : copy.withLengths(labels.lengths().copy());
    }

    /// Rows `from` (inclusive) to `to` (exclusive).
    public Batch rows(int from, int to) {
        if (from == 0 && to == rows()) return this;
        List<Tensor> some = inputs.size() == 1
                ? List.of(inputs.getFirst().rows(from, to))
                : inputs.stream().map(input -> input.rows(from, to)).toList();
        return new Batch(some, targets.rows(from, to), isWeighted() ? weights.rows(from, to) : weights);
    }
}

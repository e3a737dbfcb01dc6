package dev.neurite.data;

import dev.neurite.error.ShapeException;
import dev.neurite.loss.Targets;
import dev.neurite.tensor.Tensor;

/// Some rows of a data set: inputs and answers.
/// @param inputs one row an example
/// @param targets an answer for each row
public record Batch(Tensor inputs, Targets targets) {
    /// Checks that there are as many answers as inputs.
    /// @throws ShapeException if not
    public Batch {
        if (inputs.shape().rank() == 0 || inputs.rows() != targets.rows()) {
            throw new ShapeException(
                    "batch", "expects an answer for each row of inputs " + inputs.shape() + ", got " + targets.rows());
        }
    }

    /// The number of rows.
    public int rows() {
        return inputs.rows();
    }

    /// Rows `from` (inclusive) to `to` (exclusive).
    public Batch rows(int from, int to) {
        return from == 0 && to == rows() ? this : new Batch(inputs.rows(from, to), targets.rows(from, to));
    }
}

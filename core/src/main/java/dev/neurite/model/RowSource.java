package dev.neurite.model;

import dev.neurite.tensor.Shape;

/// Rows of inputs that are read one by one, such as a [dev.neurite.data.Dataset], for
/// [Model#predict(RowSource)].
public interface RowSource {
    /// The number of rows.
    int size();

    /// The shape of one row's input. Its first axis is open ([Shape#OPEN]) if rows have different numbers of steps,
    /// as sentences do.
    Shape inputShape();

    /// The number of steps of a row, at least 1: the extent of its first axis.
    default int length(int row) {
        return inputShape().extent(0);
    }

    /// The number that fills the steps after the end of a row where rows of different lengths form a batch. Layers
    /// ignore these steps; of tokens it must be the id of one.
    default float padding() {
        return 0;
    }

    /// Writes the input of a row, row-major, into `array` from `at` on: as many numbers as its shape and length say.
    void readInput(int row, float[] array, int at);
}

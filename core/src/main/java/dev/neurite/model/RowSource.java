package dev.neurite.model;

import dev.neurite.tensor.Shape;

/// Rows of inputs that are read one by one, such as a [dev.neurite.data.Dataset], for
/// [Model#predict(RowSource)].
public interface RowSource {
    /// The number of rows.
    int size();

    /// The shape of one row's input.
    Shape inputShape();

    /// Writes the input of a row, row-major, into `array` from `at` on.
    void readInput(int row, float[] array, int at);
}

package dev.neurite.model;

import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.Optional;

/// Rows of inputs that are read one by one, such as a [dev.neurite.data.Dataset], for
/// [Model#predict(RowSource)]. Usually each row is one input; [#joint] makes rows of several.
public interface RowSource {
    /// The number of rows.
    int size();

    /// The shape of one row's input. Its first axis is open ([Shape#OPEN]) if rows have different numbers
    /// of steps, as sentences do.
    /// @throws dev.neurite.error.ShapeException for rows of several inputs
    Shape inputShape();

    /// The number of steps of a row, at least 1: the extent of its first axis.
    default int length(int row) {
        return inputShape().extent(0);
    }

    /// The number that fills the steps after the end of a row where rows of different lengths form a batch.
    /// Layers ignore these steps; of tokens it must be the id of one.
    default float padding() {
        return 0;
    }

    /// The number of tokens whose ids the inputs are; 0 for inputs that are no ids.
    default int vocabulary() {
        return 0;
    }

    /// What raw values the inputs were made of; empty where that is not known.
    default Optional<RowOrigin> origin() {
        return Optional.empty();
    }

    /// The last layers of a network for the targets of these rows, for [Model#of(RowSource, Node...)]. Empty for rows
    /// without targets, or whose targets do not tell.
    /// @param features the output of the layers before, without the axis of rows
    default List<Node> outputLayers(Shape features) {
        return List.of();
    }

    /// Writes the input of a row, row-major, into `array` from `at` on: as many numbers as its shape and
    /// length say.
    /// @throws dev.neurite.error.ShapeException for rows of several inputs
    void readInput(int row, float[] array, int at);

    /// The rows of each input, in the order of the network's: only this one, unless it is [#joint].
    default List<RowSource> inputs() {
        return List.of(this);
    }

    /// The shape of the longest row's input: [#inputShape()] with the extent of an open axis.
    default Shape longestInput() {
        Shape shape = inputShape();
        if (shape.isKnown()) return shape;
        int longest = 1;
        for (int row = 0; row < size(); row++) longest = Math.max(longest, length(row));
        return shape.withOpen(longest);
    }

    /// Whether all rows have the same number of steps, in each input.
    default boolean hasOneLength() {
        return inputs().stream().allMatch(each -> each.inputShape().isKnown());
    }

    /// The shape of the longest row of each of [#inputs()].
    default List<Shape> longestInputs() {
        return inputs().stream().map(RowSource::longestInput).toList();
    }

    /// Rows of several inputs, for a network of as many: row i has row i of each.
    /// @param inputs in the order of the network's inputs
    /// @throws dev.neurite.error.DataException if their numbers of rows differ
    static RowSource joint(RowSource... inputs) {
        return new JointRows(inputs);
    }
}

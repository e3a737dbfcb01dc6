package dev.neurite.dashboard;

import java.util.List;
import java.util.Map;

/// A model that a [ModelPage] shows with a form for each input, such as one of another format.
/// Thread-safe.
public interface PageModel {
    /// An input or output.
    /// @param name its name
    /// @param type of its elements, such as `float` or `int64`
    /// @param extents as texts: numbers, or names for those that may differ between calls; empty for
    /// one number, and `…` alone for any number of axes
    record Port(String name, String type, List<String> extents) {
        public Port {
            extents = List.copyOf(extents);
        }
    }

    /// What a person gives for an input.
    sealed interface Given {
        /// Numbers, row-major.
        @SuppressWarnings("ArrayRecordComponent") // nobody changes it
        record Numbers(List<Integer> shape, double[] numbers) implements Given {}

        /// Texts, row-major.
        record Texts(List<Integer> shape, List<String> texts) implements Given {}

        /// The content of a `.npy` file.
        @SuppressWarnings("ArrayRecordComponent") // nobody changes it
        record File(byte[] npy) implements Given {}
    }

    /// The value of an output.
    /// @param type of its elements
    /// @param shape of all of it
    /// @param first its first elements as texts
    /// @param row the numbers of its first row, along the last axis, at most 100,000; empty for texts
    @SuppressWarnings("ArrayRecordComponent") // nobody changes it
    record Result(String name, String type, List<Integer> shape, List<String> first, double[] row) {}

    /// The name of the model, such as that of its file.
    String name();

    /// The inputs, in their order.
    List<Port> inputs();

    /// The outputs, in their order.
    List<Port> outputs();

    /// Runs the model.
    /// @param values all inputs, by name
    /// @return all outputs, in their order
    /// @throws dev.neurite.error.NeuriteException for inputs that do not fit; the page shows the
    /// message
    List<Result> run(Map<String, Given> values);
}

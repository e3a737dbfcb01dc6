package dev.neurite.onnx.op;

/// An operator. From what is known of a node's inputs it makes the [ReadyNode] that computes the outputs: types and
/// shapes are checked there, once for all runs.
@FunctionalInterface
public interface Operator {
    /// Makes the step of a node.
    /// @throws NotYetKnown if a shape depends on the elements of an input that is no constant
    /// @throws dev.neurite.error.ModelFormatException if the node's settings are wrong
    /// @throws dev.neurite.error.ShapeException if types or shapes do not fit
    ReadyNode prepare(NodeCall call);
}

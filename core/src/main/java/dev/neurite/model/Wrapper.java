package dev.neurite.model;

import dev.neurite.kernel.Activation;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// A node that changes how another one runs, not what it computes. It has the name of the other in a
/// network, so that parameters have the same names with and without it.
public interface Wrapper extends Node {
    /// The node inside.
    Node node();

    /// The same wrapper around another node.
    Wrapper around(Node other);

    @Override
    default String kind() {
        return node().kind();
    }

    @Override
    default List<Shape> build(List<Shape> in, Declarations declare) {
        return declare.wrapped(node(), in);
    }

    /// True: a wrapper only runs the node inside.
    @Override
    default boolean acceptsBlocks() {
        return true;
    }

    @Override
    default boolean acceptsPadding() {
        return true;
    }

    @Override
    default boolean acceptsParts() {
        return true;
    }

    @Override
    default List<Tensor> forward(List<Tensor> in, Pass pass) {
        return pass.apply(0, in);
    }

    @Override
    default List<String> replaceable() {
        return node().replaceable();
    }

    @Override
    default Node replace(String path, Node other) {
        return around(node().replace(path, other));
    }

    @Override
    default Activation outputActivation() {
        return node().outputActivation();
    }

    @Override
    default Node withoutOutputActivation() {
        return around(node().withoutOutputActivation());
    }
}

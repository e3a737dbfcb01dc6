package dev.neurite.layer;

import dev.neurite.model.Declarations;
import dev.neurite.model.Node;
import dev.neurite.model.Pass;
import dev.neurite.model.Wrapper;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// Freezes a node: its parameters are not trained, and it runs in predict mode. Gradients flow through
/// it to earlier layers. The names of its parameters stay: `dense1.weight`.
/// @param node the frozen node
public record Frozen(Node node) implements Wrapper {
    @Override
    public Frozen around(Node other) {
        return new Frozen(other);
    }

    @Override
    public List<Shape> build(List<Shape> in, Declarations declare) {
        declare.freeze();
        return declare.wrapped(node, in);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        return pass.apply(0, x);
    }

    @Override
    public String toString() {
        return "frozen(" + node + ")";
    }
}

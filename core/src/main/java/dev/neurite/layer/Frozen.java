package dev.neurite.layer;

import dev.neurite.kernel.Activation;
import dev.neurite.model.Declarations;
import dev.neurite.model.Node;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// A node that does not learn: its parameters stay as they are and it runs as when predicting. Gradients go
/// through it.
/// @param node what is frozen
public record Frozen(Node node) implements Node {
    @Override
    public List<Shape> build(List<Shape> in, Declarations declare) {
        declare.freeze();
        return declare.child(node.kind(), node, in);
    }

    @Override
    public List<Tensor> forward(List<Tensor> in, Pass pass) {
        return pass.apply(0, in);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        return pass.apply(0, x);
    }

    @Override
    public Activation outputActivation() {
        return node.outputActivation();
    }

    @Override
    public Frozen withoutOutputActivation() {
        return new Frozen(node.withoutOutputActivation());
    }

    @Override
    public String toString() {
        return "frozen(" + node + ")";
    }
}

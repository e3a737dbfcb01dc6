package dev.neurite.layer;

import dev.neurite.kernel.Activation;
import dev.neurite.model.Declarations;
import dev.neurite.model.Node;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// A node that keeps only its inputs while it trains, and computes the rest once more when gradients go back: less
/// memory for activations, one more forward pass of the node in time. Chen et al. 2016, "Training deep nets with
/// sublinear memory cost", arXiv:1604.06174: n layers in √n parts of √n layers each hold about 2·√n outputs at once.
///
/// What comes out has the same bits as without: noise is that of the first time, and running statistics move once.
/// @param node what is computed twice
public record Recomputed(Node node) implements Node {
    @Override
    public List<Shape> build(List<Shape> in, Declarations declare) {
        return declare.child(node.kind(), node, in);
    }

    @Override
    public List<Tensor> forward(List<Tensor> in, Pass pass) {
        return pass.recompute(0, in);
    }

    @Override
    public Activation outputActivation() {
        return node.outputActivation();
    }

    @Override
    public Recomputed withoutOutputActivation() {
        return new Recomputed(node.withoutOutputActivation());
    }

    @Override
    public String toString() {
        return "recomputed(" + node + ")";
    }
}

package dev.neurite.layer;

import dev.neurite.model.Node;
import dev.neurite.model.Pass;
import dev.neurite.model.Wrapper;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// Gradient checkpointing: a node that keeps only its inputs while it trains, and computes the rest once more when
/// gradients go back. Less memory for activations, one more forward pass of the node in time. Chen et al. 2016,
/// "Training deep nets with sublinear memory cost", arXiv:1604.06174: n layers in √n parts of √n layers each hold
/// about 2·√n outputs at once.
///
/// What comes out has the same bits as without: noise is that of the first time, and running statistics are updated
/// once. Its parameters are called as without: `dense1.weight`.
/// @param node what is computed twice
public record Recomputed(Node node) implements Wrapper {
    @Override
    public Recomputed around(Node other) {
        return new Recomputed(other);
    }

    @Override
    public List<Tensor> forward(List<Tensor> in, Pass pass) {
        return pass.recompute(0, in);
    }

    @Override
    public String toString() {
        return "recomputed(" + node + ")";
    }
}

package dev.neurite.layer;

import dev.neurite.model.Node;
import dev.neurite.model.Pass;
import dev.neurite.model.Wrapper;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// Gradient checkpointing: while training, the node keeps only its inputs and runs its forward pass
/// again in the backward pass. This needs less memory for activations and the time of one more forward
/// pass. n layers in √n parts keep about 2·√n outputs at once. Chen et al. 2016, "Training deep nets
/// with sublinear memory cost", arXiv:1604.06174.
///
/// Results have the same bits as without checkpointing: the second forward pass uses the same noise and
/// does not update running statistics. The names of the parameters stay: `dense1.weight`.
/// @param node the checkpointed node
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

package dev.neurite.layer;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Node;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// A layer or a network for each position of sequences by itself, such as convolutions for each image of a video.
/// Keras's `TimeDistributed`; in PyTorch the batch and the time axis are flattened for it. Layers of features, such
/// as a dense layer, take sequences as they are and need it not.
///
/// | tensor | shape |
/// |---|---|
/// | x | `[time × …]`: what the node takes, at each position; may be padded, see [Tensor#withLengths] |
/// | y | `[time × …]`: what it gives |
///
/// The parameters are those of the node, under this layer's name. To the node each position is a row: dropout draws
/// other numbers for each, and a batch norm has the statistics of all positions of the batch, which is why it takes
/// no padded sequences in training.
/// @param node with one input and one output
public record TimeDistributed(Node node) implements Layer {
    @Override
    public Shape build(Shape in, Declarations declare) {
        if (in.rank() < 1 || in.extent(0) == 0) {
            throw new ShapeException(declare.path(), this + " expects sequences of at least 1 position, got " + in);
        }
        int count = in.extent(0);
        return declare.childOfPositions(count, node, in.row()).forRows(count);
    }

    @Override
    public boolean acceptsPadding() {
        return true;
    }

    @Override
    public boolean acceptsParts() {
        return true;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        return pass.applyToPositions(0, x);
    }

    @Override
    public List<String> replaceable() {
        return node.replaceable();
    }

    @Override
    public TimeDistributed replace(String path, Node other) {
        return new TimeDistributed(node.replace(path, other));
    }

    @Override
    public Activation outputActivation() {
        return node.outputActivation();
    }

    @Override
    public TimeDistributed withoutOutputActivation() {
        return new TimeDistributed(node.withoutOutputActivation());
    }

    @Override
    public String toString() {
        return "timeDistributed(" + node + ")";
    }
}

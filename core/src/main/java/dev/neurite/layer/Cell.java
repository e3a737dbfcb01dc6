package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.model.Declarations;
import dev.neurite.model.Node;
import dev.neurite.model.Pass;
import dev.neurite.model.Wrapper;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// One step of a recurrent layer, for loops of one's own: PyTorch's `LSTMCell`, `GRUCell` and `RNNCell`. Apply it
/// once for each step; all share the parameters, which have the names of the layer's.
///
/// | input, output | shape of a row |
/// |---|---|
/// | x | `[in]` |
/// | then: the state before the step, h, of an LSTM also c; or none, which is 0 | `[units]` each |
/// | outputs: the state after the step, h, of an LSTM also c | `[units]` each |
/// @param node the [RecurrentLayer], which gives its state only; without recurrent dropout, whose mask is that of all
/// steps
public record Cell(Node node) implements Wrapper {
    /// @throws ConfigException for another layer, or one that goes through sequences
    public Cell {
        if (!(node instanceof RecurrentLayer<?> layer)
                || layer.settings().sequences()
                || layer.settings().reversed()
                || layer.settings().recurrentDropout() > 0) {
            throw new ConfigException(
                    "cell", "expects a recurrent layer of one step, without dropout of all steps, got " + node);
        }
        node = layer.withStates();
    }

    @Override
    public Cell around(Node other) {
        return new Cell(other);
    }

    @Override
    public List<Shape> build(List<Shape> in, Declarations declare) {
        if (!in.isEmpty() && in.getFirst().rank() == 1 && in.getFirst().isKnown()) {
            List<Shape> step = new ArrayList<>(in);
            step.set(0, Shape.of(1, in.getFirst().extent(0)));
            return states(declare.wrapped(node, step));
        }
        throw new ShapeException(
                declare.path(), this + " expects rows of features, then the state or nothing, got " + in);
    }

    @Override
    public List<Tensor> forward(List<Tensor> in, Pass pass) {
        List<Tensor> step = new ArrayList<>(in);
        step.set(0, pass.view(in.getFirst(), Shape.of(1, in.getFirst().shape().extent(1))));
        return states(pass.apply(0, step));
    }

    /// The outputs without y, which is h.
    private static <T> List<T> states(List<T> out) {
        return out.subList(1, out.size());
    }

    @Override
    public String toString() {
        return "cell(" + node + ")";
    }
}

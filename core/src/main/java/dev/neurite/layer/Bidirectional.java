package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Node;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// A recurrent layer in both directions: the output of one that runs forwards, followed by that of one that runs
/// backwards, along the last axis. Schuster and Paliwal 1997. PyTorch's `bidirectional=True`, Keras's
/// `Bidirectional`.
///
/// | tensor | shape |
/// |---|---|
/// | x | `[rows × time × in]` |
/// | `forwards.…`, `backwards.…` | the parameters of both, see [RecurrentLayer] |
/// | y | `[rows × 2·units]`, with sequences `[rows × time × 2·units]` |
/// @param layer the [RecurrentLayer] that runs forwards
public record Bidirectional(Node layer) implements Layer {
    /// @throws ConfigException for another layer, or one that runs backwards already
    public Bidirectional {
        if (!(layer instanceof RecurrentLayer<?> one) || one.settings().reversed()) {
            throw new ConfigException("bidirectional", "expects a recurrent layer that runs forwards, got " + layer);
        }
    }

    private RecurrentLayer<?> forwards() {
        return (RecurrentLayer<?>) layer;
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        Shape out = declare.child("forwards", layer, List.of(in)).getFirst();
        declare.child("backwards", forwards().withReversed(), List.of(in));
        return Axes.with(out, out.rank() - 1, 2 * forwards().settings().units());
    }

    @Override
    public boolean acceptsPadding() {
        return true;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        List<Tensor> both = List.of(pass.apply(0, x), pass.apply(1, x));
        return new Concat(-1).forward(both, pass).getFirst();
    }

    @Override
    public String toString() {
        return "bidirectional(" + layer + ")";
    }
}

package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.model.Declarations;
import dev.neurite.model.Node;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// A recurrent layer in both directions: y is the output of one that runs forwards, followed by that of one that runs
/// backwards, along the last axis. Schuster and Paliwal 1997. PyTorch's `bidirectional=True`, Keras's
/// `Bidirectional`. The parameters are `forwards.…` and `backwards.…`, see [RecurrentLayer]; inputs and outputs are
/// those of [Recurrent], y has 2·units.
/// @param layer the [RecurrentLayer] that runs forwards
public record Bidirectional(Node layer) implements Recurrent {
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
    public List<Integer> states() {
        List<Integer> both = new ArrayList<>(forwards().states());
        both.addAll(forwards().states());
        return both;
    }

    @Override
    public Bidirectional withSequences() {
        return new Bidirectional(forwards().withSequences());
    }

    @Override
    public Bidirectional withStates() {
        return new Bidirectional(forwards().withStates());
    }

    @Override
    public List<Shape> build(List<Shape> in, Declarations declare) {
        RecurrentOp.check(this, in, declare);
        List<Shape> first = declare.child("forwards", layer, ofDirection(0, in));
        List<Shape> second = declare.child("backwards", forwards().withReversed(), ofDirection(1, in));
        Shape one = first.getFirst();
        return joined(Axes.with(one, one.rank() - 1, 2 * forwards().settings().units()), first, second);
    }

    @Override
    public List<Tensor> forward(List<Tensor> in, Pass pass) {
        List<Tensor> first = pass.apply(0, ofDirection(0, in));
        List<Tensor> second = pass.apply(1, ofDirection(1, in));
        List<Tensor> both = List.of(first.getFirst(), second.getFirst());
        return joined(new Concat(-1).forward(both, pass).getFirst(), first, second);
    }

    /// The inputs of a direction: x, and its own of the states.
    private <T> List<T> ofDirection(int direction, List<T> in) {
        if (in.size() == 1) return in;
        int own = forwards().states().size();
        List<T> some = new ArrayList<>(List.of(in.getFirst()));
        some.addAll(in.subList(1 + direction * own, 1 + (direction + 1) * own));
        return some;
    }

    private static <T> List<T> joined(T y, List<T> first, List<T> second) {
        List<T> out = new ArrayList<>(List.of(y));
        out.addAll(first.subList(1, first.size()));
        out.addAll(second.subList(1, second.size()));
        return out;
    }

    @Override
    public String toString() {
        return "bidirectional(" + layer + ")";
    }
}

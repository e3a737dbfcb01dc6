package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.model.Declarations;
import dev.neurite.model.Node;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// Several equal recurrent layers, each of which reads the output of the one before after each step, with dropout
/// between them: PyTorch's `num_layers` and `dropout`. The output is that of the last. The parameters are `layer1.…`,
/// `layer2.…`; inputs and outputs are those of [Recurrent].
/// @param layer a [RecurrentLayer] or a [Bidirectional]
/// @param count the number of layers, at least 1
/// @param dropout the rate of the dropout after each layer but the last, from 0, the default, to below 1
public record Stacked(Node layer, int count, double dropout) implements Recurrent {
    /// @throws ConfigException for another layer, less than 1 of them, or a rate out of range
    public Stacked {
        if (!(layer instanceof Recurrent) || layer instanceof Stacked) {
            throw new ConfigException("stacked", "expects a recurrent layer or a bidirectional one, got " + layer);
        }
        if (count < 1) throw new ConfigException("stacked", "expects at least 1 layer, got " + count);
        RandomLayer.checkRate("stacked", dropout);
    }

    /// A copy with dropout of this rate between the layers.
    public Stacked withDropout(double rate) {
        return new Stacked(layer, count, rate);
    }

    private Recurrent last() {
        return (Recurrent) layer;
    }

    @Override
    public List<Integer> states() {
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < count; i++) all.addAll(last().states());
        return all;
    }

    @Override
    public Stacked withSequences() {
        return new Stacked(last().withSequences(), count, dropout);
    }

    @Override
    public Stacked withStates() {
        return new Stacked(last().withStates(), count, dropout);
    }

    @Override
    public List<Shape> build(List<Shape> in, Declarations declare) {
        RecurrentOp.check(this, in, declare);
        List<Shape> out = new ArrayList<>();
        Shape x = in.getFirst();
        for (int i = 0; i < count; i++) {
            if (i > 0)
                x = declare.child("dropout" + i, new Dropout(dropout), List.of(x))
                        .getFirst();
            Recurrent one = i < count - 1 ? last().withSequences() : last();
            List<Shape> given = declare.child("layer" + (i + 1), one, ofLayer(i, x, in));
            x = given.getFirst();
            out.addAll(given.subList(1, given.size()));
        }
        out.addFirst(x);
        return out;
    }

    /// True: its layers say whether they do.
    @Override
    public boolean acceptsParts() {
        return true;
    }

    @Override
    public List<Tensor> forward(List<Tensor> in, Pass pass) {
        List<Tensor> out = new ArrayList<>();
        Tensor x = in.getFirst();
        for (int i = 0; i < count; i++) {
            if (i > 0) x = pass.apply(2 * i - 1, x);
            List<Tensor> given = pass.apply(2 * i, ofLayer(i, x, in));
            x = given.getFirst();
            out.addAll(given.subList(1, given.size()));
        }
        out.addFirst(x);
        return out;
    }

    /// The inputs of a layer: x, and its own of the states.
    private <T> List<T> ofLayer(int index, T x, List<T> in) {
        List<T> some = new ArrayList<>(List.of(x));
        int own = in.size() == 1 ? 0 : last().states().size();
        some.addAll(in.subList(1 + index * own, 1 + (index + 1) * own));
        return some;
    }

    @Override
    public String toString() {
        return "stacked(" + count + " × " + layer + (dropout == 0 ? "" : ", dropout " + dropout) + ")";
    }
}

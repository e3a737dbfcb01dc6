package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.model.Role;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Scores of all tokens from the weights of an embedding: y = x·Wᵀ + b. Embedding and output share W, whose
/// gradient is the sum of both. Press and Wolf 2016, arXiv:1608.05859; GPT-2 and BERT do so.
///
/// | tensor | shape |
/// |---|---|
/// | x | `[rows × … × size]` |
/// | W, of the embedding | `[vocabulary × size]` |
/// | `bias` b | `[vocabulary]` |
/// | y | `[rows × … × vocabulary]` |
/// @param parameter the full name of W in the network, which is declared before: `wte.weight`
/// @param bias whether there is a bias, which begins with zeros; not by default
public record TiedOutput(String parameter, boolean bias) implements Layer {
    /// @throws ConfigException for an empty name
    public TiedOutput {
        if (parameter.isEmpty()) throw new ConfigException("tied output", "expects the name of a parameter, got none");
    }

    public TiedOutput withBias() {
        return new TiedOutput(parameter, true);
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        Shape w = declare.alias("weight", parameter);
        int last = in.rank() - 1;
        if (last < 0 || w.rank() != 2 || in.extent(last) != w.extent(1)) {
            throw new ShapeException(
                    declare.path(), this + " expects rows whose last axis is that of " + w + ", got " + in);
        }
        int vocabulary = w.extent(0);
        if (bias) declare.parameter("bias", Shape.of(vocabulary), Role.BIAS, Initializers.zeros());
        declare.multiplications(vocabulary * Axes.elements(in));
        return Axes.with(in, last, vocabulary);
    }

    @Override
    public boolean acceptsPadding() {
        return true;
    }

    @Override
    public boolean acceptsEncoded(String parameter) {
        return parameter.equals("weight");
    }

    @Override
    public boolean acceptsParts() {
        return true;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        Tensor y = pass.output();
        Linear.forward(pass, x, "weight", bias ? pass.parameter("bias") : Tensor.EMPTY, y);
        return pass.backward(x, y, (dy, dx) -> Linear.backward(pass, x, dy, "weight", bias ? "bias" : "", null, dx));
    }

    @Override
    public String toString() {
        return "tiedOutput(" + parameter + (bias ? ", bias" : "") + ")";
    }
}

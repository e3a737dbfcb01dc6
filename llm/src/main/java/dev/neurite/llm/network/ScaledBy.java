package dev.neurite.llm.network;

import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// y = factor · x, for rows of any shape.
/// @param factor any number
record ScaledBy(float factor) implements Layer {
    @Override
    public Shape build(Shape in, Declarations declare) {
        return in;
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
        Tensor y = pass.like(x);
        pass.kernels().scale(factor, x, y);
        return pass.backward(x, y, (dy, dx) -> pass.kernels().scale(factor, dy, dx));
    }

    @Override
    public String toString() {
        return "scale(" + factor + ")";
    }
}

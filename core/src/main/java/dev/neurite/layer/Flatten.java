package dev.neurite.layer;

import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Flattens rows to one axis: `[C×H×W]` becomes `[C·H·W]`. A view; copies nothing.
public record Flatten() implements Layer {
    @Override
    public Shape build(Shape in, Declarations declare) {
        return Shape.of(in.size());
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        return pass.view(x);
    }

    @Override
    public String toString() {
        return "flatten()";
    }
}

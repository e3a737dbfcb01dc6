package dev.neurite.llm.network;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Norms;
import dev.neurite.layer.Initializers;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.model.Role;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// An RMS norm of the features of each head, as in Qwen 3 and Gemma 3: y = w ∘ x / √(Σ x²/size + ε), see
/// [dev.neurite.layer.RmsNorm].
///
/// | tensor | shape |
/// |---|---|
/// | x, y | `[rows × time × heads·size]` |
/// | `weight` w | `[size]` |
/// @param size the number of features of a head, at least 1
/// @param epsilon ε, above 0
record HeadNorm(int size, double epsilon) implements Layer {
    @Override
    public Shape build(Shape in, Declarations declare) {
        if (in.rank() != 2 || in.extent(1) < 1 || in.extent(1) % size != 0) {
            throw new ShapeException(declare.path(), this + " expects sequences of heads of " + size + ", got " + in);
        }
        declare.parameter("weight", Shape.of(size), Role.SCALE, Initializers.constant(1));
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
        Norms norms = pass.kernels().norms();
        Tensor factor = pass.tensor(Shape.of(x.shape().row().size() / size));
        Tensor w = pass.parameter("weight");
        Tensor y = pass.like(x);
        norms.normalizeSpans(x, size, 1, epsilon, w, Tensor.EMPTY, Tensor.EMPTY, factor, y);
        return pass.backward(x, y, (dy, dx) -> {
            if (pass.wants("weight")) {
                norms.spanSums(x, size, 1, Tensor.EMPTY, factor, dy, pass.gradient("weight"), Tensor.EMPTY);
            }
            if (pass.wants(x)) norms.spanGradient(x, size, 1, w, Tensor.EMPTY, factor, dy, dx);
        });
    }

    @Override
    public String toString() {
        return "headNorm(" + size + ", epsilon " + epsilon + ")";
    }
}

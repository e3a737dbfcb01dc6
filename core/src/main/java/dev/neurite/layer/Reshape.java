package dev.neurite.layer;

import dev.neurite.error.ShapeException;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Gives rows another shape of the same size. A view; copies nothing.
/// @param shape the output shape of a row; one extent may be −1 and is computed from the others
public record Reshape(Shape shape) implements Layer {
    @Override
    public Shape build(Shape in, Declarations declare) {
        int[] extents = shape.extents().stream().mapToInt(Integer::intValue).toArray();
        int known = 1;
        int open = -1;
        for (int axis = 0; axis < extents.length; axis++) {
            if (extents[axis] == Shape.OPEN) open = axis;
            else known *= extents[axis];
        }
        if (open >= 0) extents[open] = known == 0 ? 0 : in.size() / known;
        Shape out = Shape.of(extents);
        if (out.size() == in.size()) return out;
        throw new ShapeException(
                declare.path(),
                this + " expects rows of " + (open >= 0 ? "a multiple of " : "") + known + " numbers, got " + in);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        return pass.view(x);
    }

    @Override
    public String toString() {
        return "reshape" + shape;
    }
}

package dev.neurite.model;

import dev.neurite.error.ShapeException;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// A node with one input and one output. Most layers are.
///
/// A layer has two methods. `forward` also says how gradients go back:
/// ```java
/// public record Scale(float factor) implements Layer {
///     public Shape build(Shape in, Declarations declare) {
///         return in;
///     }
///     public Tensor forward(Tensor x, Pass pass) {
///         Tensor y = pass.like(x);
///         pass.kernels().scale(factor, x, y);
///         return pass.backward(x, y, (dy, dx) -> pass.kernels().scale(factor, dy, dx));
///     }
/// }
/// ```
public interface Layer extends Node {
    /// Computes the shape of the output, and declares the parameters.
    /// @param in the shape of one row of the input, without the batch axis
    /// @return the shape of one row of the output
    /// @throws ShapeException if the input does not fit
    Shape build(Shape in, Declarations declare);

    /// Computes the output, and records the backward with [Pass#backward].
    /// @param x the batch, one sample a row
    @Override
    Tensor forward(Tensor x, Pass pass);

    @Override
    default List<Shape> build(List<Shape> in, Declarations declare) {
        if (in.size() != 1) {
            throw new ShapeException(declare.path(), this + " expects 1 input, got " + in.size());
        }
        return List.of(build(in.getFirst(), declare));
    }

    @Override
    default List<Tensor> forward(List<Tensor> in, Pass pass) {
        return List.of(forward(in.getFirst(), pass));
    }
}

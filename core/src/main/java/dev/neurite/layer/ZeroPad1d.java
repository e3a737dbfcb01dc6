package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Rectangle;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Pads sequences with zeros. PyTorch's `ZeroPad1d`.
///
/// | tensor | shape of a row |
/// |---|---|
/// | x | `[C×L]` |
/// | y | `[C × left + L + right]` |
/// @param left zeros before the first element, 0 or more
/// @param right zeros after the last element, 0 or more
public record ZeroPad1d(int left, int right) implements Layer {
    /// @throws ConfigException for a number below 0
    public ZeroPad1d {
        if (left < 0 || right < 0) {
            throw new ConfigException("zeroPad1d", "expects 0 or more, got " + left + ", " + right);
        }
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        if (in.rank() != 2 || !in.isKnown()) {
            throw new ShapeException(declare.path(), this + " expects sequences [channels × length], got " + in);
        }
        return Shape.of(in.extent(0), Math.addExact(in.extent(1), Math.addExact(left, right)));
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        int length = x.shape().extent(2);
        return ZeroPad2d.pad(new Rectangle(1, left + length + right, 0, left, 1, length), x, pass);
    }

    @Override
    public String toString() {
        return "zeroPad1d(" + left + ", " + right + ")";
    }
}

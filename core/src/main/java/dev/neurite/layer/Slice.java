package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Planes;
import dev.neurite.kernel.Rectangle;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// A slice of rows: the indices from `from` to before `to` along an axis.
///
/// | tensor | shape of a row |
/// |---|---|
/// | x | `[… × n × …]` |
/// | y | `[… × to − from × …]` |
/// @param from the first index, from 0
/// @param to the index after the last
/// @param axis the axis, without the batch axis: 0, the channels, by default; −1, −2, … count from the end
public record Slice(int from, int to, int axis) implements Layer {
    /// @throws ConfigException unless 0 ≤ from < to
    public Slice {
        if (from < 0 || to <= from) {
            throw new ConfigException("slice", "expects 0 ≤ from < to, got from " + from + " to " + to);
        }
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        int at = Axes.place(this, axis, in, declare);
        if (in.extent(at) < to) {
            throw new ShapeException(
                    declare.path(), this + " expects an axis " + axis + " of " + to + " or more, got " + in);
        }
        return Axes.with(in, at, to - from);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        Planes planes = pass.kernels().planes();
        Shape row = x.shape().row();
        int at = Axes.place(axis, row);
        Rectangle part = Rectangle.ofRows(row.extent(at), Axes.below(row, at), from, to - from);
        Tensor y = pass.output();
        planes.cut(part, x, y);
        return pass.backward(x, y, (dy, dx) -> {
            if (pass.wants(x)) planes.pad(part, dy, dx);
        });
    }

    @Override
    public String toString() {
        return "slice(" + from + ", " + to + (axis == 0 ? ")" : ", axis " + axis + ")");
    }
}

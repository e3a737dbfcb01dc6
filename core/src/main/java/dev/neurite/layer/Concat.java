package dev.neurite.layer;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Planes;
import dev.neurite.kernel.Rectangle;
import dev.neurite.model.Declarations;
import dev.neurite.model.Node;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// Concatenates inputs along an axis; their other axes are equal. PyTorch's `cat`.
///
/// | tensor | shape of a row |
/// |---|---|
/// | inputs | `[… × n₁ × …]`, `[… × n₂ × …]`, … |
/// | y | `[… × Σ n × …]` |
/// @param axis the axis, without the batch axis: 0, the channels, by default; −1, −2, … count from the end
public record Concat(int axis) implements Node {
    @Override
    public List<Shape> build(List<Shape> in, Declarations declare) {
        if (in.size() < 2) throw new ShapeException(declare.path(), this + " expects 2 inputs or more, got " + in);
        Shape first = in.getFirst();
        int at = Axes.place(this, axis, first, declare);
        int sum = 0;
        for (Shape each : in) {
            if (each.rank() != first.rank() || !Axes.with(each, at, 1).equals(Axes.with(first, at, 1))) {
                throw new ShapeException(
                        declare.path(), this + " expects inputs that differ in axis " + axis + " only, got " + in);
            }
            sum = Math.addExact(sum, each.extent(at));
        }
        return List.of(Axes.with(first, at, sum));
    }

    /// True for axis 0, where the blocks of an input are neighbors in y.
    @Override
    public boolean acceptsBlocks() {
        return axis == 0;
    }

    /// True for features, the last axis.
    @Override
    public boolean acceptsPadding() {
        return axis == -1;
    }

    /// True for features, the last axis.
    @Override
    public boolean acceptsParts() {
        return axis == -1;
    }

    @Override
    public List<Tensor> forward(List<Tensor> in, Pass pass) {
        Planes planes = pass.kernels().planes();
        Tensor y = pass.output();
        Shape row = y.shape().row();
        int at = Axes.place(axis, row);
        List<Rectangle> regions = new ArrayList<>();
        int first = 0;
        for (Tensor x : in) {
            int size = x.shape().extent(at + 1);
            Rectangle part = Rectangle.ofRows(row.extent(at), Axes.below(row, at), first, size);
            planes.paste(part, x, y);
            regions.add(part);
            first += size;
        }
        return pass.backward(in, List.of(y), (dys, dxs) -> {
            for (int i = 0; i < regions.size(); i++) {
                if (pass.wants(in.get(i))) planes.cut(regions.get(i), dys.getFirst(), dxs.get(i));
            }
        });
    }

    @Override
    public String toString() {
        return axis == 0 ? "concat()" : "concat(axis " + axis + ")";
    }
}

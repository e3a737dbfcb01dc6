package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Planes;
import dev.neurite.kernel.Rectangle;
import dev.neurite.model.Declarations;
import dev.neurite.model.Node;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Splits rows along an axis into several outputs: the inverse of [Concat].
/// @param parts the number of outputs, of equal extents unless sizes are given
/// @param sizes the extents of the parts; empty for equal ones
/// @param axis the axis, without the batch axis: 0, the channels, by default; −1, −2, … count from the end
public record Split(int parts, List<Integer> sizes, int axis) implements Node {
    /// @throws ConfigException for less than 1 part, another number of sizes, or a size below 1
    public Split {
        sizes = List.copyOf(sizes);
        boolean fits = sizes.isEmpty() || sizes.size() == parts;
        if (parts < 1 || !fits || sizes.stream().anyMatch(size -> size < 1)) {
            throw new ConfigException("split", "expects a size from 1 for each part, got " + parts + ": " + sizes);
        }
    }

    /// A copy that splits along this axis.
    public Split withAxis(int other) {
        return new Split(parts, sizes, other);
    }

    @Override
    public List<Shape> build(List<Shape> in, Declarations declare) {
        if (in.size() != 1) throw new ShapeException(declare.path(), this + " expects 1 input, got " + in);
        Shape row = in.getFirst();
        int at = Axes.place(this, axis, row, declare);
        int extent = row.extent(at);
        boolean fits = sizes.isEmpty()
                ? extent % parts == 0
                : extent == sizes.stream().mapToLong(Integer::longValue).sum();
        if (!fits) {
            throw new ShapeException(
                    declare.path(), this + " expects an axis " + axis + " that it divides into its parts, got " + row);
        }
        return extents(extent).stream().map(size -> Axes.with(row, at, size)).toList();
    }

    private List<Integer> extents(int extent) {
        return sizes.isEmpty() ? Collections.nCopies(parts, extent / parts) : sizes;
    }

    @Override
    public List<Tensor> forward(List<Tensor> in, Pass pass) {
        Planes planes = pass.kernels().planes();
        Shape row = in.getFirst().shape().row();
        int at = Axes.place(axis, row);
        List<Rectangle> regions = new ArrayList<>();
        List<Tensor> ys = new ArrayList<>();
        int first = 0;
        for (int size : extents(row.extent(at))) {
            Rectangle part = Rectangle.ofRows(row.extent(at), Axes.below(row, at), first, size);
            Tensor y = pass.output(regions.size());
            planes.cut(part, in.getFirst(), y);
            regions.add(part);
            ys.add(y);
            first += size;
        }
        return pass.backward(in, ys, (dys, dxs) -> {
            for (int i = 0; i < regions.size(); i++) {
                if (pass.wants(in.getFirst())) planes.paste(regions.get(i), dys.get(i), dxs.getFirst());
            }
        });
    }

    @Override
    public String toString() {
        String into = sizes.isEmpty() ? parts + " parts" : sizes.toString();
        return "split(" + into + (axis == 0 ? ")" : ", axis " + axis + ")");
    }
}

package dev.neurite.layer;

import dev.neurite.error.ShapeException;
import dev.neurite.model.Declarations;
import dev.neurite.model.Node;
import dev.neurite.tensor.Shape;

/// Axes of rows that are cut or joined along one.
final class Axes {
    private Axes() {}

    /// An axis that counts from the end if it is below 0, from 0.
    static int place(int axis, Shape row) {
        return axis < 0 ? row.rank() + axis : axis;
    }

    /// [#place(int, Shape)] when a network is built.
    static int place(Node node, int axis, Shape in, Declarations declare) {
        int at = place(axis, in);
        if (at >= 0 && at < in.rank() && in.isKnown()) return at;
        throw new ShapeException(declare.path(), node + " expects rows that have an axis " + axis + ", got " + in);
    }

    /// The same shape with another extent.
    static Shape with(Shape row, int axis, int extent) {
        int[] extents = row.extents().stream().mapToInt(Integer::intValue).toArray();
        extents[axis] = extent;
        return Shape.of(extents);
    }

    /// Elements from one place of an axis to the next.
    static int below(Shape row, int axis) {
        int product = 1;
        for (int i = axis + 1; i < row.rank(); i++) product *= row.extent(i);
        return product;
    }
}

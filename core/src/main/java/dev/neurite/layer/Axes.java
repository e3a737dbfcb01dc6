package dev.neurite.layer;

import dev.neurite.error.ShapeException;
import dev.neurite.model.Declarations;
import dev.neurite.model.Node;
import dev.neurite.tensor.Shape;

/// Axes of rows.
final class Axes {
    private Axes() {}

    /// The axis counted from 0; a negative axis counts from the end.
    static int place(int axis, Shape row) {
        return axis < 0 ? row.rank() + axis : axis;
    }

    /// The axis counted from 0, checked when a network is built.
    static int place(Node node, int axis, Shape in, Declarations declare) {
        int at = place(axis, in);
        if (at >= 0 && at < in.rank() && in.extent(at) != Shape.OPEN) return at;
        throw new ShapeException(declare.path(), node + " expects rows that have an axis " + axis + ", got " + in);
    }

    /// The shape with this extent along an axis.
    static Shape with(Shape row, int axis, int extent) {
        int[] extents = row.extents().stream().mapToInt(Integer::intValue).toArray();
        extents[axis] = extent;
        return Shape.of(extents);
    }

    /// The number of elements, where an open axis counts as 1.
    static long elements(Shape row) {
        long elements = 1;
        for (int extent : row.extents()) elements *= extent == Shape.OPEN ? 1 : extent;
        return elements;
    }

    /// The number of elements from one index of an axis to the next.
    static int below(Shape row, int axis) {
        int product = 1;
        for (int i = axis + 1; i < row.rank(); i++) product *= row.extent(i);
        return product;
    }
}

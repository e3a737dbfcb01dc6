package dev.neurite.javasource;

import dev.neurite.tensor.Shape;

/// A result in the class that is written.
/// @param field the array that has it
/// @param shape the shape of a row, whose first axis may be open: that of the steps
record LayerValue(String field, Shape shape) {
    /// How many numbers it has, as Java.
    String count() {
        return times(shape);
    }

    /// The extent of the first axis, as Java.
    String steps() {
        return shape.extent(0) == Shape.OPEN ? "steps" : String.valueOf(shape.extent(0));
    }

    /// How many positions there are before the last axis, as Java.
    String positions() {
        int last = shape.extent(shape.rank() - 1);
        if (shape.isKnown()) return String.valueOf(last == 0 ? 0 : shape.size() / last);
        Shape before = Shape.of(shape.extents().subList(0, shape.rank() - 1).stream()
                .mapToInt(Integer::intValue)
                .toArray());
        return times(before);
    }

    /// The extent of the last axis.
    int width() {
        return shape.extent(shape.rank() - 1);
    }

    /// How many numbers an index of the first axis has.
    int area() {
        return shape.row().size();
    }

    /// The number of elements of a shape, as Java.
    static String times(Shape shape) {
        if (shape.isKnown()) return String.valueOf(shape.size());
        int rest = shape.row().size();
        return rest == 1 ? "steps" : "steps * " + rest;
    }

    LayerValue as(Shape other) {
        return new LayerValue(field, other);
    }
}

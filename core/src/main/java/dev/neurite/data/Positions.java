package dev.neurite.data;

import dev.neurite.tensor.Shape;

/// Rows of different lengths, and the positions of their targets.
final class Positions {
    private Positions() {}

    /// The number of values of a row; where the first axis is open, of one of its steps.
    static int width(Shape row) {
        return row.isKnown() ? row.size() : row.row().size();
    }

    /// The shape of the positions of a row that have a target each: rank 0 for one target a row.
    static Shape shape(Dataset data) {
        Shape targets = data.targetShape();
        if (data.isLabeled() || targets.rank() < 2) return data.isLabeled() ? targets : Shape.SCALAR;
        return Shape.of(targets.extents().stream()
                .limit(targets.rank() - 1)
                .mapToInt(Integer::intValue)
                .toArray());
    }

    /// The number of positions of a row that have a target each.
    static int count(Dataset data, int row) {
        Shape shape = shape(data);
        return shape.isKnown() ? shape.size() : Math.multiplyExact(data.targetLength(row), width(shape));
    }

    /// The number of positions of targets, the largest of some rows whose numbers differ.
    static int steps(Dataset data, int[] order, int from, int rows) {
        int steps = 1;
        for (int i = 0; i < rows; i++) steps = Math.max(steps, data.targetLength(order[from + i]));
        return steps;
    }

    /// The shape of a batch.
    /// @param steps the extent of an open axis
    static Shape batch(Shape row, int rows, int steps) {
        return row.isKnown() ? row.forRows(rows) : row.row().forRows(steps).forRows(rows);
    }
}

package dev.neurite.model;

import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/// The buffers of one executor, by the shape of a row; and those of which a batch needs one, by their shape. A buffer
/// is as long as the largest batch needs; smaller batches use its beginning, so a run needs no more memory than its
/// largest step.
final class Buffers {
    private final Map<Shape, ArrayDeque<Value>> idle = new HashMap<>();
    private final Map<Shape, ArrayDeque<Value>> singles = new HashMap<>();
    private int lent;
    private long floats;
    private long floatsARow;
    private long singleFloats;

    /// A value with a tensor of that many rows; its numbers are rubbish.
    Value take(Shape row, int rows) {
        ArrayDeque<Value> free = idle.computeIfAbsent(row, _ -> new ArrayDeque<>());
        Value value = free.isEmpty() ? null : free.pop();
        if (value == null || value.tensor.array().length < Math.multiplyExact(row.size(), rows)) {
            if (value == null) floatsARow += row.size();
            else floats -= value.tensor.array().length;
            value = new Value(row, Tensor.zeros(row.forRows(rows)), false, false);
            floats += value.tensor.array().length;
        } else if (value.tensor.rows() != rows) {
            value.tensor = Tensor.view(row.forRows(rows), value.tensor.array(), 0);
        }
        lent++;
        return value;
    }

    /// A value with a tensor of this shape, whatever the number of rows; its numbers are rubbish.
    Value takeSingle(Shape shape) {
        ArrayDeque<Value> free = singles.computeIfAbsent(shape, _ -> new ArrayDeque<>());
        Value value = free.isEmpty() ? null : free.pop();
        if (value == null) {
            value = new Value(shape, Tensor.zeros(shape), false, true);
            floats += shape.size();
            singleFloats += shape.size();
        }
        lent++;
        return value;
    }

    void give(Value value) {
        lent--;
        (value.single ? singles : idle)
                .computeIfAbsent(value.row, _ -> new ArrayDeque<>())
                .push(value);
    }

    /// The number of buffers in use.
    int lent() {
        return lent;
    }

    /// The number of floats in all buffers, in use or not.
    long floats() {
        return floats;
    }

    /// What passes like those so far need, whatever the number of rows.
    Footprint footprint() {
        return new Footprint(floatsARow, singleFloats);
    }
}

package dev.neurite.model.engine;

import dev.neurite.error.ResourceException;
import dev.neurite.model.Footprint;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The buffers of one executor; and those of which a batch needs one, by their shape.
///
/// Who needs a buffer gets the shortest idle one that is long enough for it, else the longest, made
/// longer; in passes that ask as the last one did, the same as there. So there are as many as were ever
/// in use at once, and what lives at different times shares them. Lengths are compared by the row, so
/// which buffer serves what does not depend on the number of rows. A buffer is as long as the largest
/// batch needs; smaller batches use its beginning, so a run needs no more memory than its largest step.
final class Buffers {
    private final List<Value> idle = new ArrayList<>(); // by their widths, of equal ones the last given first
    private final Map<Shape, ArrayDeque<Value>> singles = new HashMap<>();
    private final List<Value> order = new ArrayList<>(); // what the last pass was given, and this one so far
    private int given; // of them in this pass
    private int lent;
    private long floats;
    private long floatsARow;
    private long singleFloats;
    private long lentARow;
    private long mostLentARow;

    /// A value with a tensor of that many rows; its numbers are rubbish.
    /// @param known loses the tensors of a buffer that a longer one replaces, so that its memory is
    /// free at once
    Value take(Shape row, int rows, Map<Tensor, Value> known) {
        int width = row.size();
        long needed = (long) width * rows;
        if (needed > Integer.MAX_VALUE - 8) {
            throw new ResourceException(
                    "batch",
                    "expects tensors of less than 2³¹ numbers, got " + rows + " rows of " + row,
                    "Run fewer rows at once");
        }
        int length = (int) needed;
        Value value = choose(row);
        if (value.tensor.array().length < length) {
            floats -= value.tensor.array().length;
            value.forgetBuffer(known);
            try {
                value.show(row, new float[length], rows);
            } catch (OutOfMemoryError e) { // of whoever goes on with smaller batches
                idle.add(firstFrom(value.width), value);
                throw e;
            }
            floats += length;
        } else {
            value.show(row, value.tensor.array(), rows);
        }
        if (value.width < width) {
            floatsARow += width - value.width;
            value.width = width;
        }
        if (given == order.size()) order.add(value);
        else order.set(given, value);
        given++;
        lent++;
        lentARow += width;
        mostLentARow = Math.max(mostLentARow, lentARow);
        return value;
    }

    private Value choose(Shape row) {
        Value last = given < order.size() ? order.get(given) : null;
        if (last != null && last.references == 0 && last.width >= row.size()) {
            int at = firstFrom(last.width);
            while (!idle.get(at).equals(last)) at++;
            return idle.remove(at);
        }
        if (idle.isEmpty()) return new Value(row, Tensor.zeros(row.forRows(0)), false, false);
        return idle.remove(Math.min(firstFrom(row.size()), idle.size() - 1));
    }

    /// A pass begins.
    void begin() {
        given = 0;
    }

    /// The place among the idle of the first that is at least so wide.
    private int firstFrom(int width) {
        int low = 0;
        int high = idle.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (idle.get(middle).width < width) low = middle + 1;
            else high = middle;
        }
        return low;
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

    void release(Value value) {
        lent--;
        if (value.single) {
            singles.computeIfAbsent(value.row, _ -> new ArrayDeque<>()).push(value);
        } else {
            lentARow -= value.row.size();
            idle.add(firstFrom(value.width), value);
        }
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

    /// The largest number of floats that were in use at once, for each row of the batch: what the best
    /// of all pools would need.
    long mostInUse() {
        return mostLentARow;
    }
}

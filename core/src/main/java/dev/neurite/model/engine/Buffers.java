package dev.neurite.model.engine;

import dev.neurite.error.ResourceException;
import dev.neurite.model.Footprint;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The buffer pool of one executor: buffers with a row for each row of the batch, and single ones for
/// the whole batch, by shape.
///
/// The k-th request of a pass gets the buffer of the k-th request of the last pass of its kind, if it is
/// idle and wide enough: so nothing grows after the first pass of each kind. Otherwise it gets the narrowest idle
/// buffer that is wide enough, or else the widest
/// one, which is made wider. So there are as many buffers as were in use at once, and tensors that live
/// at different times share them. Widths are floats for each row: the number of rows does not affect
/// which buffer a request gets. A buffer is as long as the largest batch needs; smaller batches use its
/// beginning.
final class Buffers {
    private final List<PassValue> idle = new ArrayList<>(); // by width; of equal ones the last released first
    private final Map<Shape, ArrayDeque<PassValue>> singles = new HashMap<>();
    private final List<PassValue> usualOrder =
            new ArrayList<>(); // the buffers of the last pass, overwritten by this one
    private final List<PassValue> observedOrder = new ArrayList<>(); // the same for passes that somebody looks at
    private List<PassValue> order = usualOrder; // of this pass
    private int requests; // how many this pass has got
    private int inUse;
    private long floats;
    private long floatsARow;
    private long singleFloats;
    private long usedARow;
    private long mostUsedARow;

    /// A value with a tensor of this many rows; its contents are undefined.
    /// @param positions the rows of the tensor for each of the batch; rows is a multiple of it
    /// @param known loses the tensors of a buffer that is replaced, so that the old memory is free at
    /// once
    PassValue take(Shape row, Layout layout, int rows, int positions, Map<Tensor, PassValue> known) {
        long needed = (long) row.size() * rows;
        if (needed > Integer.MAX_VALUE - 8) {
            throw new ResourceException(
                    "batch",
                    "expects tensors of less than 2³¹ numbers, got " + rows + " rows of " + row,
                    "Run fewer rows at once");
        }
        int length = (int) needed;
        int width = row.size() * positions;
        PassValue value = choose(row, width);
        if (value.tensor.array().length < length) {
            floats -= value.tensor.array().length;
            value.forgetBuffer(known);
            try {
                value.show(row, layout, new float[length], rows);
            } catch (OutOfMemoryError e) { // the caller may continue with smaller batches
                idle.add(firstFrom(value.width), value);
                throw e;
            }
            floats += length;
        } else {
            value.show(row, layout, value.tensor.array(), rows);
        }
        value.positions = positions;
        if (value.width < width) {
            floatsARow += width - value.width;
            value.width = width;
        }
        if (requests == order.size()) order.add(value);
        else order.set(requests, value);
        requests++;
        inUse++;
        usedARow += width;
        mostUsedARow = Math.max(mostUsedARow, usedARow);
        return value;
    }

    private PassValue choose(Shape row, int width) {
        PassValue last = requests < order.size() ? order.get(requests) : null;
        if (last != null && last.references == 0 && last.width >= width) {
            int at = firstFrom(last.width);
            while (!idle.get(at).equals(last)) at++;
            return idle.remove(at);
        }
        if (idle.isEmpty()) return new PassValue(row, Tensor.zeros(row.forRows(0)), false, false);
        return idle.remove(Math.min(firstFrom(width), idle.size() - 1));
    }

    /// A pass begins.
    /// @param observed whether somebody looks at it: such passes request other tensors
    void begin(boolean observed) {
        requests = 0;
        order = observed ? observedOrder : usualOrder;
    }

    /// The index of the first idle buffer that is at least this wide.
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

    /// A value with a tensor of this shape for the whole batch; its contents are undefined.
    PassValue takeSingle(Shape shape) {
        ArrayDeque<PassValue> free = singles.computeIfAbsent(shape, _ -> new ArrayDeque<>());
        PassValue value = free.isEmpty() ? null : free.pop();
        if (value == null) {
            value = new PassValue(shape, Tensor.zeros(shape), false, true);
            floats += shape.size();
            singleFloats += shape.size();
        }
        inUse++;
        return value;
    }

    void release(PassValue value) {
        inUse--;
        if (value.single) {
            singles.computeIfAbsent(value.row, _ -> new ArrayDeque<>()).push(value);
        } else {
            usedARow -= (long) value.row.size() * value.positions;
            idle.add(firstFrom(value.width), value);
        }
    }

    int inUse() {
        return inUse;
    }

    /// The number of floats in all buffers, in use or idle.
    long floats() {
        return floats;
    }

    /// The memory that passes like those so far need, for any number of rows.
    Footprint footprint() {
        return new Footprint(floatsARow, singleFloats, 0);
    }

    /// The largest number of floats in use at once, for each row of the batch: the least that any pool
    /// needs.
    long mostInUse() {
        return mostUsedARow;
    }
}

package dev.neurite.onnx.op.shape;

import dev.neurite.onnx.op.Heap;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Values of one type and shape that become the rows of one.
final class StackedRows {
    private final NodeCall call;
    private @Nullable Value first;
    private Object array = new Object[0];
    private int capacity;
    private int count;

    StackedRows(NodeCall call) {
        this.call = call;
    }

    static List<StackedRows> list(NodeCall call, int count) {
        List<StackedRows> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) rows.add(new StackedRows(call));
        return rows;
    }

    /// Sets type and shape.
    Value like(Value row) {
        if (row.type().hasValues()) throw call.misfit("expects tensors to put together, got " + row.type());
        Value known = first;
        if (known == null) {
            known = row;
            first = row;
            array = row.type().newArray(0);
        }
        if (known.type() == row.type() && known.shape().equals(row.shape())) return known;
        throw call.misfit("expects an output of the body that is " + known.type() + " " + known.shape()
                + " in each iteration, got " + row.type() + " " + row.shape());
    }

    void add(Value row) {
        int size = like(row).size();
        long needed = (count + 1L) * size;
        if (needed > capacity) grow(row.type(), needed);
        System.arraycopy(row.array(), row.offset(), array, count * size, size);
        count++;
    }

    private void grow(ElementType type, long needed) {
        if (needed > Integer.MAX_VALUE) throw call.misfit("expects results of less than 2³¹ elements, got more");
        int larger = (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, 2L * capacity));
        int bytes = type == ElementType.STRING ? Long.BYTES : type.bytes();
        Object next = Heap.allocate(
                call.node().label() + ", results of its iterations",
                (long) larger * bytes,
                () -> type.newArray(larger));
        System.arraycopy(array, 0, next, 0, capacity);
        array = next;
        capacity = larger;
    }

    Shape shape() {
        Value known = first;
        if (known == null) throw new IllegalStateException("no row was seen");
        return known.shape().forRows(count);
    }

    /// The rows, one after the other.
    Value value() {
        Value known = first;
        if (known == null) throw new IllegalStateException("no row was seen");
        return Value.view(known.type(), shape(), array, 0);
    }
}

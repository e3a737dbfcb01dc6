package dev.neurite.io.pytorch;

import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.limit.Budget;
import dev.neurite.io.pytorch.PickleValue.Storage;
import dev.neurite.io.pytorch.PickleValue.View;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Turns views of numbers in a file into tensors of float32.
final class StoredTensors {
    private static final int CHUNK = 1 << 24; // numbers
    private static final int COST = 200; //      bytes of memory of a tensor, without its numbers

    private final String where;
    private final ByteOrder order;
    private final Budget budget;
    private final Function<Storage, MemorySegment> content;
    private final Map<String, MemorySegment> contents = new HashMap<>();
    private final Map<View, Tensor> made = new HashMap<>(); // tied parameters are one tensor

    /// @param content the bytes of a storage, of its size; called once for each
    StoredTensors(String where, ByteOrder order, Budget budget, Function<Storage, MemorySegment> content) {
        this.where = where;
        this.order = order;
        this.budget = budget;
        this.content = content;
    }

    /// The tensors of these views, by the same names. Numbers are read only if there is room for all.
    /// @throws ModelFormatException if they would take too much memory
    Map<String, Tensor> of(Map<String, View> views) {
        long stored = 0;
        for (View view : views.values()) {
            Storage storage = view.storage();
            if (contents.containsKey(storage.key())) continue;
            contents.put(storage.key(), content.apply(storage));
            stored += storage.bytes() / view.type().bytes();
        }
        budget.allow(stored);
        Map<View, Integer> distinct = new HashMap<>();
        views.values().forEach(view -> distinct.put(view, shape(view).size()));
        distinct.values().forEach(size -> budget.spend(4L * size + COST));
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        views.forEach((name, view) -> tensors.put(name, made.computeIfAbsent(view, this::tensor)));
        return tensors;
    }

    private static Shape shape(View view) {
        return Shape.of(view.extents().stream().mapToInt(Integer::intValue).toArray());
    }

    private Tensor tensor(View view) {
        Shape shape = shape(view);
        float[] numbers = allocate(shape);
        if (numbers.length > 0) read(view, numbers);
        if (view.isNegated()) for (int i = 0; i < numbers.length; i++) numbers[i] = -numbers[i];
        return Tensor.view(shape, numbers, 0);
    }

    private void read(View view, float[] numbers) {
        int width = view.type().bytes();
        Storage storage = view.storage();
        long begin = storage.from() * storage.type().bytes() + view.offset() * width;
        MemorySegment all = contents.getOrDefault(storage.key(), MemorySegment.NULL);
        long span = span(view) * width;
        MemorySegment bytes = all.asSlice(begin, span);
        if (isRowMajor(view)) {
            for (int from = 0; from < numbers.length; from += CHUNK) {
                int count = Math.min(CHUNK, numbers.length - from);
                MemorySegment chunk = bytes.asSlice((long) from * width, (long) count * width);
                view.type().read(chunk.asByteBuffer().order(order), numbers, from, count);
            }
            return;
        }
        if (span > Integer.MAX_VALUE) {
            throw new ModelFormatException(
                    where,
                    "expects tensors that are spread over at most 2 GB, got " + span + " bytes",
                    "Save" + " tensor.contiguous() of each");
        }
        gather(view, bytes.asByteBuffer().order(order), numbers);
    }

    private float[] allocate(Shape shape) {
        try {
            return new float[shape.size()];
        } catch (OutOfMemoryError e) {
            throw new ResourceException(
                    where,
                    "expects memory for a tensor " + shape + ", got a heap of "
                            + (Runtime.getRuntime().maxMemory() >> 20) + " MB",
                    "Give the JVM a larger heap (-Xmx)");
        }
    }

    /// The numbers from the first element to the last.
    private static long span(View view) {
        long last = 0;
        for (int i = 0; i < view.extents().size(); i++) {
            last += (view.extents().get(i) - 1) * view.strides().get(i);
        }
        return last + 1;
    }

    private static boolean isRowMajor(View view) {
        long stride = 1;
        for (int i = view.extents().size() - 1; i >= 0; i--) {
            int extent = view.extents().get(i);
            if (extent != 1 && view.strides().get(i) != stride) return false;
            stride *= extent;
        }
        return true;
    }

    private static void gather(View view, ByteBuffer bytes, float[] to) {
        List<Integer> extents = view.extents();
        int[] index = new int[extents.size()];
        int width = view.type().bytes();
        long place = 0;
        for (int i = 0; i < to.length; i++) {
            to[i] = view.type().read(bytes, (int) place * width);
            for (int axis = extents.size() - 1; axis >= 0; axis--) {
                long stride = view.strides().get(axis);
                place += stride;
                if (++index[axis] < extents.get(axis)) break;
                place -= stride * extents.get(axis);
                index[axis] = 0;
            }
        }
    }
}

package dev.neurite.onnx.op.shape;

import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Strided;
import dev.neurite.tensor.Shape;
import java.util.Arrays;
import java.util.stream.LongStream;

/// What a node Slice takes of each axis of its input.
final class Slices {
    private final long[] extents;
    private final int[] strides; // in the input
    private int first;
    private boolean whole = true;

    /// Reads starts, ends, axes and steps, which are attributes before version 10 and inputs since.
    Slices(NodeCall call, Shape in) {
        extents = Shapes.extents(in);
        strides = Strided.strides(Strided.extents(in));
        long[] starts = call.integers("starts", 1);
        long[] ends = call.integers("ends", 2);
        if (starts == null || ends == null) throw call.wrong("expects starts and ends, got none");
        long[] axes = call.integers("axes", 3);
        if (axes == null) axes = LongStream.range(0, starts.length).toArray();
        long[] steps = call.has(4)
                ? call.integers(4)
                : LongStream.generate(() -> 1).limit(starts.length).toArray();
        if (ends.length != starts.length || axes.length != starts.length || steps.length != starts.length) {
            throw call.misfit("expects as many starts as ends, axes and steps, got " + starts.length + ", "
                    + ends.length + ", " + axes.length + " and " + steps.length);
        }
        int[] counted = call.axes(axes, in.rank());
        for (int i = 0; i < counted.length; i++) {
            if (steps[i] == 0) throw call.misfit("expects steps other than 0, got " + Arrays.toString(steps));
            cut(counted[i], starts[i], ends[i], steps[i]);
        }
    }

    private void cut(int axis, long start, long end, long step) {
        long extent = extents[axis];
        long from = 0;
        long count = 0;
        if (extent > 0) {
            from = Math.clamp(fromFront(start, extent), 0, step > 0 ? extent : extent - 1);
            long to = Math.clamp(fromFront(end, extent), step > 0 ? 0 : -1, step > 0 ? extent : extent - 1);
            count = Math.max(0, Math.ceilDiv(to - from, step));
        }
        whole &= count == extent && (step > 0 || extent < 2);
        extents[axis] = count;
        if (count > 0) first += (int) from * strides[axis];
        strides[axis] = count < 2 ? 0 : (int) step * strides[axis]; // a larger step would be outside
    }

    private static long fromFront(long place, long extent) {
        return place < 0 ? place + extent : place;
    }

    /// How many elements are taken along each axis.
    long[] extents() {
        return extents.clone();
    }

    /// The distances of neighboring elements in the input.
    int[] strides() {
        return strides.clone();
    }

    /// The index of the first element in the input.
    int first() {
        return first;
    }

    /// Whether the whole input is taken, in its order.
    boolean isWhole() {
        return whole;
    }
}

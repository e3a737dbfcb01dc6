package dev.neurite.onnx.op.shape;

import dev.neurite.error.DataException;
import dev.neurite.onnx.op.Copier;
import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.Strided;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/// Operators that take elements by indices. Negative indices count from the end; others out of range are refused
/// when the node runs.
public final class Gathering {
    private Gathering() {}

    public static void register(Operators all) {
        all.add("Gather", Gathering::gather);
        all.add("GatherElements", Gathering::gatherElements);
        all.add("GatherND", Gathering::gatherNd);
    }

    private static ReadyNode gather(NodeCall call) {
        Shape data = call.shape(0);
        Shape indices = call.shape(1);
        requireIndices(call);
        int axis = call.axis(call.attributes().integer("axis", 0), data.rank());
        LongStream places = axes(indices, 0, indices.rank());
        Shape out = Shapes.of(call, joined(axes(data, 0, axis), places, axes(data, axis + 1, data.rank())));
        int extent = data.extent(axis);
        int outer = (int) Shapes.product(data, 0, axis);
        int inner = (int) Shapes.product(data, axis + 1, data.rank());
        return ReadyNode.of(Fact.of(call.type(0), out), (x, y) -> {
            int[] chosen = checked(call, x[1], extent);
            if (out.size() == 0) return;
            Copier copier = Copier.of(x[0], y[0]);
            for (int o = 0; o < outer; o++) {
                for (int i = 0; i < chosen.length; i++) {
                    copier.run((o * extent + chosen[i]) * inner, (o * chosen.length + i) * inner, inner);
                }
            }
        });
    }

    private static ReadyNode gatherElements(NodeCall call) {
        requireIndices(call);
        int axis = elementsAxis(call);
        Shape data = call.shape(0);
        Shape out = call.shape(1);
        return ReadyNode.of(Fact.of(call.type(0), out), (x, y) -> {
            int[] places = elements(call, x[1], data, axis);
            Copier copier = Copier.of(x[0], y[0]);
            for (int i = 0; i < places.length; i++) copier.run(places[i], i, 1);
        });
    }

    private static ReadyNode gatherNd(NodeCall call) {
        requireIndices(call);
        Shape data = call.shape(0);
        Shape indices = call.shape(1);
        long batch = call.attributes().integer("batch_dims", 0);
        if (batch < 0 || batch >= Math.min(data.rank(), indices.rank())) {
            throw call.misfit("expects fewer batch axes than axes of " + data + " and " + indices + ", got " + batch);
        }
        int shared = (int) batch;
        for (int axis = 0; axis < shared; axis++) {
            if (data.extent(axis) != indices.extent(axis)) {
                throw call.misfit("expects " + shared + " batch axes that are equal, got " + data + " and " + indices);
            }
        }
        int first = shared + tuple(call, data, shared);
        Shape out = Shapes.of(call, joined(axes(indices, 0, indices.rank() - 1), axes(data, first, data.rank())));
        int inner = (int) Shapes.product(data, first, data.rank());
        return ReadyNode.of(Fact.of(call.type(0), out), (x, y) -> {
            int[] places = tuples(call, x[1], data, shared);
            if (out.size() == 0) return;
            Copier copier = Copier.of(x[0], y[0]);
            for (int i = 0; i < places.length; i++) copier.run(places[i], i * inner, inner);
        });
    }

    private static long[] joined(LongStream... extents) {
        return Stream.of(extents).flatMapToLong(each -> each).toArray();
    }

    private static LongStream axes(Shape shape, int from, int to) {
        return IntStream.range(from, to).mapToLong(shape::extent);
    }

    // ------------------------------------------------------------------------------------------- for scattering, too

    /// Refuses an input 1 that has no indices.
    static void requireIndices(NodeCall call) {
        call.requireType(1, ElementType.INT64, ElementType.INT32);
    }

    /// Indices, counted from the front.
    /// @throws DataException that names the node, for one out of range
    private static int[] checked(NodeCall call, Value given, int extent) {
        Elements.Longs x = Elements.longs(given);
        int[] indices = new int[given.size()];
        for (int i = 0; i < indices.length; i++) indices[i] = checked(call, x.get(i), extent);
        return indices;
    }

    private static int checked(NodeCall call, long index, int extent) {
        if (index >= -extent && index < extent) return (int) (index < 0 ? index + extent : index);
        String wanted = extent == 0 ? "no indices" : "indices from " + -extent + " to " + (extent - 1);
        throw new DataException(
                call.node().label(), "expects " + wanted + " for an extent of " + extent + ", got " + index);
    }

    /// The axis along which the indices of input 1 count in data; along the others, an index has a place of its
    /// own.
    static int elementsAxis(NodeCall call) {
        Shape data = call.shape(0);
        Shape indices = call.shape(1);
        int axis = call.axis(call.attributes().integer("axis", 0), data.rank());
        boolean fits = indices.rank() == data.rank();
        for (int i = 0; i < data.rank() && fits; i++) fits = i == axis || indices.extent(i) <= data.extent(i);
        if (fits) return axis;
        throw call.misfit("expects indices within " + data + " except on axis " + axis + ", got " + indices);
    }

    /// The place in data that each index means together with its own place along the other axes.
    static int[] elements(NodeCall call, Value indices, Shape data, int axis) {
        int[] places = checked(call, indices, data.extent(axis));
        int[] strides = Strided.strides(Strided.extents(data));
        int stride = strides[axis];
        strides[axis] = 0;
        int[] own = new int[strides.length];
        int other = 0; // the part of the place that the other axes make
        for (int i = 0; i < places.length; i++) {
            places[i] = other + places[i] * stride;
            for (int each = own.length - 1; each >= 0; each--) {
                other += strides[each];
                if (++own[each] < indices.shape().extent(each)) break;
                other -= own[each] * strides[each];
                own[each] = 0;
            }
        }
        return places;
    }

    /// The length of the tuples of indices in input 1, each of which means a place along the first axes of data.
    /// @param batch the number of axes before them
    static int tuple(NodeCall call, Shape data, int batch) {
        Shape indices = call.shape(1);
        int length = indices.rank() == 0 ? 0 : indices.extent(indices.rank() - 1);
        if (length >= 1 && length <= data.rank() - batch) return length;
        throw call.misfit("expects tuples of 1 to " + (data.rank() - batch) + " indices, got " + indices);
    }

    /// The place of the first element that each tuple of indices means.
    static int[] tuples(NodeCall call, Value indices, Shape data, int batch) {
        int rank = indices.shape().rank();
        int length = indices.shape().extent(rank - 1);
        long inBatch = Shapes.product(indices.shape(), batch, rank - 1);
        int[] strides = Strided.strides(Strided.extents(data));
        int whole = batch == 0 ? 0 : strides[batch - 1];
        Elements.Longs x = Elements.longs(indices);
        int[] places = new int[indices.size() / length];
        for (int i = 0; i < places.length; i++) {
            places[i] = (int) (i / inBatch) * whole;
            for (int j = 0; j < length; j++) {
                int index = checked(call, x.get(i * length + j), data.extent(batch + j));
                places[i] += index * strides[batch + j];
            }
        }
        return places;
    }
}

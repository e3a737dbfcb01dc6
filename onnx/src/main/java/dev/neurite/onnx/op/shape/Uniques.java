package dev.neurite.onnx.op.shape;

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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Unique: the different elements, or slices along an axis; where each is first, where each has gone, and how many
/// there are of it.
final class Uniques {
    private Uniques() {}

    static void register(Operators all) {
        all.add("Unique", Uniques::step);
        all.add("CenterCropPad", Uniques::centered);
    }

    private static ReadyNode step(NodeCall call) {
        Shape x = call.shape(0);
        boolean whole = !call.attributes().has("axis");
        int axis = whole ? 0 : call.axis(call.attributes().integer("axis", 0), x.rank());
        boolean sorted = call.attributes().flag("sorted", true);
        if (call.type(0).hasValues()) throw call.misfit("expects a tensor, got " + call.type(0));
        if (call.outputs() > 4) throw call.wrong("expects up to 4 outputs, got " + call.outputs());
        return ReadyNode.unknown(call.outputs(), (in, out) -> {
            Value given = whole ? in[0].copy().reshape(Shape.of(x.size())) : in[0];
            Slices slices = new Slices(given, axis);
            Integer[] order = new Integer[slices.count];
            Arrays.setAll(order, i -> i);
            Arrays.sort(order, slices); // stable: of equal slices the first comes first
            List<Integer> first = new ArrayList<>();
            int[] group = new int[order.length];
            for (int i = 0; i < order.length; i++) {
                if (i == 0 || slices.compare(order[i - 1], order[i]) != 0) first.add(order[i]);
                group[order[i]] = first.size() - 1;
            }
            Integer[] places = new Integer[first.size()]; // the groups, in the order of the result
            Arrays.setAll(places, i -> i);
            if (!sorted) Arrays.sort(places, Comparator.comparing(first::get));
            long[] rank = new long[places.length];
            for (int i = 0; i < places.length; i++) rank[places[i]] = i;
            long[] indices = new long[places.length];
            long[] counts = new long[places.length];
            long[] inverse = new long[group.length];
            for (int i = 0; i < places.length; i++) indices[i] = first.get(places[i]);
            for (int i = 0; i < group.length; i++) {
                inverse[i] = rank[group[i]];
                counts[(int) inverse[i]]++;
            }
            Value[] all = {slices.taken(call, indices), list(indices), list(inverse), list(counts)};
            System.arraycopy(all, 0, out, 0, out.length);
        });
    }

    private static Value list(long... all) {
        return Value.of(Shape.of(all.length), all);
    }

    /// The slices of a value along an axis, in the order of their elements. NaN is equal to itself.
    private static final class Slices implements Comparator<Integer> {
        private final Value x;
        private final int axis;
        private final int count;
        private final int inner;
        private final int outer;
        private final Comparator<Integer> elements;

        Slices(Value x, int axis) {
            this.x = x;
            this.axis = axis;
            count = x.shape().extent(axis);
            inner = (int) Shapes.product(x.shape(), axis + 1, x.shape().rank());
            outer = (int) Shapes.product(x.shape(), 0, axis);
            if (x.type() == ElementType.STRING) {
                String[] texts = (String[]) x.array();
                elements = Comparator.comparing(i -> texts[x.offset() + i]);
            } else if (x.type().isFloating()) {
                Elements.Doubles numbers = Elements.doubles(x);
                elements = Comparator.comparingDouble(i -> numbers.get(i) + 0.0);
            } else {
                Elements.Longs numbers = Elements.longs(x);
                long sign = x.type() == ElementType.UINT64 ? Long.MIN_VALUE : 0;
                elements = Comparator.comparingLong(i -> numbers.get(i) ^ sign);
            }
        }

        @Override
        public int compare(Integer a, Integer b) {
            for (int i = 0; i < outer; i++) {
                for (int k = 0; k < inner; k++) {
                    int order = elements.compare((i * count + a) * inner + k, (i * count + b) * inner + k);
                    if (order != 0) return order;
                }
            }
            return 0;
        }

        Value taken(NodeCall call, long... places) {
            Value y = Value.zeros(x.type(), Shapes.with(call, x.shape(), axis, places.length));
            Copier copier = Copier.of(x, y);
            for (int i = 0; i < outer; i++) {
                for (int p = 0; p < places.length; p++) {
                    copier.run((i * count + (int) places[p]) * inner, (i * places.length + p) * inner, inner);
                }
            }
            return y;
        }
    }

    /// CenterCropPad: cuts or pads axes around their middle.
    static ReadyNode centered(NodeCall call) {
        Shape x = call.shape(0);
        long[] wanted = call.integers(1);
        int[] axes = call.attributes()
                .integers("axes")
                .map(all -> call.axes(all, x.rank()))
                .orElseGet(() -> IntStream.range(0, x.rank()).toArray());
        if (wanted.length != axes.length) {
            throw call.misfit("expects extents for " + axes.length + " axes, got " + wanted.length);
        }
        long[] extents = Shapes.extents(x);
        for (int i = 0; i < axes.length; i++) extents[axes[i]] = wanted[i];
        Shape out = Shapes.of(call, extents);
        int[] from = Strided.strides(Strided.extents(x));
        int[] to = Strided.strides(Strided.extents(out));
        int[] box = new int[x.rank()];
        int read = 0;
        int written = 0;
        for (int axis = 0; axis < box.length; axis++) {
            box[axis] = Math.min(x.extent(axis), out.extent(axis));
            read += (x.extent(axis) - box[axis]) / 2 * from[axis];
            written += (out.extent(axis) - box[axis]) / 2 * to[axis];
        }
        Strided copy = new Strided(box, from, to);
        Value zero = Value.zeros(call.type(0), Shape.SCALAR);
        int first = read;
        int place = written;
        return ReadyNode.of(Fact.of(call.type(0), out), (in, y) -> {
            Copier.of(zero, y[0]).repeat(0, 0, out.size());
            copy.run(Copier.of(in[0], y[0]), first, place);
        });
    }
}

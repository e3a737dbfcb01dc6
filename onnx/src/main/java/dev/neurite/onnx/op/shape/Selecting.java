package dev.neurite.onnx.op.shape;

import dev.neurite.error.DataException;
import dev.neurite.onnx.op.Broadcast;
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
import java.util.Arrays;
import java.util.stream.IntStream;

/// Operators that choose elements by a condition or by their places.
public final class Selecting {
    private Selecting() {}

    public static void register(Operators all) {
        all.add("Where", Selecting::where);
        all.add("NonZero", Selecting::nonZero);
        all.add("Compress", Selecting::compress);
        all.add("Trilu", Selecting::trilu);
        all.add("ReverseSequence", Selecting::reverseSequence);
    }

    private static ReadyNode where(NodeCall call) {
        call.requireType(0, ElementType.BOOL);
        call.requireSameTypes(1, 2);
        var all = new Broadcast(call, call.shape(0), call.shape(1), call.shape(2));
        return ReadyNode.of(Fact.of(call.type(1), all.shape()), (in, out) -> {
            boolean[] condition = (boolean[]) in[0].array();
            int first = in[0].offset();
            Copier yes = Copier.of(in[1], out[0]);
            Copier no = Copier.of(in[2], out[0]);
            all.forEach((from, to, count) -> {
                for (int i = 0; i < count; ) {
                    boolean truth = condition[first + from[0] + i * all.step(0)];
                    int end = all.moves(0) ? endOf(truth, condition, first + from[0], i, count) : count;
                    int input = truth ? 1 : 2;
                    int step = all.step(input);
                    (truth ? yes : no).line(from[input] + i * step, step, to + i, 1, end - i);
                    i = end;
                }
            });
        });
    }

    private static int endOf(boolean truth, boolean[] condition, int first, int at, int count) {
        int end = at + 1;
        while (end < count && condition[first + end] == truth) end++;
        return end;
    }

    private static ReadyNode nonZero(NodeCall call) {
        if (call.type(0) == ElementType.STRING) throw call.misfit("expects numbers or truth values, got texts");
        Shape shape = call.shape(0);
        return ReadyNode.unknown(1, (in, out) -> {
            Elements.Doubles x = Elements.doubles(in[0]); // no integer but 0 is rounded to 0
            int[] places =
                    IntStream.range(0, shape.size()).filter(i -> x.get(i) != 0).toArray();
            out[0] = places(call, shape, places);
        });
    }

    /// The index along each axis, of each place.
    private static Value places(NodeCall call, Shape shape, int... places) {
        Value y = Value.zeros(ElementType.INT64, Shapes.of(call, shape.rank(), places.length));
        long[] indices = (long[]) y.array();
        int[] strides = Strided.strides(Strided.extents(shape));
        for (int axis = 0; axis < strides.length; axis++) {
            for (int i = 0; i < places.length; i++) {
                indices[axis * places.length + i] = places[i] / strides[axis] % shape.extent(axis);
            }
        }
        return y;
    }

    private static ReadyNode compress(NodeCall call) {
        Shape in = call.shape(0);
        call.requireType(1, ElementType.BOOL);
        call.requireRank(1, 1);
        boolean flat = !call.attributes().has("axis");
        int axis = flat ? 0 : call.axis(call.attributes().integer("axis", 0), in.rank());
        Value condition = call.value(1);
        int extent = flat ? in.size() : in.extent(axis);
        int[] chosen = IntStream.range(0, Math.min(extent, condition.size()))
                .filter(i -> condition.integer(i) != 0)
                .toArray();
        Shape out = flat ? Shape.of(chosen.length) : Shapes.with(call, in, axis, chosen.length);
        int inner = flat ? 1 : (int) Shapes.product(in, axis + 1, in.rank());
        int outer = flat ? 1 : (int) Shapes.product(in, 0, axis);
        return ReadyNode.of(Fact.of(call.type(0), out), (x, y) -> {
            Copier copier = Copier.of(x[0], y[0]);
            for (int o = 0; o < outer; o++) {
                for (int i = 0; i < chosen.length; i++) {
                    copier.run((o * extent + chosen[i]) * inner, (o * chosen.length + i) * inner, inner);
                }
            }
        });
    }

    private static ReadyNode trilu(NodeCall call) {
        Shape in = call.shape(0);
        if (in.rank() < 2) throw call.misfit("expects matrices, got " + in);
        if (call.has(1)) {
            call.requireType(1, ElementType.INT64);
            Shapes.requireOne(call, 1);
        }
        boolean upper = call.attributes().flag("upper", true);
        int rows = in.extent(in.rank() - 2);
        int columns = in.extent(in.rank() - 1);
        Value zero = Value.zeros(call.type(0), Shape.SCALAR);
        return ReadyNode.of(Fact.of(call.type(0), in), (x, y) -> {
            int diagonal = call.has(1) ? Math.clamp(x[1].integer(0), -rows, columns) : 0;
            Copier kept = Copier.of(x[0], y[0]);
            Copier zeros = Copier.of(zero, y[0]);
            for (int at = 0, row = 0; at < in.size(); at += columns, row = (row + 1) % rows) {
                int cut = Math.clamp((long) row + diagonal + (upper ? 0 : 1), 0, columns);
                if (upper) {
                    zeros.repeat(0, at, cut);
                    kept.run(at + cut, at + cut, columns - cut);
                } else {
                    kept.run(at, at, cut);
                    zeros.repeat(0, at + cut, columns - cut);
                }
            }
        });
    }

    private static ReadyNode reverseSequence(NodeCall call) {
        Shape in = call.shape(0);
        if (in.rank() < 2) throw call.misfit("expects two axes or more, got " + in);
        int batch = call.axis(call.attributes().integer("batch_axis", 1), in.rank());
        int time = call.axis(call.attributes().integer("time_axis", 0), in.rank());
        if (batch + time != 1) throw call.wrong("expects axes 0 and 1, got " + batch + " and " + time);
        call.requireType(1, ElementType.INT64);
        if (!call.shape(1).equals(Shape.of(in.extent(batch)))) {
            throw call.misfit("expects " + in.extent(batch) + " lengths, got " + call.shape(1));
        }
        int[] strides = Strided.strides(Strided.extents(in));
        int inner = strides[1];
        return ReadyNode.of(Fact.of(call.type(0), in), (x, y) -> {
            if (in.size() == 0) return;
            int[] lengths = lengths(call, x[1], in.extent(time));
            Copier copier = Copier.of(x[0], y[0]);
            for (int b = 0; b < lengths.length; b++) {
                for (int t = 0; t < in.extent(time); t++) {
                    int source = t < lengths[b] ? lengths[b] - 1 - t : t;
                    int at = b * strides[batch];
                    copier.run(at + source * strides[time], at + t * strides[time], inner);
                }
            }
        });
    }

    private static int[] lengths(NodeCall call, Value given, int steps) {
        return Arrays.stream(given.longs())
                .mapToInt(each -> {
                    if (each >= 0 && each <= steps) return (int) each;
                    throw new DataException(
                            call.node().label(), "expects lengths from 0 to " + steps + ", got " + each);
                })
                .toArray();
    }
}

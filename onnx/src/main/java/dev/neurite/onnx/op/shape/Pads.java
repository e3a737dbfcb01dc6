package dev.neurite.onnx.op.shape;

import dev.neurite.onnx.op.Copier;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.Strided;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The operator Pad: puts elements around a value, or cuts some off.
public final class Pads {
    private final Shape out;
    private final Mode mode;
    private final int[] before; // places of the output before what is kept of the input
    private final int[] kept;
    private final Strided centre;
    private final int from; // the first element of the input that is kept

    /// What the new elements are.
    private enum Mode {
        CONSTANT,
        REFLECT,
        EDGE,
        WRAP;

        /// The place among n elements whose element is at a place before or after them.
        int source(int place, int n) {
            return switch (this) {
                case WRAP -> Math.floorMod(place, n);
                case REFLECT -> {
                    int around = Math.floorMod(place, Math.max(1, 2 * (n - 1)));
                    yield Math.min(around, 2 * (n - 1) - around);
                }
                default -> Math.clamp(place, 0, n - 1);
            };
        }
    }

    public static void register(Operators all) {
        all.add("Pad", Pads::prepare);
    }

    private static ReadyNode prepare(NodeCall call) {
        Shape in = call.shape(0);
        Mode mode = mode(call);
        long[] pads = call.integers("pads", 1);
        if (pads == null) throw call.wrong("expects pads, got none");
        int[] axes = call.has(3)
                ? call.axes(call.integers(3), in.rank())
                : IntStream.range(0, in.rank()).toArray();
        if (pads.length != 2 * axes.length) {
            throw call.misfit("expects " + 2 * axes.length + " pads, got " + Arrays.toString(pads));
        }
        long[] first = new long[in.rank()];
        long[] last = new long[in.rank()];
        for (int i = 0; i < axes.length; i++) {
            first[axes[i]] = small(call, pads[i]);
            last[axes[i]] = small(call, pads[axes.length + i]);
        }
        if (Arrays.stream(pads).allMatch(each -> each == 0)) return ReadyNode.view(call.in(0), in, 0);
        @Nullable Value constant = mode == Mode.CONSTANT ? constant(call) : null;
        Pads work = new Pads(call, mode, first, last);
        boolean given = mode == Mode.CONSTANT && call.has(2);
        return ReadyNode.of(Fact.of(call.type(0), work.out), (x, y) -> work.run(x[0], given ? x[2] : constant, y[0]));
    }

    private static Mode mode(NodeCall call) {
        String mode = call.attributes().text("mode", "constant");
        return switch (mode) {
            case "constant" -> Mode.CONSTANT;
            case "reflect" -> Mode.REFLECT;
            case "edge" -> Mode.EDGE;
            case "wrap" -> Mode.WRAP;
            default -> throw call.wrong("expects mode constant, reflect, edge or wrap, got '" + mode + "'");
        };
    }

    private static long small(NodeCall call, long pad) {
        if (pad == (int) pad) return pad;
        throw call.misfit("expects pads of 32 bits, got " + pad);
    }

    /// The element that is put around, unless it is an input.
    private static Value constant(NodeCall call) {
        if (call.has(2)) {
            Shapes.requireOne(call, 2);
            call.requireSameTypes(0, 2);
        }
        float value = call.attributes().real("value", 0);
        return switch (call.type(0)) {
            case FLOAT -> Value.of(Shape.SCALAR, value);
            case DOUBLE -> Value.of(Shape.SCALAR, (double) value);
            default -> {
                if (value != 0) throw call.wrong("expects floats for a value of " + value + ", got " + call.type(0));
                yield Value.zeros(call.type(0), Shape.SCALAR);
            }
        };
    }

    private Pads(NodeCall call, Mode mode, long[] first, long[] last) {
        Shape in = call.shape(0);
        int rank = in.rank();
        int[] strides = Strided.strides(Strided.extents(in));
        this.mode = mode;
        before = new int[rank];
        kept = new int[rank];
        long[] extents = new long[rank];
        int start = 0;
        for (int axis = 0; axis < rank; axis++) {
            long rest = in.extent(axis) + Math.min(first[axis], 0) + Math.min(last[axis], 0);
            if (rest < 0) throw call.misfit("expects pads that leave elements, got " + rest + " of " + in);
            if (rest == 0 && mode != Mode.CONSTANT && (first[axis] > 0 || last[axis] > 0)) {
                throw call.misfit("expects elements to pad from on axis " + axis + ", got " + in);
            }
            extents[axis] = rest + Math.max(first[axis], 0) + Math.max(last[axis], 0);
            before[axis] = (int) Math.max(first[axis], 0);
            kept[axis] = (int) rest;
            start -= (int) Math.min(first[axis], 0) * strides[axis];
        }
        from = start;
        out = Shapes.of(call, extents);
        centre = new Strided(kept, strides, Strided.strides(Strided.extents(out)));
    }

    private void run(Value x, @Nullable Value constant, Value y) {
        if (out.size() == 0) return;
        int to = 0;
        int[] strides = Strided.strides(Strided.extents(out));
        for (int axis = 0; axis < before.length; axis++) to += before[axis] * strides[axis];
        centre.run(Copier.of(x, y), from, to);
        Copier around = Copier.of(constant == null ? y : constant, y);
        for (int axis = before.length - 1; axis >= 0; axis--) pad(axis, strides[axis], around);
    }

    /// Writes the new elements along an axis, from those that are there along the axes after it. Where there are
    /// none yet along the axes before it, any are written, and overwritten later.
    private void pad(int axis, int inner, Copier around) {
        int extent = out.extent(axis);
        int end = before[axis] + kept[axis];
        if (extent == kept[axis]) return;
        for (int at = 0; at < out.size(); at += extent * inner) {
            if (mode == Mode.CONSTANT) {
                around.repeat(0, at, before[axis] * inner);
                around.repeat(0, at + end * inner, (extent - end) * inner);
            } else {
                for (int i = 0; i < before[axis]; i++) fill(axis, i, at, inner, around);
                for (int i = end; i < extent; i++) fill(axis, i, at, inner, around);
            }
        }
    }

    private void fill(int axis, int place, int at, int inner, Copier within) {
        int source = before[axis] + mode.source(place - before[axis], kept[axis]);
        within.run(at + source * inner, at + place * inner, inner);
    }
}

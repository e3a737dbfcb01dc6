package dev.neurite.onnx.op.shape;

import dev.neurite.onnx.op.Broadcast;
import dev.neurite.onnx.op.Copier;
import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.Work;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Operators that give the elements of their input another shape, and those that tell a shape.
public final class Shapes {
    private Shapes() {}

    public static void register(Operators all) {
        all.add("Reshape", Shapes::reshape);
        all.add("Flatten", Shapes::flatten);
        all.add("Squeeze", Shapes::squeeze);
        all.add("Unsqueeze", Shapes::unsqueeze);
        all.add("Identity", call -> ReadyNode.view(call.in(0), call.shape(0), 0));
        all.add("Shape", Shapes::shape);
        all.add(
                "Size",
                call -> ReadyNode.constant(
                        Value.of(Shape.SCALAR, (long) call.shape(0).size())));
        all.add("Expand", Shapes::expand);
    }

    private static ReadyNode reshape(NodeCall call) {
        Shape in = call.shape(0);
        long[] wanted = call.integers("shape", 1);
        if (wanted == null) throw call.wrong("expects a shape, got none");
        boolean zeros = call.attributes().flag("allowzero", false);
        long[] extents = wanted.clone();
        int open = -1;
        for (int i = 0; i < extents.length; i++) {
            if (extents[i] == 0 && !zeros) {
                if (i >= in.rank()) throw call.misfit("expects an input with an axis " + i + ", got " + in);
                extents[i] = in.extent(i);
            } else if (extents[i] == -1) {
                if (open >= 0) throw call.misfit("expects one −1 in a shape, got " + Arrays.toString(wanted));
                open = i;
                extents[i] = 1;
            }
        }
        if (open >= 0) {
            int known = of(call, extents).size();
            extents[open] = known == 0 ? -1 : in.size() / known;
            if (known == 0 || in.size() % known != 0) throw otherSize(call, wanted);
        }
        Shape out = of(call, extents);
        if (out.size() != in.size()) throw otherSize(call, wanted);
        return ReadyNode.view(call.in(0), out, 0);
    }

    private static RuntimeException otherSize(NodeCall call, long... wanted) {
        return call.misfit("expects a shape for the elements of " + call.shape(0) + ", got " + Arrays.toString(wanted));
    }

    private static ReadyNode flatten(NodeCall call) {
        Shape in = call.shape(0);
        long axis = call.attributes().integer("axis", 1);
        if (axis < -in.rank() || axis > in.rank()) {
            throw call.misfit("expects an axis from " + -in.rank() + " to " + in.rank() + ", got " + axis);
        }
        int first = (int) (axis < 0 ? axis + in.rank() : axis);
        return ReadyNode.view(call.in(0), of(call, product(in, 0, first), product(in, first, in.rank())), 0);
    }

    private static ReadyNode squeeze(NodeCall call) {
        Shape in = call.shape(0);
        long[] given = call.integers("axes", 1);
        boolean[] gone = new boolean[in.rank()];
        if (given == null || given.length == 0) {
            for (int axis = 0; axis < gone.length; axis++) gone[axis] = in.extent(axis) == 1;
        } else {
            for (int axis : call.axes(given, in.rank())) {
                if (in.extent(axis) != 1) throw call.misfit("expects an extent of 1 on axis " + axis + ", got " + in);
                gone[axis] = true;
            }
        }
        return ReadyNode.view(call.in(0), without(call, in, gone), 0);
    }

    private static ReadyNode unsqueeze(NodeCall call) {
        Shape in = call.shape(0);
        long[] given = call.integers("axes", 1);
        if (given == null) throw call.wrong("expects axes, got none");
        long[] extents = new long[in.rank() + given.length];
        for (int axis : call.axes(given, extents.length)) extents[axis] = 1;
        int next = 0;
        for (int axis = 0; axis < extents.length; axis++) {
            if (extents[axis] == 0) extents[axis] = in.extent(next++);
        }
        return ReadyNode.view(call.in(0), of(call, extents), 0);
    }

    private static ReadyNode shape(NodeCall call) {
        Shape in = call.shape(0);
        int from = place(call.attributes().integer("start", 0), in.rank());
        int to = place(call.attributes().integer("end", in.rank()), in.rank());
        long[] extents = new long[Math.max(0, to - from)];
        for (int i = 0; i < extents.length; i++) extents[i] = in.extent(from + i);
        return ReadyNode.constant(Value.of(Shape.of(extents.length), extents));
    }

    private static int place(long at, int rank) {
        return Math.clamp(at < 0 ? at + rank : at, 0, rank);
    }

    private static ReadyNode expand(NodeCall call) {
        Shape in = call.shape(0);
        call.requireRank(1, 1);
        var both = new Broadcast(call, in, of(call, call.integers(1)));
        if (both.shape().equals(in)) return ReadyNode.view(call.in(0), in, 0);
        return ReadyNode.of(Fact.of(call.type(0), both.shape()), (given, out) -> {
            Copier copier = Copier.of(given[0], out[0]);
            both.forEach((from, to, count) -> copier.line(from[0], both.step(0), to, 1, count));
        });
    }

    /// Dropout in a model that predicts: all elements are kept, and a mask says so.
    public static ReadyNode kept(NodeCall call) {
        Fact x = call.in(0);
        call.requireType(0, ElementType.FLOAT, ElementType.DOUBLE);
        if (call.outputs() < 2) return ReadyNode.view(x, x.shape(), 0);
        ElementType ofMask = call.version() < 10 ? x.type() : ElementType.BOOL;
        Value kept = one(ofMask);
        return ReadyNode.of(List.of(Fact.of(x.type(), x.shape()), Fact.of(ofMask, x.shape())), (in, out) -> {
            Value y = Work.optional(out, 0);
            Value mask = Work.optional(out, 1);
            if (y != null) Copier.of(in[0], y).run(0, 0, x.shape().size());
            if (mask != null) Copier.of(kept, mask).repeat(0, 0, x.shape().size());
        });
    }

    // ---------------------------------------------------------------------------------------------- for all operators

    /// A shape of these extents.
    /// @throws dev.neurite.error.ShapeException that names the node, for a negative extent or too many elements
    public static Shape of(NodeCall call, long... extents) {
        long size = 1;
        int[] small = new int[extents.length];
        for (int i = 0; i < extents.length; i++) {
            if (extents[i] < 0) throw call.misfit("expects extents of 0 or more, got " + Arrays.toString(extents));
            small[i] = (int) extents[i];
            size = small[i] == extents[i] ? size * small[i] : Long.MAX_VALUE;
            if (size > Integer.MAX_VALUE) {
                throw call.misfit("expects at most 2³¹−1 elements, got a shape of " + Arrays.toString(extents));
            }
        }
        return Shape.of(small);
    }

    public static long[] extents(Shape shape) {
        return shape.extents().stream().mapToLong(Integer::longValue).toArray();
    }

    public static Shape with(NodeCall call, Shape shape, int axis, long extent) {
        long[] extents = extents(shape);
        extents[axis] = extent;
        return of(call, extents);
    }

    /// The shape without some of its axes.
    public static Shape without(NodeCall call, Shape shape, boolean... gone) {
        return of(
                call,
                IntStream.range(0, gone.length)
                        .filter(axis -> !gone[axis])
                        .mapToLong(shape::extent)
                        .toArray());
    }

    /// The product of the extents of some axes; 2³¹ if it is more, which a shape without elements may have.
    public static long product(Shape shape, int from, int to) {
        long product = 1;
        for (int axis = from; axis < to; axis++) product = Math.min(product * shape.extent(axis), 1L << 31);
        return product;
    }

    /// An input that must have one element, which must be known.
    public static Value only(NodeCall call, int input) {
        requireOne(call, input);
        return call.value(input);
    }

    /// The number that is the only element of an input.
    public static double real(NodeCall call, int input) {
        call.requireType(input, ElementType.FLOAT, ElementType.DOUBLE);
        return only(call, input).number(0);
    }

    /// Refuses an input unless it has one element.
    public static void requireOne(NodeCall call, int input) {
        if (call.shape(input).size() != 1) {
            throw call.misfit("expects input " + input + " with one element, got " + call.shape(input));
        }
    }

    /// 1, or true, as a scalar.
    public static Value one(ElementType type) {
        Value one = Value.zeros(type, Shape.SCALAR);
        if (type.isFloating()) Elements.doubleWriter(one).set(0, 1);
        else Elements.longWriter(one).set(0, 1);
        return one;
    }
}

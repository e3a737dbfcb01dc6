package dev.neurite.onnx.op.shape;

import dev.neurite.error.DataException;
import dev.neurite.onnx.graph.OnnxGraph;
import dev.neurite.onnx.op.Copier;
import dev.neurite.onnx.op.Interrupts;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.Strided;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Operators of sequences and optional values. Their elements are copies: other values share buffers.
public final class SequenceOperators {
    private SequenceOperators() {}

    public static void register(Operators all) {
        all.add("SequenceConstruct", SequenceOperators::construct);
        all.add("SequenceEmpty", _ -> made((_, _) -> Value.sequence(List.of())));
        all.add("SequenceAt", SequenceOperators::at);
        all.add("SequenceInsert", SequenceOperators::insert);
        all.add("SequenceErase", SequenceOperators::erase);
        all.add("SequenceLength", SequenceOperators::length);
        all.add("SequenceMap", SequenceOperators::map);
        all.add("ConcatFromSequence", SequenceOperators::concat);
        all.add("SplitToSequence", SequenceOperators::split);
        all.add("Optional", SequenceOperators::optional);
        all.add("OptionalHasElement", SequenceOperators::hasElement);
        all.add("OptionalGetElement", SequenceOperators::element);
    }

    /// Makes the only output of the inputs.
    private interface Maker {
        Value make(Value[] in, List<Value> elements);
    }

    /// A step whose output is known when it runs.
    private static ReadyNode made(Maker maker) {
        return ReadyNode.unknown(1, (in, out) -> {
            boolean sequence = in.length > 0 && in[0] != null && in[0].type() == ElementType.SEQUENCE;
            out[0] = maker.make(in, sequence ? in[0].elements() : List.of());
        });
    }

    private static void requireSequence(NodeCall call) {
        call.requireType(0, ElementType.SEQUENCE);
    }

    private static ReadyNode construct(NodeCall call) {
        for (int i = 0; i < call.inputs(); i++) call.requireSameTypes(0, i);
        return made((in, _) -> {
            List<Value> elements = new ArrayList<>();
            for (Value each : in) elements.add(each.copy());
            return Value.sequence(elements);
        });
    }

    /// A place, counted from the end if it is negative.
    /// @param most the greatest
    private static int place(NodeCall call, Value of, int length, int most) {
        if (!of.type().isInteger() || of.size() != 1) {
            throw call.misfit("expects a place of one integer, got " + of.type() + " " + of.shape());
        }
        long place = of.integer(0);
        if (place >= -length && place <= most) return (int) (place < 0 ? place + length : place);
        throw new DataException(
                call.node().label(),
                "expects a place from " + -length + " to " + most + " of a sequence, got " + place);
    }

    private static ReadyNode at(NodeCall call) {
        requireSequence(call);
        call.in(1);
        return made((in, all) ->
                all.get(place(call, in[1], all.size(), all.size() - 1)).copy());
    }

    private static ReadyNode insert(NodeCall call) {
        requireSequence(call);
        call.in(1);
        return made((in, all) -> {
            List<Value> more = new ArrayList<>(all);
            int place = in.length > 2 && in[2] != null ? place(call, in[2], all.size(), all.size()) : all.size();
            more.add(place, in[1].copy());
            return Value.sequence(more);
        });
    }

    private static ReadyNode erase(NodeCall call) {
        requireSequence(call);
        return made((in, all) -> {
            List<Value> fewer = new ArrayList<>(all);
            int place =
                    in.length > 1 && in[1] != null ? place(call, in[1], all.size(), all.size() - 1) : all.size() - 1;
            if (place < 0) throw new DataException(call.node().label(), "expects an element to erase, got none");
            fewer.subList(place, place + 1).clear();
            return Value.sequence(fewer);
        });
    }

    private static ReadyNode length(NodeCall call) {
        requireSequence(call);
        return made((_, all) -> Value.of(Shape.SCALAR, (long) all.size()));
    }

    /// Runs a body for each element; other inputs that are sequences go along, tensors stay.
    private static ReadyNode map(NodeCall call) {
        OnnxGraph body = call.attributes().graph("body");
        int own = call.inputs()
                - call.attributes().texts(NodeCall.CAPTURED).orElse(List.of()).size();
        requireSequence(call);
        if (body.inputs().size() != own || body.outputs().size() < call.outputs()) {
            throw call.wrong("expects a body of " + own + " inputs and " + call.outputs() + " outputs, got "
                    + body.inputs().size() + " and " + body.outputs().size());
        }
        return ReadyNode.unknown(call.outputs(), (in, out) -> {
            Map<String, Value> captured = call.captured(in);
            int count = in[0].size();
            List<List<Value>> results = new ArrayList<>();
            for (int i = 0; i < out.length; i++) results.add(new ArrayList<>());
            for (int i = 0; i < count; i++) {
                Interrupts.check(call.node().label());
                Value[] given = new Value[own];
                for (int k = 0; k < own; k++) given[k] = element(call, in[k], i, count);
                Value[] each = call.run(body, captured, given);
                for (int k = 0; k < out.length; k++) results.get(k).add(each[k]);
            }
            for (int k = 0; k < out.length; k++) out[k] = Value.sequence(results.get(k));
        });
    }

    private static Value element(NodeCall call, Value of, int place, int count) {
        if (of.type() != ElementType.SEQUENCE) return of;
        if (of.size() == count) return of.elements().get(place);
        throw call.misfit("expects sequences of " + count + " elements, as the first, got " + of.size());
    }

    private static ReadyNode concat(NodeCall call) {
        requireSequence(call);
        if (!call.attributes().has("axis")) throw call.wrong("expects an axis, got none");
        boolean adds = call.attributes().flag("new_axis", false);
        return made((_, all) -> {
            if (all.isEmpty())
                throw new DataException(call.node().label(), "expects elements to put together, got none");
            Shape first = all.getFirst().shape();
            int axis = call.axis(call.attributes().integer("axis", 0), first.rank() + (adds ? 1 : 0));
            long extent = 0;
            for (Value each : all) {
                Shape shape = each.shape();
                boolean fits = each.type() == all.getFirst().type()
                        && shape.rank() == first.rank()
                        && (adds ? shape : Shapes.with(call, shape, axis, first.extent(axis))).equals(first);
                if (!fits) throw call.misfit("expects elements that fit each other, got " + first + " and " + shape);
                extent += adds ? 1 : shape.extent(axis);
            }
            Shape out = adds ? inserted(call, first, axis, extent) : Shapes.with(call, first, axis, extent);
            Value y = Value.zeros(all.getFirst().type(), out);
            int[] to = Strided.strides(Strided.extents(out));
            int place = 0;
            for (Value each : all) {
                int[] extents = Strided.extents(adds ? inserted(call, first, axis, 1) : each.shape());
                new Strided(extents, Strided.strides(extents), to).run(Copier.of(each, y), 0, place * to[axis]);
                place += extents[axis];
            }
            return y;
        });
    }

    private static Shape inserted(NodeCall call, Shape shape, int axis, long extent) {
        long[] extents = new long[shape.rank() + 1];
        for (int i = 0; i < extents.length; i++) extents[i] = i == axis ? extent : shape.extent(i < axis ? i : i - 1);
        return Shapes.of(call, extents);
    }

    private static ReadyNode split(NodeCall call) {
        Shape x = call.shape(0);
        int axis = call.axis(call.attributes().integer("axis", 0), x.rank());
        boolean keeps = call.attributes().flag("keepdims", true) || call.has(1);
        return made((in, _) -> {
            @Nullable Value given = in.length > 1 ? in[1] : null;
            int[] sizes = sizes(call, given, x.extent(axis));
            int[] from = Strided.strides(Strided.extents(x));
            List<Value> parts = new ArrayList<>();
            int place = 0;
            for (int size : sizes) {
                Shape shape = Shapes.with(call, x, axis, size);
                Value part = Value.zeros(in[0].type(), shape);
                int[] extents = Strided.extents(shape);
                new Strided(extents, from, Strided.strides(extents)).run(Copier.of(in[0], part), place * from[axis], 0);
                boolean[] gone = new boolean[x.rank()];
                gone[axis] = true;
                parts.add(keeps ? part : part.reshape(Shapes.without(call, shape, gone)));
                place += size;
            }
            return Value.sequence(parts);
        });
    }

    /// A single number is the size of all parts but the last, which may be smaller.
    private static int[] sizes(NodeCall call, @Nullable Value given, int extent) {
        if (given != null && given.shape().rank() > 0) {
            int[] sizes = new int[given.size()];
            long sum = 0;
            for (int i = 0; i < sizes.length; i++) {
                long size = given.integer(i);
                if (size < 0 || size > extent) throw call.misfit("expects sizes from 0 to " + extent + ", got " + size);
                sizes[i] = (int) size;
                sum += size;
            }
            if (sum != extent) throw call.misfit("expects sizes that add up to " + extent + ", got " + sum);
            return sizes;
        }
        long size = given == null ? 1 : given.integer(0);
        if (size < 1) throw call.misfit("expects parts of 1 or more, got " + size);
        int[] sizes = new int[(int) Math.ceilDiv(extent, size)];
        for (int i = 0; i < sizes.length; i++) sizes[i] = (int) Math.min(size, extent - i * size);
        return sizes;
    }

    // ------------------------------------------------------------------------------------------------ optional values

    private static ReadyNode optional(NodeCall call) {
        return made((in, _) -> in.length == 0 || in[0] == null ? Value.none() : Value.optional(in[0].copy()));
    }

    private static ReadyNode hasElement(NodeCall call) {
        return made((in, _) -> {
            boolean there =
                    in.length > 0 && in[0] != null && (in[0].type() != ElementType.OPTIONAL || in[0].size() > 0);
            return Value.of(Shape.SCALAR, there);
        });
    }

    /// Other values than optional ones are given back as they are.
    private static ReadyNode element(NodeCall call) {
        call.in(0);
        return made((in, _) -> {
            if (in[0].type() != ElementType.OPTIONAL) return in[0].copy();
            if (in[0].size() == 0)
                throw new DataException(call.node().label(), "expects a value, got an empty optional");
            return in[0].elements().getFirst().copy();
        });
    }
}

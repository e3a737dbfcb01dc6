package dev.neurite.onnx.op.shape;

import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.op.Copier;
import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/// Operators that make values from settings: constants, ranges, diagonals, one-hot vectors.
public final class Making {
    private Making() {}

    public static void register(Operators all) {
        all.add("Constant", Making::constant);
        all.add("ConstantOfShape", Making::constantOfShape);
        all.add("Range", Making::range);
        all.add("EyeLike", Making::eyeLike);
        all.add("OneHot", Making::oneHot);
    }

    private static ReadyNode constant(NodeCall call) {
        Attributes all = call.attributes();
        List<Value> given = new ArrayList<>();
        all.value("value").ifPresent(given::add);
        if (all.has("value_float")) given.add(Value.of(Shape.SCALAR, all.real("value_float", 0)));
        if (all.has("value_int")) given.add(Value.of(Shape.SCALAR, all.integer("value_int", 0)));
        if (all.has("value_string")) given.add(Value.of(Shape.SCALAR, all.text("value_string", "")));
        all.reals("value_floats").ifPresent(each -> given.add(Value.of(Shape.of(each.length), each)));
        all.integers("value_ints").ifPresent(each -> given.add(Value.of(Shape.of(each.length), each)));
        all.texts("value_strings")
                .ifPresent(each -> given.add(Value.of(Shape.of(each.size()), each.toArray(String[]::new))));
        if (given.size() == 1) return ReadyNode.constant(given.getFirst());
        throw call.wrong("expects one of the attributes value, value_float, value_int, value_string, value_floats, "
                + "value_ints and value_strings, got {" + all + "}");
    }

    private static ReadyNode constantOfShape(NodeCall call) {
        Value element = call.attributes().value("value").orElseGet(() -> Value.zeros(ElementType.FLOAT, Shape.SCALAR));
        if (element.size() != 1) throw call.wrong("expects a value of one element, got " + element.shape());
        call.requireRank(0, 1);
        Shape shape = Shapes.of(call, call.integers(0));
        return ReadyNode.of(
                Fact.of(element.type(), shape),
                (_, out) -> Copier.of(element, out[0]).repeat(0, 0, shape.size()));
    }

    private static ReadyNode range(NodeCall call) {
        call.requireType(0, ElementType.FLOAT, ElementType.DOUBLE, ElementType.INT64, ElementType.INT32);
        call.requireSameTypes(0, 1, 2);
        Value start = Shapes.only(call, 0);
        Value limit = Shapes.only(call, 1);
        Value delta = Shapes.only(call, 2);
        return start.type().isFloating() ? reals(call, start, limit, delta) : integers(call, start, limit, delta);
    }

    private static ReadyNode integers(NodeCall call, Value start, Value limit, Value delta) {
        long first = start.integer(0);
        long step = delta.integer(0);
        if (step == 0) throw call.misfit("expects a delta other than 0, got 0");
        BigInteger span = BigInteger.valueOf(limit.integer(0)).subtract(BigInteger.valueOf(first));
        if (span.signum() != Long.signum(step)) span = BigInteger.ZERO;
        BigInteger[] whole = span.divideAndRemainder(BigInteger.valueOf(step));
        BigInteger count = whole[0].add(BigInteger.valueOf(whole[1].signum() == 0 ? 0 : 1));
        Shape shape =
                Shapes.of(call, count.min(BigInteger.valueOf(Long.MAX_VALUE)).longValueExact());
        return ReadyNode.of(Fact.of(start.type(), shape), (_, out) -> {
            Elements.LongWriter y = Elements.longWriter(out[0]);
            for (int i = 0; i < shape.size(); i++) y.set(i, first + i * step);
        });
    }

    private static ReadyNode reals(NodeCall call, Value start, Value limit, Value delta) {
        double first = start.number(0);
        double step = delta.number(0);
        double exact = limit.number(0) - first;
        double span = start.type() == ElementType.FLOAT ? (float) exact : exact;
        double count = Math.ceil(span / step);
        if (Double.isNaN(count) || step == 0) {
            throw call.misfit("expects a range, got one from " + first + " to " + limit.number(0) + " by " + step);
        }
        Shape shape = Shapes.of(call, (long) Math.max(0, count));
        return ReadyNode.of(Fact.of(start.type(), shape), (_, out) -> {
            Elements.DoubleWriter y = Elements.doubleWriter(out[0]);
            for (int i = 0; i < shape.size(); i++) y.set(i, first + i * step);
        });
    }

    private static ReadyNode eyeLike(NodeCall call) {
        call.requireRank(0, 2);
        Shape shape = call.shape(0);
        long diagonal = call.attributes().integer("k", 0);
        ElementType type = call.attributes().has("dtype") ? Casting.type(call, "dtype") : call.type(0);
        if (type == ElementType.STRING) throw call.misfit("expects numbers, got texts");
        Value zero = Value.zeros(type, Shape.SCALAR);
        Value one = Shapes.one(type);
        int columns = shape.extent(1);
        return ReadyNode.of(Fact.of(type, shape), (_, out) -> {
            Copier.of(zero, out[0]).repeat(0, 0, shape.size());
            Copier ones = Copier.of(one, out[0]);
            int shift = Math.clamp(diagonal, -shape.extent(0), columns);
            for (int i = Math.max(0, -shift); i < shape.extent(0) && i + shift < columns; i++) {
                ones.run(0, i * columns + i + shift, 1);
            }
        });
    }

    private static ReadyNode oneHot(NodeCall call) {
        Shape in = call.shape(0);
        refuseOthers(call, 0);
        refuseOthers(call, 1);
        if (!call.shape(2).equals(Shape.of(2))) {
            throw call.misfit("expects two values, off and on, got " + call.shape(2));
        }
        int axis = call.axis(call.attributes().integer("axis", -1), in.rank() + 1);
        long depth = indices(Shapes.only(call, 1)).get(0);
        if (depth < 1) throw call.misfit("expects a depth of 1 or more, got " + depth);
        long[] extents = new long[in.rank() + 1];
        for (int i = 0; i < extents.length; i++) extents[i] = i == axis ? depth : in.extent(i < axis ? i : i - 1);
        Shape shape = Shapes.of(call, extents);
        int inner = (int) Shapes.product(in, axis, in.rank());
        long least = call.version() < 11 ? 0 : -depth;
        return ReadyNode.of(Fact.of(call.type(2), shape), (given, out) -> {
            Elements.Longs x = indices(given[0]);
            Copier copier = Copier.of(given[2], out[0]);
            copier.repeat(0, 0, shape.size());
            for (int i = 0; i < in.size(); i++) {
                long index = x.get(i);
                if (index < least || index >= depth) continue;
                int hot = (int) (index < 0 ? index + depth : index);
                copier.run(1, (i / inner * (int) depth + hot) * inner + i % inner, 1);
            }
        });
    }

    private static void refuseOthers(NodeCall call, int input) {
        ElementType type = call.type(input);
        if (!type.isFloating() && !type.isInteger()) {
            throw call.misfit("expects input " + input + " of numbers, got " + type);
        }
    }

    private static Elements.Longs indices(Value value) {
        if (!value.type().isFloating()) return Elements.longs(value);
        Elements.Doubles x = Elements.doubles(value);
        return i -> (long) x.get(i);
    }
}

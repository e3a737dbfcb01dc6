package dev.neurite.onnx.op.math;

import dev.neurite.error.DataException;
import dev.neurite.kernel.Kernels;
import dev.neurite.onnx.op.Broadcast;
import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Shape;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleBinaryOperator;
import java.util.function.LongBinaryOperator;

/// Arithmetic of two values or more, element by element, broadcast.
public final class Arithmetic {
    private static final Map<String, DoubleBinaryOperator> OF_FLOATS = Map.of(
            "Add", Double::sum,
            "Sub", (a, b) -> a - b,
            "Mul", (a, b) -> a * b,
            "Div", (a, b) -> a / b,
            "Pow", Math::pow,
            "Mod", (a, b) -> a % b,
            "Max", Math::max,
            "Min", Math::min,
            "Sum", Double::sum,
            "Mean", Double::sum);

    private static final Map<String, LongBinaryOperator> OF_INTEGERS = Map.of(
            "Add",
            Long::sum,
            "Sub",
            (a, b) -> a - b,
            "Mul",
            (a, b) -> a * b,
            "Div",
            (a, b) -> a / b,
            "Max",
            Math::max,
            "Min",
            Math::min);

    /// Those of 64 bits without a sign, where they differ.
    private static final Map<String, LongBinaryOperator> WITHOUT_SIGN = Map.of(
            "Div",
            Long::divideUnsigned,
            "Max",
            (a, b) -> Long.compareUnsigned(a, b) < 0 ? b : a,
            "Min",
            (a, b) -> Long.compareUnsigned(a, b) < 0 ? a : b);

    private Arithmetic() {}

    private static LongBinaryOperator ofIntegers(String op, ElementType type) {
        LongBinaryOperator usual = of(OF_INTEGERS, op);
        return type == ElementType.UINT64 ? WITHOUT_SIGN.getOrDefault(op, usual) : usual;
    }

    public static void register(Operators all) {
        for (String each : new String[] {"Add", "Sub", "Mul", "Div"}) all.add(each, Arithmetic::two);
        for (String each : new String[] {"Max", "Min", "Sum", "Mean"}) all.add(each, Arithmetic::many);
        all.add("Pow", Arithmetic::pow);
        all.add("Mod", Arithmetic::mod);
        Bits.register(all);
        LossOperators.register(all);
        RandomOperators.register(all);
        Signals.register(all);
        TrainingOperators.register(all);
    }

    // ------------------------------------------------------------------------------------------------------- of two

    private static ReadyNode two(NodeCall call) {
        call.requireSameTypes(0, 1);
        requireNumbers(call, 0);
        if (call.version() < 7 && call.attributes().has("axis")) {
            throw call.wrong("expects broadcasting by the last axes, got an attribute axis of version 6");
        }
        ElementType type = call.type(0);
        String op = call.node().op();
        if (type.isFloating()) return floats(call, 0, 1, op, of(OF_FLOATS, op));
        return integers(call, 0, 1, ofIntegers(op, type));
    }

    private static <T> T of(Map<String, T> all, String op) {
        T found = all.get(op);
        if (found == null) throw new IllegalStateException(op);
        return found;
    }

    private static void requireNumbers(NodeCall call, int input) {
        ElementType type = call.type(input);
        if (!type.isFloating() && !type.isInteger()) throw call.misfit("expects numbers, got " + type);
    }

    /// Floats or doubles. Two of one shape may have any layout, and so may an image and a number for each channel.
    private static ReadyNode floats(NodeCall call, int a, int b, String op, DoubleBinaryOperator f) {
        Fact left = call.in(a);
        Fact right = call.in(b);
        Kernels kernels = call.kernels();
        if (left.type() == ElementType.FLOAT && left.shape().equals(right.shape()) && left.layout() == right.layout()) {
            if (op.equals("Add")) {
                return ReadyNode.inPlace(
                        left.withoutValue(),
                        a,
                        (in, out) -> kernels.add(in[a].tensor(), in[b].tensor(), out[0].tensor()));
            }
            if (op.equals("Mul")) {
                return ReadyNode.inPlace(
                        left.withoutValue(),
                        a,
                        (in, out) -> kernels.multiply(in[a].tensor(), in[b].tensor(), out[0].tensor()));
            }
        }
        FloatRuns runs = left.type() == ElementType.FLOAT ? FloatRuns.of(op) : null;
        if (left.layout() == Layout.BLOCKED || right.layout() == Layout.BLOCKED) {
            return inBlocks(call, a, b, Objects.requireNonNull(runs));
        }
        var broadcast = new Broadcast(call, left.shape(), right.shape());
        Fact y = Fact.of(left.type(), broadcast.shape());
        if (runs != null)
            return ReadyNode.of(y, (in, out) -> runs.run(broadcast, in[a].tensor(), in[b].tensor(), out[0].tensor()));
        return ReadyNode.of(y, (in, out) -> {
            Elements.Doubles x1 = Elements.doubles(in[a]);
            Elements.Doubles x2 = Elements.doubles(in[b]);
            Elements.DoubleWriter to = Elements.doubleWriter(out[0]);
            broadcast.forEachElement((at, k) -> to.set(k, f.applyAsDouble(x1.get(at[0]), x2.get(at[1]))));
        });
    }

    /// Floats of an image whose channels are in blocks, with a number for each channel, as in squeeze and excitation.
    private static ReadyNode inBlocks(NodeCall call, int a, int b, FloatRuns runs) {
        Shape left = call.shape(a);
        Shape right = call.shape(b);
        var broadcast = new Broadcast(call, blocks(left), blocks(right));
        Fact y = Fact.of(new Broadcast(call, left, right).shape(), Layout.BLOCKED);
        return ReadyNode.of(y, (in, out) -> runs.run(broadcast, in[a].tensor(), in[b].tensor(), out[0].tensor()));
    }

    /// The order of an image's elements: `[rows × blocks × pixels × channels of a block]`.
    private static Shape blocks(Shape image) {
        int channels = image.extent(1);
        int pixels = image.extent(2) * image.extent(3);
        return Shape.of(image.extent(0), channels / Layout.BLOCK, pixels, Layout.BLOCK);
    }

    /// Two integers of one type.
    static ReadyNode integers(NodeCall call, int a, int b, LongBinaryOperator f) {
        var broadcast = new Broadcast(call, call.shape(a), call.shape(b));
        return ReadyNode.of(Fact.of(call.type(a), broadcast.shape()), (in, out) -> {
            Elements.Longs x1 = Elements.longs(in[a]);
            Elements.Longs x2 = Elements.longs(in[b]);
            Elements.LongWriter to = Elements.longWriter(out[0]);
            try {
                broadcast.forEachElement((at, k) -> to.set(k, f.applyAsLong(x1.get(at[0]), x2.get(at[1]))));
            } catch (ArithmeticException _) {
                throw new DataException(call.node().label(), "expects integers to divide by, got 0");
            }
        });
    }

    /// The exponent may be of another type; the result has the type of the base.
    private static ReadyNode pow(NodeCall call) {
        requireNumbers(call, 0);
        requireNumbers(call, 1);
        if (call.type(0).isFloating()) return floats(call, 0, 1, "Pow", Math::pow);
        if (call.type(1).isInteger()) return integers(call, 0, 1, Arithmetic::power);
        var broadcast = new Broadcast(call, call.shape(0), call.shape(1));
        return ReadyNode.of(Fact.of(call.type(0), broadcast.shape()), (in, out) -> {
            Elements.Longs x = Elements.longs(in[0]);
            Elements.Doubles e = Elements.doubles(in[1]);
            Elements.LongWriter to = Elements.longWriter(out[0]);
            broadcast.forEachElement((at, k) -> to.set(k, (long) Math.pow((double) x.get(at[0]), e.get(at[1]))));
        });
    }

    private static long power(long base, long exponent) {
        if (exponent < 0) return (long) Math.pow((double) base, (double) exponent);
        long result = 1;
        long square = base;
        for (long left = exponent; left > 0; left >>= 1) {
            if ((left & 1) == 1) result *= square;
            square *= square;
        }
        return result;
    }

    private static ReadyNode mod(NodeCall call) {
        call.requireSameTypes(0, 1);
        requireNumbers(call, 0);
        boolean likeC = call.attributes().flag("fmod", false);
        if (call.type(0).isFloating()) {
            if (!likeC) throw call.wrong("expects fmod 1 for floats, got 0");
            return floats(call, 0, 1, "Mod", of(OF_FLOATS, "Mod"));
        }
        if (call.type(0) == ElementType.UINT64) return integers(call, 0, 1, Long::remainderUnsigned);
        return integers(call, 0, 1, likeC ? (a, b) -> a % b : Math::floorMod);
    }

    // ------------------------------------------------------------------------------------------------------ of many

    private static ReadyNode many(NodeCall call) {
        String op = call.node().op();
        int count = call.inputs();
        if (count == 0) throw call.wrong("expects at least 1 input, got none");
        requireNumbers(call, 0);
        ElementType type = call.type(0);
        boolean bounds = op.equals("Max") || op.equals("Min");
        if (!type.isFloating() && !bounds) throw call.misfit("expects floats, got " + type);
        Shape[] shapes = new Shape[count];
        for (int i = 0; i < count; i++) {
            call.requireSameTypes(0, i);
            shapes[i] = call.shape(i);
        }
        if (count == 1) return ReadyNode.view(call.in(0), shapes[0], 0);
        if (count == 2 && type.isFloating() && !op.equals("Mean")) {
            return floats(call, 0, 1, op.equals("Sum") ? "Add" : op, of(OF_FLOATS, op));
        }
        var broadcast = new Broadcast(call, shapes);
        Fact y = Fact.of(type, broadcast.shape());
        return type.isFloating()
                ? ReadyNode.of(
                        y, (in, out) -> folded(broadcast, of(OF_FLOATS, op), op.equals("Mean") ? count : 1, in, out[0]))
                : ReadyNode.of(y, (in, out) -> folded(broadcast, ofIntegers(op, type), in, out[0]));
    }

    private static void folded(Broadcast broadcast, DoubleBinaryOperator f, int divisor, Value[] in, Value out) {
        Elements.Doubles[] from = new Elements.Doubles[in.length];
        for (int i = 0; i < in.length; i++) from[i] = Elements.doubles(in[i]);
        Elements.DoubleWriter to = Elements.doubleWriter(out);
        boolean single = out.type() == ElementType.FLOAT;
        broadcast.forEachElement((at, k) -> {
            double y = from[0].get(at[0]);
            for (int j = 1; j < from.length; j++) {
                double next = f.applyAsDouble(y, from[j].get(at[j]));
                y = single ? (float) next : next;
            }
            to.set(k, y / divisor);
        });
    }

    private static void folded(Broadcast broadcast, LongBinaryOperator f, Value[] in, Value out) {
        Elements.Longs[] from = new Elements.Longs[in.length];
        for (int i = 0; i < in.length; i++) from[i] = Elements.longs(in[i]);
        Elements.LongWriter to = Elements.longWriter(out);
        broadcast.forEachElement((at, k) -> {
            long y = from[0].get(at[0]);
            for (int j = 1; j < from.length; j++) y = f.applyAsLong(y, from[j].get(at[j]));
            to.set(k, y);
        });
    }
}

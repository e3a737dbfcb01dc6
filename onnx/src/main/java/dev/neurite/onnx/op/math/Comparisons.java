package dev.neurite.onnx.op.math;

import dev.neurite.onnx.op.Broadcast;
import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import java.util.function.DoublePredicate;
import java.util.function.IntBinaryOperator;

/// Comparisons and logic, element by element, broadcast; the results are truth values.
public final class Comparisons {
    private Comparisons() {}

    /// Compares two numbers.
    private interface OfDoubles {
        boolean test(double a, double b);
    }

    /// Compares two integers.
    private interface OfLongs {
        boolean test(long a, long b);
    }

    public static void register(Operators all) {
        all.add("Equal", call -> compare(call, (a, b) -> a == b, (a, b) -> a == b));
        all.add("Greater", call -> compare(call, (a, b) -> a > b, (a, b) -> a > b));
        all.add("GreaterOrEqual", call -> compare(call, (a, b) -> a >= b, (a, b) -> a >= b));
        all.add("Less", call -> compare(call, (a, b) -> a < b, (a, b) -> a < b));
        all.add("LessOrEqual", call -> compare(call, (a, b) -> a <= b, (a, b) -> a <= b));
        all.add("And", call -> logic(call, (a, b) -> a & b));
        all.add("Or", call -> logic(call, (a, b) -> a | b));
        all.add("Xor", call -> logic(call, (a, b) -> a ^ b));
        all.add("Not", Comparisons::not);
        all.add("IsNaN", call -> test(call, Double::isNaN));
        all.add("IsInf", Comparisons::isInfinite);
    }

    private static ReadyNode compare(NodeCall call, OfDoubles ofDoubles, OfLongs ofLongs) {
        call.requireSameTypes(0, 1);
        var broadcast = new Broadcast(call, call.shape(0), call.shape(1));
        Fact y = Fact.of(ElementType.BOOL, broadcast.shape());
        ElementType type = call.type(0);
        if (type == ElementType.STRING) {
            if (!call.node().op().equals("Equal")) throw call.misfit("expects numbers, got texts");
            return ReadyNode.of(y, (in, out) -> texts(broadcast, in, (boolean[]) out[0].array(), out[0].offset()));
        }
        if (type.hasValues()) throw call.misfit("expects tensors, got " + type);
        if (type.isFloating()) {
            return ReadyNode.of(y, (in, out) -> {
                Elements.Doubles a = Elements.doubles(in[0]);
                Elements.Doubles b = Elements.doubles(in[1]);
                boolean[] to = (boolean[]) out[0].array();
                int first = out[0].offset();
                broadcast.forEachElement((at, k) -> to[first + k] = ofDoubles.test(a.get(at[0]), b.get(at[1])));
            });
        }
        return ReadyNode.of(y, (in, out) -> {
            Elements.Longs a = Elements.longs(in[0]);
            Elements.Longs b = Elements.longs(in[1]);
            boolean[] to = (boolean[]) out[0].array();
            int first = out[0].offset();
            long sign = type == ElementType.UINT64 ? Long.MIN_VALUE : 0; // so that the order is that without signs
            broadcast.forEachElement((at, k) -> to[first + k] = ofLongs.test(a.get(at[0]) ^ sign, b.get(at[1]) ^ sign));
        });
    }

    private static void texts(Broadcast broadcast, Value[] in, boolean[] to, int first) {
        String[] a = (String[]) in[0].array();
        String[] b = (String[]) in[1].array();
        broadcast.forEachElement(
                (at, k) -> to[first + k] = a[in[0].offset() + at[0]].equals(b[in[1].offset() + at[1]]));
    }

    private static ReadyNode logic(NodeCall call, IntBinaryOperator f) {
        call.requireType(0, ElementType.BOOL);
        call.requireType(1, ElementType.BOOL);
        var broadcast = new Broadcast(call, call.shape(0), call.shape(1));
        return ReadyNode.of(Fact.of(ElementType.BOOL, broadcast.shape()), (in, out) -> {
            Elements.Longs a = Elements.longs(in[0]);
            Elements.Longs b = Elements.longs(in[1]);
            Elements.LongWriter to = Elements.longWriter(out[0]);
            broadcast.forEachElement((at, k) -> to.set(k, f.applyAsInt((int) a.get(at[0]), (int) b.get(at[1]))));
        });
    }

    private static ReadyNode not(NodeCall call) {
        call.requireType(0, ElementType.BOOL);
        return ReadyNode.of(call.in(0).withoutValue(), (in, out) -> {
            Elements.Longs from = Elements.longs(in[0]);
            Elements.LongWriter to = Elements.longWriter(out[0]);
            for (int i = 0; i < in[0].size(); i++) to.set(i, 1 - from.get(i));
        });
    }

    private static ReadyNode isInfinite(NodeCall call) {
        boolean negative = call.attributes().flag("detect_negative", true);
        boolean positive = call.attributes().flag("detect_positive", true);
        return test(call, x -> Double.isInfinite(x) && (x > 0 ? positive : negative));
    }

    private static ReadyNode test(NodeCall call, DoublePredicate test) {
        call.requireType(0, ElementType.FLOAT, ElementType.DOUBLE);
        return ReadyNode.of(Fact.of(ElementType.BOOL, call.shape(0)), (in, out) -> {
            Elements.Doubles from = Elements.doubles(in[0]);
            Elements.LongWriter to = Elements.longWriter(out[0]);
            for (int i = 0; i < in[0].size(); i++) to.set(i, test.test(from.get(i)) ? 1 : 0);
        });
    }
}

package dev.neurite.onnx.op.math;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.ActivationKernels;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.Broadcast;
import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.shape.Shapes;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.tensor.Shape;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/// Functions of single elements, PReLU, and softmax, which is one of rows.
public final class PointwiseOperators {
    /// An operator of Neurite's own: y = g(x) with the attribute [Products#ACTIVATION].
    public static final String ACTIVATION = "Activation";

    private static final Map<String, LongUnaryOperator> OF_INTEGERS =
            Map.of("Abs", Math::abs, "Neg", x -> -x, "Sign", Long::signum, "Relu", x -> Math.max(x, 0));

    private PointwiseOperators() {}

    public static void register(Operators all) {
        for (String name : Functions.names()) all.add(name, PointwiseOperators::function);
        all.add(
                OnnxNode.OWN,
                ACTIVATION,
                call -> activation(
                        call,
                        call.attributes()
                                .own(Products.ACTIVATION, Elementwise.class)
                                .orElseThrow()));
        all.add("Clip", PointwiseOperators::clip);
        all.add("PRelu", PointwiseOperators::prelu);
        all.add("Softmax", call -> softmax(call, Kind.SOFTMAX));
        all.add("LogSoftmax", call -> softmax(call, Kind.LOG_SOFTMAX));
        all.add("Hardmax", call -> softmax(call, Kind.HARDMAX));
    }

    private static ReadyNode function(NodeCall call) {
        Fact x = call.in(0);
        if (x.type() == ElementType.FLOAT) {
            return activation(call, Functions.ofFloats(call.node()).orElseThrow());
        }
        if (x.type() == ElementType.DOUBLE) {
            return ofDoubles(x, Functions.ofDoubles(call.node()).orElseThrow());
        }
        LongUnaryOperator f = x.type().isInteger() ? OF_INTEGERS.get(call.node().op()) : null;
        if (f == null) throw call.misfit("expects another type of elements, got " + x.type());
        return ReadyNode.of(x.withoutValue(), (in, out) -> {
            Elements.Longs from = Elements.longs(in[0]);
            Elements.LongWriter to = Elements.longWriter(out[0]);
            for (int i = 0; i < in[0].size(); i++) to.set(i, f.applyAsLong(from.get(i)));
        });
    }

    /// y = g(x) of floats, in any layout.
    public static ReadyNode activation(NodeCall call, Elementwise g) {
        ActivationKernels kernels = call.kernels().activations();
        return ReadyNode.inPlace(
                call.in(0).withoutValue(), 0, (in, out) -> kernels.activate(g, in[0].tensor(), out[0].tensor()));
    }

    private static ReadyNode ofDoubles(Fact x, DoubleUnaryOperator f) {
        return ReadyNode.of(x.withoutValue(), (in, out) -> {
            Elements.Doubles from = Elements.doubles(in[0]);
            Elements.DoubleWriter to = Elements.doubleWriter(out[0]);
            for (int i = 0; i < in[0].size(); i++) to.set(i, f.applyAsDouble(from.get(i)));
        });
    }

    // --------------------------------------------------------------------------------------------------------- clip

    private static ReadyNode clip(NodeCall call) {
        Fact x = call.in(0);
        if (x.type().isInteger()) return clipIntegers(call);
        if (!x.type().isFloating()) throw call.misfit("expects numbers, got " + x.type());
        boolean attributes = call.version() < 11;
        double least =
                attributes ? call.attributes().real("min", -Float.MAX_VALUE) : bound(call, 1, Double.NEGATIVE_INFINITY);
        double most =
                attributes ? call.attributes().real("max", Float.MAX_VALUE) : bound(call, 2, Double.POSITIVE_INFINITY);
        if (x.type() == ElementType.FLOAT) {
            Elementwise g = clipping((float) least, (float) most);
            if (g != null) return activation(call, g);
        }
        return ofDoubles(x, z -> Double.isNaN(z) ? z : Math.min(most, Math.max(least, z)));
    }

    /// The activation that clips floats; null if there is none.
    public static @Nullable Elementwise clipping(float least, float most) {
        if (least == 0 && most == 6) return Activation.RELU6;
        if (least == 0 && most >= Float.MAX_VALUE) return Activation.RELU;
        return Float.isFinite(least) && Float.isFinite(most) && least < most ? Activation.hardTanh(least, most) : null;
    }

    private static double bound(NodeCall call, int input, double usual) {
        if (!call.has(input)) return usual;
        requireOne(call, input);
        return call.value(input).number(0);
    }

    private static void requireOne(NodeCall call, int input) {
        call.requireSameTypes(0, input);
        if (call.shape(input).size() != 1) {
            throw call.misfit("expects a single number as input " + input + ", got " + call.shape(input));
        }
    }

    private static ReadyNode clipIntegers(NodeCall call) {
        if (call.version() < 12) throw call.misfit("expects floats, got " + call.type(0));
        for (int input = 1; input <= 2; input++) if (call.has(input)) requireOne(call, input);
        long least = call.has(1) ? call.value(1).integer(0) : Long.MIN_VALUE;
        long most = call.has(2) ? call.value(2).integer(0) : Long.MAX_VALUE;
        return ReadyNode.of(call.in(0).withoutValue(), (in, out) -> {
            Elements.Longs from = Elements.longs(in[0]);
            Elements.LongWriter to = Elements.longWriter(out[0]);
            for (int i = 0; i < in[0].size(); i++) to.set(i, Math.min(most, Math.max(least, from.get(i))));
        });
    }

    // -------------------------------------------------------------------------------------------------------- PReLU

    /// The slopes are broadcast to x.
    private static ReadyNode prelu(NodeCall call) {
        Fact x = call.in(0);
        call.requireSameTypes(0, 1);
        var broadcast = new Broadcast(call, x.shape(), call.shape(1));
        if (!broadcast.shape().equals(x.shape())) {
            throw call.misfit("expects slopes that can be broadcast to " + x.shape() + ", got " + call.shape(1));
        }
        Fact y = Fact.of(x.type(), x.shape());
        if (x.type().isFloating()) {
            return ReadyNode.of(y, (in, out) -> {
                Elements.Doubles from = Elements.doubles(in[0]);
                Elements.Doubles slopes = Elements.doubles(in[1]);
                Elements.DoubleWriter to = Elements.doubleWriter(out[0]);
                broadcast.forEachElement((at, k) -> {
                    double z = from.get(at[0]);
                    to.set(k, z < 0 ? z * slopes.get(at[1]) : z);
                });
            });
        }
        if (!x.type().isInteger()) throw call.misfit("expects numbers, got " + x.type());
        return ReadyNode.of(y, (in, out) -> {
            Elements.Longs from = Elements.longs(in[0]);
            Elements.Longs slopes = Elements.longs(in[1]);
            Elements.LongWriter to = Elements.longWriter(out[0]);
            broadcast.forEachElement((at, k) -> {
                long z = from.get(at[0]);
                to.set(k, z < 0 ? z * slopes.get(at[1]) : z);
            });
        });
    }

    // ------------------------------------------------------------------------------------------------------ softmax

    private enum Kind {
        SOFTMAX,
        LOG_SOFTMAX,
        HARDMAX
    }

    /// Before version 13 over all axes from the given one on, which is 1 by default; then over one axis, by default
    /// the last.
    private static ReadyNode softmax(NodeCall call, Kind kind) {
        Fact x = call.in(0);
        if (!x.type().isFloating()) throw call.misfit("expects floats, got " + x.type());
        int rank = x.shape().rank();
        boolean flattens = call.version() < 13;
        long given = call.attributes().integer("axis", flattens ? 1 : -1);
        if (rank == 0) throw call.misfit("expects at least one axis, got a single number");
        int axis = flattens && given == rank ? rank : call.axis(given, rank);
        int outer = (int) Shapes.product(x.shape(), 0, axis);
        int size = flattens
                ? (int) Shapes.product(x.shape(), axis, rank)
                : x.shape().extent(axis);
        int inner = flattens ? 1 : (int) Shapes.product(x.shape(), axis + 1, rank);
        Fact y = x.withoutValue();
        if (x.type() == ElementType.FLOAT && inner == 1 && kind != Kind.HARDMAX && size > 0) {
            ActivationKernels kernels = call.kernels().activations();
            Shape rows = Shape.of(outer, size);
            if (kind == Kind.LOG_SOFTMAX) {
                return ReadyNode.of(
                        y,
                        (in, out) -> kernels.logSoftmax(
                                in[0].tensor().reshape(rows), out[0].tensor().reshape(rows)));
            }
            return ReadyNode.inPlace(
                    y,
                    0,
                    (in, out) -> kernels.softmax(
                            in[0].tensor().reshape(rows), out[0].tensor().reshape(rows)));
        }
        return ReadyNode.of(y, (in, out) -> {
            Elements.Doubles from = Elements.doubles(in[0]);
            Elements.DoubleWriter to = Elements.doubleWriter(out[0]);
            for (int row = 0; row < outer * inner; row++) {
                int first = row / inner * size * inner + row % inner;
                softmax(kind, from, to, first, inner, size);
            }
        });
    }

    private static void softmax(
            Kind kind, Elements.Doubles from, Elements.DoubleWriter to, int first, int stride, int size) {
        int best = 0;
        double most = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < size; i++) {
            double x = from.get(first + i * stride);
            if (x > most) best = i;
            most = Math.max(most, x);
        }
        double sum = 0;
        for (int i = 0; i < size; i++) sum += Math.exp(from.get(first + i * stride) - most);
        for (int i = 0; i < size; i++) {
            double z = from.get(first + i * stride) - most;
            to.set(
                    first + i * stride,
                    switch (kind) {
                        case SOFTMAX -> Math.exp(z) / sum;
                        case LOG_SOFTMAX -> z - Math.log(sum);
                        case HARDMAX -> i == best ? 1 : 0;
                    });
        }
    }
}

package dev.neurite.onnx.op.quantized;

import dev.neurite.kernel.Kernels;
import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.graph.Constant;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operator;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.Work;
import dev.neurite.onnx.op.shape.Shapes;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The operators of the QOperator format that onnxruntime has added: each computes an operator of floats on the numbers
/// that bytes stand for, and makes bytes of its result.
public final class QuantizedOperators {
    private static final int VERSION = 17; // of the operators of floats
    private static final int WITH_ONE_AXIS = 13; // the opset from which Softmax joins no axes

    /// The operators of floats, by those of bytes.
    private static final Map<String, String> IN_FLOATS = Map.of(
            "QLinearAdd", "Add",
            "QLinearMul", "Mul",
            "QLinearSigmoid", "Sigmoid",
            "QLinearLeakyRelu", "LeakyRelu",
            "QLinearSoftmax", "Softmax",
            "QLinearAveragePool", "AveragePool",
            "QLinearGlobalAveragePool", "GlobalAveragePool",
            "QLinearConcat", "Concat");

    private final Operators all;

    private QuantizedOperators(Operators all) {
        this.all = all;
    }

    static void register(Operators all) {
        var of = new QuantizedOperators(all);
        IN_FLOATS.forEach((bytes, floats) -> of.add(
                bytes,
                switch (floats) {
                    case "Add", "Mul" -> call -> of.step(call, floats, 2);
                    case "AveragePool", "GlobalAveragePool" -> call -> of.pool(call, floats);
                    case "Concat" -> of::concat;
                    default -> call -> of.step(call, floats, 1);
                }));
        of.add("DynamicQuantizeLSTM", of::lstm);
    }

    private void add(String op, Operator operator) {
        all.add(Operators.MICROSOFT, op, operator);
    }

    /// An input with its scale and its zero point.
    private record Bytes(int x, int scale, int zero) {
        void require(NodeCall call) {
            call.requireType(x, ElementType.INT8, ElementType.UINT8);
            call.requireType(scale, ElementType.FLOAT);
            Shapes.requireOne(call, scale);
            if (!call.has(zero)) return;
            call.requireSameTypes(x, zero);
            Shapes.requireOne(call, zero);
        }

        Value numbers(Kernels kernels, Value[] in) {
            int first = Quantized.integers(Work.optional(in, zero))[0];
            Value y = Value.zeros(ElementType.FLOAT, in[x].shape());
            float factor = (float) in[scale].number(0);
            Quantized.dequantize(kernels, in[x], first, factor, (float[]) y.array(), y.offset());
            return y;
        }
    }

    /// A pooling, whose channels come before rows and columns.
    private ReadyNode pool(NodeCall call, String op) {
        if (call.attributes().flag("channels_last", false)) {
            throw call.wrong("expects channels first, got channels_last=1");
        }
        return step(call, op, 1);
    }

    /// Inputs `x, scale, zero` for each of some values, then scale and zero of the result.
    private ReadyNode step(NodeCall call, String op, int count) {
        List<Bytes> given = new ArrayList<>();
        for (int i = 0; i < count; i++) given.add(new Bytes(3 * i, 3 * i + 1, 3 * i + 2));
        return step(call, op, given, 3 * count, 3 * count + 1);
    }

    /// Inputs scale and zero of the result, then `x, scale, zero` for each of some values.
    private ReadyNode concat(NodeCall call) {
        List<Bytes> given = new ArrayList<>();
        for (int i = 2; i + 2 < call.inputs(); i += 3) given.add(new Bytes(i, i + 1, i + 2));
        return step(call, "Concat", given, 0, 1);
    }

    private ReadyNode step(NodeCall call, String op, List<Bytes> given, int scale, int zero) {
        for (Bytes each : given) each.require(call);
        List<Fact> facts = given.stream()
                .map(each -> Fact.of(ElementType.FLOAT, call.shape(each.x)))
                .toList();
        if (given.isEmpty()) throw call.wrong("expects inputs, got none");
        ReadyNode inner = inner(call, op, facts, call.attributes());
        Fact y = inner.outputs().getFirst();
        if (y == null) throw call.wrong("expects an operator whose result's shape is known");
        call.requireType(scale, ElementType.FLOAT);
        Shapes.requireOne(call, scale);
        ElementType type = call.has(zero) ? call.type(zero) : call.type(given.getFirst().x);
        return ReadyNode.of(Fact.of(type, y.shape()), (in, out) -> {
            Value[] numbers =
                    given.stream().map(each -> each.numbers(call.kernels(), in)).toArray(Value[]::new);
            quantize(call.kernels(), run(inner, y, numbers), in[scale], Work.optional(in, zero), out[0]);
        });
    }

    /// The step of an operator of floats.
    private ReadyNode inner(NodeCall call, String op, List<Fact> facts, Attributes attributes) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < facts.size(); i++) names.add("x" + i);
        var node = new OnnxNode(call.node().name(), "", op, version(attributes), names, List.of("y"), attributes);
        return all.find(node).orElseThrow().prepare(call.with(node, new ArrayList<>(facts)));
    }

    /// The version of the operator of floats.
    private static int version(Attributes attributes) {
        return attributes.integer("opset", VERSION) < WITH_ONE_AXIS ? WITH_ONE_AXIS - 1 : VERSION;
    }

    /// An operator of floats between those that make floats of bytes, and bytes of floats.
    /// @param zero the zero point of the result, if none is given
    /// @param names gives a name that is unused for each value, of what it is
    /// @return empty for another node
    public static List<OnnxNode> inFloats(OnnxNode node, String zero, UnaryOperator<String> names) {
        String op = node.domain().equals(Operators.MICROSOFT) ? IN_FLOATS.get(node.op()) : null;
        if (op == null) return List.of();
        boolean concat = op.equals("Concat");
        int inputs = node.inputs().size();
        int first = concat ? 2 : 0;
        int count = concat ? (inputs - 2) / 3 : op.equals("Add") || op.equals("Mul") ? 2 : 1;
        int scale = concat ? 0 : 3 * count;
        String name = node.name();
        String y = node.outputs().getFirst();
        Attributes none = Attributes.none(name);
        List<OnnxNode> nodes = new ArrayList<>();
        List<String> floats = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String x = names.apply(y + " input " + i);
            List<String> of = node.inputs().subList(first + 3 * i, Math.min(inputs, first + 3 * i + 3));
            nodes.add(new OnnxNode(name, "", "DequantizeLinear", WITH_ONE_AXIS, of, List.of(x), none));
            floats.add(x);
        }
        String result = names.apply(y + " as floats");
        Attributes attributes = node.attributes();
        nodes.add(new OnnxNode(name, "", op, version(attributes), floats, List.of(result), attributes));
        String given = scale + 1 < inputs ? node.inputs().get(scale + 1) : "";
        List<String> of = List.of(result, node.inputs().get(scale), given.isEmpty() ? zero : given);
        nodes.add(new OnnxNode(name, "", "QuantizeLinear", WITH_ONE_AXIS, of, List.of(y), none));
        return nodes;
    }

    private static Value run(ReadyNode step, Fact y, Value... in) {
        if (step.viewOf() >= 0) return in[step.viewOf()].reshape(y.shape());
        Value[] out = {Value.zeros(y.type(), y.shape())};
        step.work().run(in, out);
        return out[0];
    }

    private static void quantize(Kernels kernels, Value x, Value scale, @Nullable Value zero, Value y) {
        int first = Quantized.integers(zero)[0];
        Quantized.quantize(kernels, (float[]) x.array(), x.offset(), (float) scale.number(0), first, y);
    }

    // --------------------------------------------------------------------------------------------- DynamicQuantizeLSTM

    /// An LSTM whose weights are bytes, `[directions × inputs × 4·units]`. It is computed with the numbers that
    /// they stand for; onnxruntime also makes bytes of the inputs and states, and so is less exact.
    private ReadyNode lstm(NodeCall call) {
        List<@Nullable Fact> facts = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            boolean there = call.has(i);
            names.add(there ? "x" + i : "");
            facts.add(there ? call.in(i) : null);
        }
        for (int k = 1; k <= 2; k++) {
            call.requireType(k, ElementType.INT8, ElementType.UINT8);
            call.requireRank(k, 3);
            Value scales = call.value(4 + 2 * k + 2);
            int[] zeros = Quantized.integers(call.has(5 + 2 * k + 2) ? call.value(5 + 2 * k + 2) : null);
            Value weights = turned(call, call.value(k), scales, zeros);
            facts.set(k, Fact.of(Constant.of(weights, false)));
        }
        var node = new OnnxNode(
                call.node().name(), "", "LSTM", 14, names, call.node().outputs(), call.attributes());
        return all.find(node).orElseThrow().prepare(call.with(node, facts));
    }

    /// `[directions × 4·units × inputs]`, of which a direction or each of its columns has a scale.
    private static Value turned(NodeCall call, Value bytes, Value scales, int[] zeros) {
        int directions = bytes.shape().extent(0);
        int inputs = bytes.shape().extent(1);
        int columns = bytes.shape().extent(2);
        boolean fits = scales.type() == ElementType.FLOAT
                && (scales.size() == directions || scales.size() == directions * columns)
                && (zeros.length == 1 || zeros.length == scales.size());
        if (!fits) {
            throw call.misfit("expects a scale for each direction, or for each of its columns, of " + bytes.shape()
                    + ", got " + scales.shape());
        }
        Value y = Value.zeros(ElementType.FLOAT, Shape.of(directions, columns, inputs));
        float[] to = (float[]) y.array();
        Elements.Longs from = Elements.longs(bytes);
        for (int d = 0; d < directions; d++) {
            for (int c = 0; c < columns; c++) {
                int scale = scales.size() == directions ? d : d * columns + c;
                int zero = zeros[Math.min(zeros.length - 1, scale)];
                for (int i = 0; i < inputs; i++) {
                    to[(d * columns + c) * inputs + i] =
                            (from.get((d * inputs + i) * columns + c) - zero) * (float) scales.number(scale);
                }
            }
        }
        return y;
    }
}

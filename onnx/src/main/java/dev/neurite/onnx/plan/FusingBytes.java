package dev.neurite.onnx.plan;

import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.graph.Constant;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.quantized.Centering;
import dev.neurite.onnx.op.quantized.QuantizedOperators;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// Keeps bytes, or the centered numbers that they stand for, see [Centering], through what is between quantized
/// convolutions and products.
final class FusingBytes {
    /// Operators that only move elements of their first input, or choose of them.
    private static final Set<String> MOVING =
            Set.of("MaxPool", "Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze", "Identity");

    private FusingBytes() {}

    /// Centered numbers y of bytes x.
    /// @param zero the name of their zero point; empty for 0
    static OnnxNode center(String x, String y, String zero) {
        List<String> inputs = zero.isEmpty() ? List.of(x) : List.of(x, zero);
        return OnnxNode.own(y, Centering.CENTER, inputs, List.of(y), Attributes.none(y));
    }

    /// Bytes y of centered numbers x.
    static OnnxNode bytes(String name, String x, String y, String zero) {
        return OnnxNode.own(name, Centering.BYTES, List.of(x, zero), List.of(y), Attributes.none(name));
    }

    /// Operators that only move elements, between DequantizeLinear and QuantizeLinear of one scale: they move bytes.
    static boolean moving(Draft draft, OnnxNode node) {
        if (!node.is("QuantizeLinear")) return false;
        OnnxNode moving = draft.producer(node.inputs().getFirst());
        if (moving == null
                || !isMoving(moving)
                || !draft.isUsedOnce(node.inputs().getFirst())) return false;
        OnnxNode dequantize = draft.producer(moving.inputs().getFirst());
        if (dequantize == null || !dequantize.is("DequantizeLinear")) return false;
        ByteScale from = ByteScale.of(draft, dequantize);
        ByteScale to = ByteScale.of(draft, node);
        if (from == null || to == null || !from.isLike(to)) return false;
        List<String> inputs = new ArrayList<>(moving.inputs());
        inputs.set(0, dequantize.inputs().getFirst());
        OnnxNode moved = moving.withInputs(inputs).withOutputs(node.outputs());
        draft.replace(node, List.of(moved), moving, dequantize);
        return true;
    }

    private static boolean isMoving(OnnxNode node) {
        return node.domain().isEmpty()
                && MOVING.contains(node.op())
                && node.outputs().size() == 1;
    }

    /// Whether no window of MaxPool sees padding alone, whose maximum is another for bytes and for floats.
    private static boolean seesElements(OnnxNode node) {
        Attributes settings = node.attributes();
        long[] kernel = settings.integers("kernel_shape").orElse(new long[0]);
        long[] pads = settings.integers("pads").orElse(new long[0]);
        for (int i = 0; i < pads.length; i++) {
            if (kernel.length == 0 || pads[i] >= kernel[i % kernel.length]) return false;
        }
        return Arrays.stream(settings.integers("dilations").orElse(new long[0])).allMatch(each -> each == 1);
    }

    /// Operators that only move elements, of bytes of centered numbers: they move these.
    static boolean movingBytes(Draft draft, OnnxNode node) {
        if (!isMoving(node) || (node.is("MaxPool") && !seesElements(node))) return false;
        String x = node.inputs().getFirst();
        OnnxNode bytes = draft.producer(x);
        if (bytes == null || !bytes.isOwn(Centering.BYTES) || !draft.isUsedOnce(x)) return false;
        List<String> inputs = new ArrayList<>(node.inputs());
        inputs.set(0, bytes.inputs().getFirst());
        String y = node.outputs().getFirst();
        String moved = draft.newName(y + " centered");
        draft.replace(
                node,
                List.of(
                        node.withInputs(inputs).withOutputs(List.of(moved)),
                        bytes(node.name(), moved, y, bytes.inputs().get(1))),
                bytes);
        return true;
    }

    /// Centered numbers of bytes of centered numbers, and of bytes of floats.
    static boolean centered(Draft draft, OnnxNode node) {
        if (!node.isOwn(Centering.CENTER)) return false;
        OnnxNode bytes = draft.producer(node.inputs().getFirst());
        if (bytes == null) return false;
        if (bytes.isOwn(Centering.BYTES)) {
            if (!isSameZero(draft, bytes.inputs().get(1), node.input(1))) return false;
            draft.redirect(node, node.outputs().getFirst(), bytes.inputs().getFirst());
            draft.drop(bytes);
            return true;
        }
        if (!bytes.is("QuantizeLinear") || draft.floats(bytes.inputs().getFirst()) == null) return false;
        ByteScale scale = ByteScale.of(draft, bytes);
        if (scale == null || !isSameZero(draft, scale.zeroName(), node.input(1))) return false;
        Attributes bounds = Attributes.none(node.name())
                .with(Centering.LEAST, (float) scale.least())
                .with(Centering.MOST, (float) scale.most());
        List<String> inputs = List.of(bytes.inputs().getFirst(), bytes.inputs().get(1));
        OnnxNode quantize = OnnxNode.own(node.name(), Centering.QUANTIZE, inputs, node.outputs(), bounds);
        draft.replace(node, List.of(quantize), bytes);
        return true;
    }

    private static boolean isSameZero(Draft draft, String one, String other) {
        Constant a = draft.constant(one);
        Constant b = draft.constant(other);
        if ((a == null && !one.isEmpty()) || (b == null && !other.isEmpty())) return one.equals(other);
        return (a == null ? 0 : a.value().integer(0))
                == (b == null ? 0 : b.value().integer(0));
    }

    /// Operators of onnxruntime's that compute on the floats that bytes stand for.
    static boolean inFloats(Draft draft, OnnxNode node) {
        if (node.outputs().isEmpty()) return false;
        Fact y = draft.fact(node.outputs().getFirst());
        if (y == null || !ByteScale.areBytes(y.type())) return false;
        List<OnnxNode> nodes = QuantizedOperators.inFloats(node, ByteScale.zero(draft, y.type()), draft::newName);
        if (nodes.isEmpty()) return false;
        draft.replace(node, nodes);
        return true;
    }

    /// The maximum of bytes, by the kernels of floats.
    static boolean pooled(Draft draft, OnnxNode node) {
        if (!node.is("MaxPool") || node.outputs().size() > 1 || !seesElements(node)) return false;
        String x = node.inputs().getFirst();
        String y = node.outputs().getFirst();
        Fact fact = draft.fact(x);
        if (fact == null || !ByteScale.areBytes(fact.type())) return false;
        if (fact.shape().rank() > 4) return false;
        String floats = draft.newName(y + " from floats");
        String most = draft.newName(y + " as floats");
        draft.replace(
                node,
                List.of(
                        center(x, floats, ""),
                        node.withInputs(List.of(floats)).withOutputs(List.of(most)),
                        bytes(node.name(), most, y, ByteScale.zero(draft, fact.type()))));
        return true;
    }

    /// DequantizeLinear of bytes of centered numbers: a product, in the layout of the image.
    static boolean scaled(Draft draft, OnnxNode node) {
        if (!node.is("DequantizeLinear")) return false;
        OnnxNode bytes = draft.producer(node.inputs().getFirst());
        Shape shape = draft.floats(node.outputs().getFirst());
        Constant factor = draft.constant(node.input(1));
        if (bytes == null || !bytes.isOwn(Centering.BYTES) || shape == null || shape.rank() == 0) return false;
        ByteScale scale = ByteScale.of(draft, node);
        if (scale == null || factor == null || !isSameZero(draft, bytes.inputs().get(1), scale.zeroName()))
            return false;
        Attributes none = Attributes.none(node.name());
        if (shape.rank() != 4) {
            List<String> inputs = List.of(bytes.inputs().getFirst(), node.input(1));
            draft.replace(node, List.of(new OnnxNode(node.name(), "", "Mul", 14, inputs, node.outputs(), none)), bytes);
            return true;
        }
        int channels = shape.extent(1);
        float[] all = new float[channels];
        Arrays.fill(all, scale.scale());
        String factors = draft.derived(
                List.of(factor),
                node.input(1) + " for " + channels + " channels",
                () -> Value.of(Shape.of(1, channels, 1, 1), all));
        List<String> inputs = List.of(bytes.inputs().getFirst(), factors);
        draft.replace(node, List.of(new OnnxNode(node.name(), "", "Mul", 14, inputs, node.outputs(), none)), bytes);
        return true;
    }
}

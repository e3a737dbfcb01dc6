package dev.neurite.onnx.plan;

import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.quantized.Centering;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What makes bytes of an operator's results: QuantizeLinear, maybe after an activation, whose bounds are those of
/// the integers.
/// @param last the node that gives the bytes
/// @param node the operator, which may be the last node
/// @param least of the integers less the zero point
/// @param before the other nodes from the last one to the operator
record Rounding(OnnxNode last, OnnxNode node, ByteScale ofY, float least, float most, List<OnnxNode> before) {
    /// An operator that gives bytes itself.
    static Rounding of(OnnxNode node, ByteScale ofY) {
        return new Rounding(node, node, ofY, ofY.least(), ofY.most(), List.of());
    }

    /// @return null if there is none before QuantizeLinear, or for another node
    static @Nullable Rounding of(Draft draft, OnnxNode quantize, Set<String> operators) {
        if (!quantize.is("QuantizeLinear")) return null;
        ByteScale ofY = ByteScale.of(draft, quantize);
        String x = quantize.inputs().getFirst();
        OnnxNode before = draft.producer(x);
        if (ofY == null || before == null || !draft.isUsedOnce(x)) return null;
        if (is(before, operators)) {
            return new Rounding(quantize, before, ofY, ofY.least(), ofY.most(), List.of(before));
        }
        float[] bounds = bounds(draft, before);
        OnnxNode node = bounds == null ? null : draft.producer(before.inputs().getFirst());
        if (bounds == null || node == null || !is(node, operators)) return null;
        if (!draft.isUsedOnce(before.inputs().getFirst())) return null;
        return new Rounding(quantize, node, ofY, within(ofY, bounds[0]), within(ofY, bounds[1]), List.of(before, node));
    }

    private static float within(ByteScale ofY, float bound) {
        return Math.clamp((float) Math.rint(bound / ofY.scale()), (float) ofY.least(), (float) ofY.most());
    }

    private static boolean is(OnnxNode node, Set<String> operators) {
        return node.domain().isEmpty() && operators.contains(node.op());
    }

    /// Those of Relu and Clip; null for another node.
    private static float @Nullable [] bounds(Draft draft, OnnxNode node) {
        if (node.is("Relu")) return new float[] {0, Float.POSITIVE_INFINITY};
        if (!node.is("Clip") || node.version() < 11) return null;
        float least = node.input(1).isEmpty() ? Float.NEGATIVE_INFINITY : draft.number(node.input(1));
        float most = node.input(2).isEmpty() ? Float.POSITIVE_INFINITY : draft.number(node.input(2));
        return least <= most ? new float[] {least, most} : null;
    }

    /// The bounds as attributes of a node that rounds.
    Attributes bounds() {
        return Attributes.none(last.name()).with(Centering.LEAST, least).with(Centering.MOST, most);
    }

    /// The name of factors that make bytes of sums, which says all that they are made of beside other constants.
    String factorsFrom(ByteScale ofX) {
        return y() + " scale from " + ofX.scale() + " to " + ofY.scale();
    }

    /// The name of the bytes.
    String y() {
        return last.outputs().getFirst();
    }
}

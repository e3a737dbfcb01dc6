package dev.neurite.onnx.plan;

import dev.neurite.onnx.graph.Constant;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// An operator between DequantizeLinear, of bytes and of weights, and QuantizeLinear.
record BetweenPairs(
        Rounding rounding,
        OnnxNode dequantize,
        ByteScale ofX,
        Draft.Dequantized w,
        @Nullable Constant bias) {
    /// @param quantize the last node
    /// @return null for another node, or if something is no constant that must be one
    static @Nullable BetweenPairs of(Draft draft, OnnxNode quantize, Set<String> operators) {
        Rounding rounding = Rounding.of(draft, quantize, operators);
        if (rounding == null) return null;
        OnnxNode node = rounding.node();
        OnnxNode dequantize = draft.producer(node.inputs().getFirst());
        if (dequantize == null || !dequantize.is("DequantizeLinear")) return null;
        ByteScale ofX = ByteScale.of(draft, dequantize);
        Draft.@Nullable Dequantized w = draft.dequantized(node.input(1));
        Constant bias = draft.constant(node.input(2));
        if (ofX == null || w == null || (bias == null && !node.input(2).isEmpty())) return null;
        return areScales(w.scales()) ? new BetweenPairs(rounding, dequantize, ofX, w, bias) : null;
    }

    private static boolean areScales(Constant of) {
        for (int i = 0; i < of.shape().size(); i++)
            if (!ByteScale.isScale(of.value().number(i))) return false;
        return true;
    }

    OnnxNode node() {
        return rounding.node();
    }

    /// The name of the bytes.
    String x() {
        return dequantize.inputs().getFirst();
    }

    /// Whether weights have one scale, or one for each output.
    /// @param axis that of outputs
    boolean hasScales(int axis) {
        return w.scales().shape().size() == 1 || w.isAlong(axis);
    }

    /// The factors of outputs, as a constant: the scale of x and of weights, by that of y.
    /// @return its name
    String factors(Draft draft, int outputs) {
        return draft.derived(List.of(w.scales()), rounding.factorsFrom(ofX), () -> floats(outputs, this::factor));
    }

    interface OfOutput {
        float get(int output);
    }

    /// Floats for each output.
    static Value floats(int outputs, OfOutput number) {
        float[] all = new float[outputs];
        for (int i = 0; i < outputs; i++) all[i] = number.get(i);
        return Value.of(Shape.of(outputs), all);
    }

    private float factor(int channel) {
        return (float) (scale(channel) / rounding.ofY().scale());
    }

    /// The bias in units of the sums.
    double bias(int channel) {
        if (bias == null) return 0;
        double sum = bias.value().number(channel) / scale(channel);
        double whole = Math.rint(sum);
        // the quotient of an integer that was multiplied by the unit is off by its roundings
        return Math.abs(sum - whole) <= 1e-6 * Math.abs(whole) ? whole : sum;
    }

    private double scale(int channel) {
        Constant scales = w.scales();
        return (double) ofX.scale()
                * (float) scales.value().number(scales.shape().size() == 1 ? 0 : channel);
    }

    /// Puts nodes in the place of all.
    void replace(Draft draft, List<OnnxNode> by) {
        List<OnnxNode> before = new ArrayList<>(rounding.before());
        before.add(dequantize);
        draft.replace(rounding.last(), by, before.toArray(OnnxNode[]::new));
    }
}

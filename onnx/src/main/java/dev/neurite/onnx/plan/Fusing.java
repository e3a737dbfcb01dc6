package dev.neurite.onnx.plan;

import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.graph.Constant;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.math.Functions;
import dev.neurite.onnx.op.math.PointwiseOperators;
import dev.neurite.onnx.op.math.Products;
import dev.neurite.onnx.op.nn.Convolving;
import dev.neurite.onnx.op.quantized.QuantizedDense;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes one step of a product or convolution and what follows it: batch norm, bias, residual and activation.
final class Fusing {
    private static final int BIAS = 2; // input
    private static final int RESIDUAL = 3; // input

    private Fusing() {}

    // ------------------------------------------------------------------------------------------------------ products

    /// x·B + C with constants.
    static boolean denseOfGemm(Draft draft, OnnxNode node) {
        if (!node.is("Gemm") || draft.floats(node.outputs().getFirst()) == null) return false;
        Attributes settings = node.attributes();
        Constant w = draft.constant(node.inputs().get(1));
        if (w == null || w.shape().size() == 0 || settings.flag("transA", false) || settings.real("alpha", 1) != 1)
            return false;
        boolean turned = settings.flag("transB", false);
        int out = w.shape().extent(turned ? 0 : 1);
        String bias = "";
        String given = node.inputs().size() > BIAS ? node.inputs().get(BIAS) : "";
        if (!given.isEmpty()) {
            Constant c = draft.constant(given);
            float beta = settings.real("beta", 1);
            if (c == null || !isRow(c.shape(), out)) return false;
            bias = beta == 1 && c.shape().equals(Shape.of(out))
                    ? given
                    : draft.derived(List.of(c), given + " as bias of " + node.name(), () -> row(c.value(), out, beta));
        }
        draft.replace(node, dense(node, node.inputs().getFirst(), node.inputs().get(1), bias, turned));
        return true;
    }

    private static OnnxNode dense(OnnxNode origin, String x, String w, String bias, boolean turned) {
        Attributes attributes = Attributes.none(origin.name()).with(Products.TRANSPOSED, turned ? 1L : 0L);
        List<String> inputs = new ArrayList<>(List.of(x, w));
        if (!bias.isEmpty()) inputs.add(bias);
        return OnnxNode.own(origin.name(), Products.DENSE, inputs, origin.outputs(), attributes);
    }

    /// Whether an array is one row of this many columns, or one number.
    private static boolean isRow(Shape shape, int columns) {
        if (shape.size() == 1) return true;
        return shape.size() == columns && shape.rank() > 0 && shape.extent(shape.rank() - 1) == columns;
    }

    private static Value row(Value of, int columns, float factor) {
        float[] row = new float[columns];
        for (int i = 0; i < columns; i++) row[i] = (float) of.number(of.size() == 1 ? 0 : i) * factor;
        return Value.of(Shape.of(columns), row);
    }

    /// x·B with a constant matrix.
    static boolean denseOfMatmul(Draft draft, OnnxNode node) {
        if (!node.is("MatMul")) return false;
        Shape x = draft.floats(node.inputs().getFirst());
        Constant w = draft.constant(node.inputs().get(1));
        if (x == null
                || x.rank() < 2
                || w == null
                || w.shape().rank() != 2
                || w.shape().size() == 0) {
            return false;
        }
        draft.replace(node, dense(node, node.inputs().getFirst(), node.inputs().get(1), "", false));
        return true;
    }

    // --------------------------------------------------------------------------------------------- what can be joined

    private static boolean isDense(OnnxNode node) {
        return node.isOwn(Products.DENSE) || node.isOwn(QuantizedDense.QUANTIZED_DENSE);
    }

    private static boolean isConvolution(OnnxNode node) {
        return node.is("Conv") || node.isOwn(Convolving.CONV);
    }

    /// The product or convolution whose result only this input of a node takes, and to which more can be joined;
    /// null if it is none.
    private static @Nullable OnnxNode target(Draft draft, String value) {
        OnnxNode node = draft.producer(value);
        if (node == null || !draft.isUsedOnce(value) || node.attributes().has(Products.ACTIVATION)) return null;
        if (isDense(node)) return node;
        Shape y = draft.floats(value);
        return isConvolution(node) && y != null && y.rank() <= 4 ? node : null;
    }

    private static boolean has(OnnxNode node, int input) {
        return node.inputs().size() > input && !node.inputs().get(input).isEmpty();
    }

    private static List<String> with(OnnxNode node, int input, String name) {
        List<String> inputs = new ArrayList<>(node.inputs());
        while (inputs.size() <= input) inputs.add("");
        inputs.set(input, name);
        return inputs;
    }

    /// The node in the place of a later one, whose results it has.
    private static void join(Draft draft, OnnxNode later, OnnxNode node, List<String> inputs, Attributes attributes) {
        String op = isDense(node) ? node.op() : Convolving.CONV;
        draft.replace(later, OnnxNode.own(node.name(), op, inputs, later.outputs(), attributes), node);
    }

    // --------------------------------------------------------------------------------------------------------- joining

    /// A constant that is added to each unit or channel.
    static boolean bias(Draft draft, OnnxNode node) {
        if (!node.is("Add")) return false;
        for (int i = 0; i < 2; i++) {
            OnnxNode target = target(draft, node.inputs().get(i));
            String given = node.inputs().get(1 - i);
            Constant c = draft.constant(given);
            Shape y = draft.floats(node.inputs().get(i));
            if (target == null || c == null || y == null || has(target, BIAS) || has(target, RESIDUAL)) continue;
            int axis = isDense(target) ? y.rank() - 1 : 1;
            if (!isAlong(c.shape(), y.rank(), axis, y.extent(axis))) continue;
            int out = y.extent(axis);
            String bias = c.shape().equals(Shape.of(out))
                    ? given
                    : draft.derived(List.of(c), given + " as bias of " + target.name(), () -> row(c.value(), out, 1));
            join(draft, node, target, with(target, BIAS, bias), target.attributes());
            return true;
        }
        return false;
    }

    /// Whether an array has only extents of 1 but for one axis of the array that it is broadcast to.
    private static boolean isAlong(Shape shape, int rank, int axis, int extent) {
        if (shape.rank() > rank || shape.size() != extent) return false;
        int own = axis - (rank - shape.rank());
        return extent == 1 || (own >= 0 && shape.extent(own) == extent);
    }

    /// A batch norm with constant statistics: the weights of each channel are scaled.
    static boolean batchNorm(Draft draft, OnnxNode node) {
        if (!node.is("BatchNormalization") || node.attributes().flag("training_mode", false)) return false;
        OnnxNode target = target(draft, node.inputs().getFirst());
        if (target == null || has(target, RESIDUAL) || target.isOwn(QuantizedDense.QUANTIZED_DENSE)) return false;
        Shape y = draft.floats(node.inputs().getFirst());
        Constant w = draft.constant(target.inputs().get(1));
        Constant[] norm = new Constant[4];
        for (int i = 0; i < 4; i++) {
            Constant each = draft.constant(node.inputs().get(i + 1));
            if (each == null || each.type() != ElementType.FLOAT) return false;
            norm[i] = each;
        }
        if (y == null || w == null) return false;
        if (isDense(target) && y.rank() != 2) return false; // channels are the second axis
        Constant old = has(target, BIAS) ? draft.constant(target.inputs().get(BIAS)) : null;
        if (has(target, BIAS) && old == null) return false;
        double epsilon = node.attributes().real("epsilon", 1e-5f);
        int channels = y.extent(1);
        double[] factors = new double[channels];
        boolean byRows = !isDense(target) || target.attributes().flag(Products.TRANSPOSED, false);
        String purpose = " with " + node.name();
        List<Constant> sources = new ArrayList<>(List.of(norm));
        sources.addFirst(w);
        if (old != null) sources.add(old);
        String weights = draft.derived(sources, target.inputs().get(1) + purpose, () -> {
            factors(norm, epsilon, factors);
            return scaled(w.value(), factors, byRows);
        });
        String bias = draft.derived(sources, target.name() + " bias" + purpose, () -> {
            factors(norm, epsilon, factors);
            float[] shifted = new float[channels];
            for (int c = 0; c < channels; c++) {
                double before = old == null ? 0 : old.value().number(c);
                double centered = before - norm[2].value().number(c);
                shifted[c] = (float) (centered * factors[c] + norm[1].value().number(c));
            }
            return Value.of(Shape.of(channels), shifted);
        });
        List<String> inputs = new ArrayList<>(with(target, BIAS, bias));
        inputs.set(1, weights);
        join(draft, node, target, inputs, target.attributes());
        return true;
    }

    private static void factors(Constant[] norm, double epsilon, double[] factors) {
        for (int c = 0; c < factors.length; c++) {
            factors[c] = norm[0].value().number(c) / Math.sqrt(norm[3].value().number(c) + epsilon);
        }
    }

    /// Weights times a factor for each row, or for each column.
    private static Value scaled(Value w, double[] factors, boolean byRows) {
        float[] scaled = w.floats();
        int inner = scaled.length / factors.length;
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = (float) (scaled[i] * factors[byRows ? i / inner : i % factors.length]);
        }
        return Value.of(w.shape(), scaled);
    }

    /// An activation that has a kernel.
    static boolean activation(Draft draft, OnnxNode node) {
        if (node.inputs().isEmpty()) return false;
        Elementwise g = activation(node, draft);
        OnnxNode target = g == null ? null : target(draft, node.inputs().getFirst());
        if (g == null || target == null) return false;
        join(draft, node, target, target.inputs(), target.attributes().with(Products.ACTIVATION, g));
        return true;
    }

    /// The activation that a node is; null for another node.
    private static @Nullable Elementwise activation(OnnxNode node, Draft draft) {
        if (node.isOwn(PointwiseOperators.ACTIVATION)) {
            return node.attributes().own(Products.ACTIVATION, Elementwise.class).orElse(null);
        }
        if (!node.is("Clip")) return Functions.kernel(node);
        if (node.version() < 11) {
            float least = node.attributes().real("min", -Float.MAX_VALUE);
            return PointwiseOperators.clipping(least, node.attributes().real("max", Float.MAX_VALUE));
        }
        float least = has(node, 1) ? draft.number(node.inputs().get(1)) : Float.NEGATIVE_INFINITY;
        float most = has(node, 2) ? draft.number(node.inputs().get(2)) : Float.POSITIVE_INFINITY;
        return PointwiseOperators.clipping(least, most);
    }

    /// A sum with a value of the same shape.
    static boolean residual(Draft draft, OnnxNode node) {
        if (!node.is("Add")) return false;
        Shape a = draft.floats(node.inputs().getFirst());
        Shape b = draft.floats(node.inputs().get(1));
        if (a == null || b == null || !a.equals(b)) return false;
        for (int i = 0; i < 2; i++) {
            OnnxNode target = target(draft, node.inputs().get(i));
            String other = node.inputs().get(1 - i);
            if (target == null || has(target, RESIDUAL) || draft.constant(other) != null) continue;
            join(draft, node, target, with(target, RESIDUAL, other), target.attributes());
            return true;
        }
        return false;
    }
}

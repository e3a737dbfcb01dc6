package dev.neurite.onnx.plan;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.graph.Constant;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.math.PointwiseOperators;
import dev.neurite.onnx.op.math.Products;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds activations and norms that a model has as many small operators.
final class Recognizing {
    private static final float CLOSE = 1e-5f; // to a constant of a formula, relative

    private Recognizing() {}

    static boolean isClose(float x, double to) {
        return Math.abs(x - to) <= CLOSE * Math.abs(to);
    }

    /// Operators that do nothing.
    static boolean identity(Draft draft, OnnxNode node) {
        if (node.outputs().isEmpty() || draft.uses(node.outputs().getFirst()) == 0) return false;
        String x = node.inputs().isEmpty() ? "" : node.inputs().getFirst();
        String y = node.outputs().getFirst();
        boolean nothing = node.is("Identity") || (node.is("Cast") && casts(draft, node, x));
        if (!nothing || x.isEmpty() || draft.isOutput(y)) return false;
        draft.redirect(node, y, x);
        return true;
    }

    private static boolean casts(Draft draft, OnnxNode node, String x) {
        Fact fact = draft.fact(x);
        return fact != null && node.attributes().integer("to", 0) == fact.type().code();
    }

    // -------------------------------------------------------------------------------------------------- activations

    /// An activation in the place of nodes, if its result has the shape of x: numbers may have more axes.
    private static boolean activate(Draft draft, OnnxNode last, String x, Elementwise g, OnnxNode... before) {
        if (!hasShapeOf(draft, x, last)) return false;
        Attributes attributes = Attributes.none(last.name()).with(Products.ACTIVATION, g);
        draft.replace(
                last,
                OnnxNode.own(last.name(), PointwiseOperators.ACTIVATION, List.of(x), last.outputs(), attributes),
                before);
        return true;
    }

    /// Whether the result of a node has the shape of another value.
    static boolean hasShapeOf(Draft draft, String value, OnnxNode node) {
        Shape shape = draft.floats(value);
        Shape result = draft.floats(node.outputs().getFirst());
        return shape != null && result != null && shape.equals(result);
    }

    /// x·sigmoid(x) and x·hard-sigmoid(x).
    static boolean timesSigmoid(Draft draft, OnnxNode node) {
        if (!node.is("Mul") || draft.floats(node.outputs().getFirst()) == null) return false;
        for (int i = 0; i < 2; i++) {
            String x = node.inputs().get(i);
            String factor = node.inputs().get(1 - i);
            OnnxNode sigmoid = draft.onlyFor(factor, "Sigmoid");
            if (sigmoid != null && sigmoid.inputs().getFirst().equals(x)) {
                return activate(draft, node, x, Activation.SILU, sigmoid);
            }
            OnnxNode hard = draft.onlyFor(factor, "HardSigmoid");
            boolean usual = hard != null
                    && isClose(hard.attributes().real("alpha", 0.2f), 1 / 6.0)
                    && hard.attributes().real("beta", 0.5f) == 0.5f;
            if (hard != null && usual && hard.inputs().getFirst().equals(x)) {
                return activate(draft, node, x, Activation.HARD_SWISH, hard);
            }
        }
        return false;
    }

    /// x/2·(1 + erf(x/√2)), or with the approximation by tanh: the factors in any order.
    static boolean gelu(Draft draft, OnnxNode node) {
        if (!node.is("Mul") || draft.floats(node.outputs().getFirst()) == null) return false;
        for (int i = 0; i < 2; i++) {
            OnnxNode inner = draft.onlyFor(node.inputs().get(i), "Mul");
            if (inner == null) continue;
            List<String> factors = new ArrayList<>(inner.inputs());
            factors.add(node.inputs().get(1 - i));
            if (gelu(draft, node, inner, factors)) return true;
        }
        return false;
    }

    private static boolean gelu(Draft draft, OnnxNode last, OnnxNode inner, List<String> factors) {
        String half = factors.stream()
                .filter(each -> draft.number(each) == 0.5f)
                .findAny()
                .orElse("");
        if (half.isEmpty()) return false;
        factors.remove(half);
        for (int i = 0; i < 2; i++) {
            String x = factors.get(i);
            OnnxNode plusOne = draft.onlyFor(factors.get(1 - i), "Add");
            if (plusOne == null) continue;
            String inside = other(draft, plusOne, 1);
            OnnxNode erf = draft.onlyFor(inside, "Erf");
            if (erf != null) {
                OnnxNode scaled = scaled(draft, erf.inputs().getFirst(), x, Math.sqrt(0.5));
                if (scaled == null) continue;
                return activate(draft, last, x, Activation.GELU, inner, plusOne, erf, scaled);
            }
            OnnxNode tanh = draft.onlyFor(inside, "Tanh");
            OnnxNode[] cubic =
                    tanh == null ? new OnnxNode[0] : cubic(draft, tanh.inputs().getFirst(), x);
            if (tanh == null || cubic.length == 0) continue;
            OnnxNode[] before = new OnnxNode[cubic.length + 3];
            System.arraycopy(cubic, 0, before, 0, cubic.length);
            before[cubic.length] = inner;
            before[cubic.length + 1] = plusOne;
            before[cubic.length + 2] = tanh;
            return activate(draft, last, x, Activation.GELU_TANH, before);
        }
        return false;
    }

    /// The input of a node of two that is not this number; empty if none is the number.
    private static String other(Draft draft, OnnxNode node, float number) {
        for (int i = 0; i < 2; i++)
            if (draft.number(node.inputs().get(i)) == number)
                return node.inputs().get(1 - i);
        return "";
    }

    /// The node that computes factor·x, as a product or a quotient; null if the value is another.
    private static @Nullable OnnxNode scaled(Draft draft, String value, String x, double factor) {
        OnnxNode times = draft.onlyFor(value, "Mul");
        if (times != null) {
            for (int i = 0; i < 2; i++) {
                boolean fits = times.inputs().get(i).equals(x)
                        && isClose(draft.number(times.inputs().get(1 - i)), factor);
                if (fits) return times;
            }
        }
        OnnxNode by = draft.onlyFor(value, "Div");
        boolean fits = by != null
                && by.inputs().getFirst().equals(x)
                && isClose(draft.number(by.inputs().get(1)), 1 / factor);
        return fits ? by : null;
    }

    /// The nodes that compute √(2/π)·(x + 0.044715·x³); none if the value is another.
    private static OnnxNode[] cubic(Draft draft, String value, String x) {
        OnnxNode times = draft.onlyFor(value, "Mul");
        for (int i = 0; times != null && i < 2; i++) {
            if (!isClose(draft.number(times.inputs().get(i)), Math.sqrt(2 / Math.PI))) continue;
            OnnxNode sum = draft.onlyFor(times.inputs().get(1 - i), "Add");
            for (int j = 0; sum != null && j < 2; j++) {
                if (!sum.inputs().get(j).equals(x)) continue;
                OnnxNode small = draft.onlyFor(sum.inputs().get(1 - j), "Mul");
                for (int k = 0; small != null && k < 2; k++) {
                    if (!isClose(draft.number(small.inputs().get(k)), 0.044715)) continue;
                    OnnxNode cube = draft.onlyFor(small.inputs().get(1 - k), "Pow");
                    boolean fits = cube != null
                            && cube.inputs().getFirst().equals(x)
                            && draft.number(cube.inputs().get(1)) == 3;
                    if (fits) return new OnnxNode[] {times, sum, small, cube};
                }
            }
        }
        return new OnnxNode[0];
    }

    // --------------------------------------------------------------------------------------------------------- norms

    /// (x − mean) / √(variance + ε)·w + b over the last axis.
    static boolean layerNorm(Draft draft, OnnxNode node) {
        if (!node.is("Add")) return false;
        for (int i = 0; i < 2; i++) {
            OnnxNode scaled = draft.onlyFor(node.inputs().get(i), "Mul");
            Constant bias = draft.constant(node.inputs().get(1 - i));
            for (int j = 0; scaled != null && bias != null && j < 2; j++) {
                OnnxNode normal = draft.onlyFor(scaled.inputs().get(j), "Div");
                Constant weight = draft.constant(scaled.inputs().get(1 - j));
                if (normal == null || weight == null) continue;
                if (layerNorm(
                        draft,
                        node,
                        scaled,
                        normal,
                        scaled.inputs().get(1 - j),
                        node.inputs().get(1 - i))) return true;
            }
        }
        return false;
    }

    private static boolean layerNorm(Draft draft, OnnxNode last, OnnxNode scaled, OnnxNode normal, String w, String b) {
        OnnxNode root = draft.onlyFor(normal.inputs().get(1), "Sqrt");
        OnnxNode sum = root == null ? null : draft.onlyFor(root.inputs().getFirst(), "Add");
        if (root == null || sum == null) return false;
        for (int i = 0; i < 2; i++) {
            float epsilon = draft.number(sum.inputs().get(i));
            OnnxNode variance = draft.onlyFor(sum.inputs().get(1 - i), "ReduceMean");
            if (!(epsilon > 0) || variance == null) continue;
            OnnxNode square = square(draft, variance.inputs().getFirst());
            OnnxNode centered = draft.producer(normal.inputs().getFirst());
            if (square == null || centered == null || !centered.is("Sub")) continue;
            if (!square.inputs().getFirst().equals(normal.inputs().getFirst())) continue;
            int uses = square.is("Mul") ? 3 : 2;
            if (draft.uses(normal.inputs().getFirst()) != uses) continue;
            String x = centered.inputs().getFirst();
            OnnxNode mean = draft.onlyFor(centered.inputs().get(1), "ReduceMean");
            Shape shape = draft.floats(x);
            if (mean == null
                    || shape == null
                    || shape.rank() == 0
                    || !hasShapeOf(draft, x, last)
                    || !mean.inputs().getFirst().equals(x)) continue;
            int size = shape.extent(shape.rank() - 1);
            boolean fits = isOfLastAxis(draft, mean, shape.rank())
                    && isOfLastAxis(draft, variance, shape.rank())
                    && isVector(draft, w, size)
                    && isVector(draft, b, size);
            if (!fits) continue;
            Attributes attributes = Attributes.none(last.name()).with("epsilon", epsilon);
            OnnxNode norm = new OnnxNode(
                    last.name(), "", "LayerNormalization", 17, List.of(x, w, b), last.outputs(), attributes);
            draft.replace(last, norm, scaled, normal, root, sum, variance, square, centered, mean);
            return true;
        }
        return false;
    }

    private static @Nullable OnnxNode square(Draft draft, String value) {
        OnnxNode power = draft.onlyFor(value, "Pow");
        if (power != null) return draft.number(power.inputs().get(1)) == 2 ? power : null;
        OnnxNode product = draft.onlyFor(value, "Mul");
        return product != null
                        && product.inputs().getFirst().equals(product.inputs().get(1))
                ? product
                : null;
    }

    /// Whether a mean is over the last axis, which it keeps.
    static boolean isOfLastAxis(Draft draft, OnnxNode reduce, int rank) {
        if (!reduce.attributes().flag("keepdims", true)) return false;
        long[] axes = reduce.attributes().integers("axes").orElse(null);
        if (reduce.inputs().size() > 1) {
            Constant given = draft.constant(reduce.inputs().get(1));
            if (given == null || given.type() != ElementType.INT64) return false;
            axes = given.value().longs();
        }
        return axes != null && axes.length == 1 && (axes[0] == -1 || axes[0] == rank - 1);
    }

    private static boolean isVector(Draft draft, String value, int size) {
        Constant constant = draft.constant(value);
        return constant != null
                && constant.type() == ElementType.FLOAT
                && constant.shape().equals(Shape.of(size));
    }
}

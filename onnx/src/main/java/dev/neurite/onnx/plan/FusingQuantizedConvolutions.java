package dev.neurite.onnx.plan;

import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.graph.Constant;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.nn.Convolving;
import dev.neurite.onnx.op.quantized.Centering;
import dev.neurite.onnx.op.quantized.Quantized;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Computes quantized convolutions on centered numbers: see [Centering]. The sums of operators of bytes are those of
/// the integers. A convolution between DequantizeLinear and QuantizeLinear becomes one of integers, too. Its result
/// differs from that of floats only where rounding errors of floats cross the middle between two integers.
final class FusingQuantizedConvolutions {
    private FusingQuantizedConvolutions() {}

    /// What a convolution of bytes needs.
    /// @param node the convolution
    /// @param x bytes
    /// @param zeroOfX the name of their zero point
    /// @param w weights less their zero points, as a constant of floats
    private record Parts(OnnxNode node, String x, String zeroOfX, String w, Constant weights) {
        /// @param ofX null if only its type is known
        static @Nullable Parts of(
                Draft draft, OnnxNode node, String x, @Nullable ByteScale ofX, Constant w, @Nullable Constant zeros) {
            Fact fact = draft.fact(x);
            Shape y = draft.shape(node.outputs().getFirst());
            if (fact == null
                    || y == null
                    || !ByteScale.areBytes(w.type())
                    || fact.shape().rank() > 4
                    || fact.shape().rank() < 3) return null;
            if (y.size() == 0 || w.shape().size() == 0) return null;
            int[] less = Quantized.integers(zeros == null ? null : zeros.value());
            boolean none = Arrays.stream(less).allMatch(each -> each == 0);
            String purpose = weights(node) + (none ? " as floats" : " less " + Arrays.toString(less));
            String name =
                    draft.derived(zeros == null ? List.of(w) : List.of(w, zeros), purpose, () -> centered(w, less));
            Constant weights = Objects.requireNonNull(draft.constant(name));
            int least = ofX == null ? -255 : ofX.least();
            int most = ofX == null ? 255 : ofX.most();
            int outputs = w.shape().extent(0);
            boolean fits = isOfFloats(node) || Centering.sumsAreExact(weights.value(), outputs, least, most);
            return fits ? new Parts(node, x, zero(node, ofX), name, weights) : null;
        }

        private static String weights(OnnxNode node) {
            return node.input(node.is("QLinearConv") ? 3 : 1);
        }

        private static String zero(OnnxNode node, @Nullable ByteScale ofX) {
            return ofX == null ? node.input(2) : ofX.zeroName();
        }

        int outputs() {
            return weights.shape().extent(0);
        }
    }

    /// Weights less the zero point of all, or of each output.
    private static Value centered(Constant w, int[] zeros) {
        float[] y = new float[w.shape().size()];
        int depth = y.length / w.shape().extent(0);
        for (int i = 0; i < y.length; i++) y[i] = w.value().integer(i) - zeros[i / depth % zeros.length];
        return Value.of(w.shape(), y);
    }

    /// Whether the sums of a convolution may be rounded, as of one between pairs: it may be computed in tiles.
    private static boolean isOfFloats(OnnxNode convolution) {
        return convolution.is("Conv");
    }

    private static OnnxNode convolution(Parts of, String x, String y) {
        Attributes given = of.node.attributes();
        Attributes attributes = isOfFloats(of.node) ? given : given.with(Convolving.DIRECT, 1L);
        return OnnxNode.own(of.node.name(), Convolving.CONV, List.of(x, of.w), List.of(y), attributes);
    }

    // ------------------------------------------------------------------------------------------------------ to bytes

    /// QLinearConv.
    static boolean linear(Draft draft, OnnxNode node) {
        if (!node.is("QLinearConv")) return false;
        Fact x = draft.fact(node.inputs().getFirst());
        Fact y = draft.fact(node.outputs().getFirst());
        Constant w = draft.constant(node.input(3));
        Constant scales = draft.constant(node.input(4));
        Constant zeros = draft.constant(node.input(5));
        Constant bias = draft.constant(node.input(8));
        if (x == null || y == null || w == null || scales == null) return false;
        if ((zeros == null && !node.input(5).isEmpty())
                || (bias == null && !node.input(8).isEmpty())) return false;
        ByteScale ofX = ByteScale.of(draft, node.input(1), node.input(2), x.type());
        ByteScale ofY = ByteScale.of(draft, node.input(6), node.input(7), y.type());
        if (ofX == null || ofY == null || !holds(bias)) return false;
        Parts parts = Parts.of(draft, node, node.inputs().getFirst(), ofX, w, zeros);
        if (parts == null) return false;
        Rounding rounding = Rounding.of(node, ofY);
        String factors = draft.derived(
                List.of(scales),
                rounding.factorsFrom(ofX),
                () -> BetweenPairs.floats(parts.outputs(), c -> ofX.scale() * number(scales, c) / ofY.scale()));
        String means = draft.derived(
                List.of(bias == null ? w : bias),
                means(node, ofX),
                () -> BetweenPairs.floats(
                        parts.outputs(), c -> bias == null ? 0 : -bias.value().integer(c)));
        draft.replace(node, steps(draft, parts, means, factors, rounding));
        return true;
    }

    /// A convolution between DequantizeLinear and QuantizeLinear.
    static boolean pairs(Draft draft, OnnxNode node) {
        BetweenPairs of = BetweenPairs.of(draft, node, Set.of("Conv"));
        if (of == null || !of.hasScales(0)) return false;
        Draft.Dequantized w = of.w();
        Parts parts = Parts.of(draft, of.node(), of.x(), of.ofX(), w.x(), w.zeros());
        if (parts == null) return false;
        Rounding rounding = of.rounding();
        String factors = of.factors(draft, parts.outputs());
        String means = draft.derived(
                List.of(of.bias() == null ? w.x() : of.bias(), w.scales()),
                means(node, of.ofX()),
                () -> BetweenPairs.floats(parts.outputs(), c -> (float) -of.bias(c)));
        of.replace(draft, steps(draft, parts, means, factors, rounding));
        return true;
    }

    /// The name of a constant, which says all that it is made of beside other constants.
    private static String means(OnnxNode node, ByteScale ofX) {
        return node.outputs().getFirst() + " negative bias by " + ofX.scale();
    }

    private static boolean holds(@Nullable Constant bias) {
        if (bias == null) return true;
        for (int i = 0; i < bias.shape().size(); i++)
            if (Math.abs(bias.value().integer(i)) > Centering.EXACT) return false;
        return true;
    }

    private static float number(Constant of, int channel) {
        return (float) of.value().number(of.shape().size() == 1 ? 0 : channel);
    }

    private static List<OnnxNode> steps(Draft draft, Parts parts, String means, String factors, Rounding rounding) {
        String y = rounding.y();
        String name = rounding.last().name();
        String x = draft.newName(y + " from centered");
        String sums = draft.newName(y + " sums");
        String centered = draft.newName(y + " centered");
        return List.of(
                FusingBytes.center(parts.x, x, parts.zeroOfX),
                convolution(parts, x, sums),
                OnnxNode.own(
                        name,
                        Centering.REQUANTIZE,
                        List.of(sums, means, factors),
                        List.of(centered),
                        rounding.bounds()),
                FusingBytes.bytes(name, centered, y, rounding.ofY().zero(draft)));
    }

    // ------------------------------------------------------------------------------------------------------ to floats

    /// ConvInteger whose sums are taken as floats, as of models that are quantized dynamically.
    static boolean integer(Draft draft, OnnxNode node) {
        if (!node.is("Cast") || node.attributes().integer("to", 0) != ElementType.FLOAT.code()) return false;
        OnnxNode convolution = draft.onlyFor(node.inputs().getFirst(), "ConvInteger");
        if (convolution == null) return false;
        Constant w = draft.constant(convolution.input(1));
        Constant zeros = draft.constant(convolution.input(3));
        Fact x = draft.fact(convolution.input(0));
        if (w == null || x == null || (zeros == null && !convolution.input(3).isEmpty())) return false;
        String zero = convolution.input(2);
        Constant ofX = draft.constant(zero);
        ByteScale known = null;
        if (zero.isEmpty() || ofX != null) {
            known = new ByteScale(1, ofX == null ? 0 : (int) ofX.value().integer(0), x.type(), zero);
        }
        Parts parts = Parts.of(draft, convolution, convolution.input(0), known, w, zeros);
        if (parts == null) return false;
        String y = node.outputs().getFirst();
        String centered = draft.newName(y + " from centered");
        draft.replace(
                node,
                List.of(FusingBytes.center(parts.x, centered, zero), convolution(parts, centered, y)),
                convolution);
        return true;
    }
}

package dev.neurite.onnx.plan;

import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.graph.Constant;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.nn.Convolving;
import dev.neurite.onnx.op.quantized.Centering;
import dev.neurite.onnx.op.quantized.Quantized;
import dev.neurite.onnx.op.quantized.QuantizedOperators;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Computes quantized convolutions, and what is between them, on centered numbers: see [Centering]; and quantized
/// products by MatMulInteger. The sums of operators of bytes are those of the integers. A convolution or product
/// between DequantizeLinear and QuantizeLinear becomes one of integers, too; its result then differs from that
/// of floats only where these round to another side of the middle of two integers.
final class FusingQuantized {
    private static final float HOLDS = 1 << 24; // floats hold all integers up to this

    /// Operators that only move elements of their first input, or choose of them.
    private static final Set<String> MOVING =
            Set.of("MaxPool", "Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze", "Identity");

    private FusingQuantized() {}

    // ------------------------------------------------------------------------------------------------------ scales

    /// One scale and zero point, which are constants.
    /// @param zeroName the zero point, of the type of the bytes; empty for 0
    private record Scale(float scale, int zero, ElementType type, String zeroName) {
        int least() {
            return Quantized.least(type) - zero;
        }

        int most() {
            return Quantized.most(type) - zero;
        }

        boolean isLike(Scale other) {
            return scale == other.scale && zero == other.zero && type == other.type;
        }
    }

    /// @param usual the type without a zero point
    /// @return null if it is another for each index or block, or no constant
    private static @Nullable Scale scale(Draft draft, String scaleName, String zeroName, ElementType usual) {
        float scale = draft.number(scaleName);
        Constant zero = draft.constant(zeroName);
        if (!(scale > 0) || Float.isInfinite(scale) || (zero == null && !zeroName.isEmpty())) return null;
        if (zero != null && zero.shape().size() != 1) return null;
        ElementType type = zero == null ? usual : zero.type();
        if (type != ElementType.INT8 && type != ElementType.UINT8) return null;
        return new Scale(scale, zero == null ? 0 : (int) zero.value().integer(0), type, zeroName);
    }

    /// That of DequantizeLinear or QuantizeLinear.
    private static @Nullable Scale scale(Draft draft, OnnxNode node) {
        String bytes = node.is("QuantizeLinear")
                ? node.outputs().getFirst()
                : node.inputs().getFirst();
        Fact fact = draft.fact(bytes);
        return fact == null ? null : scale(draft, node.input(1), node.input(2), fact.type());
    }

    /// The zero point as a constant of the type of the bytes.
    private static String zero(Draft draft, Scale of) {
        return of.zeroName.isEmpty() ? zero(draft, of.type) : of.zeroName;
    }

    private static String zero(Draft draft, ElementType type) {
        return draft.constant("zero of " + type, Value.zeros(type, Shape.SCALAR));
    }

    private static OnnxNode center(String x, String y, String zero) {
        List<String> inputs = zero.isEmpty() ? List.of(x) : List.of(x, zero);
        return OnnxNode.own(y, Centering.CENTER, inputs, List.of(y), Attributes.none(y));
    }

    private static OnnxNode bytes(String name, String x, String y, String zero) {
        return OnnxNode.own(name, Centering.BYTES, List.of(x, zero), List.of(y), Attributes.none(name));
    }

    // ------------------------------------------------------------------------------------------------- convolutions

    /// What a convolution of bytes needs.
    /// @param x bytes
    /// @param ofX null if only its type is known
    /// @param w weights less their zero points, as a constant of floats
    private record Parts(String x, @Nullable Scale ofX, String w, Constant weights) {
        static @Nullable Parts of(
                Draft draft,
                OnnxNode node,
                String x,
                @Nullable Scale ofX,
                int weightInput,
                Constant w,
                @Nullable Constant zeros) {
            Fact fact = draft.fact(x);
            Shape y = draft.shape(node.outputs().getFirst());
            boolean bytes = w.type() == ElementType.INT8 || w.type() == ElementType.UINT8;
            if (fact == null
                    || y == null
                    || !bytes
                    || fact.shape().rank() > 4
                    || fact.shape().rank() < 3) return null;
            if (y.size() == 0 || w.shape().size() == 0) return null;
            int[] less = zeros == null ? new int[1] : Quantized.integers(zeros.value());
            boolean none = Arrays.stream(less).allMatch(each -> each == 0);
            String purpose = node.input(weightInput) + (none ? " as floats" : " less " + Arrays.toString(less));
            String name =
                    draft.derived(zeros == null ? List.of(w) : List.of(w, zeros), purpose, () -> centered(w, less));
            Constant weights = Objects.requireNonNull(draft.constant(name));
            int least = ofX == null ? -255 : ofX.least();
            int most = ofX == null ? 255 : ofX.most();
            int outputs = w.shape().extent(0);
            boolean fits = isOfFloats(node) || Centering.sumsAreExact(weights.value(), outputs, least, most);
            if (!fits) return null;
            return new Parts(x, ofX, name, weights);
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

    private static OnnxNode convolution(OnnxNode origin, String x, String w, String y) {
        Attributes given = origin.attributes();
        Attributes attributes = isOfFloats(origin) ? given : given.with(Convolving.DIRECT, 1L);
        return OnnxNode.own(origin.name(), Convolving.CONV, List.of(x, w), List.of(y), attributes);
    }

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
        Scale ofX = scale(draft, node.input(1), node.input(2), x.type());
        Scale ofY = scale(draft, node.input(6), node.input(7), y.type());
        Parts parts = ofX == null || ofY == null
                ? null
                : Parts.of(draft, node, node.inputs().getFirst(), ofX, 3, w, zeros);
        if (parts == null || ofX == null || ofY == null || !holds(bias)) return false;
        String factors = draft.derived(
                List.of(scales),
                factors(node, ofX, ofY),
                () -> of(parts.outputs(), c -> ofX.scale * number(scales, c) / ofY.scale));
        String means = draft.derived(
                List.of(bias == null ? w : bias),
                means(node, ofX),
                () -> of(parts.outputs(), c -> bias == null ? 0 : -bias.value().integer(c)));
        replace(draft, node, node, parts, means, factors, ofY, ofY.least(), ofY.most());
        return true;
    }

    // names of constants, which say all that they are made of beside the constants

    private static String factors(OnnxNode node, Scale ofX, Scale ofY) {
        return node.outputs().getFirst() + " scale from " + ofX.scale + " to " + ofY.scale;
    }

    private static String means(OnnxNode node, Scale ofX) {
        return node.outputs().getFirst() + " negative bias by " + ofX.scale;
    }

    private static boolean holds(@Nullable Constant bias) {
        if (bias == null) return true;
        for (int i = 0; i < bias.shape().size(); i++) if (Math.abs(bias.value().integer(i)) > HOLDS) return false;
        return true;
    }

    private static float number(Constant of, int channel) {
        return (float) of.value().number(of.shape().size() == 1 ? 0 : channel);
    }

    private interface OfChannel {
        float get(int channel);
    }

    private static Value of(int channels, OfChannel number) {
        float[] all = new float[channels];
        for (int i = 0; i < channels; i++) all[i] = number.get(i);
        return Value.of(Shape.of(channels), all);
    }

    /// Four steps in the place of nodes.
    /// @param last whose result is bytes
    private static void replace(
            Draft draft,
            OnnxNode last,
            OnnxNode convolution,
            Parts parts,
            String means,
            String factors,
            Scale ofY,
            float least,
            float most,
            OnnxNode... before) {
        String y = last.outputs().getFirst();
        String x = y + " from centered";
        String sums = y + " sums";
        String centered = y + " centered";
        Attributes bounds =
                Attributes.none(last.name()).with(Centering.LEAST, least).with(Centering.MOST, most);
        draft.replace(
                last,
                List.of(
                        center(parts.x, x, Objects.requireNonNull(parts.ofX).zeroName),
                        convolution(convolution, x, parts.w, sums),
                        OnnxNode.own(
                                last.name(),
                                Centering.REQUANTIZE,
                                List.of(sums, means, factors),
                                List.of(centered),
                                bounds),
                        bytes(last.name(), centered, y, zero(draft, ofY))),
                before);
    }

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
        Scale known = null;
        if (zero.isEmpty() || ofX != null) {
            known = new Scale(1, ofX == null ? 0 : (int) ofX.value().integer(0), x.type(), zero);
        }
        Parts parts = Parts.of(draft, convolution, convolution.input(0), known, 1, w, zeros);
        if (parts == null) return false;
        String y = node.outputs().getFirst();
        String centered = y + " from centered";
        draft.replace(
                node,
                List.of(center(parts.x, centered, zero), convolution(convolution, centered, parts.w, y)),
                convolution);
        return true;
    }

    /// An operator before QuantizeLinear, maybe with an activation between them, whose bounds are those of the
    /// integers.
    /// @param after the nodes from the last to the operator
    private record Rounded(OnnxNode node, Scale ofY, float least, float most, List<OnnxNode> after) {
        static @Nullable Rounded of(Draft draft, OnnxNode quantize, Set<String> operators) {
            if (!quantize.is("QuantizeLinear")) return null;
            Scale ofY = scale(draft, quantize);
            String x = quantize.inputs().getFirst();
            OnnxNode before = draft.producer(x);
            if (ofY == null || before == null || !draft.isUsedOnce(x)) return null;
            if (is(before, operators)) return new Rounded(before, ofY, ofY.least(), ofY.most(), List.of(before));
            float[] bounds = bounds(draft, before);
            OnnxNode node =
                    bounds == null ? null : draft.producer(before.inputs().getFirst());
            if (bounds == null || node == null || !is(node, operators)) return null;
            if (!draft.isUsedOnce(before.inputs().getFirst())) return null;
            float least = (float) Math.rint(bounds[0] / ofY.scale);
            float most = (float) Math.rint(bounds[1] / ofY.scale);
            return new Rounded(
                    node,
                    ofY,
                    Math.clamp(least, (float) ofY.least(), (float) ofY.most()),
                    Math.clamp(most, (float) ofY.least(), (float) ofY.most()),
                    List.of(before, node));
        }

        private static boolean is(OnnxNode node, Set<String> operators) {
            return node.domain().isEmpty() && operators.contains(node.op());
        }
    }

    /// What is between DequantizeLinear of bytes and of weights and an operator.
    private record Pair(
            OnnxNode dequantize,
            Scale ofX,
            Draft.Dequantized w,
            @Nullable Constant bias) {
        static @Nullable Pair of(Draft draft, OnnxNode node) {
            OnnxNode dequantize = draft.producer(node.inputs().getFirst());
            if (dequantize == null || !dequantize.is("DequantizeLinear")) return null;
            Scale ofX = scale(draft, dequantize);
            Draft.@Nullable Dequantized w = draft.dequantized(node.input(1));
            Constant bias = draft.constant(node.input(2));
            if (ofX == null || w == null || (bias == null && !node.input(2).isEmpty())) return null;
            return areScales(w.scales()) ? new Pair(dequantize, ofX, w, bias) : null;
        }

        /// A scale of x and of weights, by that of y.
        float factor(int channel, Scale ofY) {
            return (float) ((double) ofX.scale * number(w.scales(), channel) / ofY.scale);
        }

        /// The bias in units of the sums.
        double bias(int channel) {
            if (bias == null) return 0;
            double sum = bias.value().number(channel) / ((double) ofX.scale * number(w.scales(), channel));
            double whole = Math.rint(sum);
            // the quotient of an integer that was multiplied by the unit is off by its roundings
            return Math.abs(sum - whole) <= 1e-6 * Math.abs(whole) ? whole : sum;
        }
    }

    /// A convolution between DequantizeLinear and QuantizeLinear.
    static boolean pairs(Draft draft, OnnxNode node) {
        Rounded rounded = Rounded.of(draft, node, Set.of("Conv"));
        Pair pair = rounded == null ? null : Pair.of(draft, rounded.node);
        if (rounded == null || pair == null) return false;
        Draft.Dequantized w = pair.w;
        if (w.scales().shape().size() != 1 && !w.isAlong(0)) return false;
        Parts parts = Parts.of(draft, rounded.node, pair.dequantize.inputs().getFirst(), pair.ofX, 1, w.x(), w.zeros());
        if (parts == null) return false;
        String factors = draft.derived(
                List.of(w.scales()),
                factors(node, pair.ofX, rounded.ofY),
                () -> of(parts.outputs(), c -> pair.factor(c, rounded.ofY)));
        String means = draft.derived(
                List.of(pair.bias == null ? w.x() : pair.bias, w.scales()),
                means(node, pair.ofX),
                () -> of(parts.outputs(), c -> (float) -pair.bias(c)));
        List<OnnxNode> before = new ArrayList<>(rounded.after);
        before.add(pair.dequantize);
        replace(
                draft,
                node,
                rounded.node,
                parts,
                means,
                factors,
                rounded.ofY,
                rounded.least,
                rounded.most,
                before.toArray(OnnxNode[]::new));
        return true;
    }

    // ------------------------------------------------------------------------------------------------------ products

    /// QGemm with constants: sums of integers, and what makes bytes or floats of them.
    static boolean gemm(Draft draft, OnnxNode node) {
        if (!node.domain().equals(Operators.MICROSOFT) || !node.op().equals("QGemm")) return false;
        Fact a = draft.fact(node.input(0));
        Fact y = draft.fact(node.outputs().getFirst());
        Constant w = draft.constant(node.input(3));
        Constant scales = draft.constant(node.input(4));
        Constant bias = draft.constant(node.input(6));
        if (a == null
                || y == null
                || w == null
                || scales == null
                || node.attributes().flag("transA", false)) return false;
        if (bias == null && !node.input(6).isEmpty()) return false;
        boolean bytes = !node.input(7).isEmpty();
        Scale ofA = scale(draft, node.input(1), node.input(2), a.type());
        Scale ofY = bytes ? scale(draft, node.input(7), node.input(8), y.type()) : new Scale(1, 0, a.type(), "");
        int columns = y.shape().extent(1);
        if (ofA == null
                || ofY == null
                || !areScales(scales)
                || !isRow(bias, columns)
                || y.shape().size() == 0) return false;
        float alpha = node.attributes().real("alpha", 1);
        String factors = draft.derived(
                List.of(scales),
                factors(node, ofA, ofY) + " times " + alpha,
                () -> of(columns, c -> alpha * ofA.scale * number(scales, c) / ofY.scale));
        String biases = draft.derived(
                List.of(bias == null ? w : bias),
                node.outputs().getFirst() + " bias",
                () -> doubles(
                        columns,
                        c -> bias == null ? 0 : bias.value().number(bias.shape().size() == 1 ? 0 : c)));
        var product = new Product(node.input(0), node.input(2), node.input(3), node.input(5));
        boolean turned = node.attributes().flag("transB", false);
        replace(draft, node, product, turned, biases, factors, bytes ? ofY : null, ofY.least(), ofY.most());
        return true;
    }

    /// A product between DequantizeLinear and QuantizeLinear.
    static boolean productPairs(Draft draft, OnnxNode node) {
        Rounded rounded = Rounded.of(draft, node, Set.of("Gemm", "MatMul"));
        Pair pair = rounded == null ? null : Pair.of(draft, rounded.node);
        if (rounded == null || pair == null) return false;
        Attributes settings = rounded.node.attributes();
        Draft.Dequantized w = pair.w;
        boolean turned = settings.flag("transB", false);
        boolean plain =
                !settings.flag("transA", false) && settings.real("alpha", 1) == 1 && settings.real("beta", 1) == 1;
        boolean bytes = w.x().type() == ElementType.INT8 || w.x().type() == ElementType.UINT8;
        if (!plain || !bytes || w.x().shape().rank() != 2 || w.x().shape().size() == 0) return false;
        int columns = w.x().shape().extent(turned ? 0 : 1);
        if (w.scales().shape().size() != 1 && !w.isAlong(turned ? 0 : 1)) return false;
        Shape y = draft.floats(rounded.node.outputs().getFirst());
        if (y == null || y.rank() < 2 || y.size() == 0 || !isRow(pair.bias, columns)) return false;
        if (pair.bias != null && pair.bias.shape().size() != columns) return false;
        String factors = draft.derived(
                List.of(w.scales()),
                factors(node, pair.ofX, rounded.ofY),
                () -> of(columns, c -> pair.factor(c, rounded.ofY)));
        String biases = draft.derived(
                List.of(pair.bias == null ? w.x() : pair.bias, w.scales()),
                node.outputs().getFirst() + " bias by " + pair.ofX.scale,
                () -> doubles(columns, pair::bias));
        String bytesOfW = draft.constant(w.x(), rounded.node.input(1) + " bytes");
        String zeros = w.zeros() == null ? "" : draft.constant(w.zeros(), rounded.node.input(1) + " zero points");
        var product = new Product(pair.dequantize.inputs().getFirst(), pair.ofX.zeroName, bytesOfW, zeros);
        List<OnnxNode> before = new ArrayList<>(rounded.after);
        before.add(pair.dequantize);
        replace(
                draft,
                node,
                product,
                turned,
                biases,
                factors,
                rounded.ofY,
                rounded.least,
                rounded.most,
                before.toArray(OnnxNode[]::new));
        return true;
    }

    /// The names of bytes and of their zero points.
    private record Product(String a, String ofA, String b, String ofB) {}

    /// Whether a bias is one number, or a row of so many.
    private static boolean isRow(@Nullable Constant bias, int columns) {
        if (bias == null || bias.shape().size() == 1) return true;
        Shape shape = bias.shape();
        return shape.size() == columns && shape.extent(shape.rank() - 1) == columns;
    }

    private interface OfColumn {
        double get(int column);
    }

    private static Value doubles(int columns, OfColumn number) {
        double[] all = new double[columns];
        for (int i = 0; i < columns; i++) all[i] = number.get(i);
        return Value.of(Shape.of(columns), all);
    }

    /// Two steps in the place of nodes.
    /// @param turned whether rows of b are columns of the product
    /// @param ofY null for floats
    private static void replace(
            Draft draft,
            OnnxNode last,
            Product of,
            boolean turned,
            String biases,
            String factors,
            @Nullable Scale ofY,
            float least,
            float most,
            OnnxNode... before) {
        String sums = last.outputs().getFirst() + " sums";
        Constant b = Objects.requireNonNull(draft.constant(of.b));
        String right = turned ? draft.derived(List.of(b), of.b + " transposed", () -> transposed(b.value())) : of.b;
        Attributes none = Attributes.none(last.name());
        List<String> inputs = new ArrayList<>(List.of(sums, biases, factors));
        if (ofY != null) inputs.add(zero(draft, ofY));
        draft.replace(
                last,
                List.of(
                        new OnnxNode(
                                last.name(),
                                "",
                                "MatMulInteger",
                                10,
                                List.of(of.a, right, of.ofA, of.ofB),
                                List.of(sums),
                                none),
                        OnnxNode.own(
                                last.name(),
                                Centering.REQUANTIZE_PRODUCT,
                                inputs,
                                last.outputs(),
                                none.with(Centering.LEAST, least).with(Centering.MOST, most))),
                before);
    }

    private static Value transposed(Value matrix) {
        int rows = matrix.shape().extent(0);
        int columns = matrix.shape().extent(1);
        Value y = Value.zeros(matrix.type(), Shape.of(columns, rows));
        byte[] from = (byte[]) matrix.array();
        byte[] to = (byte[]) y.array();
        for (int i = 0; i < to.length; i++) to[i] = from[matrix.offset() + i % rows * columns + i / rows];
        return y;
    }

    private static boolean areScales(Constant of) {
        for (int i = 0; i < of.shape().size(); i++) {
            double scale = of.value().number(i);
            if (!(scale > 0) || Double.isInfinite(scale)) return false;
        }
        return true;
    }

    /// Those of Relu and Clip; null for another node.
    private static float @Nullable [] bounds(Draft draft, OnnxNode node) {
        if (node.is("Relu")) return new float[] {0, Float.POSITIVE_INFINITY};
        if (!node.is("Clip") || node.version() < 11) return null;
        float least = node.input(1).isEmpty() ? Float.NEGATIVE_INFINITY : draft.number(node.input(1));
        float most = node.input(2).isEmpty() ? Float.POSITIVE_INFINITY : draft.number(node.input(2));
        return least <= most ? new float[] {least, most} : null;
    }

    // ---------------------------------------------------------------------------------------------- what is between

    /// Operators that only move elements, between DequantizeLinear and QuantizeLinear of one scale: they move bytes.
    static boolean moving(Draft draft, OnnxNode node) {
        if (!node.is("QuantizeLinear")) return false;
        OnnxNode moving = draft.producer(node.inputs().getFirst());
        if (moving == null
                || !isMoving(moving)
                || !draft.isUsedOnce(node.inputs().getFirst())) return false;
        OnnxNode dequantize = draft.producer(moving.inputs().getFirst());
        if (dequantize == null || !dequantize.is("DequantizeLinear")) return false;
        Scale from = scale(draft, dequantize);
        Scale to = scale(draft, node);
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
        String moved = y + " centered";
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
        Scale scale = scale(draft, bytes);
        if (scale == null || !isSameZero(draft, scale.zeroName, node.input(1))) return false;
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
        if (y == null || (y.type() != ElementType.INT8 && y.type() != ElementType.UINT8)) return false;
        List<OnnxNode> nodes = QuantizedOperators.inFloats(node, zero(draft, y.type()));
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
        if (fact == null || (fact.type() != ElementType.INT8 && fact.type() != ElementType.UINT8)) return false;
        if (fact.shape().rank() > 4) return false;
        String floats = y + " from floats";
        String most = y + " as floats";
        draft.replace(
                node,
                List.of(
                        center(x, floats, ""),
                        node.withInputs(List.of(floats)).withOutputs(List.of(most)),
                        bytes(node.name(), most, y, zero(draft, fact.type()))));
        return true;
    }

    /// DequantizeLinear of bytes of centered numbers: a product, in the layout of the image.
    static boolean scaled(Draft draft, OnnxNode node) {
        if (!node.is("DequantizeLinear")) return false;
        OnnxNode bytes = draft.producer(node.inputs().getFirst());
        Shape shape = draft.floats(node.outputs().getFirst());
        Constant factor = draft.constant(node.input(1));
        if (bytes == null || !bytes.isOwn(Centering.BYTES) || shape == null || shape.rank() == 0) return false;
        Scale scale = scale(draft, node);
        if (scale == null || factor == null || !isSameZero(draft, bytes.inputs().get(1), scale.zeroName)) return false;
        Attributes none = Attributes.none(node.name());
        if (shape.rank() != 4) {
            List<String> inputs = List.of(bytes.inputs().getFirst(), node.input(1));
            draft.replace(node, List.of(new OnnxNode(node.name(), "", "Mul", 14, inputs, node.outputs(), none)), bytes);
            return true;
        }
        int channels = shape.extent(1);
        float[] all = new float[channels];
        Arrays.fill(all, scale.scale);
        String factors = draft.derived(
                List.of(factor),
                node.input(1) + " for " + channels + " channels",
                () -> Value.of(Shape.of(1, channels, 1, 1), all));
        List<String> inputs = List.of(bytes.inputs().getFirst(), factors);
        draft.replace(node, List.of(new OnnxNode(node.name(), "", "Mul", 14, inputs, node.outputs(), none)), bytes);
        return true;
    }
}

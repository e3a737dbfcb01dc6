package dev.neurite.onnx.op.math;

import dev.neurite.error.ModelFormatException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.graph.OnnxNode;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The element-wise functions of numbers, by the operators' names.
public final class Functions {
    private static final float SELU_ALPHA = 1.6732632f; // defaults of the operator
    private static final float SELU_GAMMA = 1.050701f;
    private static final float SIXTH = 1 / 6f;
    private static final double LARGE = 0x1p28; // x² ± 1 is rounded to x² from here on
    private static final double LOG_2 = Math.log(2);
    private static final double NEAR = 2.5; // where the series of the error function is taken

    private static final Map<String, DoubleUnaryOperator> PLAIN = Map.ofEntries(
            Map.entry("Abs", Math::abs),
            Map.entry("Acos", Math::acos),
            Map.entry("Acosh", Functions::acosh),
            Map.entry("Asin", Math::asin),
            Map.entry("Asinh", Functions::asinh),
            Map.entry("Atan", Math::atan),
            Map.entry("Atanh", x -> (Math.log1p(x) - Math.log1p(-x)) / 2),
            Map.entry("Ceil", Math::ceil),
            Map.entry("Cos", Math::cos),
            Map.entry("Cosh", Math::cosh),
            Map.entry("Erf", Functions::erf),
            Map.entry("Exp", Math::exp),
            Map.entry("Floor", Math::floor),
            Map.entry("HardSwish", x -> x * Math.max(0, Math.min(1, x / 6 + 0.5))),
            Map.entry("Log", Math::log),
            Map.entry("Mish", x -> x * Math.tanh(softplus(x))),
            Map.entry("Neg", x -> -x),
            Map.entry("Reciprocal", x -> 1 / x),
            Map.entry("Relu", x -> Math.max(x, 0)),
            Map.entry("Round", Math::rint),
            Map.entry("Sigmoid", Functions::sigmoid),
            Map.entry("Sign", Math::signum),
            Map.entry("Sin", Math::sin),
            Map.entry("Sinh", Math::sinh),
            Map.entry("Softplus", Functions::softplus),
            Map.entry("Softsign", x -> x / (1 + Math.abs(x))),
            Map.entry("Sqrt", Math::sqrt),
            Map.entry("Tan", Math::tan),
            Map.entry("Tanh", Math::tanh));

    /// Those that have kernels of their own.
    private static final Map<String, Elementwise> KERNELS = Map.of(
            "Relu", Activation.RELU,
            "Sigmoid", Activation.SIGMOID,
            "Tanh", Activation.TANH,
            "HardSwish", Activation.HARD_SWISH,
            "Mish", Activation.MISH,
            "Softplus", Activation.softplus(),
            "Softsign", Activation.SOFTSIGN);

    private static final Set<String> NAMES = allNames();

    private Functions() {}

    /// A function that has no kernel of its own.
    private record Plain(String name, DoubleUnaryOperator f) implements Elementwise {
        @Override
        public float apply(float z) {
            return (float) f.applyAsDouble(z);
        }

        @Override
        public float derivative(float z, float y) {
            throw new UnsupportedOperationException(name + " has no derivative here");
        }

        @Override
        public boolean derivativeNeedsInput() {
            return true;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /// The names of all operators.
    public static Set<String> names() {
        return NAMES;
    }

    private static Set<String> allNames() {
        return new TreeSet<>(Stream.concat(
                        PLAIN.keySet().stream(),
                        Stream.of(
                                "LeakyRelu", "Elu", "Selu", "Celu", "Gelu", "HardSigmoid", "ThresholdedRelu", "Shrink"))
                .toList());
    }

    /// Whether a node is an elementwise function.
    public static boolean isFunction(OnnxNode node) {
        return node.domain().isEmpty() && names().contains(node.op());
    }

    /// The function of a node that has one input, for floats: with a kernel of its own if there is one.
    public static Optional<Elementwise> ofFloats(OnnxNode node) {
        Elementwise kernel = kernel(node);
        if (kernel != null) return Optional.of(kernel);
        return ofDoubles(node).map(f -> new Plain(node.op(), f));
    }

    /// The function of a node that has a kernel of its own; null for another.
    public static @Nullable Elementwise kernel(OnnxNode node) {
        if (!node.domain().isEmpty()) return null;
        Attributes with = node.attributes();
        float alpha = with.real("alpha", node.is("LeakyRelu") ? 0.01f : node.is("HardSigmoid") ? 0.2f : 1);
        boolean usual = Float.isFinite(alpha) && alpha >= 0;
        return switch (node.op()) {
            case "LeakyRelu" -> usual ? Activation.leakyRelu(alpha) : null;
            case "Elu" -> usual ? Activation.elu(alpha) : null;
            case "Celu" -> usual && alpha >= Float.MIN_NORMAL ? Activation.celu(alpha) : null;
            case "Selu" ->
                with.real("alpha", SELU_ALPHA) == SELU_ALPHA && with.real("gamma", SELU_GAMMA) == SELU_GAMMA
                        ? Activation.SELU
                        : null;
            case "Gelu" -> gelu(node).equals("tanh") ? Activation.GELU_TANH : Activation.GELU;
            case "HardSigmoid" -> alpha == SIXTH && with.real("beta", 0.5f) == 0.5f ? Activation.HARD_SIGMOID : null;
            case "ThresholdedRelu" -> Float.isFinite(alpha) ? Activation.threshold(alpha, 0) : null;
            default -> KERNELS.get(node.op());
        };
    }

    /// The function of a node that has one input; empty if it is none.
    public static Optional<DoubleUnaryOperator> ofDoubles(OnnxNode node) {
        if (!node.domain().isEmpty()) return Optional.empty();
        Attributes with = node.attributes();
        return Optional.ofNullable(
                switch (node.op()) {
                    case "LeakyRelu" -> {
                        double slope = with.real("alpha", 0.01f);
                        yield x -> x < 0 ? slope * x : x;
                    }
                    case "Elu" -> {
                        double alpha = with.real("alpha", 1);
                        yield x -> x < 0 ? alpha * Math.expm1(x) : x;
                    }
                    case "Celu" -> {
                        double alpha = with.real("alpha", 1);
                        yield x -> Math.max(0, x) + Math.min(0, alpha * Math.expm1(x / alpha));
                    }
                    case "Selu" -> {
                        double alpha = with.real("alpha", SELU_ALPHA);
                        double gamma = with.real("gamma", SELU_GAMMA);
                        yield x -> gamma * (x <= 0 ? alpha * Math.expm1(x) : x);
                    }
                    case "Gelu" -> gelu(node).equals("tanh") ? Functions::geluTanh : x -> x * normal(x);
                    case "HardSigmoid" -> {
                        double alpha = with.real("alpha", 0.2f);
                        double beta = with.real("beta", 0.5f);
                        yield x -> Math.max(0, Math.min(1, alpha * x + beta));
                    }
                    case "ThresholdedRelu" -> {
                        double alpha = with.real("alpha", 1);
                        yield x -> x > alpha ? x : 0;
                    }
                    case "Shrink" -> {
                        double bias = with.real("bias", 0);
                        double lambda = with.real("lambd", 0.5f);
                        yield x -> x < -lambda ? x + bias : x > lambda ? x - bias : 0;
                    }
                    default -> PLAIN.get(node.op());
                });
    }

    private static String gelu(OnnxNode node) {
        String approximate = node.attributes().text("approximate", "none");
        if (approximate.equals("none") || approximate.equals("tanh")) return approximate;
        throw new ModelFormatException(node.label(), "expects approximate none or tanh, got '" + approximate + "'");
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    /// log(x + √(x² − 1)), where x may be so near 1 that the sum is rounded to 1, or so large that x² is infinite.
    private static double acosh(double x) {
        if (x < 1) return Double.NaN;
        double above = x - 1;
        return x > LARGE ? Math.log(x) + LOG_2 : Math.log1p(above + Math.sqrt(above * (above + 2)));
    }

    /// log(x + √(x² + 1)), where x may be so near 0 that the sum is rounded to 1, or so large that x² is infinite.
    private static double asinh(double x) {
        double size = Math.abs(x);
        double square = size * size;
        double y = size > LARGE ? Math.log(size) + LOG_2 : Math.log1p(size + square / (1 + Math.sqrt(square + 1)));
        return Math.copySign(y, x);
    }

    /// (1 + tanh(z)) / 2 is the sigmoid of 2z, which does not become 0 by a difference.
    private static double geluTanh(double x) {
        return x * sigmoid(2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x));
    }

    /// The distribution function of the normal distribution.
    private static double normal(double x) {
        double z = -x / Math.sqrt(2);
        return (z < NEAR ? 1 - erf(z) : complement(z)) / 2;
    }

    /// 1 − erf(x) for x from 2.5: a continued fraction (Abramowitz and Stegun 1964, 7.1.14).
    private static double complement(double x) {
        double fraction = 0;
        for (int n = 60; n >= 1; n--) fraction = n / 2.0 / (x + fraction);
        return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
    }

    /// The error function: its series near 0 (Abramowitz and Stegun 1964, 7.1.6), and its complement elsewhere, to
    /// about 1e-15.
    public static double erf(double x) {
        double size = Math.abs(x);
        if (Double.isNaN(x)) return x;
        if (size < NEAR) {
            double term = size;
            double sum = size;
            for (int n = 1; term > sum * 1e-17; n++) {
                term *= 2 * size * size / (2 * n + 1);
                sum += term;
            }
            return Math.copySign(2 / Math.sqrt(Math.PI) * Math.exp(-size * size) * sum, x);
        }
        if (size > 6) return Math.signum(x);
        return Math.copySign(1 - complement(size), x);
    }
}

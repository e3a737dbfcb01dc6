package dev.neurite.onnx.export;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Identity;
import dev.neurite.kernel.Activation.LeakyRelu;
import dev.neurite.kernel.Activation.LogSoftmax;
import dev.neurite.kernel.Activation.Relu;
import dev.neurite.kernel.Activation.Sigmoid;
import dev.neurite.kernel.Activation.Softmax;
import dev.neurite.kernel.Activation.Tanh;
import dev.neurite.kernel.PiecewiseActivations.HardShrink;
import dev.neurite.kernel.PiecewiseActivations.HardSigmoid;
import dev.neurite.kernel.PiecewiseActivations.HardSwish;
import dev.neurite.kernel.PiecewiseActivations.HardTanh;
import dev.neurite.kernel.PiecewiseActivations.Relu6;
import dev.neurite.kernel.PiecewiseActivations.SoftShrink;
import dev.neurite.kernel.PiecewiseActivations.Softsign;
import dev.neurite.kernel.PiecewiseActivations.TanhShrink;
import dev.neurite.kernel.PiecewiseActivations.Threshold;
import dev.neurite.kernel.SmoothActivations.Celu;
import dev.neurite.kernel.SmoothActivations.Elu;
import dev.neurite.kernel.SmoothActivations.Gelu;
import dev.neurite.kernel.SmoothActivations.GeluTanh;
import dev.neurite.kernel.SmoothActivations.LogSigmoid;
import dev.neurite.kernel.SmoothActivations.Mish;
import dev.neurite.kernel.SmoothActivations.Selu;
import dev.neurite.kernel.SmoothActivations.Silu;
import dev.neurite.kernel.SmoothActivations.Softplus;
import dev.neurite.model.BuiltNode;
import java.util.Map;

/// The operators of activations.
final class Activations {
    private static final int WITH_GELU = 20; // opset
    private static final int WITH_MISH = 18; // opset
    private static final double WITHOUT_EFFECT = 20; // threshold of softplus, from which on no float is another

    private Activations() {}

    /// g(x).
    /// @param layer it is of
    static String of(GraphBuilder b, BuiltNode layer, Activation g, String x) {
        return switch (g) {
            case Identity _ -> x;
            case Relu _ -> b.add("Relu", x);
            case Tanh _ -> b.add("Tanh", x);
            case Sigmoid _ -> b.add("Sigmoid", x);
            case Softmax _ -> b.add("Softmax", Map.of("axis", -1L), x);
            case LogSoftmax _ -> b.add("LogSoftmax", Map.of("axis", -1L), x);
            case LeakyRelu(float slope) -> b.add("LeakyRelu", Map.of("alpha", slope), x);
            case Relu6 _ -> b.add("Clip", x, b.number(0), b.number(6));
            case HardTanh(float min, float max) -> b.add("Clip", x, b.number(min), b.number(max));
            case HardSigmoid _ -> b.add("HardSigmoid", Map.of("alpha", 1 / 6f, "beta", 0.5f), x);
            case HardSwish _ -> b.add("HardSwish", x);
            case Softsign _ -> b.add("Softsign", x);
            case TanhShrink _ -> b.add("Sub", x, b.add("Tanh", x));
            case SoftShrink(float lambda) -> b.add("Shrink", Map.of("lambd", lambda, "bias", lambda), x);
            case HardShrink(float lambda) -> b.add("Shrink", Map.of("lambd", lambda, "bias", 0f), x);
            case Threshold(float threshold, float value) ->
                b.add("Where", b.add("LessOrEqual", x, b.number(threshold)), b.number(value), x);
            case Elu(float alpha) -> b.add("Elu", Map.of("alpha", alpha), x);
            case Celu(float alpha) -> b.add("Celu", Map.of("alpha", alpha), x);
            case Selu _ -> b.add("Selu", x);
            case Gelu _ -> gelu(b, x);
            case GeluTanh _ -> geluTanh(b, x);
            case Silu _ -> b.add("Mul", x, b.add("Sigmoid", x));
            case Mish _ ->
                b.opset() >= WITH_MISH ? b.add("Mish", x) : b.add("Mul", x, b.add("Tanh", b.add("Softplus", x)));
            case LogSigmoid _ -> b.add("Neg", b.add("Softplus", b.add("Neg", x)));
            case Softplus softplus -> softplus(b, softplus, x);
            default ->
                b.refuse(layer, "the activation " + g + " is no operator of ONNX")
                        .getFirst();
        };
    }

    private static String gelu(GraphBuilder b, String x) {
        if (b.opset() >= WITH_GELU) return b.add("Gelu", x);
        String erf = b.add("Erf", b.add("Div", x, b.number((float) Math.sqrt(2))));
        return b.add("Mul", b.add("Mul", x, b.add("Add", erf, b.number(1))), b.number(0.5f));
    }

    private static String geluTanh(GraphBuilder b, String x) {
        if (b.opset() >= WITH_GELU) return b.add("Gelu", Map.of("approximate", "tanh"), x);
        String cube = b.add("Mul", b.add("Pow", x, b.number(3)), b.number(0.044715f));
        String inner = b.add("Mul", b.add("Add", x, cube), b.number((float) Math.sqrt(2 / Math.PI)));
        String half = b.add("Mul", x, b.number(0.5f));
        return b.add("Mul", half, b.add("Add", b.add("Tanh", inner), b.number(1)));
    }

    private static String softplus(GraphBuilder b, Softplus g, String x) {
        String scaled = g.beta() == 1 ? x : b.add("Mul", x, b.number(g.beta()));
        String smooth = b.add("Softplus", scaled);
        String y = g.beta() == 1 ? smooth : b.add("Div", smooth, b.number(g.beta()));
        if (g.threshold() >= WITHOUT_EFFECT) return y;
        return b.add("Where", b.add("Greater", scaled, b.number(g.threshold())), x, y);
    }
}

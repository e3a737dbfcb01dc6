package dev.neurite.javasource;

import static dev.neurite.javasource.JavaText.number;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// ActivationCode as calls, which overwrite numbers.
final class ActivationCode {
    private static final float SELU_LAMBDA = 1.050701f;
    private static final float SELU_LAMBDA_ALPHA = 1.7580993f;

    /// A method and its arguments after the array and the number of numbers.
    record Call(String method, List<String> settings) {
        static Call of(String method, float... settings) {
            List<String> texts = new ArrayList<>();
            for (float each : settings) texts.add(number(each));
            return new Call(method, texts);
        }
    }

    private ActivationCode() {}

    /// Whether an activation can be written.
    static boolean known(Activation g) {
        return g instanceof Identity || g instanceof Softmax || g instanceof LogSoftmax || of(g).isPresent();
    }

    /// What a method's comment says after the layer: `, relu`.
    static String comment(Activation g) {
        return g instanceof Identity ? "" : ", " + JavaText.comment(g.toString());
    }

    /// Applies an activation to a value, which the layer has to itself.
    static void apply(Activation g, LayerValue y, ClassDraft.Layer layer) {
        switch (g) {
            case Identity _ -> {}
            case Softmax _ -> layer.call("softmax", y.field(), y.positions(), y.width());
            case LogSoftmax _ -> layer.call("logSoftmax", y.field(), y.positions(), y.width());
            default -> apply(g, y.field(), y.count(), layer);
        }
    }

    /// Applies an element-wise activation to the first numbers of a field.
    static void apply(Activation g, String field, String count, ClassDraft.Layer layer) {
        of(g).ifPresent(call -> {
            List<Object> arguments = new ArrayList<>(List.of(field, count));
            arguments.addAll(call.settings());
            layer.call(call.method(), arguments.toArray());
        });
    }

    /// Empty for the identity, those of rows, and those of users.
    private static Optional<Call> of(Activation g) {
        return Optional.ofNullable(
                switch (g) {
                    case Relu _ -> Call.of("relu");
                    case LeakyRelu(float slope) -> Call.of("leakyRelu", slope);
                    case Tanh _ -> Call.of("tanhOf");
                    case Sigmoid _ -> Call.of("sigmoidOf");
                    case Relu6 _ -> Call.of("clamp", 0, 6);
                    case HardTanh(float min, float max) -> Call.of("clamp", min, max);
                    case HardSigmoid _ -> Call.of("hardSigmoid");
                    case HardSwish _ -> Call.of("hardSwish");
                    case Softsign _ -> Call.of("softsign");
                    case TanhShrink _ -> Call.of("tanhShrink");
                    case SoftShrink(float lambda) -> Call.of("softShrink", lambda);
                    case HardShrink(float lambda) -> Call.of("hardShrink", lambda);
                    case Threshold(float threshold, float value) -> Call.of("threshold", threshold, value);
                    case Elu(float alpha) -> Call.of("elu", 1, alpha, 1);
                    case Celu(float alpha) -> Call.of("elu", 1, alpha, 1 / alpha);
                    case Selu _ -> Call.of("elu", SELU_LAMBDA, SELU_LAMBDA_ALPHA, 1);
                    case Gelu _ -> Call.of("gelu");
                    case GeluTanh _ -> Call.of("geluTanh");
                    case Silu _ -> Call.of("silu");
                    case Mish _ -> Call.of("mish");
                    case LogSigmoid _ -> Call.of("logSigmoid");
                    case Softplus(float beta, float threshold) -> Call.of("softplusOf", beta, threshold);
                    default -> null;
                });
    }
}

package dev.neurite.io.keras;

import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonString;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import java.util.List;

/// Activations by Keras's names.
final class KerasActivation {
    private KerasActivation() {}

    /// The activation that a layer has as a setting; the identity for none.
    static Activation of(KerasConfig config, String key) {
        if (config.get(key).isEmpty()) return Activation.IDENTITY;
        Json json = config.get(key).get();
        if (json instanceof JsonString(String name)) return named(config, name);
        KerasConfig object = KerasConfig.of(config.where(), json);
        return object.get("config").filter(JsonString.class::isInstance).isPresent()
                ? named(config, object.text("config"))
                : layer(object.object("config").in(config.where()), object.text("class_name"), 0);
    }

    /// One that is element by element.
    static Elementwise elementwise(KerasConfig config, String key) {
        if (of(config, key) instanceof Elementwise found) return found;
        throw config.fault("expects an activation element by element, got a softmax", "");
    }

    /// The activation of a layer of its own.
    /// @param rank axes of its input, without the batch; 0 if it is not known
    static Activation layer(KerasConfig config, String type, int rank) {
        return switch (type) {
            case "Activation" -> of(config, "activation");
            case "Softmax" -> softmax(config, rank);
            case "ELU" -> Activation.elu(config.number("alpha", 1));
            case "LeakyReLU" -> Activation.leakyRelu(config.number("negative_slope", 0.3));
            case "ReLU" -> relu(config);
            default -> throw config.fault("expects an activation that Neurite has, got " + type, "");
        };
    }

    private static Activation softmax(KerasConfig config, int rank) {
        List<Integer> axes = config.get("axis").isPresent() ? config.counts("axis") : List.of(-1);
        if (axes.equals(List.of(-1)) || (rank > 0 && axes.equals(List.of(rank)))) return Activation.SOFTMAX;
        throw config.fault("expects a softmax of the last axis, got " + axes, "");
    }

    private static Activation relu(KerasConfig config) {
        double slope = config.number("negative_slope", 0);
        double most = config.number("max_value", Double.POSITIVE_INFINITY);
        if (config.number("threshold", 0) != 0 || (slope != 0 && most != Double.POSITIVE_INFINITY)) {
            throw config.fault("expects a ReLU with a slope or a largest value, got " + config.numbers(), "");
        }
        if (most == 6) return Activation.RELU6;
        if (most != Double.POSITIVE_INFINITY) return Activation.hardTanh(0, most);
        return slope == 0 ? Activation.RELU : Activation.leakyRelu(slope);
    }

    private static Activation named(KerasConfig config, String name) {
        return switch (name) {
            case "linear" -> Activation.IDENTITY;
            case "relu" -> Activation.RELU;
            case "relu6" -> Activation.RELU6;
            case "leaky_relu" -> Activation.leakyRelu(0.2);
            case "elu" -> Activation.elu();
            case "celu" -> Activation.celu();
            case "selu" -> Activation.SELU;
            case "gelu" -> Activation.GELU;
            case "silu", "swish" -> Activation.SILU;
            case "mish" -> Activation.MISH;
            case "sigmoid" -> Activation.SIGMOID;
            case "log_sigmoid" -> Activation.LOG_SIGMOID;
            case "hard_sigmoid" -> Activation.HARD_SIGMOID;
            case "hard_silu", "hard_swish" -> Activation.HARD_SWISH;
            case "hard_tanh" -> Activation.hardTanh();
            case "hard_shrink" -> Activation.hardShrink();
            case "soft_shrink" -> Activation.softShrink();
            case "tanh" -> Activation.TANH;
            case "tanh_shrink" -> Activation.TANH_SHRINK;
            case "softplus" -> Activation.softplus();
            case "softsign" -> Activation.SOFTSIGN;
            case "softmax" -> Activation.SOFTMAX;
            case "log_softmax" -> Activation.LOG_SOFTMAX;
            default -> throw config.fault("expects an activation that Neurite has, got '" + name + "'", "");
        };
    }
}

package dev.neurite.dashboard.playground;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;

/// The activations of hidden layers that the playground offers.
public enum HiddenActivation {
    /// See [Activation#TANH].
    TANH("tanh", "tanh z"),
    /// See [Activation#RELU].
    RELU("relu", "max(z, 0)"),
    /// See [Activation#SIGMOID].
    SIGMOID("sigmoid", "1 / (1 + e⁻ᶻ)"),
    /// See [Activation#IDENTITY].
    LINEAR("linear", "z"),
    /// See [Activation#leakyRelu()].
    LEAKY_RELU("leaky-relu", "z if z > 0, else 0.01·z"),
    /// See [Activation#elu()].
    ELU("elu", "z if z > 0, else eᶻ − 1"),
    /// See [Activation#SILU].
    SILU("silu", "z · sigmoid z"),
    /// See [Activation#GELU].
    GELU("gelu", "z · Φ(z)");

    private final String key;
    private final String formula;

    HiddenActivation(String key, String formula) {
        this.key = key;
        this.formula = formula;
    }

    /// The name in links and messages.
    public String key() {
        return key;
    }

    Elementwise function() {
        return switch (this) {
            case TANH -> Activation.TANH;
            case RELU -> Activation.RELU;
            case SIGMOID -> Activation.SIGMOID;
            case LINEAR -> Activation.IDENTITY;
            case LEAKY_RELU -> Activation.leakyRelu();
            case ELU -> Activation.elu();
            case SILU -> Activation.SILU;
            case GELU -> Activation.GELU;
        };
    }

    /// g(z) in words.
    String formula() {
        return formula;
    }
}

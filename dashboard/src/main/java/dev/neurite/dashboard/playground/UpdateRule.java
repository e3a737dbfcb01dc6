package dev.neurite.dashboard.playground;

import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Optimizers;
import java.util.List;

/// The optimizers that the playground offers, with the library's default settings but for the rate.
public enum UpdateRule {
    /// Plain gradient descent.
    SGD("sgd"),
    /// Gradient descent with a momentum of 0.9.
    MOMENTUM("momentum"),
    /// Gradient descent with Nesterov's momentum of 0.9.
    NESTEROV("nesterov"),
    /// See [dev.neurite.optim.Adagrad].
    ADAGRAD("adagrad"),
    /// See [dev.neurite.optim.RmsProp].
    RMSPROP("rmsprop"),
    /// See [dev.neurite.optim.Adam].
    ADAM("adam");

    private final String key;

    UpdateRule(String key) {
        this.key = key;
    }

    /// The name in links and messages.
    public String key() {
        return key;
    }

    Optimizer optimizer(double rate) {
        return switch (this) {
            case SGD -> Optimizers.sgd(rate);
            case MOMENTUM -> Optimizers.sgd(rate).withMomentum(0.9);
            case NESTEROV -> Optimizers.sgd(rate).withMomentum(0.9).withNesterov();
            case ADAGRAD -> Optimizers.adagrad(rate);
            case RMSPROP -> Optimizers.rmsProp(rate);
            case ADAM -> Optimizers.adam(rate);
        };
    }

    /// The names of the numbers that the optimizer keeps for each parameter, in its order.
    List<String> slots() {
        return switch (this) {
            case SGD -> List.of();
            case MOMENTUM, NESTEROV, RMSPROP -> List.of("v");
            case ADAGRAD -> List.of("s");
            case ADAM -> List.of("m", "v");
        };
    }
}

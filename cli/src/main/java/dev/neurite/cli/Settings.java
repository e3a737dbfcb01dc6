package dev.neurite.cli;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.optim.Adam;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Sgd;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// How to train, every choice made: what a run's `config.json` holds.
/// @param data the data set
/// @param layers the units of each hidden layer
/// @param activation of the hidden layers
/// @param optimizer with its learning rate
/// @param epochs how often to go through the data
/// @param batch rows a step
/// @param seed what random choices depend on
/// @param threads how many compute
record Settings(
        String data,
        List<Integer> layers,
        Hidden activation,
        Optimizer optimizer,
        int epochs,
        int batch,
        long seed,
        int threads) {
    static final int VERSION = 1;

    /// Activations of hidden layers, by the names that the option has.
    enum Hidden {
        RELU,
        LEAKY_RELU,
        TANH,
        SIGMOID;

        Elementwise function() {
            return switch (this) {
                case RELU -> Activation.RELU;
                case LEAKY_RELU -> Activation.leakyRelu();
                case TANH -> Activation.TANH;
                case SIGMOID -> Activation.SIGMOID;
            };
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("v", VERSION);
        json.put("data", data);
        json.put("layers", layers);
        json.put("activation", activation);
        json.put("optimizer", describe(optimizer));
        json.put("epochs", epochs);
        json.put("batch", batch);
        json.put("seed", seed);
        json.put("threads", threads);
        return json;
    }

    private static Map<String, Object> describe(Optimizer optimizer) {
        Map<String, Object> json = new LinkedHashMap<>();
        switch (optimizer) {
            case Adam adam -> {
                json.put("kind", "adam");
                json.put("lr", adam.rate());
                json.put("beta1", adam.beta1());
                json.put("beta2", adam.beta2());
                json.put("epsilon", adam.epsilon());
            }
            case Sgd sgd -> {
                json.put("kind", "sgd");
                json.put("lr", sgd.rate());
                json.put("momentum", sgd.momentum());
            }
            default -> json.put("kind", optimizer.toString());
        }
        return json;
    }
}

package dev.neurite.cli;

import dev.neurite.data.Dataset;
import dev.neurite.data.Statistics;
import dev.neurite.io.Spec;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.SmoothActivations.Selu;
import dev.neurite.layer.Activate;
import dev.neurite.layer.Dense;
import dev.neurite.layer.Glu;
import dev.neurite.layer.Initializers;
import dev.neurite.layer.Layers;
import dev.neurite.layer.Standardize;
import dev.neurite.model.Initializer;
import dev.neurite.model.Layer;
import dev.neurite.model.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// What the network is, but for its last layer, which follows from the data and the loss.
/// @param layers the units of each hidden layer
/// @param activation of the hidden layers: an activation, or a layer that is one
/// @param weights what weights start as; empty for what suits the activation
/// @param biases what biases start as; empty for zeros
/// @param standardize whether features are standardized; empty for yes in tables, no in images
/// @param dropout the rate after each hidden layer
/// @param inputDropout the rate of features
/// @param inputNoise the deviation of noise on features
record NetworkSettings(
        List<Integer> layers,
        Layer activation,
        Optional<Initializer> weights,
        Optional<Initializer> biases,
        Optional<Boolean> standardize,
        List<Double> dropout,
        double inputDropout,
        double inputNoise) {

    /// All layers but the last: images are flattened, features standardized by the figures of this data; then the
    /// hidden layers.
    List<Node> hidden(Dataset train) {
        List<Node> nodes = new ArrayList<>();
        boolean table = isTable(train);
        if (!table) nodes.add(Layers.flatten());
        if (standardize.orElse(table)) {
            Statistics statistics = Statistics.of(train);
            nodes.add(new Standardize(statistics.means(), statistics.factors()));
        }
        if (inputNoise > 0) nodes.add(Layers.gaussianNoise(inputNoise));
        if (inputDropout > 0) nodes.add(Layers.dropout(inputDropout));
        for (int i = 0; i < layers.size(); i++) {
            int units = layers.get(i);
            switch (activation) {
                case Activate(Activation g) -> nodes.add(initialized(Layers.dense(units, g)));
                case Glu glu ->
                    nodes.addAll(List.of(
                            initialized(Layers.dense((int) Math.min(2L * units, Integer.MAX_VALUE))), glu));
                default -> {
                    nodes.add(initialized(Layers.dense(units).withWeights(Initializers.heUniform())));
                    nodes.add(activation);
                }
            }
            if (dropout.get(i) > 0) nodes.add(dropout(dropout.get(i)));
        }
        return nodes;
    }

    static boolean isTable(Dataset data) {
        return data.inputShape().rank() == 1;
    }

    private Node dropout(double rate) {
        return activation instanceof Activate(Selu _) ? Layers.alphaDropout(rate) : Layers.dropout(rate);
    }

    /// A layer whose weights and biases start as chosen, if that is chosen.
    Dense initialized(Dense dense) {
        Dense with = weights.map(dense::withWeights).orElse(dense);
        return biases.map(with::withBiases).orElse(with);
    }

    /// What `config.json` holds of it.
    void describe(Map<String, Object> json, Dataset train) {
        json.put("layers", layers);
        if (!layers.isEmpty()) json.put("activation", Chosen.CATALOG.text(function()));
        weights.ifPresent(each -> json.put("init", Chosen.CATALOG.text(each)));
        biases.ifPresent(each -> json.put("bias_init", Chosen.CATALOG.text(each)));
        json.put("standardize", standardize.orElse(isTable(train)));
        json.put("dropout", dropout);
        json.put("input_dropout", inputDropout);
        json.put("input_noise", inputNoise);
    }

    /// The activation under the name that the option takes.
    private Object function() {
        return activation instanceof Activate(Activation g) ? g : activation;
    }

    /// The hidden layers' activation, short.
    String activationName() {
        return Chosen.CATALOG.brief(function());
    }

    /// What is unusual, short.
    List<String> notes() {
        List<String> notes = new ArrayList<>();
        weights.ifPresent(each -> notes.add("init " + Chosen.CATALOG.brief(each)));
        biases.ifPresent(each -> notes.add("bias init " + Chosen.CATALOG.brief(each)));
        standardize.ifPresent(each -> notes.add(each ? "standardized" : "not standardized"));
        if (dropout.stream().anyMatch(rate -> rate > 0)) notes.add("dropout " + joined(dropout));
        if (inputDropout > 0) notes.add("input dropout " + Spec.number(inputDropout));
        if (inputNoise > 0) notes.add("input noise " + Spec.number(inputNoise));
        return notes;
    }

    private static String joined(List<Double> rates) {
        return rates.stream().map(Spec::number).collect(Collectors.joining(","));
    }
}

package dev.neurite.model;

import dev.neurite.error.ConfigException;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Everything that happened inside a network while a batch went through it: copies of the tensors that were
/// used.
/// @param layers in the order in which they ran
public record Inspection(List<LayerView> layers) {
    /// One layer, once it has run.
    /// @param name its path in the network; a layer that ran more than once has `#2` … behind it
    /// @param input what went in, A_prev, one row an example
    /// @param preActivation z, before the activation; the output where a layer has none
    /// @param output what came out, A
    /// @param delta δ = ∂L/∂z of each row's own loss, without the 1/N of the mean; empty if nothing went back
    /// @param gradients of the mean loss, by parameter: dW = (1/N) δ·A_prevᵀ as `weight`, db = (1/N) Σ δ as
    /// `bias`
    public record LayerView(
            String name,
            Tensor input,
            Tensor preActivation,
            Tensor output,
            Optional<Tensor> delta,
            Map<String, Tensor> gradients) {
        /// The gradient of the mean loss with a parameter of this layer.
        /// @throws ConfigException if there is none, naming those that there are
        public Tensor gradient(String parameter) {
            Tensor gradient = gradients.get(parameter);
            if (gradient != null) return gradient;
            throw new ConfigException(
                    name + "." + parameter,
                    "has no gradient here",
                    "There are: " + String.join(", ", gradients.keySet()));
        }
    }

    /// The same, where a loss took over the activation at a network's end: what it made of the logits, and
    /// its δ = ŷ − y.
    /// @param name the layer that gives the output, or a container of it
    public Inspection withOutput(String name, Tensor output, Tensor delta) {
        List<LayerView> shown = new ArrayList<>(layers);
        for (int i = shown.size() - 1; i >= 0; i--) {
            LayerView last = shown.get(i);
            if (!last.name().equals(name) && !last.name().startsWith(name + ".")) continue;
            shown.set(
                    i,
                    new LayerView(
                            last.name(),
                            last.input(),
                            last.preActivation(),
                            output,
                            Optional.of(delta),
                            last.gradients()));
            break;
        }
        return new Inspection(shown);
    }

    /// The layer of this name.
    /// @throws ConfigException if there is none, naming those that there are
    public LayerView layer(String name) {
        return layers.stream()
                .filter(layer -> layer.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new ConfigException(
                        "layer '" + name + "'",
                        "did not run in this network",
                        "It has: "
                                + String.join(
                                        ", ",
                                        layers.stream().map(LayerView::name).toList())));
    }
}

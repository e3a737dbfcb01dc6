package dev.neurite.model;

import dev.neurite.error.ConfigException;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The tensors inside a network during one pass: copies, layer by layer.
/// @param layers the layers, in the order in which they ran
public record Inspection(List<LayerView> layers) {
    /// One layer in one pass.
    /// @param name its path in the network; a layer that ran more than once has `#2` … behind it
    /// @param input the input A_prev, one sample a row
    /// @param preActivation z, before the activation; the output where a layer has no activation
    /// @param output the output A
    /// @param delta δ = ∂L/∂z of each row's own loss, without the 1/N of a mean; empty without a
    /// backward pass
    /// @param gradients the gradients of the loss that training minimizes, by the parameter's name in
    /// the layer. Of the mean loss of N rows that is dW = (1/N) δᵀ·A_prev as `weight` and db = (1/N) Σ
    /// δ as `bias`; with `reduction(SUM)` it is their sum, without 1/N. Empty without a backward pass
    public record LayerView(
            String name,
            Tensor input,
            Tensor preActivation,
            Tensor output,
            Optional<Tensor> delta,
            Map<String, Tensor> gradients) {
        /// The gradient of the loss with respect to a parameter of this layer, see [#gradients()].
        /// @param parameter its name in the layer: `weight`
        /// @throws ConfigException for an unknown name; the message lists the known ones
        public Tensor gradient(String parameter) {
            Tensor gradient = gradients.get(parameter);
            if (gradient != null) return gradient;
            throw new ConfigException(
                    name + "." + parameter,
                    "has no gradient here",
                    "There are: " + String.join(", ", gradients.keySet()));
        }
    }

    /// The same with another output and δ of the last layer. For a loss that is fused with the
    /// network's last activation: the network itself then ends in logits.
    /// @param name the layer that computes the output, or a container of it
    /// @param output the output after the activation
    /// @param delta δ = ŷ − y
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
    /// @throws ConfigException for an unknown name; the message lists the known ones
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

package dev.neurite.spark.ml;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.io.Catalog;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.SmoothActivations.Selu;
import dev.neurite.layer.Layers;
import dev.neurite.loss.Loss;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.model.Network;
import dev.neurite.model.Node;
import dev.neurite.network.Architecture;
import dev.neurite.network.OutputHead;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The network that the parameters of an estimator describe.
final class Networks {
    private static final int USUAL_UNITS = 128; // as the command line

    private Networks() {}

    /// The model to train, with its initial parameters.
    /// @param like a row like those of the training
    /// @param seed of the initial parameters
    /// @throws dev.neurite.error.NeuriteException if the network does not take such rows
    static Model model(TrainingParams<?> params, Dataset like, Loss loss, long seed) {
        Optional<int[]> layers = FitSettings.given(params, params.layers());
        Optional<int[]> hidden = FitSettings.given(params, params.hiddenLayers());
        Optional<String[]> stack = FitSettings.given(params, params.stack());
        Optional<String> architecture = FitSettings.given(params, params.architecture());
        Optional<Model> initial = FitSettings.given(params, params.initialModel());
        List<String> chosen = new ArrayList<>();
        layers.ifPresent(_ -> chosen.add("layers"));
        hidden.ifPresent(_ -> chosen.add("hiddenLayers"));
        stack.ifPresent(_ -> chosen.add("stack"));
        architecture.ifPresent(_ -> chosen.add("architecture"));
        initial.ifPresent(_ -> chosen.add("initialModel"));
        if (chosen.size() > 1) {
            throw new ConfigException(
                    chosen.getLast(), "expects to be the only choice of a network, got also " + chosen.getFirst());
        }
        if (initial.isPresent()) return fitting(initial.get(), like);
        OutputHead head = OutputHead.of("loss", loss, like);
        Graph graph = stack.map(texts -> stacked(texts, like, head))
                .or(() -> architecture.map(text -> Catalog.standard()
                        .read("architecture", Architecture.class, text)
                        .graph(like.inputShape(), head.outputs(), head.activation())))
                .orElseGet(() -> dense(params, units(layers, hidden, like, head), like, head));
        return Model.of(List.of(like.inputShape()), graph).initialize(seed);
    }

    private static Model fitting(Model model, Dataset like) {
        if (model.network().inputs().equals(List.of(like.inputShape()))) return model;
        throw new ConfigException(
                "initialModel",
                "expects a model of inputs " + like.inputShape() + ", got one of "
                        + model.network().inputs(),
                "inputShape gives vectors another shape");
    }

    // ------------------------------------------------------------------------------------------------ dense layers

    private static Graph dense(TrainingParams<?> params, int[] hidden, Dataset like, OutputHead head) {
        Activation activation =
                Catalog.standard().read("activation", Activation.class, params.getOrDefault(params.activation()));
        double rate = (double) params.getOrDefault(params.dropout());
        if (!(rate >= 0 && rate < 1)) {
            throw new ConfigException("dropout", "expects a rate from 0 to below 1, got " + rate);
        }
        List<Node> nodes = new ArrayList<>();
        if (like.inputShape().rank() > 1) nodes.add(Layers.flatten());
        for (int units : hidden) {
            nodes.add(Layers.dense(units, activation));
            if (rate > 0) nodes.add(activation instanceof Selu ? Layers.alphaDropout(rate) : Layers.dropout(rate));
        }
        nodes.add(head.layer());
        return Graph.chain(nodes);
    }

    private static int[] units(Optional<int[]> layers, Optional<int[]> hidden, Dataset like, OutputHead head) {
        if (layers.isPresent()) return between(layers.get(), like, head);
        if (hidden.isEmpty()) return new int[] {USUAL_UNITS};
        if (Arrays.stream(hidden.get()).allMatch(each -> each >= 1)) return hidden.get();
        throw new ConfigException("hiddenLayers", "expects units from 1, got " + Arrays.toString(hidden.get()));
    }

    /// The sizes without the number of inputs and outputs, which are checked.
    private static int[] between(int[] sizes, Dataset like, OutputHead head) {
        int inputs = like.inputShape().size();
        int outputs = head.outputs();
        boolean ends = sizes.length >= 2
                && sizes[0] == inputs
                && (sizes[sizes.length - 1] == outputs
                        || (like.isLabeled()
                                && sizes[sizes.length - 1] == like.classNames().size()));
        if (ends && Arrays.stream(sizes).allMatch(each -> each >= 1)) {
            return Arrays.copyOfRange(sizes, 1, sizes.length - 1);
        }
        throw new ConfigException(
                "layers",
                "expects " + inputs + ", the number of features, then units from 1, then " + outputs
                        + ", the number of outputs, got " + Arrays.toString(sizes));
    }

    // ----------------------------------------------------------------------------------------------------- a stack

    private static Graph stacked(String[] texts, Dataset like, OutputHead head) {
        List<Node> nodes = new ArrayList<>();
        for (String text : texts) nodes.add(Catalog.standard().layer("stack", text));
        Shape output = nodes.isEmpty()
                ? like.inputShape()
                : new Network(Graph.chain(nodes), List.of(like.inputShape()))
                        .outputs()
                        .getFirst();
        if (output.rank() > 1) nodes.add(Layers.flatten());
        nodes.add(head.layer());
        return Graph.chain(nodes);
    }
}

package dev.neurite.cli.network;

import dev.neurite.data.Dataset;
import dev.neurite.data.FeatureStatistics;
import dev.neurite.error.ConfigException;
import dev.neurite.io.Catalog;
import dev.neurite.io.Spec;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.SmoothActivations.Selu;
import dev.neurite.layer.Activate;
import dev.neurite.layer.Dense;
import dev.neurite.layer.Glu;
import dev.neurite.layer.Initializers;
import dev.neurite.layer.Layers;
import dev.neurite.layer.RelativeToLast;
import dev.neurite.model.Graph;
import dev.neurite.model.Initializer;
import dev.neurite.model.Layer;
import dev.neurite.model.Model;
import dev.neurite.model.Named;
import dev.neurite.model.Network;
import dev.neurite.model.Node;
import dev.neurite.model.RowSource;
import dev.neurite.network.Architecture;
import dev.neurite.network.CharRnn;
import dev.neurite.network.OutputHead;
import dev.neurite.network.SeriesArchitecture;
import dev.neurite.network.SmallCnn;
import dev.neurite.network.TextAndTable;
import dev.neurite.network.TextClassifier;
import dev.neurite.network.TokenArchitecture;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Where the network comes from: hidden layers, a ready-made network, a stack of layers, or another run.
public sealed interface NetworkSource {
    /// The network for this data with its output layer.
    /// @param noise dropout and noise layers on the inputs
    /// @throws dev.neurite.error.NeuriteException if the network does not take such data
    Graph graph(Dataset train, OutputHead end, List<Named> noise);

    /// Adds the values of the options, for `config.yaml`.
    void describe(Map<String, Object> json, Dataset train);

    /// A short description: `784-128-10 relu`, `resnet:depth=20 to 10`.
    String name(Dataset train, Shape output);

    /// Notes on settings that differ from their defaults.
    default List<String> notes(Dataset train) {
        return List.of();
    }

    /// A graph with layers put before it.
    private static Graph prepend(List<Named> noise, Graph graph) {
        if (noise.isEmpty()) return graph;
        if (!graph.isSequential())
            return Graph.chain(Stream.concat(noise.stream(), Stream.of(graph)).toList());
        List<Node> all = new ArrayList<>(noise);
        for (Graph.Application each : graph.applications()) all.add(new Named(each.name(), each.node()));
        return Graph.chain(all);
    }

    /// Whether rows are features, not images.
    static boolean isTable(Dataset data) {
        return data.inputs().size() == 1 && data.inputShape().rank() == 1;
    }

    /// The number of tokens of the input that is a text; 0 if there is none.
    static int vocabulary(Dataset data) {
        return data.inputs().stream().mapToInt(RowSource::vocabulary).max().orElse(0);
    }

    /// The shape of a row of each input.
    static List<Shape> shapes(Dataset data) {
        return data.inputs().stream().map(RowSource::inputShape).toList();
    }

    /// Refuses rows with a text and columns, for networks of one input.
    private static void requireOneInput(String option, Dataset train) {
        if (train.inputs().size() == 1) return;
        throw new ConfigException(
                option,
                "expects rows of one input, got " + train.inputs().size() + ": a text and the other columns",
                "Take --model text-and-table:hidden=64, or leave the other columns out: --drop");
    }

    /// Whether the first layer standardizes: as chosen, by default for tables that no preprocessing has scaled.
    private static boolean standardizes(Optional<Boolean> chosen, Dataset train) {
        if (vocabulary(train) > 0) {
            if (!chosen.orElse(false)) return false;
            throw new ConfigException("--standardize", "expects numbers as inputs, got ids of tokens");
        }
        return chosen.orElse(isTable(train) && !train.isPrepared());
    }

    /// The layer that standardizes each feature of a table, or each channel of images, by this data's statistics.
    private static Named standardizeLayer(Dataset train) {
        return standardizeLayer(isTable(train) ? FeatureStatistics.of(train) : FeatureStatistics.ofChannels(train));
    }

    private static Named standardizeLayer(FeatureStatistics statistics) {
        return Layers.named("standardize1", statistics.standardize());
    }

    /// The note on a choice; none for data that a preprocessing has scaled and that is not scaled again.
    private static List<String> note(Optional<Boolean> chosen, Dataset train) {
        return chosen.filter(each -> each || !train.isPrepared())
                .map(each -> List.of(each ? "standardized" : "not standardized"))
                .orElse(List.of());
    }

    /// The network that no option has chosen: for texts that are classified, and for those that go on, the ready-made
    /// ones, so too for texts beside other columns; for other rows dense layers.
    record Usual(DenseLayers dense) implements NetworkSource {
        public NetworkSource ofImages() {
            return new ReadyMade(new SmallCnn(), dense.standardize());
        }

        private NetworkSource of(Dataset train) {
            if (vocabulary(train) == 0) return dense;
            if (train.inputs().size() > 1) return new ReadyMade(new TextAndTable(), dense.standardize());
            return new ReadyMade(train.hasLabelPerRow() ? new TextClassifier() : new CharRnn(), dense.standardize());
        }

        @Override
        public Graph graph(Dataset train, OutputHead end, List<Named> noise) {
            return of(train).graph(train, end, noise);
        }

        @Override
        public void describe(Map<String, Object> json, Dataset train) {
            of(train).describe(json, train);
        }

        @Override
        public String name(Dataset train, Shape output) {
            return of(train).name(train, output);
        }

        @Override
        public List<String> notes(Dataset train) {
            return of(train).notes(train);
        }
    }

    /// Hidden dense layers.
    /// @param layers the units of each hidden layer
    /// @param activation of the hidden layers, as an activation or a layer
    /// @param weights initial weights; empty for those that suit the activation
    /// @param biases initial biases; empty for zeros
    /// @param standardize whether features are standardized; empty for the default
    /// @param dropout the rate after each hidden layer
    record DenseLayers(
            List<Integer> layers,
            Layer activation,
            Optional<Initializer> weights,
            Optional<Initializer> biases,
            Optional<Boolean> standardize,
            List<Double> dropout)
            implements NetworkSource {

        /// Flattens images and standardizes features by this data's statistics.
        @Override
        public Graph graph(Dataset train, OutputHead end, List<Named> noise) {
            requireOneInput("--layers", train);
            if (train.vocabulary() > 0) {
                throw new ConfigException(
                        "--layers",
                        "expects numbers as inputs, got ids of tokens",
                        "Take --model " + (train.hasLabelPerRow() ? "text-classifier" : "char-rnn or --model gpt:…"));
            }
            List<Node> nodes = new ArrayList<>();
            boolean table = isTable(train);
            if (!table) nodes.add(Layers.flatten());
            if (standardizes(standardize, train)) nodes.add(standardizeLayer(FeatureStatistics.of(train)));
            for (Named each : noise) nodes.add(each.node());
            for (int i = 0; i < layers.size(); i++) {
                int units = layers.get(i);
                switch (activation) {
                    case Activate(Activation g) -> nodes.add(withInitializers(Layers.dense(units, g)));
                    case Glu glu ->
                        nodes.addAll(List.of(
                                withInitializers(Layers.dense((int) Math.min(2L * units, Integer.MAX_VALUE))), glu));
                    default -> {
                        nodes.add(withInitializers(Layers.dense(units).withWeights(Initializers.heUniform())));
                        nodes.add(activation);
                    }
                }
                if (dropout.get(i) > 0) nodes.add(dropout(dropout.get(i)));
            }
            nodes.add(withInitializers(end.layer()));
            return Graph.chain(nodes);
        }

        private Node dropout(double rate) {
            return activation instanceof Activate(Selu _) ? Layers.alphaDropout(rate) : Layers.dropout(rate);
        }

        /// The layer with the chosen initializers.
        private Dense withInitializers(Dense dense) {
            Dense with = weights.map(dense::withWeights).orElse(dense);
            return biases.map(with::withBiases).orElse(with);
        }

        @Override
        public void describe(Map<String, Object> json, Dataset train) {
            json.put("layers", layers);
            if (!layers.isEmpty()) json.put("activation", Catalog.standard().text(function()));
            weights.ifPresent(each -> json.put("init", Catalog.standard().text(each)));
            biases.ifPresent(each -> json.put("bias_init", Catalog.standard().text(each)));
            json.put("standardize", standardizes(standardize, train));
            json.put("dropout", dropout);
        }

        /// The activation in the form that the option takes.
        private Object function() {
            return activation instanceof Activate(Activation g) ? g : activation;
        }

        @Override
        public String name(Dataset train, Shape output) {
            var text = new StringBuilder().append(train.inputShape().size());
            for (int units : layers) text.append('-').append(units);
            text.append('-').append(output.size());
            return layers.isEmpty()
                    ? text.toString()
                    : text.append(' ')
                            .append(Catalog.standard().brief(function()))
                            .toString();
        }

        @Override
        public List<String> notes(Dataset train) {
            List<String> notes = new ArrayList<>();
            weights.ifPresent(each -> notes.add("init " + Catalog.standard().brief(each)));
            biases.ifPresent(each -> notes.add("bias init " + Catalog.standard().brief(each)));
            notes.addAll(note(standardize, train));
            if (dropout.stream().anyMatch(rate -> rate > 0)) {
                notes.add("dropout " + dropout.stream().map(Spec::number).collect(Collectors.joining(",")));
            }
            return notes;
        }
    }

    /// A ready-made network.
    /// @param standardize whether features, or channels, are standardized; empty for the default
    record ReadyMade(Architecture architecture, Optional<Boolean> standardize) implements NetworkSource {
        @Override
        public Graph graph(Dataset train, OutputHead end, List<Named> noise) {
            Architecture network = forData(train);
            if (!(network instanceof TextAndTable)) {
                requireOneInput("--model " + Catalog.standard().brief(network), train);
            }
            Graph graph = network.graph(shapes(train), end.outputs(), end.activation());
            List<Named> before = new ArrayList<>(noise);
            if (standardizes(standardize, train)) before.addFirst(standardizeLayer(train));
            return prepend(before, graph);
        }

        /// The network with the vocabulary of the data, or the columns that it forecasts, if it has none of its own.
        private Architecture forData(Dataset train) {
            if (architecture instanceof SeriesArchitecture series) return series.forData(train);
            int tokens = vocabulary(train);
            if (!(architecture instanceof TokenArchitecture network) || tokens == 0) return architecture;
            if (network.vocabulary() == 0) return network.withVocabulary(tokens);
            if (network.vocabulary() >= tokens) return network;
            throw new ConfigException(
                    "--model",
                    "expects a vocabulary of at least the " + tokens + " tokens of the data, got "
                            + network.vocabulary());
        }

        @Override
        public void describe(Map<String, Object> json, Dataset train) {
            json.put("model", Catalog.standard().text(architecture));
            json.put("standardize", standardizes(standardize, train));
        }

        @Override
        public List<String> notes(Dataset train) {
            return note(standardize, train);
        }

        @Override
        public String name(Dataset train, Shape output) {
            return Catalog.standard().brief(architecture) + " to " + output.extent(output.rank() - 1);
        }
    }

    /// A stack of layers, followed by a dense output layer, with a flatten layer in between if needed.
    /// @param layers from first to last
    /// @param standardize whether features, or channels, are standardized; empty for the default
    record LayerStack(List<Layer> layers, Optional<Boolean> standardize) implements NetworkSource {
        @Override
        public Graph graph(Dataset train, OutputHead end, List<Named> noise) {
            requireOneInput("--stack", train);
            List<Node> nodes = new ArrayList<>();
            if (standardizes(standardize, train)) nodes.add(standardizeLayer(train));
            for (Named each : noise) nodes.add(each.node());
            nodes.addAll(layers);
            Shape shape = new Network(Graph.chain(nodes), List.of(train.inputShape()))
                    .outputs()
                    .getFirst();
            if (shape.rank() > 1) nodes.add(Layers.flatten());
            nodes.add(end.layer());
            return Graph.chain(nodes);
        }

        @Override
        public void describe(Map<String, Object> json, Dataset train) {
            json.put("stack", layers.stream().map(Catalog.standard()::text).toList());
            json.put("standardize", standardizes(standardize, train));
        }

        @Override
        public String name(Dataset train, Shape output) {
            return layers.size() + " layers to " + output.size();
        }

        @Override
        public List<String> notes(Dataset train) {
            return note(standardize, train);
        }
    }

    /// The network of another run, with a new output layer if the data needs another.
    /// @param run whose network it is
    /// @param model its model
    record OfRun(String run, Model model) implements NetworkSource {
        @Override
        public Graph graph(Dataset train, OutputHead end, List<Named> noise) {
            if (model.graph().inputs() != train.inputs().size()) {
                throw new ConfigException(
                        "--from " + run,
                        "expects rows of " + model.graph().inputs() + " inputs, got "
                                + train.inputs().size(),
                        "A text beside other columns is two; --drop leaves columns out");
            }
            Shape output = model.network().outputs().getFirst();
            boolean fits = model.network().outputs().size() == 1
                    && output.extent(output.rank() - 1) == end.outputs()
                    && model.outputActivation().equals(end.activation());
            return prepend(noise, fits ? model.graph() : withHead(model.graph(), end));
        }

        /// The graph with its last dense layer replaced by one for this head.
        private Graph withHead(Graph graph, OutputHead end) {
            int last = graph.outputs().getFirst().application();
            Graph.Application application = graph.applications().get(Math.max(0, last));
            if (graph.outputs().size() == 1 && last >= 0) {
                switch (application.node()) {
                    case Graph inner -> {
                        return graph.replace(application.name(), withHead(inner, end));
                    }
                    case RelativeToLast(Graph inner, List<Integer> columns) -> {
                        return graph.replace(application.name(), new RelativeToLast(withHead(inner, end), columns));
                    }
                    case Dense dense -> {
                        boolean same = dense.units() == end.outputs();
                        Dense head = same
                                ? dense.withActivation(end.activation())
                                : Layers.dense(end.outputs(), end.activation()).withWeights(dense.weights());
                        return graph.replace(application.name(), head);
                    }
                    default -> {}
                }
            }
            throw new ConfigException(
                    "--from " + run,
                    "expects a network that ends with a dense layer, got " + application.node(),
                    "Name the network to load the weights into with --model");
        }

        @Override
        public void describe(Map<String, Object> json, Dataset train) {
            // the option --from, which NetworkSettings adds, is enough
        }

        @Override
        public String name(Dataset train, Shape output) {
            return "network of " + run + " to " + output.size();
        }
    }
}

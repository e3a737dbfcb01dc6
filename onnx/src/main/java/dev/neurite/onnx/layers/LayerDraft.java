package dev.neurite.onnx.layers;

import dev.neurite.error.NeuriteException;
import dev.neurite.model.Graph.Application;
import dev.neurite.model.Graph.Port;
import dev.neurite.model.Network;
import dev.neurite.model.Node;
import dev.neurite.onnx.graph.Constant;
import dev.neurite.onnx.graph.OnnxGraph;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.layers.Flow.Form;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Layers while they are made of the nodes of a graph.
final class LayerDraft {
    private final OnnxGraph graph;
    private final int batch;
    private final Map<String, List<OnnxNode>> readers = new HashMap<>();
    private final Map<String, OnnxNode> producers = new HashMap<>();
    private final Map<String, Constant> tables = new HashMap<>(); // of values that are rows of one
    private final Map<String, Flow> flows = new HashMap<>();
    private final List<Application> layers = new ArrayList<>();
    private final Map<String, Tensor> weights = new LinkedHashMap<>();
    private final Set<String> integers = new HashSet<>(); // values that are whole numbers
    private final Set<String> names = new HashSet<>();
    private final Set<OnnxNode> done = new HashSet<>(); // with an earlier node

    /// @param whole the graph before its shapes were folded
    /// @param batch the rows for which they were
    LayerDraft(OnnxGraph graph, OnnxGraph whole, int batch) {
        this.graph = graph;
        this.batch = batch;
        for (OnnxNode node : graph.nodes()) {
            for (String each : node.inputs())
                readers.computeIfAbsent(each, _ -> new ArrayList<>()).add(node);
            for (String each : node.outputs()) producers.put(each, node);
        }
        for (OnnxNode node : whole.nodes()) {
            Constant table = whole.constants()
                    .get(node.inputs().isEmpty() ? "" : node.inputs().getFirst());
            boolean takes = node.is("Slice") || node.is("Gather");
            if (takes && table != null && table.type() == ElementType.FLOAT)
                tables.put(node.outputs().getFirst(), table);
        }
    }

    int batch() {
        return batch;
    }

    List<Application> layers() {
        return layers;
    }

    /// The parameters and running statistics of all layers, by their full names.
    Map<String, Tensor> weights() {
        return weights;
    }

    // --------------------------------------------------------------------------------------------------------- values

    void put(String value, Flow flow) {
        flows.put(value, flow);
    }

    /// What is known of a value that layers compute; empty for constants and others.
    Optional<Flow> flow(String value) {
        return Optional.ofNullable(flows.get(value));
    }

    /// Says that a value is whole numbers.
    void putIntegers(String value) {
        integers.add(value);
    }

    /// Whether all inputs of a node that layers compute are whole numbers.
    boolean takesIntegers(OnnxNode node) {
        return node.inputs().stream().filter(flows::containsKey).allMatch(integers::contains);
    }

    /// Whether a value only says which rows of a table are taken.
    boolean isIds(String value) {
        List<OnnxNode> all = readers.getOrDefault(value, List.of());
        return !all.isEmpty()
                && !graph.outputs().contains(value)
                && all.stream()
                        .allMatch(each ->
                                each.is("Gather") && !each.inputs().getFirst().equals(value));
    }

    /// An input of a node, if it is computed by layers and has the batch first.
    Optional<Flow> rows(OnnxNode node, int input) {
        return input < node.inputs().size()
                ? flow(node.inputs().get(input)).filter(each -> each.form() == Form.ROWS)
                : Optional.empty();
    }

    /// An input of a node, if it is a constant.
    Optional<Constant> constant(OnnxNode node, int input) {
        return input < node.inputs().size()
                ? Optional.ofNullable(graph.constants().get(node.inputs().get(input)))
                : Optional.empty();
    }

    /// A constant of floats.
    Optional<Tensor> floats(OnnxNode node, int input) {
        return constant(node, input)
                .filter(each -> each.type() == ElementType.FLOAT)
                .map(each -> Tensor.of(each.shape(), each.value().floats()));
    }

    /// A constant of integers.
    Optional<long[]> longs(OnnxNode node, int input) {
        return constant(node, input)
                .filter(each -> each.type() == ElementType.INT64)
                .map(each -> each.value().longs());
    }

    /// The table that a value is rows of, before shapes were folded.
    Optional<Tensor> table(String value) {
        return Optional.ofNullable(tables.get(value))
                .map(each -> Tensor.of(each.shape(), each.value().floats()));
    }

    /// A number that is an optional constant.
    /// @param usual what it is if it is not given
    Optional<Float> number(OnnxNode node, int input, float usual) {
        if (input >= node.inputs().size() || node.inputs().get(input).isEmpty()) return Optional.of(usual);
        return floats(node, input).filter(each -> each.size() == 1).map(each -> each.toArray()[0]);
    }

    static boolean has(OnnxNode node, int input) {
        return input < node.inputs().size() && !node.inputs().get(input).isEmpty();
    }

    /// The node that computes a value; empty for inputs and constants.
    Optional<OnnxNode> producer(String value) {
        return Optional.ofNullable(producers.get(value));
    }

    /// Whether nothing but some nodes takes the results of a node.
    boolean isOnlyFor(OnnxNode node, Set<OnnxNode> some) {
        return node.outputs().stream()
                .allMatch(each ->
                        !graph.outputs().contains(each) && some.containsAll(readers.getOrDefault(each, List.of())));
    }

    /// The only node that takes a value, which is no output.
    Optional<OnnxNode> onlyReader(String value) {
        List<OnnxNode> all = readers.getOrDefault(value, List.of());
        return all.size() == 1 && !graph.outputs().contains(value) ? Optional.of(all.getFirst()) : Optional.empty();
    }

    /// Whether anything takes a value.
    boolean isTaken(String value) {
        return !value.isEmpty()
                && (readers.containsKey(value) || graph.outputs().contains(value));
    }

    /// Says that a node was taken with an earlier one.
    void finish(OnnxNode node) {
        done.add(node);
    }

    boolean isFinished(OnnxNode node) {
        return done.contains(node);
    }

    // --------------------------------------------------------------------------------------------------------- layers

    /// Adds a layer with one output.
    /// @param of the node that it stands for
    /// @return false if it does not fit its inputs
    boolean add(OnnxNode of, Node layer, String output, List<Flow> in, Map<String, Tensor> parameters) {
        return add(of, layer, List.of(output), in, parameters);
    }

    boolean add(OnnxNode of, Node layer, String output, Flow in) {
        return add(of, layer, output, List.of(in), Map.of());
    }

    /// Adds a layer.
    /// @param outputs the values of the graph that its outputs are; empty ones for none
    boolean add(OnnxNode of, Node layer, List<String> outputs, List<Flow> in, Map<String, Tensor> parameters) {
        List<Shape> shapes;
        try {
            shapes = new Network(layer, in.stream().map(Flow::row).toList()).outputs();
        } catch (NeuriteException | ArithmeticException _) {
            return false;
        }
        String name = name(of, layer);
        layers.add(new Application(name, layer, in.stream().map(Flow::port).toList()));
        for (int i = 0; i < Math.min(outputs.size(), shapes.size()); i++) {
            if (outputs.get(i).isEmpty()) continue;
            put(outputs.get(i), Flow.rows(new Port(layers.size() - 1, i), shapes.get(i)));
        }
        parameters.forEach((own, value) -> weights.put(name + "." + own, value));
        return true;
    }

    /// The name of a layer by that of its weights, else of the node's layer in our own files, else by its kind.
    private String name(OnnxNode of, Node layer) {
        String wanted = of.inputs().stream()
                .filter(each -> graph.constants().containsKey(each) && each.contains("."))
                .map(each -> each.substring(0, each.lastIndexOf('.')))
                .findFirst()
                .orElse(
                        of.name().contains("/")
                                ? of.name().substring(0, of.name().lastIndexOf('/'))
                                : "");
        String plain = wanted.replaceAll("[^A-Za-z0-9_]+", "_").replaceAll("^_+|_+$", "");
        if (plain.length() > 100) plain = "";
        for (int i = 1; ; i++) {
            String name = plain.isEmpty() ? layer.kind() + i : i == 1 ? plain : plain + "_" + i;
            if (names.add(name)) return name;
        }
    }
}

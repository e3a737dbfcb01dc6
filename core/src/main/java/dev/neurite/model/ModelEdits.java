package dev.neurite.model;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.EncodedMatrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntUnaryOperator;

/// Replaces, inserts and removes layers of a model. The other layers keep their parameters and
/// statistics.
final class ModelEdits {
    private ModelEdits() {}

    /// See [Model#replace(int, Node)].
    static Model replace(Model model, int index, Node layer) {
        checkIndex(model, index, model.graph().applications().size() - 1);
        List<Node> layers = layers(model);
        layers.set(index, layer);
        return rebuilt(model, layers, i -> i == index ? -1 : i);
    }

    /// See [Model#insert].
    static Model insert(Model model, int index, Node layer) {
        checkIndex(model, index, model.graph().applications().size());
        List<Node> layers = layers(model);
        layers.add(index, layer);
        return rebuilt(model, layers, i -> i == index ? -1 : i > index ? i - 1 : i);
    }

    /// See [Model#remove].
    static Model remove(Model model, int index) {
        checkIndex(model, index, model.graph().applications().size() - 1);
        List<Node> layers = layers(model);
        layers.remove(index);
        return rebuilt(model, layers, i -> i >= index ? i + 1 : i);
    }

    /// See [Model#replace(String, Node)].
    static Model replace(Model model, String layer, Node node) {
        Model fresh = fresh(model, model.graph().replace(layer, node));
        String inside = layer + ".";
        return withOldValues(model, fresh, name -> name.startsWith(inside) ? "" : name);
    }

    /// See [Model#rewired].
    static Model rewired(Model model, Graph graph, long seed) {
        var network = new Network(graph, model.network().inputs());
        Parameters parameters = shared(model.parameters(), network.parameters(), seed);
        Parameters statistics = shared(model.statistics(), network.statistics(), seed);
        return Model.of(network.inputs(), graph, parameters).withStatistics(statistics);
    }

    private static Parameters shared(Parameters known, List<Parameter> parts, long seed) {
        Set<String> names = new HashSet<>(known.names());
        List<Parameter> fresh = Parameter.numbered(
                parts.stream().filter(part -> !names.contains(part.name())).toList());
        return known.changed(parts, fresh, Parameters.initialized(fresh, seed).array());
    }

    private static void checkIndex(Model model, int index, int last) {
        if (!model.graph().isSequential()) {
            throw new ConfigException("model", "expects layers one after the other to change them by index");
        }
        if (index < 0 || index > last) {
            throw new ConfigException("layer index", "expects 0 to " + last + ", got " + index);
        }
    }

    /// The layers of a sequence; those with names of their own as [Named].
    private static List<Node> layers(Model model) {
        List<Graph.Application> applications = model.graph().applications();
        List<Node> layers = new ArrayList<>();
        for (Graph.Application each : applications) {
            long uses = applications.stream()
                    .filter(other -> other.name().equals(each.name()))
                    .count();
            boolean numbered = uses == 1 && each.name().matches(each.node().kind() + "\\d+");
            layers.add(numbered ? each.node() : new Named(each.name(), each.node()));
        }
        return layers;
    }

    /// @param origin the index in the old model of the i-th layer; −1 for a new layer
    private static Model rebuilt(Model model, List<Node> layers, IntUnaryOperator origin) {
        Model fresh = fresh(model, Graph.chain(layers));
        Map<String, String> oldNames = new HashMap<>();
        for (int i = 0; i < layers.size(); i++) {
            int old = origin.applyAsInt(i);
            if (old < 0) continue;
            oldNames.put(
                    fresh.graph().applications().get(i).name(),
                    model.graph().applications().get(old).name());
        }
        return withOldValues(model, fresh, name -> {
            int dot = name.indexOf('.');
            String old = oldNames.get(name.substring(0, dot));
            return old == null ? "" : old + name.substring(dot);
        });
    }

    /// An initialized model. The seed depends on the old model: with the same seed a new layer could
    /// start as a copy of the old layer whose name it gets.
    private static Model fresh(Model model, Graph graph) {
        return Model.of(model.network().inputs(), graph)
                .initialize(Arrays.hashCode(model.parameters().array()));
    }

    /// The name in the old model of a parameter of the new one.
    private interface OldName {
        /// @return empty for a new parameter
        String of(String name);
    }

    private static Model withOldValues(Model old, Model fresh, OldName names) {
        return fresh.with(oldValues(old.parameters(), fresh.parameters(), names))
                .withStatistics(oldValues(old.statistics(), fresh.statistics(), names));
    }

    /// The old values where a part has the same shape, else the fresh ones.
    private static Parameters oldValues(Parameters old, Parameters fresh, OldName names) {
        float[] values = fresh.toArray();
        float[] before = old.array();
        Map<String, EncodedMatrix> encoded = new HashMap<>();
        Map<String, Parameter> known = new HashMap<>();
        for (Parameter part : old.parts()) known.put(part.name(), part);
        for (Parameter part : fresh.parts()) {
            Parameter same = known.get(names.of(part.name()));
            if (same == null || !same.shape().equals(part.shape())) continue;
            System.arraycopy(before, same.offset(), values, part.offset(), part.size());
            EncodedMatrix matrix = old.encoded().get(same.name());
            if (matrix != null) encoded.put(part.name(), matrix);
        }
        return Parameters.of(fresh.parts(), values).encoded(encoded);
    }
}

package dev.neurite.io.keras;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ShapeException;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonNull;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import dev.neurite.model.Graph;
import dev.neurite.model.Graph.Application;
import dev.neurite.model.Graph.Port;
import dev.neurite.model.Model;
import dev.neurite.model.Network;
import dev.neurite.model.Node;
import dev.neurite.model.Parameter;
import dev.neurite.model.Parameters;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/// Makes a model of a configuration: walks through its layers as Keras does, those of models inside of it too.
final class KerasGraph {
    /// What a layer reads and gives.
    /// @param port in our graph
    /// @param shape of a row, in Keras's order of axes, −1 for an open one
    /// @param first whether in our graph the last of these axes, the channels, is the first
    record Value(Port port, List<Integer> shape, boolean first) {
        int rank() {
            return shape.size();
        }

        int last() {
            return shape.getLast();
        }
    }

    private final String where;
    private final Consumer<String> notes;
    private final KerasParts parts;
    private final KerasLayers layers;
    private final List<Shape> inputs = new ArrayList<>();

    KerasGraph(String where, KerasWeights weights, Consumer<String> notes) {
        this.where = where;
        this.notes = notes;
        this.parts = new KerasParts();
        this.layers = new KerasLayers(weights, parts, notes);
    }

    /// @throws ModelFormatException for a layer that Neurite lacks, or settings and weights that do not fit
    Model model(KerasConfig of) {
        requireKnown(of);
        try {
            return made(of);
        } catch (ShapeException | ConfigException misfit) {
            throw new ModelFormatException(where + ", " + misfit.where(), misfit.problem(), misfit.hint());
        }
    }

    private Model made(KerasConfig of) {
        List<Value> ends = container(of, "", "", List.of());
        if (ends.stream().anyMatch(each -> each.first() && each.rank() > 1)) {
            notes.accept(
                    "an output is [channels × …], as images are in Neurite; in Keras its last axis is the channels");
        }
        var graph = new Graph(
                inputs.size(),
                parts.applications(),
                ends.stream().map(Value::port).toList());
        var network = new Network(graph, inputs);
        return Model.of(inputs, graph, filled(network.parameters())).withStatistics(filled(network.statistics()));
    }

    /// The weights of the file, each of the shape that the configuration says.
    private Parameters filled(List<Parameter> expected) {
        for (Parameter each : expected) {
            Tensor found = parts.values().get(each.name());
            if (found != null && found.shape().equals(each.shape())) continue;
            throw new ModelFormatException(
                    where + ", " + each.name(),
                    "expects " + each.shape() + " by its configuration, got "
                            + (found == null ? "none" : found.shape()));
        }
        return Parameters.of(expected, parts.values());
    }

    // ---------------------------------------------------------------------------------------------- what is in the way

    /// Refuses a model with layers of other classes; the message names all.
    private void requireKnown(KerasConfig model) {
        Set<String> unknown = new TreeSet<>();
        Set<String> known = new LinkedHashSet<>();
        collect(model, unknown, known);
        if (unknown.isEmpty()) return;
        throw new ModelFormatException(
                where,
                "expects layers that Neurite has, got " + String.join(", ", unknown),
                "Weights can be read by name: KerasFile.weights()");
    }

    private void collect(KerasConfig model, Set<String> unknown, Set<String> known) {
        String type = model.text("class_name");
        if (!isContainer(type)) {
            unknown.add(type + ", which is no Sequential or functional model");
            return;
        }
        for (Json json : model.object("config").list("layers")) {
            KerasConfig layer = KerasConfig.of(where, json);
            String each = layer.text("class_name");
            String module = layer.text("module", "");
            boolean keras = module.equals("keras.layers") || module.startsWith("keras.src.") || module.equals("keras");
            if (isContainer(each)) collect(layer, unknown, known);
            else if (!keras || module.startsWith("keras.src.ops") || !KerasLayers.isKnown(each)) {
                unknown.add(each + " '" + name(layer) + "'");
            } else {
                known.add(each);
            }
        }
    }

    private static boolean isContainer(String type) {
        return type.equals("Sequential") || type.equals("Functional") || type.equals("Model");
    }

    private static String name(KerasConfig layer) {
        return layer.get("name").isPresent()
                ? layer.text("name")
                : layer.object("config").text("name", layer.text("class_name"));
    }

    // ------------------------------------------------------------------------------------------------------- the walk

    /// The outputs of a model.
    /// @param path of its weights; empty for the outermost
    /// @param prefix of the names of its layers
    /// @param given the inputs of a model inside of another
    private List<Value> container(KerasConfig model, String path, String prefix, List<Value> given) {
        KerasConfig config = model.object("config").in(where + (prefix.isEmpty() ? "" : ", model '" + prefix + "'"));
        var counted = new Counter(path.isEmpty() ? "layers/" : path + "/layers/");
        List<Layer> all = new ArrayList<>();
        for (Json json : config.list("layers")) {
            KerasConfig layer = KerasConfig.of(where, json);
            String name = prefix + name(layer);
            String type = layer.text("class_name");
            all.add(new Layer(name, type, layer.in(where + ", layer '" + name + "'"), counted.path(type)));
        }
        return model.text("class_name").equals("Sequential")
                ? sequential(config, all, given)
                : functional(config, all, prefix, given);
    }

    /// @param path of its weights
    private record Layer(String name, String type, KerasConfig config, String path) {
        boolean isInput() {
            return type.equals("InputLayer");
        }
    }

    /// The paths of weights: layers are counted by their class.
    private static final class Counter {
        private final String prefix;
        private final Map<String, Integer> counts = new HashMap<>();

        Counter(String prefix) {
            this.prefix = prefix;
        }

        String path(String type) {
            String plain = type.replaceAll("\\W+", "")
                    .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
                    .replaceAll("([a-z])([A-Z])", "$1_$2")
                    .toLowerCase(java.util.Locale.ROOT);
            int number = counts.merge(plain, 1, Integer::sum) - 1;
            return prefix + plain + (number == 0 ? "" : "_" + number);
        }
    }

    private List<Value> sequential(KerasConfig config, List<Layer> all, List<Value> given) {
        Optional<Layer> input = all.stream().filter(Layer::isInput).findFirst();
        Value value;
        if (!given.isEmpty()) value = only(config, given);
        else if (input.isPresent()) value = input(input.get().config().object("config"));
        else if (config.get("build_input_shape").isPresent()) value = input(config, "build_input_shape");
        else throw config.fault("expects the shape of the input, got a model that was not built", "");
        for (Layer each : all) {
            if (!each.isInput()) value = only(each.config(), apply(each, List.of(value)));
        }
        return List.of(value);
    }

    private static Value only(KerasConfig config, List<Value> values) {
        if (values.size() == 1) return values.getFirst();
        throw config.fault("expects one input, got " + values.size(), "");
    }

    private List<Value> apply(Layer layer, List<Value> in) {
        if (isContainer(layer.type())) return container(layer.config(), layer.path(), layer.name() + "_", in);
        KerasConfig settings = layer.config().object("config").in(layer.config().where());
        if (!settings.flag("trainable", true)) {
            notes.accept("layer '" + layer.name() + "' is frozen in Keras: freeze it in the training, with a parameter"
                    + " group");
        }
        return List.of(layers.apply(layer.name(), layer.type(), settings, layer.path(), in));
    }

    private Value input(KerasConfig config) {
        return input(config, config.get("batch_shape").isPresent() ? "batch_shape" : "batch_input_shape");
    }

    private Value input(KerasConfig config, String key) {
        List<Integer> batch = config.counts(key);
        List<Integer> shape = batch.subList(Math.min(1, batch.size()), batch.size());
        if (shape.isEmpty()) throw config.fault("expects an input with at least one axis, got none", "");
        boolean image = shape.size() == 3;
        List<Integer> ours = image ? List.of(shape.get(2), shape.get(0), shape.get(1)) : shape;
        int[] extents = new int[ours.size()];
        for (int i = 0; i < extents.length; i++) {
            boolean open = ours.get(i) < 0;
            if (open && (i > 0 || image)) {
                throw config.fault(
                        "expects an input whose extents are known but for the number of steps, got " + batch, "");
            }
            extents[i] = open ? Shape.OPEN : ours.get(i);
        }
        inputs.add(Shape.of(extents));
        if (image) {
            notes.accept("input " + (inputs.size() - 1) + " is an image [channels × height × width], as in Neurite; in"
                    + " Keras it is [height × width × channels]");
        }
        return new Value(new Port(-1, inputs.size() - 1), shape, image);
    }

    // ------------------------------------------------------------------------------------------------ functional
    // models

    /// One use of a layer that waits for its inputs.
    private record Call(Layer layer, int number, List<String> from) {}

    private List<Value> functional(KerasConfig config, List<Layer> all, String prefix, List<Value> given) {
        Map<String, Value> values = new LinkedHashMap<>();
        List<String> starts = ends(config, "input_layers", prefix);
        if (!given.isEmpty() && given.size() != starts.size()) {
            throw config.fault("expects " + starts.size() + " inputs, got " + given.size(), "");
        }
        Map<String, Layer> ready = new HashMap<>();
        for (Layer each : all) {
            if (each.isInput()) ready.put(key(each.name(), 0, 0), each);
        }
        for (int i = 0; i < starts.size(); i++) {
            String start = starts.get(i);
            Layer layer = ready.get(start);
            if (layer == null) throw config.fault("expects input layers as inputs, got " + start, "");
            values.put(start, given.isEmpty() ? input(layer.config().object("config")) : given.get(i));
        }
        List<Call> calls = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Layer each : all) {
            if (!names.add(each.name()))
                throw each.config().fault("expects layers of different names, got it again", "");
            if (!each.isInput()) calls.addAll(calls(each, prefix));
        }
        run(calls, values);
        List<Value> outputs = new ArrayList<>();
        for (String end : ends(config, "output_layers", prefix)) {
            outputs.add(Optional.ofNullable(values.get(end))
                    .orElseThrow(() -> config.fault("expects outputs of its layers, got " + end, "")));
        }
        return outputs;
    }

    /// Runs calls as soon as their inputs are there, otherwise in their order.
    private void run(List<Call> calls, Map<String, Value> values) {
        int[] missing = new int[calls.size()];
        Map<String, List<Integer>> waiting = new HashMap<>(); // calls by an input that they miss
        var ready = new PriorityQueue<Integer>();
        for (int i = 0; i < missing.length; i++) {
            for (String each : Set.copyOf(calls.get(i).from())) {
                if (values.containsKey(each)) continue;
                waiting.computeIfAbsent(each, _ -> new ArrayList<>()).add(i);
                missing[i]++;
            }
            if (missing[i] == 0) ready.add(i);
        }
        int done = 0;
        for (; !ready.isEmpty(); done++) {
            for (String each : run(calls.get(ready.remove()), values)) {
                for (int after : waiting.getOrDefault(each, List.of())) if (--missing[after] == 0) ready.add(after);
            }
        }
        if (done == missing.length) return;
        waiting.keySet().removeAll(values.keySet());
        int first = waiting.values().stream()
                .flatMap(List::stream)
                .min(Integer::compare)
                .orElseThrow();
        Call call = calls.get(first);
        throw call.layer()
                .config()
                .fault(
                        "expects inputs from layers before it, got "
                                + call.from().stream()
                                        .filter(each -> !values.containsKey(each))
                                        .findFirst()
                                        .orElseThrow(),
                        "");
    }

    /// Runs a call.
    /// @return the keys of what it gives
    private List<String> run(Call call, Map<String, Value> values) {
        if (call.number() > 0 && isContainer(call.layer().type())) {
            throw call.layer().config().fault("expects a model inside of a model to be used once, got twice", "");
        }
        List<Value> out =
                apply(call.layer(), call.from().stream().map(values::get).toList());
        // A model inside of another has a first use of its own, which does not count.
        int number = call.number() + (isContainer(call.layer().type()) ? 1 : 0);
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < out.size(); i++) {
            keys.add(key(call.layer().name(), number, i));
            values.put(keys.getLast(), out.get(i));
        }
        return keys;
    }

    private static String key(String layer, int use, int output) {
        return layer + "/" + use + "/" + output;
    }

    private List<Call> calls(Layer layer, String prefix) {
        List<Call> calls = new ArrayList<>();
        for (Json json : layer.config().list("inbound_nodes")) {
            if (!(json instanceof JsonObject(Map<String, Json> node))) {
                throw layer.config().fault("expects a configuration of Keras 3, got one of an older version", "");
            }
            List<String> from = new ArrayList<>();
            tensors(layer.config(), node.getOrDefault("args", new JsonNull()), prefix, from);
            List<String> others = new ArrayList<>();
            tensors(layer.config(), node.getOrDefault("kwargs", new JsonNull()), prefix, others);
            if (!others.isEmpty()) {
                throw layer.config()
                        .fault("expects its inputs alone, got others by name, such as a mask or a state", "");
            }
            calls.add(new Call(layer, calls.size(), from));
        }
        return calls;
    }

    /// The tensors in the arguments of a call, in their order.
    private static void tensors(KerasConfig at, Json json, String prefix, List<String> found) {
        switch (json) {
            case JsonArray(List<Json> items) -> {
                for (Json each : items) tensors(at, each, prefix, found);
            }
            case JsonObject(Map<String, Json> members) -> {
                boolean tensor =
                        members.get("class_name") instanceof JsonString(String name) && name.equals("__keras_tensor__");
                if (tensor) {
                    KerasConfig config = new KerasConfig(at.where(), members).object("config");
                    found.add(end(at, new JsonArray(config.list("keras_history")), prefix));
                } else {
                    for (Json each : members.values()) tensors(at, each, prefix, found);
                }
            }
            default -> {}
        }
    }

    /// The inputs or outputs of a model: one, a list, or by name.
    private static List<String> ends(KerasConfig config, String key, String prefix) {
        List<String> found = new ArrayList<>();
        config.get(key).ifPresent(json -> ends(config, json, prefix, found));
        if (found.isEmpty()) throw config.fault("expects '" + key + "', got none", "");
        return found;
    }

    private static void ends(KerasConfig config, Json json, String prefix, List<String> found) {
        switch (json) {
            case JsonArray(List<Json> items)
            when !items.isEmpty() && items.getFirst() instanceof JsonString -> found.add(end(config, json, prefix));
            case JsonArray(List<Json> items) -> items.forEach(each -> ends(config, each, prefix, found));
            case JsonObject(Map<String, Json> members) ->
                members.values().forEach(each -> ends(config, each, prefix, found));
            default -> throw config.fault("expects names of layers with numbers, got " + KerasConfig.said(json), "");
        }
    }

    /// The key of a tensor: a layer's name, the number of its use, and of its output.
    private static String end(KerasConfig config, Json json, String prefix) {
        if (json instanceof JsonArray(List<Json> items)
                && items.size() == 3
                && items.get(0) instanceof JsonString(String name)
                && items.get(1) instanceof JsonNumber(String use)
                && items.get(2) instanceof JsonNumber(String output)) {
            return prefix + name + "/" + use + "/" + output;
        }
        throw config.fault("expects a layer's name and two numbers, got " + KerasConfig.said(json), "");
    }

    // ------------------------------------------------------------------------------------------------- the parts so
    // far

    /// The nodes of our graph, and their weights.
    static final class KerasParts {
        private static final int LONGEST_NAME = 200;

        private final List<Application> applications = new ArrayList<>();
        private final Map<String, Tensor> values = new LinkedHashMap<>();
        private final Map<String, Integer> names = new HashMap<>(); // with the number of the next of its kind
        private final Map<String, String> byPath = new HashMap<>();

        List<Application> applications() {
            return applications;
        }

        Map<String, Tensor> values() {
            return values;
        }

        /// The name of a layer of Keras, or a new one if another layer has it already.
        /// @param path of its weights, which no other layer has
        String nameOf(String path, String wanted) {
            return byPath.computeIfAbsent(path, _ -> name(wanted));
        }

        /// A name that nothing has so far.
        String name(String wanted) {
            String plain = wanted.replace('.', '_');
            plain = plain.isEmpty() ? "layer" : plain.substring(0, Math.min(LONGEST_NAME - 8, plain.length()));
            String made = plain;
            while (names.putIfAbsent(made, 2) != null) made = plain + "_" + (names.merge(plain, 1, Integer::sum) - 1);
            return made;
        }

        Port add(String name, Node node, List<Port> from) {
            applications.add(new Application(name, node, from));
            return new Port(applications.size() - 1, 0);
        }
    }
}

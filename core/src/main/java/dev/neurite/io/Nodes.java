package dev.neurite.io;

import dev.neurite.error.NeuriteException;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonBoolean;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import dev.neurite.kernel.Activation;
import dev.neurite.layer.Add;
import dev.neurite.model.Graph;
import dev.neurite.model.Graph.Application;
import dev.neurite.model.Graph.Port;
import dev.neurite.model.Node;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// Converts nodes to JSON and back: an object with a `type` from the catalog and a member for each
/// component of the record. Components of a fixed class, such as the window of a convolution, have no
/// `type`.
final class Nodes {
    static final String GRAPH = "graph";
    static final String SEQUENTIAL = "sequential";

    /// A sum without activation is written without settings, as in the first versions.
    private static final Add PLAIN_SUM = new Add(Activation.IDENTITY);

    /// The prefix of names of tensors that are settings of layers.
    static final String PREFIX = "architecture:";

    /// The largest number of tensor elements in the JSON; further tensors become tensors of the file.
    private static final int MOST_NUMBERS = 50_000;

    private final Catalog catalog;
    private final Map<String, Tensor> tensors; // of the file, by name with the prefix
    private int numbers; // tensor elements that are in the JSON so far

    /// A writer; tensors that are too large for the JSON are in [#tensors()] afterwards.
    Nodes(Catalog catalog) {
        this(catalog, new LinkedHashMap<>());
    }

    /// @param tensors the tensors of the file
    Nodes(Catalog catalog, Map<String, Tensor> tensors) {
        this.catalog = catalog;
        this.tensors = tensors;
    }

    /// The tensors of the file that the JSON refers to, by name.
    Map<String, Tensor> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    /// A mistake in the JSON, and where it is.
    static final class FormatException extends Exception {
        private static final long serialVersionUID = 1L;

        FormatException(String where, String problem) {
            super(where + " " + problem);
        }
    }

    // ------------------------------------------------------------------------------------------------------ writing

    Json write(Object value) throws FormatException {
        return switch (value) {
            case Graph graph -> write(graph);
            case Shape shape ->
                new JsonArray(shape.extents().stream().map(Nodes::number).toList());
            case Tensor tensor -> write(tensor);
            case Enum<?> constant -> new JsonString(constant.name().toLowerCase(Locale.ROOT));
            case String text -> new JsonString(text);
            case Boolean truth -> new JsonBoolean(truth);
            case Number number -> number(number);
            case List<?> list -> {
                List<Json> items = new ArrayList<>();
                for (Object item : list) items.add(write(item));
                yield new JsonArray(items);
            }
            case Record record -> write(record);
            default -> throw new FormatException(value.getClass().getSimpleName(), "cannot be written to a model file");
        };
    }

    private static Json number(Number number) {
        return new JsonNumber(number.toString());
    }

    private Json write(Tensor tensor) throws FormatException {
        if (!tensor.isFinite()) throw new FormatException("a tensor", "has numbers that are not finite");
        if (tensor.size() > MOST_NUMBERS - numbers) {
            String name = PREFIX + tensors.size();
            tensors.put(name, tensor);
            return new JsonObject(Map.of("tensor", new JsonString(name)));
        }
        numbers += tensor.size();
        List<Json> values = new ArrayList<>();
        for (float value : tensor.toArray()) values.add(number(value));
        return members("shape", write(tensor.shape()), "values", new JsonArray(values));
    }

    private Json write(Graph graph) throws FormatException {
        List<Json> applications = new ArrayList<>();
        for (Application each : graph.applications()) {
            Map<String, Json> application = new LinkedHashMap<>();
            application.put("name", new JsonString(each.name()));
            application.put("node", write(each.node()));
            if (!graph.isSequential()) application.put("from", ports(each.from()));
            applications.add(new JsonObject(application));
        }
        Json layers = new JsonArray(applications);
        if (graph.isSequential()) return members("type", new JsonString(SEQUENTIAL), "layers", layers);
        Map<String, Json> map = new LinkedHashMap<>();
        map.put("type", new JsonString(GRAPH));
        map.put("inputs", number(graph.inputs()));
        map.put("layers", layers);
        map.put("outputs", ports(graph.outputs()));
        return new JsonObject(map);
    }

    private static Json ports(List<Port> ports) {
        List<Json> items = new ArrayList<>();
        for (Port port : ports) items.add(new JsonArray(List.of(number(port.application()), number(port.index()))));
        return new JsonArray(items);
    }

    private static Json members(String key1, Json value1, String key2, Json value2) {
        Map<String, Json> map = new LinkedHashMap<>();
        map.put(key1, value1);
        map.put(key2, value2);
        return new JsonObject(map);
    }

    private Json write(Record record) throws FormatException {
        String name = record.getClass().getSimpleName();
        Map<String, Json> map = new LinkedHashMap<>();
        if (Catalog.isKind(record.getClass())) {
            name = catalog.name(record.getClass())
                    .orElseThrow(() -> new FormatException(
                            record.getClass().getSimpleName(),
                            "has no name in the catalog; add it with Catalog.with(…)"));
            map.put("type", new JsonString(name));
        }
        if (record.equals(PLAIN_SUM)) return new JsonObject(map);
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            try {
                map.put(component.getName(), write(component.getAccessor().invoke(record)));
            } catch (ReflectiveOperationException e) {
                throw new FormatException(name + "." + component.getName(), "cannot be read: " + e);
            }
        }
        return new JsonObject(map);
    }

    // ------------------------------------------------------------------------------------------------------ reading

    Graph readGraph(Json json) throws FormatException {
        Object value = read(json, Node.class, "network");
        if (value instanceof Graph graph) return graph;
        throw new FormatException("network", "expects a graph or sequential");
    }

    private Object read(Json json, Type type, String where) throws FormatException {
        try {
            if (type == int.class || type == Integer.class) return Integer.parseInt(literal(json, where));
            if (type == long.class || type == Long.class) return Long.parseLong(literal(json, where));
            if (type == float.class || type == Float.class) return Float.parseFloat(literal(json, where));
            if (type == double.class || type == Double.class) return Double.parseDouble(literal(json, where));
        } catch (NumberFormatException e) {
            throw new FormatException(where, "expects " + words(type) + ", got " + literal(json, where));
        }
        if (type == boolean.class && json instanceof JsonBoolean(boolean value)) return value;
        if (type == String.class && json instanceof JsonString(String value)) return value;
        if (type == Shape.class) return shape(json, where);
        if (type == Tensor.class) return tensor(members(json, where), where);
        if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
            return list(json, list.getActualTypeArguments()[0], where);
        }
        if (type instanceof Class<?> kind && kind.isEnum()) return constant(json, kind, where);
        if (type instanceof Class<?> kind && json instanceof JsonObject(Map<String, Json> map)) {
            return typed(map, kind, where);
        }
        throw new FormatException(where, "expects " + words(type) + ", got " + json.write());
    }

    /// A type in words, for messages.
    private static String words(Type type) {
        if (type == int.class || type == Integer.class) return "a whole number below 2³¹";
        if (type == long.class || type == Long.class) return "a whole number below 2⁶³";
        if (type == boolean.class) return "true or false";
        if (type == String.class) return "a text";
        return type instanceof Class<?> kind && !kind.isPrimitive() && kind != Float.class && kind != Double.class
                ? "an object that describes a " + kind.getSimpleName()
                : "a number";
    }

    private static String literal(Json json, String where) throws FormatException {
        if (json instanceof JsonNumber(String literal)) return literal;
        throw new FormatException(where, "expects a number, got " + json.write());
    }

    private static Map<String, Json> members(Json json, String where) throws FormatException {
        if (json instanceof JsonObject(Map<String, Json> map)) return map;
        throw new FormatException(where, "expects an object, got " + json.write());
    }

    private static Json member(Map<String, Json> map, String key, String where) throws FormatException {
        Json value = map.get(key);
        if (value == null) throw new FormatException(where, "expects a member '" + key + "'");
        return value;
    }

    private List<Object> list(Json json, Type of, String where) throws FormatException {
        if (!(json instanceof JsonArray(List<Json> items))) {
            throw new FormatException(where, "expects an array, got " + json.write());
        }
        List<Object> list = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) list.add(read(items.get(i), of, where + "[" + i + "]"));
        return list;
    }

    Shape shape(Json json, String where) throws FormatException {
        int[] extents = list(json, Integer.class, where).stream()
                .mapToInt(extent -> (Integer) extent)
                .toArray();
        return guarded(where, () -> Shape.of(extents));
    }

    private Tensor tensor(Map<String, Json> map, String where) throws FormatException {
        if (map.get("tensor") instanceof JsonString(String name) && map.size() == 1) {
            Tensor tensor = name.startsWith(PREFIX) ? tensors.get(name) : null;
            if (tensor == null)
                throw new FormatException(where, "expects a tensor '" + name + "' in the file, got none");
            return tensor;
        }
        Shape shape = shape(member(map, "shape", where), where + ".shape");
        List<Object> list = list(member(map, "values", where), Float.class, where + ".values");
        float[] values = new float[list.size()];
        for (int i = 0; i < values.length; i++) values[i] = (Float) list.get(i);
        return guarded(where, () -> Tensor.of(shape, values));
    }

    private static Object constant(Json json, Class<?> kind, String where) throws FormatException {
        for (Object constant : kind.getEnumConstants()) {
            String name = ((Enum<?>) constant).name().toLowerCase(Locale.ROOT);
            if (json.equals(new JsonString(name))) return constant;
        }
        throw new FormatException(
                where, "expects one of " + List.of(kind.getEnumConstants()) + ", got " + json.write());
    }

    private Object typed(Map<String, Json> map, Class<?> kind, String where) throws FormatException {
        if (kind.isRecord() && !Catalog.isKind(kind)) return made(map, kind.asSubclass(Record.class), 0, where);
        String type = (String) read(member(map, "type", where), String.class, where + ".type");
        if (kind.isAssignableFrom(Graph.class) && type.equals(SEQUENTIAL)) return sequential(map, where);
        if (kind.isAssignableFrom(Graph.class) && type.equals(GRAPH)) return graph(map, where);
        Class<? extends Record> record = catalog.type(type, kind)
                .orElseThrow(() -> new FormatException(
                        where, "expects a known " + kind.getSimpleName() + ", got type '" + type + "'"));
        if (record == Add.class && map.size() == 1) return PLAIN_SUM;
        return made(map, record, 1, where);
    }

    /// Makes a record from its components.
    /// @param others the number of members of the object that are no components
    private Object made(Map<String, Json> map, Class<? extends Record> record, int others, String where)
            throws FormatException {
        RecordComponent[] components = record.getRecordComponents();
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            String path = where + "." + components[i].getName();
            values[i] = read(member(map, components[i].getName(), where), components[i].getGenericType(), path);
        }
        if (map.size() != components.length + others) {
            throw new FormatException(where, "expects " + components.length + " settings, got " + map.keySet());
        }
        try {
            return Components.construct(record, values);
        } catch (InvocationTargetException e) {
            throw new FormatException(
                    where,
                    "is refused: " + Objects.requireNonNullElse(e.getCause(), e).getMessage());
        } catch (ReflectiveOperationException e) {
            throw new FormatException(where, "cannot be made: " + e);
        }
    }

    private Graph sequential(Map<String, Json> map, String where) throws FormatException {
        List<Application> applications = new ArrayList<>();
        List<Map<String, Json>> layers = layers(map, where);
        for (int i = 0; i < layers.size(); i++) {
            applications.add(application(layers.get(i), List.of(new Port(i - 1, 0)), where + ".layers[" + i + "]"));
        }
        return guarded(where, () -> new Graph(1, applications, List.of(new Port(layers.size() - 1, 0))));
    }

    private Graph graph(Map<String, Json> map, String where) throws FormatException {
        List<Application> applications = new ArrayList<>();
        List<Map<String, Json>> layers = layers(map, where);
        for (int i = 0; i < layers.size(); i++) {
            String path = where + ".layers[" + i + "]";
            List<Port> from = ports(member(layers.get(i), "from", path), path + ".from");
            applications.add(application(layers.get(i), from, path));
        }
        int inputs = (Integer) read(member(map, "inputs", where), int.class, where + ".inputs");
        List<Port> outputs = ports(member(map, "outputs", where), where + ".outputs");
        return guarded(where, () -> new Graph(inputs, applications, outputs));
    }

    private static List<Map<String, Json>> layers(Map<String, Json> map, String where) throws FormatException {
        if (!(map.get("layers") instanceof JsonArray(List<Json> items))) {
            throw new FormatException(where, "expects an array 'layers'");
        }
        List<Map<String, Json>> layers = new ArrayList<>();
        for (Json item : items) layers.add(members(item, where + ".layers"));
        return layers;
    }

    private Application application(Map<String, Json> layer, List<Port> from, String where) throws FormatException {
        String name = (String) read(member(layer, "name", where), String.class, where + ".name");
        Node node = (Node) read(member(layer, "node", where), Node.class, where + ".node");
        return guarded(where, () -> new Application(name, node, from));
    }

    private List<Port> ports(Json json, String where) throws FormatException {
        List<Port> ports = new ArrayList<>();
        if (!(json instanceof JsonArray(List<Json> items))) throw new FormatException(where, "expects an array");
        for (Json item : items) {
            List<Object> pair = list(item, Integer.class, where);
            if (pair.size() != 2) throw new FormatException(where, "expects pairs, got " + item.write());
            ports.add(new Port((Integer) pair.get(0), (Integer) pair.get(1)));
        }
        return ports;
    }

    private interface Making<T> {
        T make();
    }

    private static <T> T guarded(String where, Making<T> making) throws FormatException {
        try {
            return making.make();
        } catch (NeuriteException | ArithmeticException e) {
            throw new FormatException(where, "is refused: " + e.getMessage());
        }
    }
}

package dev.neurite.onnx.export;

import dev.neurite.model.BuiltNode;
import dev.neurite.model.Model;
import dev.neurite.model.Parameter;
import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.graph.Constant;
import dev.neurite.onnx.graph.OnnxGraph;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// A graph while it is built: its nodes in their order, and its constants. Values are known by their names.
final class GraphBuilder {
    /// The domain of operators for raw values.
    static final String ML = "ai.onnx.ml";

    static final int ML_VERSION = 3;

    private final Model model;
    private final int opset;
    private final List<OnnxNode> nodes = new ArrayList<>();
    private final Map<String, Constant> constants = new LinkedHashMap<>();
    private final Set<String> names = new HashSet<>();
    private final List<String> refused = new ArrayList<>();
    private String scope = "";

    GraphBuilder(Model model, int opset) {
        this.model = model;
        this.opset = opset;
        for (var each : List.of(model.parameters(), model.statistics())) names.addAll(each.names());
    }

    int opset() {
        return opset;
    }

    List<OnnxNode> nodes() {
        return nodes;
    }

    /// Nodes from now on are of this layer.
    void enter(String layer) {
        scope = layer;
    }

    // --------------------------------------------------------------------------------------------------------- nodes

    /// Adds a node with one output.
    /// @return the name of its output
    String add(String op, String... in) {
        return add(op, Map.of(), in);
    }

    /// Adds a node with one output.
    /// @param attributes as [Attributes] has them
    /// @return the name of its output
    String add(String op, Map<String, Object> attributes, String... in) {
        return add(op, attributes, 1, in).getFirst();
    }

    /// Adds a node with several outputs.
    /// @return their names
    List<String> add(String op, Map<String, Object> attributes, int outputs, String... in) {
        return addOf("", op, attributes, outputs, in);
    }

    /// Adds a node of a set of operators with one output.
    String addOf(String domain, String op, Map<String, Object> attributes, String... in) {
        return addOf(domain, op, attributes, 1, in).getFirst();
    }

    private List<String> addOf(String domain, String op, Map<String, Object> attributes, int outputs, String... in) {
        String name = unique(scope.isEmpty() ? op : scope + "/" + op);
        List<String> out = outputs == 1
                ? List.of(name)
                : IntStream.range(0, outputs)
                        .mapToObj(i -> unique(name + "/" + i))
                        .toList();
        nodes.add(node(name, domain, op, attributes, List.of(in), out));
        return out;
    }

    private OnnxNode node(
            String name, String domain, String op, Map<String, Object> attributes, List<String> in, List<String> out) {
        int version = domain.isEmpty() ? opset : ML_VERSION;
        return new OnnxNode(name, domain, op, version, in, out, new Attributes(name, attributes));
    }

    /// Gives a value the name of an output.
    void output(String value, String name) {
        nodes.add(node(unique(name + "/Identity"), "", "Identity", Map.of(), List.of(value), List.of(name)));
    }

    /// A name that no value has, for an input or output.
    /// @param wanted taken if it is free
    String reserve(String wanted) {
        return unique(wanted);
    }

    private String unique(String name) {
        String free = name;
        for (int i = 1; !names.add(free); i++) free = name + "_" + i;
        return free;
    }

    /// Says that a layer has no operators.
    /// @param why in words, after the layer
    /// @return names for its outputs, which no node has
    List<String> refuse(BuiltNode layer, String why) {
        refused.add(layer.name() + " (" + layer.node() + "): " + why);
        return layer.outputs().stream().map(_ -> unique("refused")).toList();
    }

    /// The layers that have no operators, with the reasons.
    List<String> refused() {
        return refused;
    }

    // ----------------------------------------------------------------------------------------------------- constants

    /// A parameter or running statistic of a layer, under its own name and in its own layout.
    /// @param own its name in the layer
    String parameter(BuiltNode layer, String own) {
        Parameter part = part(layer, own);
        constants.computeIfAbsent(
                part.name(), _ -> new Constant(ElementType.FLOAT, part.shape(), () -> Value.of(tensor(part))));
        return part.name();
    }

    /// The numbers of a parameter or running statistic of a layer.
    Tensor tensor(BuiltNode layer, String own) {
        return tensor(part(layer, own));
    }

    /// The shape of a parameter or running statistic of a layer.
    static Shape shape(BuiltNode layer, String own) {
        return part(layer, own).shape();
    }

    private static Parameter part(BuiltNode layer, String own) {
        return Optional.ofNullable(layer.parameters().get(own))
                .or(() -> Optional.ofNullable(layer.statistics().get(own)))
                .orElseThrow();
    }

    private Tensor tensor(Parameter part) {
        return model.parameters().has(part.name())
                ? model.parameters().get(part.name())
                : model.statistics().get(part.name());
    }

    /// A constant of the layer that is no parameter as it is.
    /// @param own its name in the layer
    String constant(String own, Value value) {
        String name = unique(scope.isEmpty() ? own : scope + "." + own);
        constants.put(name, Constant.of(value, true));
        return name;
    }

    /// A small constant, which all nodes share.
    private String shared(String name, Value value) {
        if (!constants.containsKey(name)) {
            names.add(name);
            constants.put(name, Constant.of(value, true));
        }
        return name;
    }

    /// A vector of integers.
    String longs(long... values) {
        String name = LongStream.of(values).mapToObj(Long::toString).collect(Collectors.joining(",", "int64[", "]"));
        return shared(name, Value.of(Shape.of(values.length), values));
    }

    /// An integer without axes.
    String index(long value) {
        return shared("int64 " + value, Value.of(Shape.of(), value));
    }

    /// A number without axes.
    String number(float value) {
        return shared("float " + value, Value.of(Shape.of(), value));
    }

    /// A number of 64 bits without axes.
    String wide(double value) {
        return shared("double " + value, Value.of(Shape.of(), value));
    }

    // ----------------------------------------------------------------------------------------------- common patterns

    String cast(String x, ElementType to) {
        return add("Cast", Map.of("to", (long) to.code()), x);
    }

    /// @param extents 0 for that of x at the same place, −1 for what remains
    String reshape(String x, long... extents) {
        return add("Reshape", x, longs(extents));
    }

    String transpose(String x, long... order) {
        return add("Transpose", Map.of("perm", Arrays.stream(order).boxed().toList()), x);
    }

    String slice(String x, int axis, long from, long to) {
        return add("Slice", x, longs(from), longs(to), longs(axis));
    }

    List<String> split(String x, int axis, long... sizes) {
        if (sizes.length == 1) return List.of(x);
        return add("Split", Map.of("axis", (long) axis), sizes.length, x, longs(sizes));
    }

    String concat(int axis, List<String> parts) {
        return parts.size() == 1
                ? parts.getFirst()
                : add("Concat", Map.of("axis", (long) axis), parts.toArray(String[]::new));
    }

    String unsqueeze(String x, long axis) {
        return add("Unsqueeze", x, longs(axis));
    }

    String squeeze(String x, long axis) {
        return add("Squeeze", x, longs(axis));
    }

    /// The extent of an axis as a vector of one integer.
    String extent(String x, int axis) {
        return add("Slice", add("Shape", x), longs(axis), longs(axis + 1), longs(0));
    }

    /// A reduction over axes, whose attribute became an input with opset 18 for all but the sum.
    String reduce(String op, String x, boolean keeps, long... axes) {
        long kept = keeps ? 1 : 0;
        if (opset >= 18) return add(op, Map.of("keepdims", kept), x, longs(axes));
        return add(
                op, Map.of("keepdims", kept, "axes", Arrays.stream(axes).boxed().toList()), x);
    }

    /// The whole numbers from 0 to before an extent, as float64.
    /// @param extent a vector of one integer
    String range(String extent) {
        return cast(add("Range", index(0), squeeze(extent, 0), index(1)), ElementType.DOUBLE);
    }

    // -------------------------------------------------------------------------------------------------------- result

    /// The graph with these inputs, of which those that are only ids become integers.
    OnnxGraph graph(String name, List<ValueInfo> inputs, List<ValueInfo> outputs) {
        Integers.adapt(nodes, inputs);
        return new OnnxGraph(name, inputs, outputs.stream().map(ValueInfo::name).toList(), constants, nodes);
    }
}

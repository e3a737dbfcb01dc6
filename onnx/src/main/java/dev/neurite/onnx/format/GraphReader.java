package dev.neurite.onnx.format;

import dev.neurite.error.ModelFormatException;
import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.graph.Constant;
import dev.neurite.onnx.graph.OnnxGraph;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.graph.Unsupported;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.proto.GraphProto;
import dev.neurite.onnx.proto.NodeProto;
import dev.neurite.onnx.proto.TensorProto;
import dev.neurite.onnx.proto.ValueInfoProto;
import dev.neurite.onnx.registry.Registry;
import dev.neurite.onnx.value.NarrowFloat;
import dev.neurite.onnx.value.ValueInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Makes the graphs of a model, with those that nodes have as bodies.
///
/// A value that the file has for an input makes it a constant: it is no input of the graph any more, and cannot be
/// given another value. In a body a name means the body's own value, if it has one, else that of the graphs around
/// it; such values are added to the inputs of the node with the body, and listed in its attribute [NodeCall#CAPTURED].
final class GraphReader {
    private static final int MOST_BODIES = 16;
    private static final int MOST_NODES = 1_000_000;

    /// The fewest inputs of operators, 1 for others: rules look at them before steps are made, which check the rest.
    private static final Map<String, Integer> LEAST_INPUTS = Map.ofEntries(
            Map.entry("Constant", 0),
            Map.entry("Loop", 0),
            Map.entry("SequenceEmpty", 0),
            Map.entry("Optional", 0),
            Map.entry("OptionalHasElement", 0),
            Map.entry("RandomNormal", 0),
            Map.entry("RandomUniform", 0),
            Map.entry("Add", 2),
            Map.entry("Sub", 2),
            Map.entry("Mul", 2),
            Map.entry("Div", 2),
            Map.entry("Pow", 2),
            Map.entry("Mod", 2),
            Map.entry("MatMul", 2),
            Map.entry("Gemm", 2),
            Map.entry("Conv", 2),
            Map.entry("Gather", 2),
            Map.entry("BatchNormalization", 5));

    private final Opsets opsets;
    private final TensorReader tensors;
    private final AttributeReader attributes;
    private final Map<String, List<String>> unsupported = new LinkedHashMap<>();
    private int nodes;

    GraphReader(Opsets opsets, TensorReader tensors) {
        this.opsets = opsets;
        this.tensors = tensors;
        this.attributes = new AttributeReader(tensors);
    }

    /// The names that nodes of a graph may take.
    /// @param own of its values
    /// @param narrow the codes of its values that are narrow floats, as far as the file says so
    /// @param around those of the graph that it is in
    /// @param depth in how many graphs it is
    private record Scope(
            Set<String> own,
            Map<String, Integer> narrow,
            @Nullable Scope around,
            int depth) {
        boolean has(String name) {
            for (Scope each = this; each != null; each = each.around) if (each.own.contains(name)) return true;
            return false;
        }
    }

    /// The codes of inputs, constants and results of casts that are narrow floats.
    private static Map<String, Integer> narrow(GraphProto proto) {
        Map<String, Integer> codes = new HashMap<>();
        for (ValueInfoProto each : proto.getInputList()) {
            codes.put(each.getName(), each.getType().getTensorType().getElemType());
        }
        for (TensorProto each : proto.getInitializerList()) codes.put(each.getName(), each.getDataType());
        for (NodeProto each : proto.getNodeList()) {
            if (!each.getOpType().equals("Cast") || each.getOutputCount() == 0) continue;
            each.getAttributeList().stream()
                    .filter(attribute -> attribute.getName().equals("to"))
                    .forEach(to -> codes.put(each.getOutput(0), (int) to.getI()));
        }
        codes.values().removeIf(code -> NarrowFloat.ofCode(code).isEmpty());
        return codes;
    }

    /// Reads a model's graph.
    /// @param where the model, for messages
    OnnxGraph read(GraphProto proto, String where) {
        if (proto.getOutputCount() == 0) throw new ModelFormatException(where, "expects an output, got none");
        return read(proto, null, where);
    }

    /// The operators of the graphs read so far that are not supported.
    List<Unsupported> unsupported() {
        return unsupported.entrySet().stream()
                .map(each -> new Unsupported(each.getKey(), each.getValue()))
                .toList();
    }

    private OnnxGraph read(GraphProto proto, @Nullable Scope around, String where) {
        int depth = around == null ? 0 : around.depth + 1;
        if (depth > MOST_BODIES) {
            throw new ModelFormatException(where, "expects graphs in at most " + MOST_BODIES + " others, got more");
        }
        nodes += proto.getNodeCount(); // less than 2³¹, as each takes two bytes of the file
        if (nodes > MOST_NODES) {
            throw new ModelFormatException(where, "expects at most " + MOST_NODES + " nodes, got more");
        }
        Map<String, Constant> constants = constants(proto, where);
        List<ValueInfo> inputs = inputs(proto, constants.keySet(), around == null, where);
        var scope = new Scope(names(proto, constants.keySet(), inputs, where), narrow(proto), around, depth);
        List<OnnxNode> plain = plainNodes(proto, where);
        List<OnnxNode> all = new ArrayList<>();
        for (int i = 0; i < plain.size(); i++) all.add(complete(plain.get(i), proto.getNode(i), scope, where));
        return new OnnxGraph(
                proto.getName(), inputs, outputs(proto, scope, where), constants, NodeOrder.sorted(all, where));
    }

    // ------------------------------------------------------------------------------------------------------- values

    private Map<String, Constant> constants(GraphProto proto, String where) {
        if (proto.getSparseInitializerCount() > 0) {
            String name = proto.getSparseInitializer(0).getValues().getName();
            throw new ModelFormatException(where, "expects dense constants, got a sparse one, '" + name + "'");
        }
        Map<String, Constant> constants = new HashMap<>();
        for (TensorProto each : proto.getInitializerList()) {
            String name = each.getName();
            if (name.isEmpty()) throw new ModelFormatException(where, "expects constants with a name, got none");
            if (constants.put(name, tensors.read(each, NodePlaces.of(where, "tensor", name))) != null) {
                throw twice(where, name);
            }
        }
        return constants;
    }

    /// The inputs that are no constants. A body is given all its inputs: none may be a constant.
    private static List<ValueInfo> inputs(GraphProto proto, Set<String> constants, boolean outermost, String where) {
        Set<String> names = new HashSet<>();
        List<ValueInfo> inputs = new ArrayList<>();
        for (ValueInfoProto each : proto.getInputList()) {
            String name = each.getName();
            if (name.isEmpty()) throw new ModelFormatException(where, "expects inputs with a name, got none");
            if (!names.add(name)) throw twice(where, name);
            if (constants.contains(name) && outermost) continue;
            if (constants.contains(name)) throw twice(where, name);
            String place = NodePlaces.of(where, "input", name);
            inputs.add(outermost ? Types.info(each, place) : Types.bodyInfo(each, place));
        }
        return inputs;
    }

    private static List<String> outputs(GraphProto proto, Scope scope, String where) {
        List<String> outputs = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (ValueInfoProto each : proto.getOutputList()) {
            String name = each.getName();
            if (!scope.has(name)) throw undefined(where, "an output", name);
            if (!names.add(name) && scope.around == null) throw twice(where, name);
            outputs.add(name);
        }
        return outputs;
    }

    private static Set<String> names(GraphProto proto, Set<String> constants, List<ValueInfo> inputs, String where) {
        Set<String> names = new HashSet<>(constants);
        for (ValueInfo each : inputs) names.add(each.name());
        for (NodeProto node : proto.getNodeList()) {
            for (String each : node.getOutputList()) {
                if (!each.isEmpty() && !names.add(each)) {
                    String name = node.getName().isEmpty() ? each : node.getName();
                    throw twice(NodePlaces.node(where, name, node.getOpType()), each);
                }
            }
        }
        return names;
    }

    private static ModelFormatException twice(String where, String name) {
        return new ModelFormatException(where, "expects each value once, got a second one of name '" + name + "'");
    }

    private static ModelFormatException undefined(String where, String as, String name) {
        return new ModelFormatException(where, "expects values that are there, got '" + name + "' as " + as);
    }

    // -------------------------------------------------------------------------------------------------------- nodes

    private List<OnnxNode> plainNodes(GraphProto proto, String where) {
        Set<String> taken = new HashSet<>();
        for (NodeProto each : proto.getNodeList()) {
            if (!each.getName().isEmpty() && !taken.add(each.getName())) {
                throw new ModelFormatException(
                        NodePlaces.node(where, each.getName(), each.getOpType()),
                        "expects nodes with different names, got two");
            }
        }
        List<OnnxNode> plain = new ArrayList<>();
        for (NodeProto each : proto.getNodeList()) {
            String output = each.getOutputList().stream()
                    .filter(name -> !name.isEmpty())
                    .findFirst()
                    .orElse("");
            String name = each.getName().isEmpty() ? free(output, taken) : each.getName();
            String place = NodePlaces.node(where, name, each.getOpType());
            if (output.isEmpty()) throw new ModelFormatException(place, "expects an output, got none");
            if (each.getOpType().isEmpty()) throw new ModelFormatException(place, "expects an operator, got none");
            String domain = Opsets.domain(each.getDomain());
            int last = each.getOutputCount(); // of the outputs that somebody wants
            while (each.getOutput(last - 1).isEmpty()) last--;
            plain.add(new OnnxNode(
                    name,
                    domain,
                    each.getOpType(),
                    opsets.version(domain, place),
                    each.getInputList(),
                    each.getOutputList().subList(0, last),
                    Attributes.none(name)));
        }
        return plain;
    }

    /// A name that no node has.
    private static String free(String wanted, Set<String> taken) {
        String name = wanted;
        for (int i = 2; !taken.add(name); i++) name = wanted + "_" + i;
        return name;
    }

    private OnnxNode complete(OnnxNode node, NodeProto proto, Scope scope, String graph) {
        String where = NodePlaces.node(graph, node.name(), node.fullOp());
        for (String each : node.inputs()) {
            if (!each.isEmpty() && !scope.has(each)) throw undefined(where, "an input", each);
        }
        boolean supported =
                !node.domain().equals(OnnxNode.OWN) && Registry.find(node).isPresent();
        if (!supported) {
            unsupported.computeIfAbsent(node.fullOp(), _ -> new ArrayList<>()).add(node.name());
        }
        Attributes given = attributes.read(
                proto.getAttributeList(), node, supported, (body, place) -> read(body, scope, place), where);
        int least = node.domain().isEmpty() ? LEAST_INPUTS.getOrDefault(node.op(), 1) : 0;
        if (supported && node.inputs().size() < least) {
            throw new ModelFormatException(
                    where,
                    "expects at least " + least + " inputs, got "
                            + node.inputs().size());
        }
        return withCaptured(node.with(withNarrow(node, given, scope)));
    }

    /// The settings with the type of the input that CastLike and QuantizeLinear take theirs from.
    private static Attributes withNarrow(OnnxNode node, Attributes given, Scope scope) {
        int like = node.is("CastLike") ? 1 : node.is("QuantizeLinear") ? 2 : -1;
        if (like < 0 || node.inputs().size() <= like) return given;
        for (Scope each = scope; each != null; each = each.around) {
            String name = node.inputs().get(like);
            Integer code = each.narrow.get(name);
            if (code != null) return given.with(NodeCall.NARROW, (long) code);
            if (each.own.contains(name)) return given;
        }
        return given;
    }

    /// The node with the values of graphs around them that its bodies take.
    private static OnnxNode withCaptured(OnnxNode node) {
        Set<String> captured = new LinkedHashSet<>();
        new TreeMap<>(node.attributes().all()).forEach((_, value) -> {
            if (value instanceof OnnxGraph body) captured.addAll(body.captured());
        });
        if (captured.isEmpty()) return node;
        List<String> inputs = new ArrayList<>(node.inputs());
        inputs.addAll(captured);
        return node.withInputs(inputs).with(node.attributes().with(NodeCall.CAPTURED, List.copyOf(captured)));
    }
}

package dev.neurite.onnx;

import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.proto.GraphProto;
import dev.neurite.onnx.proto.ModelProto;
import dev.neurite.onnx.proto.NodeProto;
import dev.neurite.onnx.proto.TensorProto;
import dev.neurite.onnx.proto.ValueInfoProto;
import dev.neurite.onnx.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// A model with inputs, which can be put into the middle of a larger graph.
/// @param inputs the elements of the model's inputs, by name, in their order
record GraphCase(String name, ModelProto model, Map<String, TensorProto> inputs) {
    /// The codes of types whose elements can be negated.
    private static final Set<Integer> SIGNED = Set.of(1, 3, 5, 6, 7, 9, 10, 11, 16);

    private static final String GIVEN = "given ";
    private static final String AGAIN = "again ";

    /// The ends of the names of the two copies of an output.
    private static final List<String> READERS = List.of(" first", " second");

    @Override
    public String toString() {
        return name;
    }

    /// The operators of the model, also those in bodies.
    Set<String> operators() {
        return BackendCase.operators(model);
    }

    /// The same with all inputs but the first as constants.
    GraphCase withConstants() {
        GraphProto.Builder graph = model.getGraph().toBuilder().clearInput();
        Map<String, TensorProto> left = new LinkedHashMap<>();
        for (ValueInfoProto each : model.getGraph().getInputList()) {
            TensorProto given = inputs.get(each.getName());
            if (given == null || left.isEmpty()) {
                graph.addInput(each);
                if (given != null) left.put(each.getName(), given);
                continue;
            }
            int type = each.getType().getTensorType().getElemType(); // the tensor itself has bfloat16 as uint16
            graph.addInitializer(given.toBuilder().setName(each.getName()).setDataType(type));
        }
        return new GraphCase(
                name + ", constants", model.toBuilder().setGraph(graph).build(), left);
    }

    /// The operators of the plan that are Neurite's own.
    Set<String> made() {
        OnnxModel whole = OnnxModel.read(inTheMiddle(Inputs.RESULTS).toByteArray());
        return whole.stages(values(GIVEN)).getLast().graph().nodes().stream()
                .filter(each -> each.domain().equals(OnnxNode.OWN))
                .map(OnnxNode::op)
                .collect(Collectors.toSet());
    }

    /// The outputs of the model as it is.
    Map<String, Value> run() {
        return OnnxModel.read(model.toByteArray()).run(values(""));
    }

    private Map<String, Value> values(String prefix) {
        Map<String, Value> values = new LinkedHashMap<>();
        for (ValueInfoProto each : model.getGraph().getInputList()) {
            TensorProto given = inputs.get(each.getName());
            if (given != null) values.put(prefix + each.getName(), BackendCase.value(given, each));
        }
        return values;
    }

    /// What the inputs in the middle of a graph are.
    enum Inputs {
        /// Results of nodes, taken by the model only, which may overwrite them.
        RESULTS,
        /// The same elements in another value.
        VIEWS,
        /// Results of nodes that are taken again afterwards, so that nothing may overwrite them.
        READ_AGAIN
    }

    /// Runs the model in the middle of a graph: its inputs are results of nodes before it, and each output is taken
    /// by two nodes after it. All are copied bit by bit.
    /// @return what the two nodes got, in two runs with the same buffers: four values for each output
    Map<String, List<Value>> runInTheMiddle(Inputs kind) {
        OnnxModel whole = OnnxModel.read(inTheMiddle(kind).toByteArray());
        Map<String, Value> given = values(GIVEN);
        List<Map<String, Value>> runs = List.of(whole.run(given), whole.run(given));
        Map<String, List<Value>> seen = new LinkedHashMap<>();
        for (ValueInfoProto each : model.getGraph().getOutputList()) {
            List<Value> all = new ArrayList<>();
            for (Map<String, Value> run : runs) {
                for (String reader : READERS) all.add(run.get(each.getName() + reader));
            }
            seen.put(each.getName(), all);
        }
        if (kind != Inputs.READ_AGAIN) return seen;
        values("").forEach((input, value) -> {
            for (Map<String, Value> run : runs) {
                if (!value.equals(run.get(AGAIN + input))) {
                    throw new AssertionError("input '" + input + "' was overwritten");
                }
            }
        });
        return seen;
    }

    private ModelProto inTheMiddle(Inputs kind) {
        GraphProto inner = model.getGraph();
        List<NodeProto> before = new ArrayList<>();
        List<NodeProto> after = new ArrayList<>();
        GraphProto.Builder graph = inner.toBuilder()
                .clearInput()
                .clearOutput()
                .clearNode()
                .addInitializer(Protos.tensor("yes", Protos.BOOL).addInt32Data(1));
        for (ValueInfoProto each : inner.getInputList()) {
            if (!inputs.containsKey(each.getName())) {
                graph.addInput(each);
                continue;
            }
            graph.addInput(each.toBuilder().setName(GIVEN + each.getName()));
            String result = kind == Inputs.VIEWS ? "result " + each.getName() : each.getName();
            before.addAll(copy(GIVEN + each.getName(), result, each));
            if (kind == Inputs.VIEWS) before.add(view(result, each.getName()));
            if (kind != Inputs.READ_AGAIN) continue;
            after.addAll(copy(each.getName(), AGAIN + each.getName(), each));
            graph.addOutput(each.toBuilder().setName(AGAIN + each.getName()));
        }
        for (ValueInfoProto each : inner.getOutputList()) {
            for (String reader : READERS) {
                after.addAll(copy(each.getName(), each.getName() + reader, each));
                graph.addOutput(each.toBuilder().setName(each.getName() + reader));
            }
        }
        graph.addAllNode(before).addAllNode(inner.getNodeList()).addAllNode(after);
        ModelProto.Builder whole = model.toBuilder().setGraph(graph);
        boolean own = model.getOpsetImportList().stream()
                .anyMatch(each -> each.getDomain().isEmpty());
        if (!own) whole.addOpsetImport(Protos.opset("", 17));
        return whole.build();
    }

    private static NodeProto view(String from, String to) {
        return NodeProto.newBuilder()
                .setOpType("Identity")
                .addInput(from)
                .addOutput(to)
                .build();
    }

    /// Nodes whose result has the bits of a value: its elements are negated twice, as no rule joins that with other
    /// nodes.
    private static List<NodeProto> copy(String from, String to, ValueInfoProto info) {
        int type = info.getType().getTensorType().getElemType();
        NodeProto.Builder node = NodeProto.newBuilder();
        if (!SIGNED.contains(type)) {
            node.setOpType("Where").addInput("yes").addInput(from).addInput(from);
            return List.of(node.addOutput(to).build());
        }
        node.setOpType(type == Protos.BOOL ? "Not" : "Neg").addInput(from).addOutput("not yet " + to);
        return List.of(
                node.build(),
                node.clearInput()
                        .clearOutput()
                        .addInput("not yet " + to)
                        .addOutput(to)
                        .build());
    }
}

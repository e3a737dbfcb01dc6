package dev.neurite.onnx.graph;

import dev.neurite.onnx.value.ValueInfo;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// A graph: nodes in an order in which each comes after those whose outputs it takes, and no name is given twice.
/// @param name its name in the file
/// @param inputs what must be given; a body may also take values of the graph around it, see [#captured]
/// @param outputs what it gives
/// @param constants the values that the file has, by name
/// @param nodes the nodes
public record OnnxGraph(
        String name,
        List<ValueInfo> inputs,
        List<String> outputs,
        Map<String, Constant> constants,
        List<OnnxNode> nodes) {
    public OnnxGraph {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        constants = Map.copyOf(constants);
        nodes = List.copyOf(nodes);
    }

    public OnnxGraph with(Map<String, Constant> others, List<OnnxNode> otherNodes) {
        return new OnnxGraph(name, inputs, outputs, others, otherNodes);
    }

    /// The names of the values of graphs around it that it takes, itself or in bodies of its nodes.
    public Set<String> captured() {
        Set<String> own = inputs.stream().map(ValueInfo::name).collect(Collectors.toCollection(LinkedHashSet::new));
        own.addAll(constants.keySet());
        Set<String> captured = new LinkedHashSet<>();
        for (OnnxNode node : nodes) {
            for (String each : node.inputs()) if (!each.isEmpty() && !own.contains(each)) captured.add(each);
            for (OnnxGraph body : bodies(node)) {
                for (String each : body.captured()) if (!own.contains(each)) captured.add(each);
            }
            own.addAll(node.outputs());
        }
        for (String each : outputs) if (!own.contains(each)) captured.add(each);
        return captured;
    }

    /// Whether it has an operator of ONNX's own set, itself or in bodies of its nodes.
    public boolean has(String operator) {
        return nodes.stream()
                .anyMatch(each -> each.is(operator) || bodies(each).stream().anyMatch(body -> body.has(operator)));
    }

    /// The graphs among a node's attributes.
    public static List<OnnxGraph> bodies(OnnxNode node) {
        return node.attributes().all().values().stream()
                .filter(OnnxGraph.class::isInstance)
                .map(OnnxGraph.class::cast)
                .toList();
    }

    /// A line for each node.
    @Override
    public String toString() {
        var text = new StringBuilder();
        for (ValueInfo each : inputs) text.append("input  ").append(each).append('\n');
        for (OnnxNode each : nodes) text.append("       ").append(each).append('\n');
        return text.append("output ").append(String.join(", ", outputs)).toString();
    }
}

package dev.neurite.onnx.export;

import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.ValueInfo;
import java.util.List;

/// Inputs that are ids: integers for whoever runs the model, although the library has them as numbers.
final class Integers {
    private Integers() {}

    /// Makes inputs integers where all nodes that take them convert them to integers first, and removes those nodes.
    /// @param nodes changed
    /// @param inputs changed
    static void adapt(List<OnnxNode> nodes, List<ValueInfo> inputs) {
        inputs.replaceAll(input -> {
            List<OnnxNode> readers = nodes.stream()
                    .filter(node -> node.inputs().contains(input.name()))
                    .toList();
            boolean ids = !readers.isEmpty() && readers.stream().allMatch(Integers::makesIntegers);
            if (!ids) return input;
            nodes.removeAll(readers);
            for (OnnxNode each : readers) redirect(nodes, each.outputs().getFirst(), input.name());
            return new ValueInfo(input.name(), ElementType.INT64, input.extents(), false);
        });
    }

    private static boolean makesIntegers(OnnxNode node) {
        return node.is("Cast") && node.attributes().integer("to", 0) == ElementType.INT64.code();
    }

    private static void redirect(List<OnnxNode> nodes, String from, String to) {
        nodes.replaceAll(node -> node.inputs().contains(from)
                ? node.withInputs(node.inputs().stream()
                        .map(each -> each.equals(from) ? to : each)
                        .toList())
                : node);
    }
}

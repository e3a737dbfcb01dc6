package dev.neurite.onnx.format;

import dev.neurite.onnx.graph.OnnxGraph;
import dev.neurite.onnx.value.ValueInfo;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// A model to be written.
/// @param graph its nodes; constants are written in the order in which nodes take them
/// @param outputs what it gives, in the order of the graph's outputs
/// @param opsets the versions of the sets of operators, by domain; ONNX's own is the empty one, 17 to 22
/// @param metadata texts by name
public record OnnxContent(
        OnnxGraph graph,
        List<ValueInfo> outputs,
        SequencedMap<String, Integer> opsets,
        SequencedMap<String, String> metadata) {
    public OnnxContent {
        outputs = List.copyOf(outputs);
        opsets = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(opsets));
        metadata = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(metadata));
    }
}

package dev.neurite.onnx.format;

import dev.neurite.error.ModelFormatException;
import dev.neurite.onnx.graph.OnnxGraph;
import dev.neurite.onnx.graph.Unsupported;
import dev.neurite.onnx.value.ValueInfo;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// A model's graph with what its file says of it.
/// @param graph the graph
/// @param outputs what it gives, in the order of the graph's outputs
/// @param halves whether each output is of float16, whose numbers end at 65504
/// @param metadata texts that the producer added, by name
/// @param info what the file says of itself
/// @param unsupported the operators that cannot be run, also those in bodies, in the order of the file
public record LoadedGraph(
        OnnxGraph graph,
        List<ValueInfo> outputs,
        List<Boolean> halves,
        Map<String, String> metadata,
        ModelInfo info,
        List<Unsupported> unsupported) {
    public LoadedGraph {
        outputs = List.copyOf(outputs);
        halves = List.copyOf(halves);
        metadata = Map.copyOf(metadata);
        unsupported = List.copyOf(unsupported);
    }

    /// Refuses a model with operators that are not supported.
    /// @param where the model's name
    /// @throws ModelFormatException with all of them, and how many nodes have each
    public void requireSupported(String where) {
        if (unsupported.isEmpty()) return;
        throw new ModelFormatException(
                where,
                "expects operators that are supported, got "
                        + unsupported.stream().map(Unsupported::toString).collect(Collectors.joining(", ")));
    }
}

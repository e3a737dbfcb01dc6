package dev.neurite.onnx;

import dev.neurite.kernel.Kernels;
import dev.neurite.onnx.format.LoadedGraph;
import dev.neurite.onnx.format.OnnxReader;
import dev.neurite.onnx.graph.Constant;
import dev.neurite.onnx.graph.Unsupported;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.plan.Outline;
import dev.neurite.onnx.plan.PlanContext;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.tensor.Shape;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What is in a model file, also of one that cannot be run.
/// @param producer the program that wrote it, with its version; empty if the file does not say
/// @param opsets the versions of the sets of operators, by domain; ONNX's own has an empty name
/// @param inputs what must be given
/// @param outputs what it gives
/// @param nodes the nodes, with the shapes of their results
/// @param parameters the number of elements of the file's tensors
/// @param unsupported the operators that cannot be run, with the nodes that have them
/// @param metadata what the producer added, by name
public record ModelSummary(
        String producer,
        Map<String, Integer> opsets,
        List<ValueInfo> inputs,
        List<ValueInfo> outputs,
        List<Outline.Line> nodes,
        long parameters,
        List<Unsupported> unsupported,
        Map<String, String> metadata) {
    /// Lists and maps are copied.
    public ModelSummary {
        opsets = Map.copyOf(opsets);
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        nodes = List.copyOf(nodes);
        unsupported = List.copyOf(unsupported);
        metadata = Map.copyOf(metadata);
    }

    /// Reads a file.
    /// @param extents of axes that may differ between calls, by their names in the file; 1 for others
    /// @throws dev.neurite.error.DataException if there is no such file
    /// @throws dev.neurite.error.ModelFormatException if it is no ONNX model, damaged or unsafe
    /// @throws dev.neurite.error.ConfigException for an extent below 1
    public static ModelSummary of(Path file, Map<String, Integer> extents) {
        LoadedGraph loaded = OnnxReader.read(file);
        Map<String, Shape> shapes = new HashMap<>();
        for (ValueInfo each : loaded.graph().inputs()) {
            if (!each.anyRank()) shapes.put(each.name(), each.shape(extents));
        }
        return of(loaded, shapes);
    }

    /// Reads a file.
    /// @param shapes of inputs, by name; what depends on others has no known shape
    /// @throws dev.neurite.error.DataException if there is no such file
    /// @throws dev.neurite.error.ModelFormatException if it is no ONNX model, damaged or unsafe
    public static ModelSummary ofShapes(Path file, Map<String, Shape> shapes) {
        return of(OnnxReader.read(file), shapes);
    }

    private static ModelSummary of(LoadedGraph loaded, Map<String, Shape> shapes) {
        Map<String, Fact> facts = new HashMap<>();
        for (ValueInfo each : loaded.graph().inputs()) {
            Shape shape = shapes.get(each.name());
            if (shape != null) facts.put(each.name(), Fact.of(each.type(), shape));
        }
        long parameters = 0;
        for (Constant each : loaded.graph().constants().values())
            parameters += each.shape().size();
        String producer = (loaded.info().producer() + " " + loaded.info().producerVersion()).strip();
        return new ModelSummary(
                producer,
                loaded.info().opsets(),
                loaded.graph().inputs(),
                loaded.outputs(),
                Outline.of(loaded.graph(), facts, new PlanContext(Kernels.shared())),
                parameters,
                loaded.unsupported(),
                loaded.metadata());
    }

    /// The number of nodes with each operator, by its name.
    public Map<String, Integer> operators() {
        Map<String, Integer> counts = new TreeMap<>();
        for (Outline.Line each : nodes) counts.merge(each.node().fullOp(), 1, Integer::sum);
        return counts;
    }

    public long multiplications() {
        return nodes.stream().mapToLong(Outline.Line::multiplications).sum();
    }
}

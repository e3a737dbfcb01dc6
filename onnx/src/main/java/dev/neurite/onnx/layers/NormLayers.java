package dev.neurite.onnx.layers;

import dev.neurite.kernel.Activation;
import dev.neurite.layer.BatchNorm;
import dev.neurite.layer.GroupNorm;
import dev.neurite.layer.Initializers;
import dev.neurite.layer.InstanceNorm;
import dev.neurite.layer.LayerNorm;
import dev.neurite.model.Node;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Normalizations.
final class NormLayers {
    private static final float USUAL_EPSILON = 1e-5f;
    private static final int OF_CHANNELS = 21; // the opset from which GroupNormalization has a weight for each channel

    private NormLayers() {}

    static boolean add(LayerDraft draft, OnnxNode node) {
        Optional<Flow> x = draft.rows(node, 0);
        if (x.isEmpty() || !node.domain().isEmpty()) return false;
        double epsilon = Double.parseDouble(Float.toString(node.attributes().real("epsilon", USUAL_EPSILON)));
        return switch (node.op()) {
            case "BatchNormalization" -> batch(draft, node, x.get(), epsilon);
            case "LayerNormalization" -> layer(draft, node, x.get(), epsilon);
            case "InstanceNormalization" ->
                add(draft, node, new InstanceNorm(epsilon, true), x.get(), "weight", "bias");
            case "GroupNormalization" ->
                node.version() >= OF_CHANNELS
                        && add(
                                draft,
                                node,
                                new GroupNorm(node.attributes().small("num_groups", 1), epsilon, true),
                                x.get(),
                                "weight",
                                "bias");
            default -> false;
        };
    }

    private static boolean batch(LayerDraft draft, OnnxNode node, Flow x, double epsilon) {
        double momentum = BigDecimal.ONE
                .subtract(new BigDecimal(Float.toString(node.attributes().real("momentum", 0.9f))))
                .doubleValue(); // the weight of the batch; ONNX has that of the past
        return momentum > 0
                && momentum <= 1
                && !isInTraining(node)
                && add(
                        draft,
                        node,
                        new BatchNorm(Activation.IDENTITY, momentum, epsilon, true, Initializers.constant(1)),
                        x,
                        "weight",
                        "bias",
                        "running_mean",
                        "running_var");
    }

    /// Whether a node is a batch norm by the statistics of the rows that are run together.
    static boolean isInTraining(OnnxNode node) {
        return node.is("BatchNormalization") && node.attributes().flag("training_mode", false);
    }

    private static boolean layer(LayerDraft draft, OnnxNode node, Flow x, double epsilon) {
        int rank = x.row().rank() + 1;
        int axis = node.attributes().small("axis", -1);
        int axes = axis < 0 ? -axis : rank - axis;
        boolean bias = LayerDraft.has(node, 2);
        if (axes < 1 || axes >= rank || node.outputs().size() > 1) return false;
        Node norm = new LayerNorm(axes, epsilon, true, bias);
        return bias ? add(draft, node, norm, x, "weight", "bias") : add(draft, node, norm, x, "weight");
    }

    /// Adds a layer whose parameters are constants, from the second input of the node on.
    private static boolean add(LayerDraft draft, OnnxNode node, Node layer, Flow x, String... parameters) {
        Map<String, Tensor> values = new LinkedHashMap<>();
        for (int i = 0; i < parameters.length; i++) {
            Optional<Tensor> value = draft.floats(node, i + 1);
            if (value.isEmpty()) return false;
            values.put(parameters[i], value.get());
        }
        Shape row = x.row();
        boolean fits = row.rank() > 0
                && values.values().stream()
                        .allMatch(each -> layer instanceof LayerNorm || each.size() == row.extent(0));
        return fits && draft.add(node, layer, node.outputs().getFirst(), List.of(x), values);
    }
}

package dev.neurite.onnx.layers;

import dev.neurite.kernel.Activation;
import dev.neurite.layer.BatchNorm;
import dev.neurite.layer.GroupNorm;
import dev.neurite.layer.Initializers;
import dev.neurite.layer.InstanceNorm;
import dev.neurite.layer.LayerNorm;
import dev.neurite.layer.Layers;
import dev.neurite.layer.RmsNorm;
import dev.neurite.model.Node;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Normalizations.
final class NormLayers {
    static final double USUAL_MOMENTUM = Layers.batchNorm().momentum();
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
            case "Pow" -> rms(draft, node, x.get());
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
        return !isInTraining(node)
                && add(
                        draft,
                        node,
                        new BatchNorm(Activation.IDENTITY, momentum(node), epsilon, true, Initializers.constant(1)),
                        x,
                        "weight",
                        "bias",
                        "running_mean",
                        "running_var");
    }

    /// The weight of the batch; ONNX has that of the past.
    private static double momentum(OnnxNode node) {
        if (hasOddMomentum(node)) return USUAL_MOMENTUM;
        return BigDecimal.ONE
                .subtract(new BigDecimal(Float.toString(past(node))))
                .doubleValue();
    }

    private static float past(OnnxNode node) {
        return node.attributes().real("momentum", 0.9f);
    }

    /// Whether a node is a batch norm with a momentum that no layer has, as 1, with which the statistics stay.
    static boolean hasOddMomentum(OnnxNode node) {
        return node.is("BatchNormalization") && !(past(node) >= 0 && past(node) < 1);
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

    /// x / √(mean(x²) + ε), times w if it is there, from the square on.
    private static boolean rms(LayerDraft draft, OnnxNode square, Flow x) {
        List<OnnxNode> nodes = new ArrayList<>(List.of(square));
        for (String op : List.of("ReduceMean", "Add", "Sqrt", "Div")) {
            Optional<OnnxNode> next =
                    draft.onlyReader(nodes.getLast().outputs().getFirst()).filter(each -> each.is(op));
            if (next.isEmpty()) return false;
            nodes.add(next.get());
        }
        OnnxNode mean = nodes.get(1);
        int rank = x.row().rank() + 1;
        int axes = lastAxes(draft, mean, rank);
        OnnxNode shifted = nodes.get(2);
        int place = shifted.inputs().getFirst().equals(mean.outputs().getFirst()) ? 1 : 0;
        Optional<Float> epsilon = draft.number(shifted, place, 0);
        List<String> quotient =
                List.of(square.inputs().getFirst(), nodes.get(3).outputs().getFirst());
        boolean fits = axes > 0
                && draft.number(square, 1, 0).filter(each -> each == 2).isPresent()
                && epsilon.filter(each -> each > 0).isPresent()
                && nodes.getLast().inputs().equals(quotient);
        if (!fits) return false;
        String y = nodes.getLast().outputs().getFirst();
        Optional<OnnxNode> times = draft.onlyReader(y).filter(each -> each.is("Mul"));
        Optional<Tensor> w = times.flatMap(
                        each -> draft.floats(each, each.inputs().getFirst().equals(y) ? 1 : 0))
                .filter(each -> each.shape().equals(last(x.row(), axes)));
        OnnxNode named = w.isPresent() ? times.orElseThrow() : square;
        var norm = new RmsNorm(axes, Double.parseDouble(Float.toString(epsilon.orElseThrow())), w.isPresent());
        boolean added = draft.add(
                named,
                norm,
                w.isPresent() ? named.outputs().getFirst() : y,
                List.of(x),
                w.map(each -> Map.of("weight", each)).orElse(Map.of()));
        if (!added) return false;
        nodes.forEach(draft::finish);
        draft.finish(named);
        return true;
    }

    /// The number of last axes that a mean is taken over, each of which stays with extent 1; 0 for others.
    private static int lastAxes(LayerDraft draft, OnnxNode mean, int rank) {
        long[] axes = draft.longs(mean, 1)
                .or(() -> mean.attributes().integers("axes"))
                .orElse(new long[0]);
        long[] places = Arrays.stream(axes)
                .map(each -> each < 0 ? each + rank : each)
                .sorted()
                .toArray();
        boolean last = mean.attributes().flag("keepdims", true) && places.length < rank;
        for (int i = 0; i < places.length; i++) last &= places[i] == rank - places.length + i;
        return last ? places.length : 0;
    }

    private static Shape last(Shape row, int axes) {
        return Shape.of(row.extents().subList(row.rank() - axes, row.rank()).stream()
                .mapToInt(Integer::intValue)
                .toArray());
    }
}

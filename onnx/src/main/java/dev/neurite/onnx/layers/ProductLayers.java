package dev.neurite.onnx.layers;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Resizing.Mode;
import dev.neurite.layer.Add;
import dev.neurite.layer.Dense;
import dev.neurite.layer.Embedding;
import dev.neurite.layer.Initializers;
import dev.neurite.layer.Layers;
import dev.neurite.layer.Multiply;
import dev.neurite.layer.Standardize;
import dev.neurite.layer.Upsample;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Products with weights, sums and products of values.
final class ProductLayers {
    private ProductLayers() {}

    static boolean add(LayerDraft draft, OnnxNode node) {
        if (node.fullOp().equals(KnownOperator.SCALER)) return scaler(draft, node);
        if (!node.domain().isEmpty()) return false;
        return switch (node.op()) {
            case "Gemm" -> gemm(draft, node);
            case "MatMul" -> matMul(draft, node);
            case "Gather" -> gather(draft, node);
            case "Add", "Sum" -> joined(draft, node) || PositionLayers.add(draft, node) || scaled(draft, node);
            case "Mul" -> joined(draft, node) || ofChannels(draft, node) || scaled(draft, node);
            case "Sub", "Div" -> scaled(draft, node);
            default -> false;
        };
    }

    // ---------------------------------------------------------------------------------------------------------- dense

    private static boolean gemm(LayerDraft draft, OnnxNode node) {
        Optional<Flow> x = draft.rows(node, 0).filter(each -> each.row().rank() == 1);
        Optional<Tensor> w = draft.floats(node, 1).filter(each -> each.shape().rank() == 2);
        var a = node.attributes();
        boolean plain = a.real("alpha", 1) == 1 && !a.flag("transA", false);
        if (x.isEmpty() || w.isEmpty() || !plain) return false;
        Tensor rows = a.flag("transB", false) ? w.get() : transposed(w.get());
        int units = rows.shape().extent(0);
        Optional<Tensor> bias = Optional.empty();
        if (LayerDraft.has(node, 2)) {
            bias = draft.floats(node, 2).filter(each -> each.size() == units && a.real("beta", 1) == 1);
            if (bias.isEmpty()) return false;
        }
        return dense(draft, node, x.get(), rows, bias, node.outputs().getFirst());
    }

    private static boolean matMul(LayerDraft draft, OnnxNode node) {
        Optional<Flow> x = draft.rows(node, 0).filter(each -> each.row().rank() > 0);
        Optional<Projection> linear = Projection.of(draft, node);
        if (x.isEmpty() || linear.isEmpty()) return false;
        Projection map = linear.get();
        if (map.nodes().size() > 1) draft.finish(map.nodes().getLast());
        return dense(draft, node, x.get(), map.weight(), map.bias(), map.output());
    }

    private static boolean dense(
            LayerDraft draft, OnnxNode node, Flow x, Tensor w, Optional<Tensor> bias, String output) {
        int units = w.shape().extent(0);
        Dense dense = Layers.dense(units);
        Map<String, Tensor> parameters = new LinkedHashMap<>(Map.of("weight", w));
        bias.ifPresent(each -> parameters.put("bias", each.reshape(Shape.of(units))));
        return x.row().extent(x.row().rank() - 1) == w.shape().extent(1)
                && draft.add(node, bias.isPresent() ? dense : dense.withoutBias(), output, List.of(x), parameters);
    }

    static Tensor transposed(Tensor w) {
        int rows = w.shape().extent(0);
        int columns = w.shape().extent(1);
        float[] from = w.toArray();
        float[] to = new float[from.length];
        for (int i = 0; i < rows; i++) for (int j = 0; j < columns; j++) to[j * rows + i] = from[i * columns + j];
        return Tensor.of(Shape.of(columns, rows), to);
    }

    private static boolean gather(LayerDraft draft, OnnxNode node) {
        Optional<Tensor> table =
                draft.floats(node, 0).filter(each -> each.shape().rank() == 2);
        Optional<Flow> ids = draft.rows(node, 1);
        if (table.isEmpty() || ids.isEmpty() || node.attributes().integer("axis", 0) != 0) return false;
        Shape shape = table.get().shape();
        return draft.add(
                node,
                new Embedding(shape.extent(0), shape.extent(1), Embedding.NO_PADDING, Initializers.normal(0, 1)),
                node.outputs().getFirst(),
                List.of(ids.get()),
                Map.of("weight", table.get()));
    }

    // -------------------------------------------------------------------------------------------------------- values

    /// The sum or product of values of one shape.
    private static boolean joined(LayerDraft draft, OnnxNode node) {
        List<Flow> in = new ArrayList<>();
        for (int i = 0; i < node.inputs().size(); i++) draft.rows(node, i).ifPresent(in::add);
        boolean same = in.size() == node.inputs().size()
                && in.size() > 1
                && in.stream().allMatch(each -> each.row().equals(in.getFirst().row()));
        return same
                && draft.add(
                        node,
                        node.is("Mul") ? new Multiply() : new Add(Activation.IDENTITY),
                        node.outputs().getFirst(),
                        in,
                        Map.of());
    }

    /// An image times a number for each of its channels, as from squeeze and excitation: the numbers become an image.
    private static boolean ofChannels(LayerDraft draft, OnnxNode node) {
        for (int i = 0; i < 2; i++) {
            Optional<Flow> image = draft.rows(node, i)
                    .filter(each -> each.row().rank() == 3 && each.row().isKnown());
            Optional<Flow> numbers = draft.rows(node, 1 - i);
            if (image.isEmpty() || numbers.isEmpty()) continue;
            Shape row = image.get().row();
            if (!numbers.get().row().equals(Shape.of(row.extent(0), 1, 1))) continue;
            String spread = node.outputs().getFirst() + " spread";
            var upsample = new Upsample(0, Shape.of(row.extent(1), row.extent(2)), Mode.NEAREST);
            if (!draft.add(node, upsample, spread, numbers.get())) return false;
            List<Flow> both = List.of(image.get(), draft.flow(spread).orElseThrow());
            return draft.add(node, new Multiply(), node.outputs().getFirst(), both, Map.of());
        }
        return false;
    }

    /// x + c, x − c, x·c or x / c with a number for all, or one for each feature or channel; x − c, then times f, at
    /// once.
    private static boolean scaled(LayerDraft draft, OnnxNode node) {
        boolean sum = node.is("Add") || node.is("Sub");
        for (int i = 0; i < (node.is("Sub") || node.is("Div") ? 1 : 2); i++) {
            Optional<Flow> x = draft.rows(node, i).filter(each -> each.row().rank() > 0);
            int other = 1 - i;
            Optional<float[]> c = x.flatMap(each -> vector(draft, node, other, each.row()));
            if (x.isEmpty() || c.isEmpty()) continue;
            int size = c.get().length;
            float[] means = sum ? c.get() : new float[size];
            float[] factors = sum ? filled(size, 1) : c.get();
            if (node.is("Add")) for (int j = 0; j < size; j++) means[j] = -means[j];
            if (node.is("Div")) for (int j = 0; j < size; j++) factors[j] = 1 / factors[j];
            String output = node.outputs().getFirst();
            Optional<OnnxNode> times =
                    node.is("Sub") ? draft.onlyReader(output).filter(each -> each.is("Mul")) : Optional.empty();
            if (times.isPresent()) {
                int place = times.get().inputs().getFirst().equals(output) ? 1 : 0;
                Optional<float[]> more =
                        vector(draft, times.get(), place, x.get().row());
                if (more.isPresent()) {
                    factors = more.get();
                    draft.finish(times.get());
                    output = times.get().outputs().getFirst();
                }
            }
            Shape vector = Shape.of(size);
            return draft.add(
                    node, new Standardize(Tensor.of(vector, means), Tensor.of(vector, factors)), output, x.get());
        }
        return false;
    }

    /// (x − offset)·scale of columns, as exports of scikit-learn have it.
    private static boolean scaler(LayerDraft draft, OnnxNode node) {
        Optional<Flow> x = draft.rows(node, 0)
                .filter(each -> each.row().rank() == 1 && each.row().isKnown());
        if (x.isEmpty()) return false;
        int size = x.get().row().size();
        float[] means = ofEach(node.attributes().reals("offset").orElseGet(() -> new float[1]), size);
        float[] factors = ofEach(node.attributes().reals("scale").orElseGet(() -> new float[] {1}), size);
        if (means.length != size || factors.length != size) return false;
        Shape vector = Shape.of(size);
        var layer = new Standardize(Tensor.of(vector, means), Tensor.of(vector, factors));
        return draft.add(node, layer, node.outputs().getFirst(), x.get());
    }

    /// A number for each of several, which all have the same if there is one.
    private static float[] ofEach(float[] numbers, int size) {
        return numbers.length == 1 ? filled(size, numbers[0]) : numbers;
    }

    private static float[] filled(int size, float number) {
        float[] all = new float[size];
        Arrays.fill(all, number);
        return all;
    }

    /// A constant as a number for each element of the first axis of rows, which features and channels are.
    private static Optional<float[]> vector(LayerDraft draft, OnnxNode node, int input, Shape row) {
        Optional<Tensor> c = draft.floats(node, input);
        int size = row.extent(0);
        if (c.isEmpty() || size == Shape.OPEN) return Optional.empty();
        float[] values = c.get().toArray();
        if (values.length == 1) return Optional.of(filled(size, values[0]));
        return ActivationLayers.isAlong(c.get().shape(), row, 0) ? Optional.of(values) : Optional.empty();
    }
}

package dev.neurite.onnx.plan;

import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.graph.Constant;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.math.Products;
import dev.neurite.onnx.op.nn.Attending;
import dev.neurite.onnx.op.nn.Attending.Columns;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes one product of the three that project a value to queries, keys and values: x is packed once, and threads
/// wait for each other once.
final class FusingProjections {
    private static final int BIAS = 2; // input

    private FusingProjections() {}

    /// A product x·W + b whose result only attention takes.
    /// @param bias null if there is none
    private record Projection(
            OnnxNode node, Constant w, @Nullable Constant bias, Columns columns) {
        static @Nullable Projection of(Draft draft, OnnxNode attention, int input, String attribute) {
            String value = attention.inputs().get(input);
            OnnxNode node = draft.producer(value);
            Columns columns =
                    attention.attributes().own(attribute, Columns.class).orElse(null);
            boolean plain = node != null
                    && columns != null
                    && node.isOwn(Products.DENSE)
                    && node.inputs().size() <= BIAS + 1
                    && !node.attributes().has(Products.ACTIVATION)
                    && draft.isUsedOnce(value);
            if (!plain || node == null || columns == null) return null;
            Constant w = draft.constant(node.inputs().get(1));
            Constant bias =
                    node.inputs().size() > BIAS ? draft.constant(node.inputs().get(BIAS)) : null;
            boolean fits = w != null
                    && w.type() == ElementType.FLOAT
                    && columns.width() == w.shape().extent(turned(node) ? 0 : 1);
            if (!fits || w == null || (bias == null && node.inputs().size() > BIAS)) return null;
            return new Projection(node, w, bias, columns);
        }

        String x() {
            return node.inputs().getFirst();
        }

        int inputs() {
            return w.shape().extent(turned(node) ? 1 : 0);
        }

        boolean joins(Projection other) {
            return x().equals(other.x())
                    && turned(node) == turned(other.node)
                    && (bias == null) == (other.bias == null)
                    && columns.steps() == other.columns.steps()
                    && columns.timeFirst() == other.columns.timeFirst();
        }
    }

    /// Whether the weights of a product are `[out × in]`.
    private static boolean turned(OnnxNode dense) {
        return dense.attributes().flag(Products.TRANSPOSED, false);
    }

    /// Attention to the positions of one value.
    static boolean projections(Draft draft, OnnxNode node) {
        if (!node.isOwn(Attending.ATTENTION)) return false;
        String[] attributes = {Attending.QUERIES, Attending.KEYS, Attending.VALUES};
        List<Projection> all = new ArrayList<>();
        for (int i = 0; i < attributes.length; i++) {
            Projection each = Projection.of(draft, node, i, attributes[i]);
            if (each == null || (i > 0 && !all.getFirst().joins(each))) return false;
            all.add(each);
        }
        Shape of = draft.floats(all.getFirst().node.outputs().getFirst());
        if (of == null) return false;
        int[] extents = new int[of.rank()];
        for (int i = 0; i < extents.length; i++) extents[i] = of.extent(i);
        int width = width(all);
        extents[extents.length - 1] = width;
        String names = String.join(
                ", ", all.stream().map(each -> each.node.outputs().getFirst()).toList());
        String joined = draft.named(names, Fact.of(ElementType.FLOAT, Shape.of(extents)));
        OnnxNode first = all.getFirst().node;
        draft.replace(
                first,
                OnnxNode.own(first.name(), Products.DENSE, inputs(draft, all), List.of(joined), first.attributes()),
                all.get(1).node,
                all.get(2).node);
        int start = 0;
        Attributes changed = node.attributes();
        for (int i = 0; i < attributes.length; i++) {
            changed = changed.with(attributes[i], all.get(i).columns.within(width, start));
            start += all.get(i).columns.width();
        }
        List<String> inputs = new ArrayList<>(node.inputs());
        for (int i = 0; i < attributes.length; i++) inputs.set(i, joined);
        draft.replace(node, node.withInputs(inputs).with(changed));
        return true;
    }

    /// The inputs of the one product that replaces all of these.
    private static List<String> inputs(Draft draft, List<Projection> all) {
        Projection first = all.getFirst();
        String names = String.join(
                ", ", all.stream().map(each -> each.node.inputs().get(1)).toList());
        List<String> inputs = new ArrayList<>();
        inputs.add(first.x());
        inputs.add(draft.derived(all.stream().map(Projection::w).toList(), names + " as one", () -> weights(all)));
        List<Constant> ofBias = new ArrayList<>();
        for (Projection each : all) if (each.bias != null) ofBias.add(each.bias);
        if (!ofBias.isEmpty()) {
            String biases = String.join(
                    ", ", all.stream().map(each -> each.node.inputs().get(BIAS)).toList());
            inputs.add(draft.derived(ofBias, biases + " as one", () -> bias(all)));
        }
        return inputs;
    }

    /// The number of columns of that product.
    private static int width(List<Projection> all) {
        return all.stream().mapToInt(each -> each.columns.width()).sum();
    }

    /// The weights beside each other.
    private static Value weights(List<Projection> all) {
        int inner = all.getFirst().inputs();
        int width = width(all);
        boolean turned = turned(all.getFirst().node);
        float[] joined = new float[inner * width];
        int start = 0;
        for (Projection each : all) {
            float[] own = each.w.value().floats();
            int columns = each.columns.width();
            if (turned) {
                System.arraycopy(own, 0, joined, start * inner, own.length);
            } else {
                for (int i = 0; i < inner; i++) {
                    System.arraycopy(own, i * columns, joined, i * width + start, columns);
                }
            }
            start += columns;
        }
        return Value.of(turned ? Shape.of(width, inner) : Shape.of(inner, width), joined);
    }

    private static Value bias(List<Projection> all) {
        int width = width(all);
        float[] joined = new float[width];
        int start = 0;
        for (Projection each : all) {
            if (each.bias == null) continue;
            float[] own = each.bias.value().floats();
            System.arraycopy(own, 0, joined, start, own.length);
            start += own.length;
        }
        return Value.of(Shape.of(width), joined);
    }
}

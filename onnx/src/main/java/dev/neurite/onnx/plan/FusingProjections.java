package dev.neurite.onnx.plan;

import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.graph.Constant;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.math.Products;
import dev.neurite.onnx.op.nn.Attending;
import dev.neurite.onnx.op.nn.Attending.Columns;
import dev.neurite.onnx.op.quantized.QuantizedDense;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes one product of the three that project a value to queries, keys and values: x is packed once, and threads
/// wait for each other once.
final class FusingProjections {
    private static final int BIAS = 2; // inputs
    private static final int RESIDUAL = 3;

    private FusingProjections() {}

    /// A product x·W + b, of floats or of bytes, whose result only attention takes.
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
                    && (node.isOwn(Products.DENSE) || node.isOwn(QuantizedDense.QUANTIZED_DENSE))
                    && node.input(RESIDUAL).isEmpty()
                    && !node.attributes().has(Products.ACTIVATION)
                    && draft.isUsedOnce(value);
            if (!plain || node == null || columns == null) return null;
            Constant w = draft.constant(node.inputs().get(1));
            Constant bias = draft.constant(node.input(BIAS));
            boolean fits = w != null && columns.width() == w.shape().extent(turned(node) ? 0 : 1);
            if (!fits || w == null || (bias == null && !node.input(BIAS).isEmpty())) return null;
            return new Projection(node, w, bias, columns);
        }

        boolean isQuantized() {
            return node.isOwn(QuantizedDense.QUANTIZED_DENSE);
        }

        String x() {
            return node.inputs().getFirst();
        }

        int inputs() {
            return w.shape().extent(turned(node) ? 1 : 0);
        }

        boolean joins(Projection other) {
            return x().equals(other.x())
                    && node.op().equals(other.node.op())
                    && w.type() == other.w.type()
                    && (!isQuantized() || isQuantizedLike(other))
                    && turned(node) == turned(other.node)
                    && (bias == null) == (other.bias == null)
                    && columns.steps() == other.columns.steps()
                    && columns.timeFirst() == other.columns.timeFirst();
        }

        private boolean isQuantizedLike(Projection other) {
            return node.input(QuantizedDense.SCALE_X).equals(other.node.input(QuantizedDense.SCALE_X))
                    && node.input(QuantizedDense.ZERO_X).equals(other.node.input(QuantizedDense.ZERO_X))
                    && node.input(QuantizedDense.ZERO_W).isEmpty()
                            == other.node.input(QuantizedDense.ZERO_W).isEmpty();
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
                OnnxNode.own(first.name(), first.op(), inputs(draft, all), List.of(joined), first.attributes()),
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
        inputs.add(joined(draft, all, BIAS));
        if (first.isQuantized()) {
            inputs.add("");
            inputs.add(first.node.input(QuantizedDense.SCALE_X));
            inputs.add(first.node.input(QuantizedDense.ZERO_X));
            inputs.add(joined(draft, all, QuantizedDense.SCALE_W));
            inputs.add(joined(draft, all, QuantizedDense.ZERO_W));
        }
        return inputs;
    }

    /// What all have for each column, as one constant; empty if none has it.
    private static String joined(Draft draft, List<Projection> all, int place) {
        List<Constant> parts = new ArrayList<>();
        for (Projection each : all) {
            Constant part = draft.constant(each.node.input(place));
            if (part == null) return "";
            parts.add(part);
        }
        String names = String.join(
                ", ", all.stream().map(each -> each.node.input(place)).toList());
        return draft.derived(parts, names + " as one", () -> row(all, parts));
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
        Value joined = Value.zeros(all.getFirst().w.type(), turned ? Shape.of(width, inner) : Shape.of(inner, width));
        int start = 0;
        for (Projection each : all) {
            Value own = each.w.value();
            int columns = each.columns.width();
            if (turned) {
                copy(own, 0, joined, start * inner, columns * inner);
            } else {
                for (int i = 0; i < inner; i++) copy(own, i * columns, joined, i * width + start, columns);
            }
            start += columns;
        }
        return joined;
    }

    /// Parts with a number for each column, or one for all.
    private static Value row(List<Projection> all, List<Constant> parts) {
        Value joined = Value.zeros(parts.getFirst().type(), Shape.of(width(all)));
        int start = 0;
        for (int i = 0; i < parts.size(); i++) {
            Value own = parts.get(i).value();
            int columns = all.get(i).columns.width();
            if (own.size() == columns) copy(own, 0, joined, start, columns);
            else for (int k = 0; k < columns; k++) copy(own, 0, joined, start + k, 1);
            start += columns;
        }
        return joined;
    }

    private static void copy(Value from, int at, Value to, int start, int count) {
        System.arraycopy(from.array(), from.offset() + at, to.array(), to.offset() + start, count);
    }
}

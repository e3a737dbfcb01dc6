package dev.neurite.onnx.plan;

import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.graph.Node;
import dev.neurite.onnx.op.Attending;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds attention that a model has as transposes, products and a softmax.
final class RecognizingAttention {
    private RecognizingAttention() {}

    /// A value without the transposes and scales after it.
    /// @param axes the axis of the value for each axis after the transposes
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Operand(String value, int[] axes, float scale, List<Node> nodes) {
        /// Goes back from a value that nothing else takes.
        static @Nullable Operand of(Draft draft, String from) {
            Shape shape = draft.floats(from);
            if (shape == null) return null;
            int[] axes = new int[shape.rank()];
            Arrays.setAll(axes, i -> i);
            float scale = 1;
            List<Node> nodes = new ArrayList<>();
            String value = from;
            for (Node node = draft.producer(value);
                    node != null && draft.isUsedOnce(value);
                    node = draft.producer(value)) {
                int scaled = scaled(draft, node);
                if (node.is("Transpose")) {
                    long[] order = node.attributes().integers("perm").orElse(null);
                    int[] inner = order == null ? reversed(axes.length) : toInts(order);
                    int[] composed = new int[axes.length];
                    for (int i = 0; i < axes.length; i++) composed[i] = inner[axes[i]];
                    axes = composed;
                    value = node.inputs().getFirst();
                } else if (scaled >= 0) {
                    float by = draft.number(node.inputs().get(1 - scaled));
                    scale = node.is("Mul") ? scale * by : scale / by;
                    value = node.inputs().get(scaled);
                } else {
                    break;
                }
                nodes.add(node);
            }
            return new Operand(value, axes, scale, nodes);
        }

        private static int[] reversed(int rank) {
            int[] axes = new int[rank];
            Arrays.setAll(axes, i -> rank - 1 - i);
            return axes;
        }

        private static int[] toInts(long[] all) {
            return Arrays.stream(all).mapToInt(each -> (int) each).toArray();
        }
    }

    /// The input that a node multiplies by a number, or divides by one; −1 if it is another node.
    private static int scaled(Draft draft, Node node) {
        if (node.is("Div")) return Float.isNaN(draft.number(node.inputs().get(1))) ? -1 : 0;
        if (!node.is("Mul")) return -1;
        if (!Float.isNaN(draft.number(node.inputs().get(1)))) return 0;
        return Float.isNaN(draft.number(node.inputs().getFirst())) ? -1 : 1;
    }

    /// Where scores come from.
    private record Scores(Node product, float scale, String mask, List<Node> nodes) {
        static @Nullable Scores of(Draft draft, String softened) {
            float scale = 1;
            String mask = "";
            List<Node> nodes = new ArrayList<>();
            String value = softened;
            for (Node node = draft.producer(value);
                    node != null && draft.isUsedOnce(value);
                    node = draft.producer(value)) {
                int scaled = scaled(draft, node);
                if (node.is("MatMul")) return new Scores(node, scale, mask, nodes);
                if (scaled >= 0) {
                    float by = draft.number(node.inputs().get(1 - scaled));
                    scale = node.is("Mul") ? scale * by : scale / by;
                    value = node.inputs().get(scaled);
                } else if (node.is("Add") && mask.isEmpty() && scale == 1) {
                    int own = leadsToProduct(draft, node.inputs().getFirst()) ? 0 : 1;
                    value = node.inputs().get(own);
                    mask = node.inputs().get(1 - own);
                    if (draft.floats(mask) == null) return null;
                } else {
                    return null;
                }
                nodes.add(node);
            }
            return null;
        }

        private static boolean leadsToProduct(Draft draft, String from) {
            String value = from;
            for (Node node = draft.producer(value); node != null; node = draft.producer(value)) {
                if (node.is("MatMul")) return true;
                int scaled = scaled(draft, node);
                if (scaled < 0) return false;
                value = node.inputs().get(scaled);
            }
            return false;
        }
    }

    /// The transpose that brings heads back beside each other, and all before it.
    static boolean attention(Draft draft, Node node) {
        if (!node.is("Transpose")) return false;
        long[] order = node.attributes().integers("perm").orElse(new long[0]);
        boolean batches = Arrays.equals(order, new long[] {0, 2, 1, 3});
        if (!batches && !Arrays.equals(order, new long[] {1, 0, 2})) return false;
        Node weighted = draft.onlyFor(node.inputs().getFirst(), "MatMul");
        Node softmax = weighted == null ? null : draft.onlyFor(weighted.inputs().getFirst(), "Softmax");
        Shape shape = softmax == null ? null : draft.floats(softmax.outputs().getFirst());
        if (weighted == null || softmax == null || shape == null || !isOfLastAxis(softmax, shape.rank())) return false;
        Scores scores = Scores.of(draft, softmax.inputs().getFirst());
        if (scores == null) return false;
        Operand q = Operand.of(draft, scores.product.inputs().getFirst());
        Operand k = Operand.of(draft, scores.product.inputs().get(1));
        Operand v = Operand.of(draft, weighted.inputs().get(1));
        if (q == null || k == null || v == null || v.scale != 1) return false;
        int[] sideBySide = batches ? new int[] {0, 2, 1, 3} : new int[] {1, 0, 2};
        int[] turned = batches ? new int[] {0, 2, 3, 1} : new int[] {1, 2, 0};
        boolean fits = Arrays.equals(q.axes, sideBySide)
                && Arrays.equals(k.axes, turned)
                && Arrays.equals(v.axes, sideBySide)
                && haveOneSize(draft, q.value, k.value, v.value);
        if (!fits) return false;
        List<String> inputs = new ArrayList<>(List.of(q.value, k.value, v.value));
        if (!scores.mask.isEmpty()) inputs.add(scores.mask);
        Attributes attributes = Attributes.none(node.name()).with(Attending.SCALE, scores.scale * q.scale * k.scale);
        List<Node> before = new ArrayList<>(List.of(weighted, softmax, scores.product));
        before.addAll(scores.nodes);
        before.addAll(q.nodes);
        before.addAll(k.nodes);
        before.addAll(v.nodes);
        draft.replace(
                node,
                Node.own(node.name(), Attending.ATTENTION, inputs, node.outputs(), attributes),
                before.toArray(Node[]::new));
        return true;
    }

    /// Whether heads are equally many and of one size.
    private static boolean haveOneSize(Draft draft, String... values) {
        Shape first = draft.floats(values[0]);
        for (String each : values) {
            Shape shape = draft.floats(each);
            if (first == null || shape == null || shape.rank() != first.rank()) return false;
            int rank = first.rank();
            if (shape.extent(rank - 1) != first.extent(rank - 1) || shape.extent(rank - 2) != first.extent(rank - 2))
                return false;
            if (rank == 4 && shape.extent(0) != first.extent(0)) return false;
        }
        return true;
    }

    private static boolean isOfLastAxis(Node softmax, int rank) {
        long axis = softmax.attributes().integer("axis", softmax.version() < 13 ? 1 : -1);
        return axis == -1 || axis == rank - 1;
    }
}

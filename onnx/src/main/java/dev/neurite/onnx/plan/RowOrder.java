package dev.neurite.onnx.plan;

import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.graph.Constant;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.nn.Attending;
import dev.neurite.onnx.op.nn.Attending.Columns;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Transposes between `[rows × time × features]` and `[time × rows × features]` around attention: PyTorch's has the
/// time first inside, whatever the model has. Products with constants and what is added to each of their rows do not
/// care, so that the transposes meet.
final class RowOrder {
    private static final long[] SWAPPED = {1, 0, 2};

    private RowOrder() {}

    private static boolean isSwap(OnnxNode node) {
        return node.is("Transpose")
                && Arrays.equals(node.attributes().integers("perm").orElse(null), SWAPPED);
    }

    /// The input of a node that computes each row of its result from the same row of this input; empty for another
    /// node.
    private static String rowwise(Draft draft, OnnxNode node) {
        if (node.is("MatMul")) {
            Constant w = draft.constant(node.inputs().get(1));
            return w != null && w.shape().rank() == 2 ? node.inputs().getFirst() : "";
        }
        if (node.is("Gemm")) {
            boolean turned = node.attributes().flag("transA", false);
            boolean constant = draft.constant(node.inputs().get(1)) != null;
            boolean fits = node.inputs().size() < 3
                    || node.inputs().get(2).isEmpty()
                    || isOfFeatures(draft, node.inputs().get(2));
            return !turned && constant && fits ? node.inputs().getFirst() : "";
        }
        for (int i = 0; node.is("Add") && i < 2; i++) {
            String x = node.inputs().get(i);
            boolean fits = isOfFeatures(draft, node.inputs().get(1 - i)) && Recognizing.hasShapeOf(draft, x, node);
            if (fits) return x;
        }
        return "";
    }

    /// Whether a value is a constant with a number for each feature.
    private static boolean isOfFeatures(Draft draft, String value) {
        Constant constant = draft.constant(value);
        if (constant == null) return false;
        Shape shape = constant.shape();
        return shape.size() == (shape.rank() == 0 ? 1 : shape.extent(shape.rank() - 1));
    }

    /// Moves a transpose behind the products and sums that compute a value from its result.
    /// @return whether there was one
    static boolean sink(Draft draft, String value) {
        List<OnnxNode> nodes = new ArrayList<>(); // the first first
        String from = value;
        OnnxNode node = draft.producer(from);
        while (node != null && !isSwap(node)) {
            if (!nodes.isEmpty() && !draft.isUsedOnce(from)) return false;
            Shape shape = draft.floats(from);
            String before = rowwise(draft, node);
            if (before.isEmpty() || shape == null || shape.rank() != 3) return false;
            nodes.addFirst(node);
            from = before;
            node = draft.producer(from);
        }
        if (node == null || nodes.isEmpty() || !draft.isUsedOnce(from)) return false;
        OnnxNode swap = node;
        OnnxNode place = swap;
        String earlier = swap.inputs().getFirst();
        for (OnnxNode each : nodes) {
            String result = each.outputs().getFirst();
            String turned = draft.named(result + ", rows first", swapped(draft, result));
            String old = from;
            String now = earlier;
            List<String> inputs = each.inputs().stream()
                    .map(name -> name.equals(old) ? now : name)
                    .toList();
            draft.replace(place, each.withInputs(inputs).withOutputs(List.of(turned)));
            place = each;
            from = result;
            earlier = turned;
        }
        draft.replace(place, swap.withInputs(List.of(earlier)).withOutputs(List.of(value)));
        return true;
    }

    private static Fact swapped(Draft draft, String value) {
        Shape shape = draft.floats(value);
        if (shape == null) throw new IllegalStateException("no shape of " + value);
        return Fact.of(ElementType.FLOAT, Shape.of(shape.extent(1), shape.extent(0), shape.extent(2)));
    }

    /// The transpose of what is computed from the rows of attention that gives the time first: it gives them as they
    /// are wanted in the end.
    static boolean attention(Draft draft, OnnxNode node) {
        Shape shape = isSwap(node) ? draft.floats(node.outputs().getFirst()) : null;
        OnnxNode attention = shape == null ? null : source(draft, node.inputs().getFirst());
        if (shape == null || attention == null) return false;
        Columns queries = queries(attention);
        if (queries == null || shape.extent(0) != queries.rows() || shape.extent(1) != queries.steps()) return false;
        Attributes attributes = attention.attributes().with(Attending.TIME_FIRST, 0L);
        draft.replace(attention, attention.with(attributes));
        String x = node.inputs().getFirst();
        draft.replace(node, draft.reshape(node.name(), x, node.outputs().getFirst(), shape));
        return true;
    }

    /// The queries of attention; null for another node.
    private static @Nullable Columns queries(OnnxNode node) {
        if (!node.isOwn(Attending.ATTENTION)) return null;
        return node.attributes().own(Attending.QUERIES, Columns.class).orElse(null);
    }

    /// Attention with the time first from whose rows alone those of a value come.
    private static @Nullable OnnxNode source(Draft draft, String value) {
        String from = value;
        for (OnnxNode node = draft.producer(from); node != null; node = draft.producer(from)) {
            if (!draft.isUsedOnce(from)) return null;
            if (node.isOwn(Attending.ATTENTION)) {
                return node.attributes().flag(Attending.TIME_FIRST, false) ? node : null;
            }
            if (node.is("Reshape")) {
                if (!keepsRows(draft, node)) return null;
                from = node.inputs().getFirst();
            } else {
                from = rowwise(draft, node);
            }
        }
        return null;
    }

    /// Whether a reshape leaves features together: those of all heads, of attention.
    private static boolean keepsRows(Draft draft, OnnxNode reshape) {
        Shape in = draft.floats(reshape.inputs().getFirst());
        Shape out = draft.floats(reshape.outputs().getFirst());
        OnnxNode before = draft.producer(reshape.inputs().getFirst());
        if (in == null || out == null || before == null || out.rank() == 0) return false;
        Columns heads = queries(before);
        int features = heads == null ? in.extent(in.rank() - 1) : heads.heads() * heads.size();
        return out.extent(out.rank() - 1) == features;
    }
}

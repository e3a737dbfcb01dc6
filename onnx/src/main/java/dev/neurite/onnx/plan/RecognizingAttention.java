package dev.neurite.onnx.plan;

import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.graph.Constant;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.nn.Attending;
import dev.neurite.onnx.op.nn.Attending.Columns;
import dev.neurite.onnx.plan.StridedView.Factor;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds attention that a model has as reshapes, transposes, products and a softmax.
final class RecognizingAttention {
    /// Operators that only move elements.
    private static final Set<String> MOVING =
            Set.of("Transpose", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Gather", "Split", "Slice");

    private RecognizingAttention() {}

    /// A value without what only moves or scales its elements.
    /// @param value the earlier value
    /// @param view where the elements are in it
    /// @param nodes those between, which nothing else needs
    private record Operand(String value, StridedView view, float scale, List<OnnxNode> nodes) {
        static @Nullable Operand of(Draft draft, String from) {
            List<OnnxNode> nodes = new ArrayList<>();
            float scale = 1;
            String value = from;
            boolean alone = true; // whether nothing else needs the nodes before
            List<Move> moves = new ArrayList<>();
            for (OnnxNode node = draft.producer(value); node != null; node = draft.producer(value)) {
                alone &= draft.isUsedOnce(value) && node.outputs().size() == 1;
                int scaled = scaled(draft, node);
                if (scaled >= 0
                        && alone
                        && Recognizing.hasShapeOf(draft, node.inputs().get(scaled), node)) {
                    float by = draft.number(node.inputs().get(1 - scaled));
                    scale = node.is("Mul") ? scale * by : scale / by;
                    value = node.inputs().get(scaled);
                } else if (MOVING.contains(node.op()) && node.domain().isEmpty()) {
                    moves.add(new Move(node, value));
                    value = node.inputs().getFirst();
                } else {
                    break;
                }
                if (alone) nodes.add(node);
            }
            Shape shape = draft.floats(value);
            @Nullable StridedView view = shape == null || shape.size() == 0 ? null : StridedView.of(shape);
            for (Move each : moves.reversed()) view = view == null ? null : each.of(draft, view);
            return view == null ? null : new Operand(value, view, scale, nodes);
        }

        /// The columns of heads, if time and size are these axes of the last two; null if they are none.
        @Nullable
        Columns columns(Draft draft, int time, int size) {
            int rank = view.axes().size();
            if (rank < 2) return null;
            List<Factor> ofSize = view.axes().get(rank - 2 + size);
            List<Factor> ofTime = view.axes().get(rank - 2 + time);
            List<Factor> others = view.factors(0, rank - 2);
            if (ofSize.size() != 1 || ofTime.size() > 1 || others.size() > 2) return null;
            Shape shape = draft.floats(value);
            int elements = shape == null ? 0 : shape.size();
            Factor column = ofSize.getFirst();
            boolean oneHead = others.isEmpty() || others.getLast().stride() != column.extent();
            Factor head = oneHead ? new Factor(1, column.extent()) : others.removeLast();
            Factor row = others.isEmpty() ? new Factor(1, elements) : others.removeLast();
            int steps = ofTime.isEmpty() ? 1 : ofTime.getFirst().extent();
            int width = ofTime.isEmpty() ? row.stride() : ofTime.getFirst().stride();
            boolean fits = others.isEmpty()
                    && column.stride() == 1
                    && row.stride() == (long) steps * width
                    && (long) row.extent() * row.stride() == elements
                    && view.offset() + head.extent() * column.extent() <= width;
            if (!fits) return null;
            return new Columns(row.extent(), steps, width, view.offset(), head.extent(), column.extent());
        }
    }

    /// A node that only moves elements.
    /// @param output the one of its results that is looked at
    private record Move(OnnxNode node, String output) {
        /// The view after it; null if there is none.
        @Nullable
        StridedView of(Draft draft, StridedView before) {
            Shape out = draft.floats(output);
            if (out == null) return null;
            return switch (node.op()) {
                case "Transpose" -> before.transposed(order(node, out.rank()));
                case "Gather" -> gathered(draft, before, out);
                case "Split" -> part(draft, before, out);
                case "Slice" -> sliced(draft, before, out);
                default -> before.reshaped(out);
            };
        }

        /// One element along an axis, which goes.
        private @Nullable StridedView gathered(Draft draft, StridedView before, Shape out) {
            long index = integer(draft, 1);
            Constant given = draft.constant(node.inputs().get(1));
            if (given == null || given.shape().rank() != 0 || index < 0) return null;
            int axis = Math.floorMod(
                    node.attributes().small("axis", 0), before.axes().size());
            StridedView cut = before.cut(axis, (int) index, 1);
            return cut == null ? null : cut.reshaped(out);
        }

        /// One of several parts of an axis.
        private @Nullable StridedView part(Draft draft, StridedView before, Shape out) {
            int axis = Math.floorMod(node.attributes().small("axis", 0), out.rank());
            int start = 0;
            for (String each : node.outputs()) {
                if (each.equals(output)) return before.cut(axis, start, out.extent(axis));
                Shape earlier = draft.floats(each);
                if (earlier == null) return null;
                start += earlier.extent(axis);
            }
            return null;
        }

        /// A part of one axis, from an index on.
        private @Nullable StridedView sliced(Draft draft, StridedView before, Shape out) {
            int inputs = node.inputs().size();
            boolean everySo = inputs > 4 && !node.inputs().get(4).isEmpty() && integer(draft, 4) != 1;
            if (inputs < 4 || everySo) return null;
            long start = integer(draft, 1);
            long axis = integer(draft, 3);
            if (start < 0 || axis < -out.rank()) return null;
            int along = Math.floorMod((int) axis, out.rank());
            return before.cut(along, (int) start, out.extent(along));
        }

        /// An input that is one integer; the least integer if it is none.
        private long integer(Draft draft, int input) {
            Constant given = draft.constant(node.inputs().get(input));
            if (given == null
                    || given.type() != ElementType.INT64
                    || given.shape().size() != 1) return Long.MIN_VALUE;
            return given.value().integer(0);
        }
    }

    private static int[] order(OnnxNode transpose, int rank) {
        long[] given = transpose.attributes().integers("perm").orElse(null);
        int[] axes = new int[rank];
        Arrays.setAll(axes, i -> given == null ? rank - 1 - i : (int) given[i]);
        return axes;
    }

    /// The input that a node multiplies by a number, or divides by one; −1 if it is another node.
    private static int scaled(Draft draft, OnnxNode node) {
        if (node.is("Div")) return Float.isNaN(draft.number(node.inputs().get(1))) ? -1 : 0;
        if (!node.is("Mul")) return -1;
        if (!Float.isNaN(draft.number(node.inputs().get(1)))) return 0;
        return Float.isNaN(draft.number(node.inputs().getFirst())) ? -1 : 1;
    }

    /// Where scores come from.
    private record Scores(OnnxNode product, float scale, String mask, List<OnnxNode> nodes) {
        static @Nullable Scores of(Draft draft, String softened) {
            float scale = 1;
            String mask = "";
            List<OnnxNode> nodes = new ArrayList<>();
            String value = softened;
            for (OnnxNode node = draft.producer(value);
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
                if (!Recognizing.hasShapeOf(draft, value, node)) return null;
                nodes.add(node);
            }
            return null;
        }

        private static boolean leadsToProduct(Draft draft, String from) {
            String value = from;
            for (OnnxNode node = draft.producer(value); node != null; node = draft.producer(value)) {
                if (node.is("MatMul")) return true;
                int scaled = scaled(draft, node);
                if (scaled < 0) return false;
                value = node.inputs().get(scaled);
            }
            return false;
        }
    }

    /// The transpose that brings heads back beside each other, and all before it.
    static boolean attention(Draft draft, OnnxNode node) {
        if (!node.is("Transpose")) return false;
        OnnxNode weighted = draft.onlyFor(node.inputs().getFirst(), "MatMul");
        OnnxNode softmax =
                weighted == null ? null : draft.onlyFor(weighted.inputs().getFirst(), "Softmax");
        Shape shape = softmax == null ? null : draft.floats(softmax.outputs().getFirst());
        if (weighted == null || softmax == null || shape == null || !isOfLastAxis(softmax, shape.rank())) return false;
        Scores scores = Scores.of(draft, softmax.inputs().getFirst());
        if (scores == null) return false;
        Operand q = Operand.of(draft, scores.product.inputs().getFirst());
        Operand k = Operand.of(draft, scores.product.inputs().get(1));
        Operand v = Operand.of(draft, weighted.inputs().get(1));
        if (q == null || k == null || v == null || v.scale != 1) return false;
        Columns ofQ = q.columns(draft, 0, 1);
        Columns ofK = k.columns(draft, 1, 0);
        Columns ofV = v.columns(draft, 0, 1);
        if (ofQ == null || ofK == null || ofV == null || !ofQ.fits(ofK, ofV)) return false;
        boolean plain = shape.rank() == 4 ? shape.extent(0) == ofQ.rows() : shape.rank() == 3 && ofQ.rows() == 1;
        if (!scores.mask.isEmpty() && !plain) return false; // the mask is broadcast to rows and heads of their own
        Shape y = draft.floats(node.outputs().getFirst());
        if (y == null || !bringsHeadsBack(draft, node, ofQ)) return false;
        List<String> inputs = new ArrayList<>(List.of(q.value, k.value, v.value));
        if (!scores.mask.isEmpty()) inputs.add(scores.mask);
        Attributes attributes = Attributes.none(node.name())
                .with(Attending.SCALE, scores.scale * q.scale * k.scale)
                .with(Attending.SHAPE, y)
                .with(Attending.QUERIES, ofQ)
                .with(Attending.KEYS, ofK)
                .with(Attending.VALUES, ofV);
        List<OnnxNode> before = new ArrayList<>(List.of(weighted, softmax, scores.product));
        before.addAll(scores.nodes);
        for (Operand each : List.of(q, k, v)) before.addAll(each.nodes);
        draft.replace(
                node,
                OnnxNode.own(node.name(), Attending.ATTENTION, inputs, node.outputs(), attributes),
                before.toArray(OnnxNode[]::new));
        return true;
    }

    /// Whether the result of a transpose has rows, time, heads and size in this order.
    private static boolean bringsHeadsBack(Draft draft, OnnxNode transpose, Columns heads) {
        Shape in = draft.floats(transpose.inputs().getFirst());
        if (in == null) return false;
        int size = heads.size();
        int time = heads.steps() * size;
        int[] strides = {heads.heads() * time, size, time, 1}; // of rows, time, heads and size
        int[] extents = {heads.rows(), heads.steps(), heads.heads(), size};
        List<Factor> wanted = new ArrayList<>();
        for (int i = 0; i < 4; i++) if (extents[i] > 1) wanted.add(new Factor(extents[i], strides[i]));
        StridedView dense = StridedView.of(Shape.of(heads.rows(), heads.heads(), heads.steps(), size));
        StridedView given = dense.reshaped(in);
        return given != null
                && given.transposed(order(transpose, in.rank())).all().equals(wanted);
    }

    private static boolean isOfLastAxis(OnnxNode softmax, int rank) {
        long axis = softmax.attributes().integer("axis", softmax.version() < 13 ? 1 : -1);
        return axis == -1 || axis == rank - 1;
    }
}

package dev.neurite.onnx.plan;

import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.nn.Attending;
import dev.neurite.onnx.op.nn.Attending.Columns;
import dev.neurite.onnx.plan.StridedView.Factor;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds attention that a model has as reshapes, transposes, products and a softmax.
final class RecognizingAttention {
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
                } else if (Move.isMove(node)) {
                    moves.add(new Move(node, value));
                    value = node.inputs().getFirst();
                } else {
                    break;
                }
                if (alone) nodes.add(node);
            }
            StridedView view = Move.view(draft, value, moves);
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
            long stride = ofTime.isEmpty() ? row.stride() : ofTime.getFirst().stride();
            boolean timeFirst = steps > 1 && stride == (long) row.extent() * row.stride();
            int width = timeFirst ? row.stride() : (int) stride;
            boolean fits = others.isEmpty()
                    && column.stride() == 1
                    && (timeFirst || row.stride() == (long) steps * width)
                    && (long) row.extent() * steps * width == elements
                    && view.offset() + head.extent() * column.extent() <= width;
            if (!fits) return null;
            int heads = head.extent();
            return new Columns(row.extent(), steps, width, view.offset(), heads, column.extent(), timeFirst);
        }
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
        AttentionMask mask = scores.mask.isEmpty() ? null : AttentionMask.of(draft, scores.mask, shape, ofQ);
        if (mask == null && !scores.mask.isEmpty()) return false;
        Shape y = draft.floats(node.outputs().getFirst());
        boolean inRows = bringsHeadsBack(draft, node, ofQ, false);
        if (y == null || !(inRows || bringsHeadsBack(draft, node, ofQ, true))) return false;
        if (ofQ.timeFirst() && RowOrder.sink(draft, q.value)) return true;
        if (ofK.timeFirst() && RowOrder.sink(draft, k.value)) return true;
        if (ofV.timeFirst() && RowOrder.sink(draft, v.value)) return true;
        List<String> inputs = new ArrayList<>(List.of(q.value, k.value, v.value));
        Attributes attributes = Attributes.none(node.name())
                .with(Attending.SCALE, scores.scale * q.scale * k.scale)
                .with(Attending.SHAPE, y)
                .with(Attending.QUERIES, ofQ)
                .with(Attending.KEYS, ofK)
                .with(Attending.VALUES, ofV);
        if (!inRows) attributes = attributes.with(Attending.TIME_FIRST, 1L);
        if (mask != null) {
            inputs.add(mask.value());
            attributes = attributes.with(Attending.MASK, mask.shape());
        }
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
    /// @param timeFirst whether the time must be before the rows instead
    private static boolean bringsHeadsBack(Draft draft, OnnxNode transpose, Columns heads, boolean timeFirst) {
        Shape in = draft.floats(transpose.inputs().getFirst());
        if (in == null) return false;
        int size = heads.size();
        int time = heads.steps() * size;
        int rows = heads.heads() * time;
        int[] strides = timeFirst ? new int[] {size, rows, time, 1} : new int[] {rows, size, time, 1};
        int outer = timeFirst ? heads.steps() : heads.rows();
        int[] extents = {outer, heads.rows() * heads.steps() / outer, heads.heads(), size};
        List<Factor> wanted = new ArrayList<>();
        for (int i = 0; i < 4; i++) if (extents[i] > 1) wanted.add(new Factor(extents[i], strides[i]));
        StridedView dense = StridedView.of(Shape.of(heads.rows(), heads.heads(), heads.steps(), size));
        StridedView given = dense.reshaped(in);
        return given != null
                && given.transposed(Move.order(transpose, in.rank())).all().equals(wanted);
    }

    private static boolean isOfLastAxis(OnnxNode softmax, int rank) {
        long axis = softmax.attributes().integer("axis", softmax.version() < 13 ? 1 : -1);
        return axis == -1 || axis == rank - 1;
    }
}

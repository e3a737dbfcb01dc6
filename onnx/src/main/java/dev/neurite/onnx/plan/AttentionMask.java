package dev.neurite.onnx.plan;

import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.nn.Attending.Columns;
import dev.neurite.onnx.plan.StridedView.Factor;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is added to the scores of attention, before a model has repeated it for heads.
/// @param shape as that it is broadcast to `[rows × heads × queries × keys]`
record AttentionMask(String value, Shape shape) {
    /// @param mask what a model adds
    /// @param scores the shape of the scores: rows and heads may be one axis
    /// @return null if it cannot be broadcast to rows and heads
    static @Nullable AttentionMask of(Draft draft, String mask, Shape scores, Columns queries) {
        Shape given = draft.floats(mask);
        boolean apart = scores.rank() == 4 && scores.extent(0) == queries.rows() && scores.extent(1) == queries.heads();
        boolean joined = scores.rank() == 3 && scores.extent(0) == queries.rows() * queries.heads();
        if (given == null || given.rank() > scores.rank() || !(apart || joined)) return null;
        int[] extents = {1, 1, 1, 1};
        for (int i = 1; i <= given.rank(); i++) extents[4 - i] = given.extent(given.rank() - i);
        if (joined && extents[1] > 1) {
            extents[0] = queries.rows();
            extents[1] = queries.heads();
        }
        var found = new AttentionMask(mask, Shape.of(extents));
        List<Move> moves = new ArrayList<>();
        String value = mask;
        for (OnnxNode node = draft.producer(value); node != null; node = draft.producer(value)) {
            if (Move.isMove(node)) {
                moves.add(new Move(node, value));
                value = node.inputs().getFirst();
            } else {
                value = timesOne(draft, node);
            }
            AttentionMask earlier = earlier(draft, value, moves, Shape.of(extents));
            if (earlier == null) break;
            found = earlier;
        }
        return found;
    }

    /// The factor of a product with one; empty for another node.
    private static String timesOne(Draft draft, OnnxNode node) {
        for (int i = 0; node.is("Mul") && i < 2; i++) {
            String x = node.inputs().get(i);
            if (draft.number(node.inputs().get(1 - i)) == 1 && Recognizing.hasShapeOf(draft, x, node)) return x;
        }
        return "";
    }

    private static @Nullable AttentionMask earlier(Draft draft, String value, List<Move> moves, Shape all) {
        Shape own = value.isEmpty() ? null : draft.floats(value);
        StridedView moved = own == null ? null : Move.view(draft, value, moves);
        StridedView view = moved == null ? null : moved.reshaped(all);
        if (own == null || view == null) return null;
        int[] extents = new int[4];
        List<List<Factor>> axes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            List<Factor> factors = view.axes().get(i);
            boolean repeats = factors.stream().allMatch(each -> each.stride() == 0);
            extents[i] = repeats ? 1 : all.extent(i);
            axes.add(repeats ? List.of() : factors);
        }
        boolean fits = new StridedView(view.offset(), axes).isDense(own.size());
        return fits ? new AttentionMask(value, Shape.of(extents)) : null;
    }
}

package dev.neurite.onnx.plan;

import dev.neurite.onnx.graph.Constant;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A node that only moves elements, or repeats them.
/// @param output the one of its results that is looked at
record Move(OnnxNode node, String output) {
    private static final Set<String> MOVING =
            Set.of("Transpose", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Gather", "Split", "Slice", "Expand");

    static boolean isMove(OnnxNode node) {
        return node.domain().isEmpty() && MOVING.contains(node.op());
    }

    /// Where the elements of the last of these results are in an earlier value; null if that is no view.
    /// @param moves the last first
    static @Nullable StridedView view(Draft draft, String value, List<Move> moves) {
        Shape shape = draft.floats(value);
        @Nullable StridedView view = shape == null || shape.size() == 0 ? null : StridedView.of(shape);
        for (Move each : moves.reversed()) view = view == null ? null : each.of(draft, view);
        return view;
    }

    /// The order of axes of a transpose.
    static int[] order(OnnxNode transpose, int rank) {
        long[] given = transpose.attributes().integers("perm").orElse(null);
        int[] axes = new int[rank];
        Arrays.setAll(axes, i -> given == null ? rank - 1 - i : (int) given[i]);
        return axes;
    }

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
            case "Expand" -> before.expanded(out);
            default -> before.reshaped(out);
        };
    }

    /// One element along an axis, which goes.
    private @Nullable StridedView gathered(Draft draft, StridedView before, Shape out) {
        long index = integer(draft, 1);
        Constant given = draft.constant(node.inputs().get(1));
        if (given == null || given.shape().rank() != 0 || index < 0) return null;
        int axis =
                Math.floorMod(node.attributes().small("axis", 0), before.axes().size());
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
        if (given == null || given.type() != ElementType.INT64 || given.shape().size() != 1) return Long.MIN_VALUE;
        return given.value().integer(0);
    }
}

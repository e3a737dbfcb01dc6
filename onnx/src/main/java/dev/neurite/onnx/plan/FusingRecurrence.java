package dev.neurite.onnx.plan;

import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.nn.Recurring;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Lets recurrent nodes take and give `[batch × time × …]`, the order of kernels, where a model has that order around
/// them and transposes between: those become views, or go.
final class FusingRecurrence {
    private FusingRecurrence() {}

    private static boolean isBatchFirst(OnnxNode node, String which) {
        return node.attributes().flag("layout", false) || node.attributes().flag(which, false);
    }

    private static OnnxNode own(OnnxNode node, List<String> inputs, List<String> outputs, Attributes attributes) {
        return new OnnxNode(node.name(), OnnxNode.OWN, node.op(), node.version(), inputs, outputs, attributes);
    }

    /// Results that nothing takes are not computed: of many models only the last state is needed.
    static boolean unneeded(Draft draft, OnnxNode node) {
        if (!Recurring.isRecurrent(node)) return false;
        List<String> wanted = node.outputs().stream()
                .map(each -> each.isEmpty() || draft.uses(each) > 0 ? each : "")
                .toList();
        if (wanted.equals(node.outputs()) || wanted.stream().allMatch(String::isEmpty)) return false;
        draft.replace(node, node.withOutputs(wanted));
        return true;
    }

    /// A transpose whose elements an earlier value has in their order, or can be given in.
    static boolean output(Draft draft, OnnxNode node) {
        if (!node.is("Transpose")) return false;
        String y = node.outputs().getFirst();
        Shape shape = draft.floats(y);
        Ordered found = shape == null ? null : Ordered.of(draft, y);
        if (shape == null || found == null) return false;
        String earlier = found.value(draft);
        draft.replace(node, draft.reshape(node.name(), earlier, y, shape));
        draft.drop(found.between());
        return true;
    }

    /// x of which an earlier value has the elements batch first, or can be given so.
    static boolean input(Draft draft, OnnxNode node) {
        if (!Recurring.isRecurrent(node) || isBatchFirst(node, Recurring.X_BATCH_FIRST)) return false;
        String x = node.inputs().getFirst();
        Shape shape = draft.floats(x);
        Ordered found = shape == null || shape.rank() != 3 ? null : Ordered.of(draft, x, 1, 0, 2);
        if (shape == null || found == null) return false;
        Shape rows = Shape.of(shape.extent(1), shape.extent(0), shape.extent(2));
        Shape given = draft.floats(found.value);
        boolean asItIs = !found.turns() && given != null && given.equals(rows);
        if (!asItIs && !draft.isUsedOnce(x)) return false; // there is no place for a reshape
        String earlier = found.value(draft);
        if (!asItIs) {
            String reshaped = draft.named(x + ", batch first", Fact.of(ElementType.FLOAT, rows));
            OnnxNode last = found.moves.getFirst().node();
            draft.replace(last, draft.reshape(last.name(), earlier, reshaped, rows));
            earlier = reshaped;
        }
        List<String> inputs = new ArrayList<>(node.inputs());
        inputs.set(0, earlier);
        draft.replace(node, own(node, inputs, node.outputs(), node.attributes().with(Recurring.X_BATCH_FIRST, 1L)));
        draft.drop(asItIs ? found.moves.stream().map(Move::node).toList() : found.between());
        return true;
    }

    /// An earlier value with the elements of another in the order in which they are wanted.
    /// @param value its name
    /// @param recurrent the node that must give it batch first for that; null if it has that order
    /// @param moves what is between, the last first
    private record Ordered(String value, @Nullable OnnxNode recurrent, List<Move> moves) {
        /// @param order of the axes of the last value; none for its own
        static @Nullable Ordered of(Draft draft, String last, int... order) {
            List<Move> moves = new ArrayList<>();
            String value = last;
            boolean alone = true; // whether nothing else needs what is between
            for (OnnxNode node = draft.producer(value); node != null; node = draft.producer(value)) {
                boolean passes = Move.isMove(node) && node.outputs().size() == 1;
                if (!passes) return alone ? ofSteps(draft, node, value, moves, order) : null;
                moves.add(new Move(node, value));
                value = node.inputs().getFirst();
                alone &= draft.isUsedOnce(value);
                Shape shape = draft.floats(value);
                StridedView view = view(draft, value, moves, order);
                if (shape != null && view != null && view.isDense(shape.size())) {
                    return new Ordered(value, null, moves);
                }
            }
            return null;
        }

        private static @Nullable StridedView view(Draft draft, String value, List<Move> moves, int... order) {
            StridedView view = Move.view(draft, value, moves);
            return view == null || order.length == 0 ? view : view.transposed(order);
        }

        /// The recurrent node's results of all steps, if giving them batch first is the wanted order.
        private static @Nullable Ordered ofSteps(
                Draft draft, OnnxNode node, String value, List<Move> moves, int... order) {
            boolean turns = Recurring.isRecurrent(node)
                    && node.outputs().getFirst().equals(value)
                    && !isBatchFirst(node, Recurring.Y_BATCH_FIRST);
            Shape shape = draft.floats(value);
            StridedView view = turns ? view(draft, value, moves, order) : null;
            if (shape == null || view == null || view.offset() != 0) return null;
            boolean fits = view.all()
                    .equals(StridedView.of(shape).transposed(2, 0, 1, 3).all());
            return fits ? new Ordered(value, node, moves) : null;
        }

        boolean turns() {
            return recurrent != null;
        }

        /// All between but the last.
        List<OnnxNode> between() {
            return moves.stream().skip(1).map(Move::node).toList();
        }

        /// The name of the value, which is made batch first if it must be.
        String value(Draft draft) {
            if (recurrent == null) return value;
            Shape y = draft.floats(value);
            if (y == null) throw new IllegalStateException("no shape of " + value);
            Shape rows = Shape.of(y.extent(2), y.extent(0), y.extent(1), y.extent(3));
            String turned = draft.named(value + ", batch first", Fact.of(ElementType.FLOAT, rows));
            List<String> outputs = new ArrayList<>(recurrent.outputs());
            outputs.set(0, turned);
            draft.replace(
                    recurrent,
                    own(
                            recurrent,
                            recurrent.inputs(),
                            outputs,
                            recurrent.attributes().with(Recurring.Y_BATCH_FIRST, 1L)));
            return turned;
        }
    }
}

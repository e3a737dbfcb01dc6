package dev.neurite.onnx.op.math;

import dev.neurite.onnx.op.Copier;
import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.Work;
import dev.neurite.onnx.op.shape.Shapes;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Operators that look for the greatest or least elements along an axis. NaN is greater than all numbers.
public final class RankingOperators {
    private RankingOperators() {}

    public static void register(Operators all) {
        all.add("ArgMax", call -> extreme(call, true));
        all.add("ArgMin", call -> extreme(call, false));
        all.add("TopK", RankingOperators::topK);
    }

    private static void requireNumbers(NodeCall call) {
        ElementType type = call.type(0);
        if (!type.isFloating() && !type.isInteger()) throw call.misfit("expects numbers, got " + type);
    }

    private static ReadyNode extreme(NodeCall call, boolean greatest) {
        requireNumbers(call);
        Shape in = call.shape(0);
        int axis = call.axis(call.attributes().integer("axis", 0), in.rank());
        int extent = in.extent(axis);
        if (extent == 0) throw call.misfit("expects elements on axis " + axis + ", got " + in);
        boolean last = call.attributes().flag("select_last_index", false);
        boolean[] gone = new boolean[in.rank()];
        gone[axis] = true;
        boolean kept = call.attributes().flag("keepdims", true);
        Shape out = kept ? Shapes.with(call, in, axis, 1) : Shapes.without(call, in, gone);
        int inner = (int) Shapes.product(in, axis + 1, in.rank());
        return ReadyNode.of(Fact.of(ElementType.INT64, out), (x, y) -> {
            Elements.Longs ranks = ranks(x[0], !greatest);
            long[] indices = (long[]) y[0].array();
            for (int i = 0; i < out.size(); i++) {
                int first = i / inner * extent * inner + i % inner;
                indices[y[0].offset() + i] = greatest(ranks, first, inner, extent, last);
            }
        });
    }

    private static int greatest(Elements.Longs ranks, int first, int step, int count, boolean last) {
        long best = ranks.get(first);
        int at = 0;
        for (int i = 1; i < count; i++) {
            long rank = ranks.get(first + i * step);
            if (rank > best || (last && rank == best)) {
                best = rank;
                at = i;
            }
        }
        return at;
    }

    /// The results are always sorted, which nobody minds who does not want it.
    private static ReadyNode topK(NodeCall call) {
        requireNumbers(call);
        Shape in = call.shape(0);
        int axis = call.axis(call.attributes().integer("axis", -1), in.rank());
        int extent = in.extent(axis);
        long wanted = call.version() < 10 ? call.attributes().integer("k", -1) : count(call);
        if (wanted < 0 || wanted > extent) throw call.misfit("expects a k from 0 to " + extent + ", got " + wanted);
        int k = (int) wanted;
        boolean greatest = call.attributes().flag("largest", true);
        Shape out = Shapes.with(call, in, axis, k);
        int inner = (int) Shapes.product(in, axis + 1, in.rank());
        if (!call.wants(0) && !call.wants(1)) throw call.wrong("expects an output, got none");
        List<Fact> facts = new ArrayList<>(List.of(Fact.of(call.type(0), out), Fact.of(ElementType.INT64, out)));
        while (facts.size() > Math.max(1, call.outputs())) facts.removeLast();
        return ReadyNode.of(facts, (x, y) -> {
            Elements.Longs ranks = ranks(x[0], greatest);
            @Nullable Copier values = Work.optional(y, 0) == null ? null : Copier.of(x[0], y[0]);
            long[] row = new long[extent];
            for (int line = 0; line * k < out.size(); line++) {
                int first = line / inner * extent * inner + line % inner;
                int to = line / inner * k * inner + line % inner;
                for (int i = 0; i < extent; i++) row[i] = ranks.get(first + i * inner);
                int[] chosen = least(row, k);
                for (int i = 0; i < k; i++) {
                    if (values != null) values.run(first + chosen[i] * inner, to + i * inner, 1);
                    if (Work.optional(y, 1) != null)
                        ((long[]) y[1].array())[y[1].offset() + to + i * inner] = chosen[i];
                }
            }
        });
    }

    private static long count(NodeCall call) {
        call.requireType(1, ElementType.INT64);
        return Shapes.only(call, 1).integer(0);
    }

    /// Integers in the order of a value's elements.
    /// @param reversed in the opposite order
    private static Elements.Longs ranks(Value value, boolean reversed) {
        Elements.Longs ranks = switch (value.type()) {
            case FLOAT -> {
                float[] x = (float[]) value.array();
                int from = value.offset();
                yield i -> rank(x[from + i]);
            }
            case DOUBLE -> {
                double[] x = (double[]) value.array();
                int from = value.offset();
                yield i -> rank(x[from + i]);
            }
            default -> Elements.longs(value);
        };
        return reversed ? i -> ~ranks.get(i) : ranks;
    }

    private static int rank(float x) {
        int bits = Float.floatToIntBits(x + 0f); // −0 becomes 0
        return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
    }

    private static long rank(double x) {
        long bits = Double.doubleToLongBits(x + 0.0);
        return bits ^ ((bits >> 63) & Long.MAX_VALUE);
    }

    /// The indices of the k least ranks, in their order; of equal ones the lower index is first.
    private static int[] least(long[] ranks, int k) {
        int[] heap = new int[k]; // the last one in the order is on top
        for (int i = 0; i < k; i++) heap[i] = i;
        for (int i = k / 2 - 1; i >= 0; i--) sink(ranks, heap, i, k);
        for (int i = k; i < ranks.length && k > 0; i++) {
            if (ranks[i] >= ranks[heap[0]]) continue;
            heap[0] = i;
            sink(ranks, heap, 0, k);
        }
        for (int end = k - 1; end > 0; end--) {
            int last = heap[0];
            heap[0] = heap[end];
            heap[end] = last;
            sink(ranks, heap, 0, end);
        }
        return heap;
    }

    /// Lets an entry of a heap sink below those that come after it in the order.
    private static void sink(long[] ranks, int[] heap, int at, int size) {
        int entry = heap[at];
        for (int child = 2 * at + 1; child < size; child = 2 * at + 1) {
            if (child + 1 < size && isAfter(ranks, heap[child + 1], heap[child])) child++;
            if (!isAfter(ranks, heap[child], entry)) break;
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = entry;
    }

    private static boolean isAfter(long[] ranks, int a, int b) {
        return ranks[a] > ranks[b] || (ranks[a] == ranks[b] && a > b);
    }
}

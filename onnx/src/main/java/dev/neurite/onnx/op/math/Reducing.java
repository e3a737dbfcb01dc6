package dev.neurite.onnx.op.math;

import dev.neurite.kernel.Kernels;
import dev.neurite.onnx.op.Copier;
import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.Strided;
import dev.neurite.onnx.op.shape.Shapes;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Operators that reduce the elements along some axes to one, and CumSum.
public final class Reducing {
    private Reducing() {}

    public static void register(Operators all) {
        for (ReductionOperator each : ReductionOperator.values()) all.add(each.op, call -> reduce(call, each));
        all.add("CumSum", Reducing::cumSum);
    }

    /// How the elements lie: `outer` times `count` times `inner`, of which the middle ones are reduced.
    /// @param gathered brings them into this order; null if they have it
    private record Form(
            int outer, int count, int inner, @Nullable Strided gathered) {
        static Form of(Shape shape, boolean... reduced) {
            int[] axes = IntStream.range(0, shape.rank())
                    .filter(axis -> shape.extent(axis) != 1)
                    .toArray();
            int first = 0;
            while (first < axes.length && !reduced[axes[first]]) first++;
            int last = first;
            while (last < axes.length && reduced[axes[last]]) last++;
            if (Arrays.stream(axes).skip(last).anyMatch(axis -> reduced[axis])) return gathered(shape, reduced);
            return new Form(size(shape, axes, 0, first), size(shape, axes, first, last), size(shape, axes, last), null);
        }

        private static Form gathered(Shape shape, boolean... reduced) {
            int[] order =
                    IntStream.concat(axes(false, reduced), axes(true, reduced)).toArray();
            int kept = (int) axes(false, reduced).count();
            Strided gathered = Strided.transposed(Strided.extents(shape), order);
            return new Form(size(shape, order, 0, kept), size(shape, order, kept), 1, gathered);
        }

        private static IntStream axes(boolean which, boolean... reduced) {
            return IntStream.range(0, reduced.length).filter(axis -> reduced[axis] == which);
        }

        /// The number of elements that there are afterwards.
        int results() {
            return outer * inner;
        }

        /// The index of the first element of those that are reduced to this one.
        int first(int result) {
            return result / inner * count * inner + result % inner;
        }

        private static int size(Shape shape, int[] axes, int from) {
            return size(shape, axes, from, axes.length);
        }

        private static int size(Shape shape, int[] axes, int from, int to) {
            return Arrays.stream(axes, from, to).map(shape::extent).reduce(1, (a, b) -> a * b);
        }
    }

    private static ReadyNode reduce(NodeCall call, ReductionOperator reduction) {
        call.requireType(0, reduction.types());
        Shape in = call.shape(0);
        long[] axes = call.integers("axes", 1);
        boolean[] reduced = new boolean[in.rank()];
        if (axes == null || axes.length == 0) {
            boolean none = call.attributes().flag("noop_with_empty_axes", false);
            if (none && reduction.keepsSingles()) return ReadyNode.view(call.in(0), in, 0);
            Arrays.fill(reduced, !none);
        } else {
            for (int axis : call.axes(axes, in.rank())) reduced[axis] = true;
        }
        boolean kept = call.attributes().flag("keepdims", true);
        Shape out = kept ? ones(call, in, reduced) : Shapes.without(call, in, reduced);
        if (in.size() == 0
                && out.size() > 0
                && reduction == ReductionOperator.MEAN
                && !call.type(0).isFloating()) {
            throw call.misfit("expects elements for a mean of integers, got " + in);
        }
        ElementType type = call.type(0);
        Form form = in.size() > 0 ? Form.of(in, reduced) : new Form(out.size(), 0, 1, null);
        Kernels kernels = call.kernels();
        return ReadyNode.of(Fact.of(type, out), (x, y) -> {
            Value given = form.gathered == null ? x[0] : Value.zeros(type, Shape.of(in.size()));
            if (form.gathered != null) form.gathered.run(Copier.of(x[0], given), 0, 0);
            reduce(kernels, reduction, form, given, y[0]);
        });
    }

    private static Shape ones(NodeCall call, Shape in, boolean... reduced) {
        long[] extents = Shapes.extents(in);
        for (int axis = 0; axis < reduced.length; axis++) if (reduced[axis]) extents[axis] = 1;
        return Shapes.of(call, extents);
    }

    private static void reduce(Kernels kernels, ReductionOperator reduction, Form form, Value x, Value y) {
        if (x.type() == ElementType.FLOAT && form.count > 0) {
            switch (reduction) {
                case SUM -> sums(kernels, form, x.tensor(), y.tensor());
                case MEAN -> means(kernels, form, x.tensor(), y.tensor());
                case MAX -> extremes(true, form, x.tensor(), y.tensor());
                case MIN -> extremes(false, form, x.tensor(), y.tensor());
                default -> any(reduction, form, x, y);
            }
        } else {
            any(reduction, form, x, y);
        }
    }

    private static void any(ReductionOperator reduction, Form form, Value x, Value y) {
        if (x.type().isFloating()) {
            Elements.Doubles from = Elements.doubles(x);
            Elements.DoubleWriter to = Elements.doubleWriter(y);
            for (int i = 0; i < form.results(); i++) {
                to.set(i, reduction.ofReals(from, form.first(i), form.inner, form.count));
            }
        } else {
            Elements.Longs from = Elements.longs(x);
            Elements.LongWriter to = Elements.longWriter(y);
            for (int i = 0; i < form.results(); i++) {
                to.set(i, reduction.ofIntegers(x.type(), from, form.first(i), form.inner, form.count));
            }
        }
    }

    // ------------------------------------------------------------------------------------------------------- floats

    private static void sums(Kernels kernels, Form form, Tensor x, Tensor y) {
        if (form.inner == 1) {
            kernels.rowSums(x.reshape(Shape.of(form.outer, form.count)), y.reshape(Shape.of(form.outer)));
            return;
        }
        Tensor rows = x.reshape(Shape.of(form.outer * form.count, form.inner));
        Tensor sums = y.reshape(Shape.of(form.outer, form.inner));
        for (int o = 0; o < form.outer; o++) {
            kernels.columnSums(rows.rows(o * form.count, (o + 1) * form.count), sums.rows(o, o + 1));
        }
    }

    private static void means(Kernels kernels, Form form, Tensor x, Tensor y) {
        sums(kernels, form, x, y);
        float[] all = y.array();
        for (int i = y.offset(); i < y.offset() + y.size(); i++) all[i] /= form.count;
    }

    private static void extremes(boolean greatest, Form form, Tensor x, Tensor y) {
        float[] from = x.array();
        float[] to = y.array();
        int inner = form.inner;
        for (int o = 0; o < form.outer; o++) {
            int at = x.offset() + o * form.count * inner;
            int out = y.offset() + o * inner;
            if (inner == 1) {
                to[out] = greatest ? greatest(from, at, form.count) : least(from, at, form.count);
                continue;
            }
            System.arraycopy(from, at, to, out, inner);
            for (int i = 1; i < form.count; i++) {
                if (greatest) greater(from, at + i * inner, to, out, inner);
                else smaller(from, at + i * inner, to, out, inner);
            }
        }
    }

    private static float greatest(float[] x, int at, int count) {
        float greatest = x[at];
        for (int i = 1; i < count; i++) greatest = Math.max(greatest, x[at + i]);
        return greatest;
    }

    private static float least(float[] x, int at, int count) {
        float least = x[at];
        for (int i = 1; i < count; i++) least = Math.min(least, x[at + i]);
        return least;
    }

    private static void greater(float[] x, int at, float[] y, int out, int count) {
        for (int i = 0; i < count; i++) y[out + i] = Math.max(y[out + i], x[at + i]);
    }

    private static void smaller(float[] x, int at, float[] y, int out, int count) {
        for (int i = 0; i < count; i++) y[out + i] = Math.min(y[out + i], x[at + i]);
    }

    // --------------------------------------------------------------------------------------------- sums on the way

    private static ReadyNode cumSum(NodeCall call) {
        call.requireType(0, ElementType.FLOAT, ElementType.DOUBLE, ElementType.INT64, ElementType.INT32);
        Shapes.requireOne(call, 1);
        Shape in = call.shape(0);
        int axis = call.axis(call.integers(1)[0], in.rank());
        boolean exclusive = call.attributes().flag("exclusive", false);
        boolean reverse = call.attributes().flag("reverse", false);
        int inner = (int) Shapes.product(in, axis + 1, in.rank());
        int count = in.extent(axis);
        int step = reverse ? -inner : inner;
        return ReadyNode.of(Fact.of(call.type(0), in), (x, y) -> {
            for (int line = 0; line * count < in.size(); line++) {
                int first = line / inner * count * inner + line % inner;
                int start = reverse ? first + (count - 1) * inner : first;
                if (x[0].type().isFloating()) realSums(x[0], start, step, count, exclusive, y[0]);
                else integerSums(x[0], start, step, count, exclusive, y[0]);
            }
        });
    }

    private static void realSums(Value x, int at, int step, int count, boolean exclusive, Value y) {
        Elements.Doubles from = Elements.doubles(x);
        Elements.DoubleWriter to = Elements.doubleWriter(y);
        double sum = 0;
        for (int i = 0; i < count; i++, at += step) {
            double next = sum + from.get(at);
            to.set(at, exclusive ? sum : next);
            sum = next;
        }
    }

    private static void integerSums(Value x, int at, int step, int count, boolean exclusive, Value y) {
        Elements.Longs from = Elements.longs(x);
        Elements.LongWriter to = Elements.longWriter(y);
        long sum = 0;
        for (int i = 0; i < count; i++, at += step) {
            long next = sum + from.get(at);
            to.set(at, exclusive ? sum : next);
            sum = next;
        }
    }
}

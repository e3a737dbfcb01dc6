package dev.neurite.onnx.op.nn;

import dev.neurite.kernel.Kernels;
import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.Work;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/// Arrays whose axes are resized: any elements by the nearest, numbers by weighted sums.
final class AxisResampling {
    private AxisResampling() {}

    /// @param beyond the value of places beyond the input
    static ReadyNode step(NodeCall call, ResizedAxis[] axes, double beyond) {
        Fact x = call.in(0);
        Shape to = Shape.of(Arrays.stream(axes).mapToInt(ResizedAxis::to).toArray());
        if (Arrays.stream(axes).allMatch(ResizedAxis::isSame)) return ReadyNode.view(x, to, 0);
        boolean isNearest = Arrays.stream(axes).allMatch(each -> each.taps() == 1);
        boolean beyondInput = Arrays.stream(axes).anyMatch(ResizedAxis::hasOutside);
        boolean numbers = x.type().isFloating() || x.type().isInteger();
        if (!numbers && (!isNearest || beyondInput)) throw call.misfit("expects numbers, got " + x.type());
        Work inside = isNearest
                ? nearest(call.kernels(), x.type(), axes)
                : x.type() == ElementType.FLOAT && onlyLastTwo(axes) ? floats(call.kernels(), axes) : exact(axes);
        if (!beyondInput) return ReadyNode.of(Fact.of(x.type(), to), inside);
        return ReadyNode.of(Fact.of(x.type(), to), (in, out) -> {
            inside.run(in, out);
            for (int axis = 0; axis < axes.length; axis++) fill(out[0], axes[axis], axis, beyond);
        });
    }

    private static boolean onlyLastTwo(ResizedAxis[] axes) {
        return Arrays.stream(axes).limit(Math.max(0, axes.length - 2)).allMatch(ResizedAxis::isSame);
    }

    private static int product(int[] extents, int from, int end) {
        int product = 1;
        for (int axis = from; axis < end; axis++) product *= extents[axis];
        return product;
    }

    /// Writes the value beyond the input.
    private static void fill(Value y, ResizedAxis of, int axis, double value) {
        int[] extents = y.shape().extents().stream().mapToInt(Integer::intValue).toArray();
        int inner = product(extents, axis + 1, extents.length);
        int runs = product(extents, 0, axis + 1);
        Numbers to = Numbers.of(y);
        for (int run = 0; run < runs; run++) {
            if (!of.isOutside(run % of.to())) continue;
            for (int i = 0; i < inner; i++) to.set(run * inner + i, value);
        }
    }

    /// Writes numbers of any type: integers are cut off, and kept in the range of their type.
    private interface Numbers {
        void set(int index, double x);

        static Numbers of(Value y) {
            if (y.type().isFloating()) return Elements.doubleWriter(y)::set;
            Elements.LongWriter to = Elements.longWriter(y);
            double least = y.type() == ElementType.INT8 ? Byte.MIN_VALUE : y.type() == ElementType.UINT8 ? 0 : -0x1p63;
            double most = y.type() == ElementType.INT8 ? Byte.MAX_VALUE : y.type() == ElementType.UINT8 ? 255 : 0x1p63;
            if (y.type() == ElementType.INT32) return (i, x) -> to.set(i, (int) x);
            return (i, x) -> to.set(i, (long) Math.max(least, Math.min(most, x)));
        }
    }

    /// The elements of a row of the last axis, for each row of the result where its row of the input begins.
    private static int[] rows(ResizedAxis[] axes) {
        int last = axes.length - 1;
        int[] rows = {0};
        for (int axis = 0; axis < last; axis++) {
            int[] longer = new int[rows.length * axes[axis].to()];
            for (int i = 0; i < longer.length; i++) {
                longer[i] = rows[i / axes[axis].to()] * axes[axis].from()
                        + axes[axis].at()[i % axes[axis].to()];
            }
            rows = longer;
        }
        for (int i = 0; i < rows.length; i++) rows[i] *= axes[last].from();
        return rows;
    }

    private static Work nearest(Kernels kernels, ElementType type, ResizedAxis[] axes) {
        int[] rows = Arrays.stream(axes).anyMatch(each -> each.to() == 0) ? new int[0] : rows(axes);
        ResizedAxis columns = axes[axes.length - 1];
        int width = columns.to();
        int[] at = columns.at();
        boolean same = columns.isSame();
        if (type == ElementType.FLOAT && !same) {
            return (in, out) -> {
                float[] x = (float[]) in[0].array();
                float[] y = (float[]) out[0].array();
                int xo = in[0].offset();
                int yo = out[0].offset();
                kernels.update(0, out[0].size(), (from, to) -> {
                    for (int k = from; k < to; ) {
                        int row = xo + rows[k / width];
                        int first = k - k % width;
                        int end = Math.min(to, first + width);
                        for (; k < end; k++) y[yo + k] = x[row + at[k - first]];
                    }
                });
            };
        }
        return (in, out) -> {
            Object x = in[0].array();
            Object y = out[0].array();
            for (int i = 0; i < rows.length; i++) {
                int from = in[0].offset() + rows[i];
                int to = out[0].offset() + i * width;
                if (i > 0 && rows[i] == rows[i - 1]) System.arraycopy(y, to - width, y, to, width);
                else if (same) System.arraycopy(x, from, y, to, width);
                else for (int j = 0; j < width; j++) System.arraycopy(x, from + at[j], y, to + j, 1);
            }
        };
    }

    /// Floats of which the last two axes are resized: rows are combined to one, of which elements are.
    private static Work floats(Kernels kernels, ResizedAxis[] axes) {
        int last = axes.length - 1;
        ResizedAxis rows = last > 0 ? axes[last - 1] : ResizedAxis.same(1);
        ResizedAxis columns = axes[last];
        float[] ofRows = rows.floatWeights();
        float[] ofColumns = columns.floatWeights();
        int area = rows.from() * columns.from();
        int width = columns.to();
        return (in, out) -> {
            float[] x = (float[]) in[0].array();
            float[] y = (float[]) out[0].array();
            int xo = in[0].offset();
            int yo = out[0].offset();
            kernels.update(0, out[0].size(), (from, to) -> {
                float[] row = new float[columns.from()];
                for (int k = from; k < to; ) {
                    int of = k / width;
                    int first = of * width;
                    int end = Math.min(to, first + width);
                    combine(x, xo + of / rows.to() * area, rows, of % rows.to(), ofRows, row);
                    combine(row, columns, ofColumns, k - first, end - first, y, yo + first);
                    k = end;
                }
            });
        };
    }

    private static void combine(float[] x, int xo, ResizedAxis rows, int i, float[] weights, float[] sum) {
        for (int t = i * rows.taps(), n = 0; n < rows.taps(); t++, n++) {
            int from = xo + rows.at()[t] * sum.length;
            float weight = weights[t];
            if (n == 0) for (int j = 0; j < sum.length; j++) sum[j] = weight * x[from + j];
            else for (int j = 0; j < sum.length; j++) sum[j] += weight * x[from + j];
        }
    }

    /// Weighted sums of elements of a row.
    private static void combine(
            float[] row, ResizedAxis columns, float[] weights, int from, int to, float[] y, int yo) {
        int taps = columns.taps();
        int[] at = columns.at();
        if (taps == 2) {
            for (int i = from, t = 2 * from; i < to; i++, t += 2) {
                y[yo + i] = weights[t] * row[at[t]] + weights[t + 1] * row[at[t + 1]];
            }
            return;
        }
        for (int i = from, t = from * taps; i < to; i++) {
            float sum = 0;
            for (int n = 0; n < taps; n++, t++) sum += weights[t] * row[at[t]];
            y[yo + i] = sum;
        }
    }

    /// One axis after the other, in double precision: those that become shorter first.
    private static Work exact(ResizedAxis[] axes) {
        int[] order = IntStream.range(0, axes.length)
                .filter(axis -> !axes[axis].isSame())
                .boxed()
                .sorted(Comparator.comparingDouble(axis -> (double) axes[axis].to() / axes[axis].from()))
                .mapToInt(Integer::intValue)
                .toArray();
        return (in, out) -> {
            if (out[0].size() == 0) return;
            Elements.Doubles from = Elements.doubles(in[0]);
            double[] x = new double[in[0].size()];
            for (int i = 0; i < x.length; i++) x[i] = from.get(i);
            int[] extents = Arrays.stream(axes).mapToInt(ResizedAxis::from).toArray();
            for (int axis : order) {
                x = resized(x, axes[axis], product(extents, 0, axis), product(extents, axis + 1, extents.length));
                extents[axis] = axes[axis].to();
            }
            Numbers to = Numbers.of(out[0]);
            for (int i = 0; i < x.length; i++) to.set(i, x[i]);
        };
    }

    private static double[] resized(double[] x, ResizedAxis axis, int outer, int inner) {
        double[] y = new double[outer * axis.to() * inner];
        int taps = axis.taps();
        for (int i = 0; i < outer; i++) {
            for (int j = 0; j < axis.to() * taps; j++) {
                int from = (i * axis.from() + axis.at()[j]) * inner;
                int to = (i * axis.to() + j / taps) * inner;
                double weight = axis.weights()[j];
                for (int k = 0; k < inner; k++) y[to + k] += weight * x[from + k];
            }
        }
        return y;
    }
}

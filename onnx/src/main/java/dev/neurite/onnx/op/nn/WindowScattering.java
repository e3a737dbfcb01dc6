package dev.neurite.onnx.op.nn;

import dev.neurite.error.DataException;
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
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Operators that put elements of windows where they belong in an image: Col2Im and MaxUnpool; and DeformConv, whose
/// windows have offsets.
final class WindowScattering {
    private WindowScattering() {}

    static void register(Operators all) {
        all.add("Col2Im", WindowScattering::columns);
        all.add("MaxUnpool", WindowScattering::unpool);
        all.add("DeformConv", WindowScattering::deformed);
    }

    /// The sums of the elements of all windows, `[rows × channels·taps × windows]`, that lie on one of the image.
    private static ReadyNode columns(NodeCall call) {
        call.requireRank(0, 3);
        call.requireType(0, ElementType.FLOAT, ElementType.DOUBLE);
        long[] image = call.integers(1);
        long[] block = call.integers(2);
        Shape x = call.shape(0);
        if (image.length == 0 || image.length != block.length) {
            throw call.misfit(
                    "expects as many extents of image and block, got " + image.length + " and " + block.length);
        }
        long[] extents = new long[image.length + 2];
        extents[0] = 1;
        extents[1] = 1;
        System.arraycopy(image, 0, extents, 2, image.length);
        Shape ofBlock = Shapes.of(call, block);
        Windows windows = Windows.of(call, Shapes.of(call, extents), Windows.spatial(block(call, block)), false);
        int taps = ofBlock.size();
        if (taps == 0 || x.extent(1) % taps != 0 || x.extent(2) != windows.outSize()) {
            throw call.misfit("expects x [rows × channels·" + taps + " × " + windows.outSize() + "], got " + x);
        }
        extents[0] = x.extent(0);
        extents[1] = x.extent(1) / taps;
        Shape shape = Shapes.of(call, extents);
        int plane = windows.inSize();
        int count = x.extent(2);
        return ReadyNode.of(Fact.of(call.type(0), shape), (in, out) -> {
            Elements.Doubles from = Elements.doubles(in[0]);
            Elements.DoubleWriter to = Elements.doubleWriter(out[0]);
            double[] sums = new double[plane];
            for (int k = 0; k < shape.extent(0) * shape.extent(1); k++) {
                Arrays.fill(sums, 0);
                int first = k * taps * count;
                for (int window = 0; window < count; window++) {
                    int number = window;
                    windows.forEachTap(window, (tap, at) -> sums[at] += from.get(first + tap * count + number));
                }
                for (int i = 0; i < plane; i++) to.set(k * plane + i, sums[i]);
            }
        });
    }

    private static Shape block(NodeCall call, long[] block) {
        long[] extents = new long[block.length + 2];
        Arrays.fill(extents, 1);
        System.arraycopy(block, 0, extents, 2, block.length);
        return Shapes.of(call, extents);
    }

    /// Puts what MaxPool has taken where it was; 0 elsewhere.
    private static ReadyNode unpool(NodeCall call) {
        Shape x = call.shape(0);
        call.requireType(0, ElementType.FLOAT, ElementType.DOUBLE);
        call.requireType(1, ElementType.INT64);
        if (x.rank() < 3 || !call.shape(1).equals(x)) {
            throw call.misfit(
                    "expects x [rows × channels × …] and indices of its shape, got " + x + " and " + call.shape(1));
        }
        int axes = x.rank() - 2;
        long[] kernel = call.attributes().integers("kernel_shape").orElseGet(() -> new long[0]);
        if (kernel.length != axes)
            throw call.wrong("expects kernel_shape of " + axes + " numbers, got " + kernel.length);
        int[] strides = Windows.attribute(call, "strides", axes, 1);
        long[] pads = call.attributes().integers("pads").orElseGet(() -> new long[2 * axes]);
        if (pads.length != 2 * axes) throw call.wrong("expects pads of " + 2 * axes + " numbers, got " + pads.length);
        long[] pooled = Shapes.extents(x);
        for (int i = 0; i < axes; i++) {
            pooled[2 + i] = (x.extent(2 + i) - 1L) * strides[i] - pads[i] - pads[axes + i] + kernel[i];
        }
        Shape usual = Shapes.of(call, pooled);
        Shape shape = call.has(2) ? Shapes.of(call, call.integers(2)) : usual;
        if (shape.rank() != x.rank()) throw call.misfit("expects a shape of " + x.rank() + " extents, got " + shape);
        return ReadyNode.of(Fact.of(call.type(0), shape), (in, out) -> {
            Elements.Doubles from = Elements.doubles(in[0]);
            Elements.DoubleWriter to = Elements.doubleWriter(out[0]);
            for (int i = 0; i < shape.size(); i++) to.set(i, 0);
            for (int i = 0; i < x.size(); i++) {
                long at = in[1].integer(i);
                if (at < 0 || at >= usual.size()) {
                    throw new DataException(
                            call.node().label(), "expects indices from 0 to " + (usual.size() - 1) + ", got " + at);
                }
                to.set(moved(call, (int) at, usual, shape), from.get(i));
            }
        });
    }

    /// The place in another shape of what is at a place of one.
    private static int moved(NodeCall call, int at, Shape from, Shape to) {
        int rest = at;
        int place = 0;
        int stride = 1;
        for (int axis = from.rank() - 1; axis >= 0; axis--) {
            int index = rest % from.extent(axis);
            rest /= from.extent(axis);
            if (index >= to.extent(axis)) {
                throw new DataException(call.node().label(), "expects indices within " + to + ", got " + at);
            }
            place += index * stride;
            stride *= to.extent(axis);
        }
        return place;
    }

    // ----------------------------------------------------------------------------------------------------- DeformConv

    private static ReadyNode deformed(NodeCall call) {
        for (int i = 0; i < 3; i++) call.requireRank(i, 4);
        call.requireSameTypes(0, 1, 2, 3, 4);
        call.requireType(0, ElementType.FLOAT, ElementType.DOUBLE);
        Shape x = call.shape(0);
        Shape w = call.shape(1);
        int groups = call.attributes().small("group", 1);
        int parts = call.attributes().small("offset_group", 1);
        Windows windows = Windows.of(call, x, Windows.spatial(w), false);
        int taps = windows.taps();
        boolean fits = groups >= 1
                && parts >= 1
                && x.extent(1) == (long) groups * w.extent(1)
                && w.extent(0) % groups == 0
                && x.extent(1) % parts == 0
                && call.shape(2).equals(offsets(call, x, windows, 2L * parts * taps))
                && (!call.has(3) || call.shape(3).equals(Shape.of(w.extent(0))))
                && (!call.has(4) || call.shape(4).equals(offsets(call, x, windows, (long) parts * taps)));
        if (!fits) {
            throw call.misfit("expects inputs that fit " + groups + " groups and " + parts + " offset groups, got x "
                    + x + ", w " + w + " and offsets " + call.shape(2));
        }
        var of = new Deformed(x, w, windows, groups, parts);
        return ReadyNode.of(Fact.of(call.type(0), windows.shape(x.extent(0), w.extent(0))), of::run);
    }

    private static Shape offsets(NodeCall call, Shape x, Windows windows, long count) {
        return Shapes.of(call, x.extent(0), count, windows.out()[0], windows.out()[1]);
    }

    /// A convolution whose windows have an offset for each of their positions.
    /// @param parts the groups of channels that have the same offsets
    private record Deformed(Shape x, Shape w, Windows windows, int groups, int parts) {
        void run(Value[] in, Value[] out) {
            Elements.Doubles weights = Elements.doubles(in[1]);
            @Nullable Value given = Work.optional(in, 3);
            Elements.DoubleWriter y = Elements.doubleWriter(out[0]);
            int taps = windows.taps();
            int area = windows.outSize();
            int channels = x.extent(1);
            int ofGroup = w.extent(1);
            double[] columns = new double[channels * taps];
            for (int row = 0; row < x.extent(0); row++) {
                for (int window = 0; window < area; window++) {
                    gather(in, row, window, columns);
                    for (int k = 0; k < w.extent(0); k++) {
                        double sum = given == null ? 0 : given.number(k);
                        int first = k / (w.extent(0) / groups) * ofGroup * taps;
                        for (int i = 0; i < ofGroup * taps; i++) {
                            sum += weights.get(k * ofGroup * taps + i) * columns[first + i];
                        }
                        y.set((row * w.extent(0) + k) * area + window, sum);
                    }
                }
            }
        }

        private void gather(Value[] in, int row, int window, double[] columns) {
            Elements.Doubles offsets = Elements.doubles(in[2]);
            @Nullable Value mask = Work.optional(in, 4);
            Elements.Doubles image = Elements.doubles(in[0]);
            int taps = windows.taps();
            int area = windows.outSize();
            int channels = x.extent(1);
            int across = windows.kernel()[1];
            int down = window / windows.out()[1];
            int right = window % windows.out()[1];
            double top = down * (double) windows.strides()[0] - windows.before()[0];
            double left = right * (double) windows.strides()[1] - windows.before()[1];
            for (int c = 0; c < channels; c++) {
                int part = c / (channels / parts);
                for (int tap = 0; tap < taps; tap++) {
                    int at = ((row * parts + part) * taps + tap) * 2 * area + window;
                    double v = top + tap / across * windows.dilations()[0] + offsets.get(at);
                    double u = left + tap % across * windows.dilations()[1] + offsets.get(at + area);
                    double value = blended(image, (row * channels + c) * x.extent(2) * x.extent(3), v, u);
                    double factor = mask == null ? 1 : mask.number(((row * parts + part) * taps + tap) * area + window);
                    columns[c * taps + tap] = value * factor;
                }
            }
        }

        private double blended(Elements.Doubles image, int plane, double v, double u) {
            int height = x.extent(2);
            int width = x.extent(3);
            if (!(v > -1 && v < height && u > -1 && u < width)) return 0;
            int top = (int) Math.floor(v);
            int left = (int) Math.floor(u);
            double sum = 0;
            for (int i = Math.max(0, top); i <= Math.min(height - 1, top + 1); i++) {
                for (int k = Math.max(0, left); k <= Math.min(width - 1, left + 1); k++) {
                    sum += (1 - Math.abs(v - i)) * (1 - Math.abs(u - k)) * image.get(plane + i * width + k);
                }
            }
            return sum;
        }
    }
}

package dev.neurite.onnx.op.nn;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Convolutions;
import dev.neurite.kernel.Geometry;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.kernel.Window;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.math.Products;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Convolutions.
public final class Convolving {
    /// An operator of Neurite's own: `Conv` with a residual of y's shape as a fourth input, and three more
    /// attributes: [Products#ACTIVATION], [#LAYOUT], the [Layout] of y, and [#DIRECT].
    public static final String CONV = "Conv";

    /// The attribute with the layout of the result.
    public static final String LAYOUT = "layout";

    /// The attribute that asks for plain sums, see [Convolutions#direct()].
    public static final String DIRECT = "direct";

    private Convolving() {}

    public static void register(Operators all) {
        all.add("Conv", Convolving::conv);
        all.add(OnnxNode.OWN, CONV, Convolving::conv);
        all.add("ConvTranspose", Convolving::transposed);
    }

    /// Refuses what no convolution has.
    private static void check(NodeCall call) {
        int rank = call.shape(0).rank();
        if (rank < 3) throw call.misfit("expects x [rows × channels × …], got " + call.shape(0));
        call.requireRank(1, rank);
        call.requireType(0, ElementType.FLOAT, ElementType.DOUBLE);
        call.requireSameTypes(0, 1);
        if (call.has(2)) call.requireSameTypes(0, 2);
        long[] kernel = call.attributes().integers("kernel_shape").orElse(null);
        int[] ofW = Windows.spatial(call.shape(1));
        if (kernel != null && !Arrays.equals(Arrays.stream(ofW).asLongStream().toArray(), kernel)) {
            throw call.misfit("expects w with kernel_shape " + Arrays.toString(kernel) + ", got " + call.shape(1));
        }
    }

    // --------------------------------------------------------------------------------------------------------- Conv

    /// The layout in which a convolution of images `[rows × channels × height × width]` is faster.
    public static Layout preferred(NodeCall call) {
        Shape x = call.shape(0);
        Shape w = call.shape(1);
        var windows = Windows.of(call, x, Windows.spatial(w), false);
        int groups = call.attributes().small("group", 1);
        return call.kernels()
                .convolutions()
                .layout(
                        windows.geometry(),
                        groups,
                        x.extent(1),
                        w.extent(0),
                        call.in(0).layout());
    }

    private static ReadyNode conv(NodeCall call) {
        check(call);
        Shape x = call.shape(0);
        Shape w = call.shape(1);
        int groups = call.attributes().small("group", 1);
        int inputs = x.extent(1);
        int outputs = w.extent(0);
        if (groups < 1 || inputs != (long) groups * w.extent(1) || outputs % groups != 0) {
            throw call.misfit("expects x with " + (long) groups * w.extent(1) + " channels and weights of " + groups
                    + " groups, got x " + x + " and w " + w);
        }
        requireBias(call, outputs);
        var windows = Windows.of(call, x, Windows.spatial(w), false);
        Shape out = windows.shape(x.extent(0), outputs);
        boolean fast = call.type(0) == ElementType.FLOAT && windows.axes() <= 2;
        return fast ? kernel(call, windows, groups, out) : plain(call, windows, groups, out);
    }

    private static void requireBias(NodeCall call, int outputs) {
        if (call.has(2) && !call.shape(2).equals(Shape.of(outputs))) {
            throw call.misfit("expects a bias [" + outputs + "], got " + call.shape(2));
        }
    }

    private static ReadyNode kernel(NodeCall call, Windows windows, int groups, Shape out) {
        Layout layout = call.attributes().own(LAYOUT, Layout.class).orElse(Layout.ROW_MAJOR);
        Elementwise g =
                call.attributes().own(Products.ACTIVATION, Elementwise.class).orElse(Activation.IDENTITY);
        boolean direct = call.attributes().flag(DIRECT, false);
        Convolutions all = call.kernels().convolutions();
        Convolutions kernels = direct ? all.direct() : all;
        Geometry place = windows.geometry();
        Shape ofW = ofKernel(call.shape(1));
        PackedWeights constant = call.packed(1, ofW);
        boolean bias = call.has(2);
        boolean residual = call.has(3);
        return ReadyNode.of(Fact.of(out, layout), (in, y) -> {
            if (out.size() == 0) return;
            PackedWeights w = constant != null
                    ? constant
                    : PackedWeights.changing(in[1].tensor().reshape(ofW));
            Tensor b = bias ? in[2].tensor() : Tensor.EMPTY;
            Tensor r = residual ? in[3].tensor() : Tensor.EMPTY;
            kernels.forward(place, groups, in[0].tensor(), w, b, r, g, y[0].tensor());
        });
    }

    /// Weights as kernels take them, for one spatial axis as well.
    private static Shape ofKernel(Shape w) {
        return w.rank() == 4 ? w : Shape.of(w.extent(0), w.extent(1), 1, w.extent(2));
    }

    /// Of any number of axes, of floats or doubles.
    private static ReadyNode plain(NodeCall call, Windows windows, int groups, Shape out) {
        boolean bias = call.has(2);
        int inputs = call.shape(0).extent(1);
        int outputs = out.extent(1);
        int ofGroup = inputs / groups;
        int rows = out.extent(0);
        return ReadyNode.of(Fact.of(call.type(0), out), (in, y) -> {
            Elements.Doubles x = Elements.doubles(in[0]);
            Elements.Doubles w = Elements.doubles(in[1]);
            Elements.Doubles b = bias ? Elements.doubles(in[2]) : _ -> 0;
            Elements.DoubleWriter to = Elements.doubleWriter(y[0]);
            int taps = windows.taps();
            double[] sums = new double[outputs];
            for (int row = 0; row < rows; row++) {
                for (int window = 0; window < windows.outSize(); window++) {
                    for (int o = 0; o < outputs; o++) sums[o] = b.get(o);
                    int ofRow = row * inputs;
                    windows.forEachTap(window, (tap, at) -> {
                        for (int o = 0; o < outputs; o++) {
                            int first = o / (outputs / groups) * ofGroup;
                            for (int c = 0; c < ofGroup; c++) {
                                sums[o] += w.get((o * ofGroup + c) * taps + tap)
                                        * x.get((ofRow + first + c) * windows.inSize() + at);
                            }
                        }
                    });
                    for (int o = 0; o < outputs; o++) {
                        to.set((row * outputs + o) * windows.outSize() + window, sums[o]);
                    }
                }
            }
        });
    }

    // ------------------------------------------------------------------------------------------------ ConvTranspose

    private static ReadyNode transposed(NodeCall call) {
        check(call);
        Shape x = call.shape(0);
        Shape w = call.shape(1);
        int groups = call.attributes().small("group", 1);
        int inputs = x.extent(1);
        if (groups < 1 || w.extent(0) != inputs || inputs % groups != 0) {
            throw call.misfit("expects w with " + inputs + " channels in " + groups + " groups, got " + w);
        }
        int outputs = Math.multiplyExact(w.extent(1), groups);
        requireBias(call, outputs);
        Windows windows = ofTransposed(call, x, Windows.spatial(w));
        Shape out = result(windows, x.extent(0), outputs);
        boolean fast = call.type(0) == ElementType.FLOAT && windows.axes() <= 2;
        return fast ? kernelTransposed(call, windows, groups, out) : plainTransposed(call, windows, groups, out);
    }

    private static Shape result(Windows windows, int rows, int channels) {
        int[] extents = new int[2 + windows.axes()];
        extents[0] = rows;
        extents[1] = channels;
        System.arraycopy(windows.in(), 0, extents, 2, windows.axes());
        return Shape.of(extents);
    }

    /// The windows over the result, each of which an element of x is spread over.
    private static Windows ofTransposed(NodeCall call, Shape x, int[] kernel) {
        int axes = kernel.length;
        int[] out = Windows.spatial(x);
        int[] strides = Windows.attribute(call, "strides", axes, 1);
        int[] dilations = Windows.attribute(call, "dilations", axes, 1);
        long[] extra = given(call, "output_padding", axes, new long[axes]);
        long @Nullable [] sizes = call.attributes().integers("output_shape").orElse(null);
        String automatic = call.attributes().text("auto_pad", "NOTSET");
        if (!automatic.matches("NOTSET|VALID|SAME_UPPER|SAME_LOWER")) {
            throw call.wrong("expects auto_pad NOTSET, VALID, SAME_UPPER or SAME_LOWER, got " + automatic);
        }
        if (sizes != null && sizes.length != axes && sizes.length != axes + 2) {
            throw call.wrong("expects output_shape of " + axes + " numbers, got " + Arrays.toString(sizes));
        }
        long[] pads = given(call, "pads", 2 * axes, new long[2 * axes]);
        int[] before = new int[axes];
        int[] after = new int[axes];
        int[] in = new int[axes];
        boolean same = automatic.startsWith("SAME");
        for (int i = 0; i < axes; i++) {
            if (kernel[i] < 1) throw call.misfit("expects a kernel from 1, got " + Arrays.toString(kernel));
            long full = (out[i] - 1L) * strides[i] + (kernel[i] - 1L) * dilations[i] + 1 + extra[i];
            if (sizes != null || same) {
                long size = sizes != null ? sizes[sizes.length - axes + i] : (long) out[i] * strides[i];
                long total = full - size;
                long shared = Math.max(0, total); // a longer result has its zeros at the end, as in onnxruntime
                pads[i] = automatic.equals("SAME_UPPER") ? shared / 2 : shared - shared / 2;
                pads[axes + i] = total - pads[i];
            }
            long size = full - pads[i] - pads[axes + i];
            if (size < 1 || size > Integer.MAX_VALUE) {
                throw call.misfit("expects a result of at least 1 element along each axis, got " + size);
            }
            in[i] = (int) size;
            before[i] = (int) pads[i];
            after[i] = (int) (pads[axes + i] - extra[i]);
        }
        return new Windows(in, kernel, strides, dilations, before, after, out);
    }

    private static long[] given(NodeCall call, String name, int count, long[] usual) {
        long[] given = call.attributes().integers(name).orElse(usual);
        if (given.length == count && Arrays.stream(given).allMatch(each -> each >= 0 && each <= 1 << 30)) return given;
        throw call.wrong("expects " + name + " of " + count + " numbers from 0, got " + Arrays.toString(given));
    }

    private static ReadyNode kernelTransposed(NodeCall call, Windows windows, int groups, Shape out) {
        boolean padded = true;
        for (int i = 0; i < windows.axes(); i++) padded &= windows.before()[i] >= 0 && windows.after()[i] >= 0;
        if (!padded) return plainTransposed(call, windows, groups, out); // the result is longer than the windows reach
        Geometry place = windows.geometry();
        Window window = place.window();
        boolean fits = place.outHeight() == (windows.axes() == 1 ? 1 : windows.out()[0])
                && place.outWidth() == windows.out()[windows.axes() - 1];
        if (!fits) return plainTransposed(call, windows, groups, out);
        Shape ofW = Shape.of(call.shape(1).extent(0), call.shape(1).extent(1), window.height(), window.width());
        PackedWeights constant = call.packed(1, ofW);
        boolean bias = call.has(2);
        Convolutions kernels = call.kernels().convolutions();
        return ReadyNode.of(Fact.of(ElementType.FLOAT, out), (in, y) -> {
            if (out.size() == 0) return;
            PackedWeights w = constant != null
                    ? constant
                    : PackedWeights.changing(in[1].tensor().reshape(ofW));
            Tensor b = bias ? in[2].tensor() : Tensor.EMPTY;
            kernels.transposed(place, groups, in[0].tensor(), w, b, Activation.IDENTITY, y[0].tensor());
        });
    }

    private static ReadyNode plainTransposed(NodeCall call, Windows windows, int groups, Shape out) {
        boolean bias = call.has(2);
        int inputs = call.shape(0).extent(1);
        int outputs = out.extent(1);
        int rows = out.extent(0);
        return ReadyNode.of(Fact.of(call.type(0), out), (in, y) -> {
            double[] sums = new double[out.size()];
            Elements.Doubles b = bias ? Elements.doubles(in[2]) : _ -> 0;
            for (int i = 0; i < sums.length; i++) sums[i] = b.get(i / windows.inSize() % outputs);
            Elements.Doubles x = Elements.doubles(in[0]);
            for (int row = 0; row < rows; row++) {
                for (int c = 0; c < inputs; c++) {
                    for (int window = 0; window < windows.outSize(); window++) {
                        double factor = x.get((row * inputs + c) * windows.outSize() + window);
                        spread(windows, window, in[1], c, groups, outputs, factor, row * outputs, sums);
                    }
                }
            }
            Elements.DoubleWriter to = Elements.doubleWriter(y[0]);
            for (int i = 0; i < sums.length; i++) to.set(i, sums[i]);
        });
    }

    /// Adds an element of x, times the weights, to the sums under its window.
    private static void spread(
            Windows windows,
            int window,
            Value weights,
            int channel,
            int groups,
            int outputs,
            double factor,
            int firstPlane,
            double[] sums) {
        Elements.Doubles w = Elements.doubles(weights);
        int ofGroup = outputs / groups;
        int inputs = weights.shape().extent(0);
        int first = channel / (inputs / groups) * ofGroup;
        windows.forEachTap(window, (tap, at) -> {
            for (int o = 0; o < ofGroup; o++) {
                int place = (firstPlane + first + o) * windows.inSize() + at;
                sums[place] += factor * w.get((channel * ofGroup + o) * windows.taps() + tap);
            }
        });
    }
}

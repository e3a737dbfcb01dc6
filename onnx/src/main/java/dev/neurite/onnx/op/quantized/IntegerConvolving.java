package dev.neurite.onnx.op.quantized;

import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.Work;
import dev.neurite.onnx.op.nn.Windows;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// ConvInteger and QLinearConv: the windows of each image are the rows of a matrix, of which [ExactProduct] is
/// taken.
final class IntegerConvolving {
    private static final int AT_ONCE = 1 << 20; // elements under windows

    private final int ofX; // the inputs' places: zero points
    private final int w;
    private final int ofW;
    private final int inputs;
    private final int outputs;
    private final int groups;
    private final Windows windows;
    private final Shape out;
    private final ExactProduct product;
    private final Kernels kernels;
    private final List<@Nullable List<PackedWeights>> weights = new ArrayList<>(); // of each group

    /// @param ofX the first input
    private IntegerConvolving(NodeCall call, int ofX, int w, int ofW) {
        this.ofX = ofX;
        this.w = w;
        this.ofW = ofW;
        Shape x = call.shape(0);
        if (x.rank() < 3) throw call.misfit("expects x [rows × channels × …], got " + x);
        call.requireRank(w, x.rank());
        for (int input : new int[] {0, w}) call.requireType(input, ElementType.INT8, ElementType.UINT8);
        Shape kernel = call.shape(w);
        groups = call.attributes().small("group", 1);
        inputs = x.extent(1);
        outputs = kernel.extent(0);
        if (groups < 1 || outputs < 1 || inputs != (long) groups * kernel.extent(1) || outputs % groups != 0) {
            throw call.misfit("expects x and w that fit " + groups + " groups, got " + x + " and " + kernel);
        }
        requireKernelShape(call, Windows.spatial(kernel));
        windows = Windows.of(call, x, Windows.spatial(kernel), false);
        out = windows.shape(x.extent(0), outputs);
        requireZeros(call, 0, ofX, 1);
        requireZeros(call, w, ofW, outputs);
        kernels = call.kernels();
        int inner = inputs / groups * windows.taps();
        int left = ExactProduct.range(call, 0, ofX);
        product = ExactProduct.of(inner, outputs / groups, left, ExactProduct.range(call, w, ofW));
        if (out.size() == 0 || !call.isConstant(w)) return;
        int[] zeros = call.isConstant(ofW) ? Quantized.integers(call.value(ofW)) : new int[1];
        for (int i = 0; i < groups; i++) {
            String purpose = "integer convolution, group " + i + " of " + groups;
            weights.add(product.constant(call, w, ofW, purpose, right(call.value(w), i, zeros)));
        }
    }

    public static void register(Operators all) {
        all.add("ConvInteger", IntegerConvolving::integer);
        all.add("QLinearConv", IntegerConvolving::linear);
    }

    private static void requireKernelShape(NodeCall call, int[] kernel) {
        long[] given = call.attributes().integers("kernel_shape").orElse(null);
        if (given != null
                && !Arrays.equals(given, Arrays.stream(kernel).asLongStream().toArray())) {
            throw call.misfit(
                    "expects weights of kernel_shape " + Arrays.toString(given) + ", got " + Arrays.toString(kernel));
        }
    }

    private static void requireZeros(NodeCall call, int input, int zeros, int channels) {
        if (!call.has(zeros)) return;
        call.requireSameTypes(input, zeros);
        requireOneOrEach(call, zeros, channels);
    }

    private static void requireOneOrEach(NodeCall call, int input, int channels) {
        if (call.shape(input).size() == 1 || call.shape(input).equals(Shape.of(channels))) return;
        throw call.misfit("expects input " + input + " with one element" + (channels == 1 ? "" : " or " + channels)
                + ", got " + call.shape(input));
    }

    /// The weights of a group, a column for each output channel.
    private ExactProduct.Right right(Value of, int group, int[] zeros) {
        Elements.Longs from = Elements.longs(of);
        int first = group * (outputs / groups);
        int inner = product.inner();
        return (row, column) -> (int) from.get((first + column) * inner + row) - zeros[(first + column) % zeros.length];
    }

    private void run(Value[] in, int[] sums, int at) {
        if (out.size() == 0) return;
        int zero = Quantized.integers(Work.optional(in, ofX))[0];
        int[] zeros = Quantized.integers(Work.optional(in, ofW));
        int area = windows.outSize();
        int ofGroup = outputs / groups;
        int[] rows = new int[area * ofGroup];
        int some = Math.max(1, AT_ONCE / Math.max(1, product.inner())); // windows
        for (int group = 0; group < groups; group++) {
            @Nullable List<PackedWeights> constant = weights.isEmpty() ? null : weights.get(group);
            List<PackedWeights> right = constant != null ? constant : product.changing(right(in[w], group, zeros));
            for (int image = 0; image < out.extent(0); image++) {
                for (int from = 0; from < area; from += some) {
                    int count = Math.min(some, area - from);
                    float[] left = left(in[0], image, group, zero, from, count);
                    product.run(kernels, left, count, right, rows, from * ofGroup);
                }
                int to = at + (image * outputs + group * ofGroup) * area;
                for (int i = 0; i < rows.length; i++) sums[to + i % ofGroup * area + i / ofGroup] = rows[i];
            }
        }
    }

    /// The elements under some windows of a group's channels, less the zero point; 0 around the image.
    private float[] left(Value of, int image, int group, int zero, int from, int count) {
        int plane = windows.inSize();
        int taps = windows.taps();
        int channels = inputs / groups;
        Elements.Longs x = Elements.longs(of);
        int first = (image * inputs + group * channels) * plane;
        float[] left = new float[count * product.inner()];
        for (int i = 0; i < count; i++) {
            int row = i;
            windows.forEachTap(from + i, (tap, at) -> {
                for (int c = 0; c < channels; c++) {
                    left[product.place(count, row, c * taps + tap)] = x.get(first + c * plane + at) - zero;
                }
            });
        }
        return left;
    }

    private static ReadyNode integer(NodeCall call) {
        var of = new IntegerConvolving(call, 2, 1, 3);
        return ReadyNode.of(
                Fact.of(ElementType.INT32, of.out), (in, y) -> of.run(in, (int[]) y[0].array(), y[0].offset()));
    }

    private static ReadyNode linear(NodeCall call) {
        var of = new IntegerConvolving(call, 2, 3, 5);
        for (int input : new int[] {1, 4, 6}) call.requireType(input, ElementType.FLOAT);
        requireOneOrEach(call, 1, 1);
        requireOneOrEach(call, 4, of.outputs);
        requireOneOrEach(call, 6, 1);
        requireOneOrEach(call, 7, 1);
        call.requireType(7, ElementType.INT8, ElementType.UINT8);
        if (call.has(8)) {
            call.requireType(8, ElementType.INT32);
            if (!call.shape(8).equals(Shape.of(of.outputs))) {
                throw call.misfit("expects a bias [" + of.outputs + "], got " + call.shape(8));
            }
        }
        return ReadyNode.of(Fact.of(call.type(7), of.out), of::quantized);
    }

    private void quantized(Value[] in, Value[] y) {
        int[] sums = new int[out.size()];
        run(in, sums, 0);
        float[] scales = in[4].floats();
        float ofX = (float) in[1].number(0);
        float ofY = (float) in[6].number(0);
        int zero = (int) in[7].integer(0);
        int[] bias = Quantized.integers(Work.optional(in, 8));
        int area = windows.outSize();
        byte[] to = (byte[]) y[0].array();
        for (int plane = 0, at = 0; at < sums.length; plane++, at += area) {
            int channel = plane % outputs;
            float factor = ofX * scales[channel % scales.length] / ofY;
            int added = bias[channel % bias.length];
            for (int i = at; i < at + area; i++) sums[i] += added;
            Quantized.requantize(sums, at, area, factor, zero, y[0].type(), to, y[0].offset() + at);
        }
    }
}

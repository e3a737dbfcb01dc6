package dev.neurite.onnx.op.quantized;

import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.QuantizedMatrix;
import dev.neurite.kernel.QuantizedRows;
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

/// ConvInteger and QLinearConv where floats cannot hold the sums: the windows of each image are the rows of a matrix of
/// bytes.
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
    private final int inner; // the elements under a window
    private final Kernels kernels;
    private final List<@Nullable QuantizedMatrix> weights = new ArrayList<>(); // of each group, if they are constant

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
        inner = inputs / groups * windows.taps();
        boolean constant = call.isConstant(w) && (!call.has(ofW) || call.isConstant(ofW));
        if (isEmpty() || !constant) return;
        int[] zeros = Quantized.integers(call.has(ofW) ? call.value(ofW) : null);
        for (int i = 0; i < groups; i++) {
            int group = i;
            String purpose = "integer convolution, group " + i + " of " + groups + ", zeros " + Arrays.toString(zeros);
            weights.add(call.quantized(w, purpose, () -> weights(call.value(w), group, zeros)));
        }
    }

    private boolean isEmpty() {
        return out.size() == 0 || inner == 0;
    }

    private QuantizedMatrix weights(Value of, int group, int[] zeros) {
        int ofGroup = outputs / groups;
        int first = group * ofGroup;
        return new QuantizedWeights(of, first * inner, inner, ofGroup, true).with(kernels, zeros, first);
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

    private void run(Value[] in, int[] sums, int at) {
        if (isEmpty()) {
            Arrays.fill(sums, at, at + out.size(), 0);
            return;
        }
        int zero = Quantized.integers(Work.optional(in, ofX))[0];
        int[] zeros = Quantized.integers(Work.optional(in, ofW));
        boolean unsigned = in[0].type() == ElementType.UINT8;
        int area = windows.outSize();
        int ofGroup = outputs / groups;
        int[] rows = new int[area * ofGroup];
        int some = Math.max(1, AT_ONCE / inner); // windows
        for (int group = 0; group < groups; group++) {
            QuantizedMatrix constant = weights.isEmpty() ? null : weights.get(group);
            QuantizedMatrix right = constant != null ? constant : weights(in[w], group, zeros);
            for (int image = 0; image < out.extent(0); image++) {
                for (int from = 0; from < area; from += some) {
                    int count = Math.min(some, area - from);
                    byte[] left = left(in[0], image, group, zero, from, count);
                    var codes = new QuantizedRows(left, 0, count, inner, unsigned, zero, 1);
                    kernels.products(codes, right, rows, from * ofGroup);
                }
                int to = at + (image * outputs + group * ofGroup) * area;
                for (int i = 0; i < rows.length; i++) sums[to + i % ofGroup * area + i / ofGroup] = rows[i];
            }
        }
    }

    /// The elements under some windows of a group's channels; the zero point around the image.
    private byte[] left(Value of, int image, int group, int zero, int from, int count) {
        int plane = windows.inSize();
        int taps = windows.taps();
        int channels = inputs / groups;
        byte[] x = (byte[]) of.array();
        int first = of.offset() + (image * inputs + group * channels) * plane;
        byte[] left = new byte[count * inner];
        Arrays.fill(left, (byte) zero);
        for (int i = 0; i < count; i++) {
            int row = i * inner;
            windows.forEachTap(from + i, (tap, at) -> {
                for (int c = 0; c < channels; c++) left[row + c * taps + tap] = x[first + c * plane + at];
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

package dev.neurite.onnx.op.quantized;

import dev.neurite.kernel.Kernels;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.Work;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Tensor;

/// Operators of Neurite's own on centered numbers: bytes less their zero point, as floats, which hold them and
/// sums of their products exactly. Between them are kernels of floats.
public final class Centering {
    /// Floats hold all integers up to this.
    public static final int EXACT = 1 << 24;

    /// Centered numbers of bytes: inputs x and, if it is not 0, the zero point.
    public static final String CENTER = "Center";

    /// Bytes of centered numbers that are in their range: inputs x and the zero point, of the bytes' type.
    public static final String BYTES = "Bytes";

    /// Centered numbers of sums: (x − mean)·factor, each of these one for each channel, rounded to the nearest
    /// integer, half to the even one, and clipped to [#LEAST] and [#MOST].
    public static final String REQUANTIZE = "Requantize";

    /// Centered numbers of floats: x / scale, with one scale for all, rounded and clipped as by [#REQUANTIZE].
    public static final String QUANTIZE = "QuantizeCentered";

    /// Attributes: the bounds of the result, within ±2¹⁶.
    public static final String LEAST = "least";

    public static final String MOST = "most";

    private Centering() {}

    static void register(Operators all) {
        all.add(OnnxNode.OWN, CENTER, Centering::center);
        all.add(OnnxNode.OWN, BYTES, Centering::bytes);
        all.add(OnnxNode.OWN, REQUANTIZE, Centering::requantize);
        all.add(OnnxNode.OWN, QUANTIZE, Centering::quantize);
    }

    private static ReadyNode center(NodeCall call) {
        call.requireType(0, ElementType.INT8, ElementType.UINT8);
        Kernels kernels = call.kernels();
        return ReadyNode.of(Fact.of(ElementType.FLOAT, call.shape(0)), (in, out) -> {
            int zero = Quantized.integers(Work.optional(in, 1))[0];
            Quantized.dequantize(kernels, in[0], zero, 1, (float[]) out[0].array(), out[0].offset());
        });
    }

    private static ReadyNode bytes(NodeCall call) {
        call.requireType(0, ElementType.FLOAT);
        call.requireType(1, ElementType.INT8, ElementType.UINT8);
        Kernels kernels = call.kernels();
        return ReadyNode.of(Fact.of(call.type(1), call.shape(0)), (in, out) -> {
            float[] x = (float[]) in[0].array();
            int xo = in[0].offset();
            byte[] y = (byte[]) out[0].array();
            int yo = out[0].offset();
            int zero = (int) in[1].integer(0);
            kernels.update(0, out[0].size(), (from, to) -> {
                for (int i = from; i < to; i++) y[yo + i] = (byte) ((int) x[xo + i] + zero);
            });
        });
    }

    private static ReadyNode requantize(NodeCall call) {
        call.requireType(0, ElementType.FLOAT);
        float least = call.attributes().real(LEAST, 0);
        float most = call.attributes().real(MOST, 0);
        Kernels kernels = call.kernels();
        return ReadyNode.inPlace(call.in(0).withoutValue(), 0, (in, out) -> {
            Tensor y = out[0].tensor();
            kernels.standardizeChannels(in[0].tensor(), in[1].tensor(), in[2].tensor(), y);
            round(kernels, y, least, most);
        });
    }

    private static void round(Kernels kernels, Tensor of, float least, float most) {
        float[] y = of.array();
        kernels.update(of.offset(), of.offset() + of.size(), (from, to) -> {
            for (int i = from; i < to; i++) y[i] = Quantized.nearest(y[i], least, most);
        });
    }

    private static ReadyNode quantize(NodeCall call) {
        call.requireType(0, ElementType.FLOAT);
        float least = call.attributes().real(LEAST, 0);
        float most = call.attributes().real(MOST, 0);
        Kernels kernels = call.kernels();
        return ReadyNode.inPlace(call.in(0).withoutValue(), 0, (in, out) -> {
            float scale = (float) in[1].number(0);
            Tensor of = out[0].tensor();
            kernels.copy(in[0].tensor(), of);
            float[] y = of.array();
            kernels.update(of.offset(), of.offset() + of.size(), (from, to) -> {
                // as an integer, NaN is 0
                for (int i = from; i < to; i++) y[i] = (int) Quantized.nearest(y[i] / scale, least, most);
            });
        });
    }

    /// Whether all sums of products of centered numbers and weights are exact in floats, in any order: none
    /// that is partial is beyond 2²⁴.
    /// @param weights less their zero points, a row for each output
    /// @param least the least that a centered number can be, up to 0
    /// @param most the greatest, from 0
    public static boolean sumsAreExact(Value weights, int rows, int least, int most) {
        float[] w = (float[]) weights.array();
        int depth = weights.size() / Math.max(1, rows);
        for (int row = 0; row < rows; row++) {
            long low = 0;
            long high = 0;
            for (int i = row * depth; i < (row + 1) * depth; i++) {
                int weight = (int) w[weights.offset() + i];
                low += (long) weight * (weight > 0 ? least : most);
                high += (long) weight * (weight > 0 ? most : least);
            }
            if (-low > EXACT || high > EXACT) return false;
        }
        return true;
    }
}

package dev.neurite.onnx.op.quantized;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.QuantizedMatrix;
import dev.neurite.kernel.QuantizedRows;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.Work;
import dev.neurite.onnx.op.math.Products;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;

/// An operator of Neurite's own, [Products#DENSE] of bytes: y = g((float) s · (scale of x · scale of W) + b +
/// r) with s = Σ (x − zero of x) · (W − zero of W), exact mod 2³². It has the bits of MatMulInteger, Cast, Mul and
/// Add one by one. Its inputs are x `[… × in]`, a constant W, b and r as there, both optional, then scale and
/// zero point of x, and constant scales and zero points of W, one or one for each output.
public final class QuantizedDense {
    public static final String QUANTIZED_DENSE = "QuantizedDense";

    // the places of inputs
    private static final int W = 1;
    private static final int BIAS = 2;
    private static final int RESIDUAL = 3;
    public static final int SCALE_X = 4;
    public static final int ZERO_X = 5;
    public static final int SCALE_W = 6;
    public static final int ZERO_W = 7;

    private QuantizedDense() {}

    static void register(Operators all) {
        all.add(OnnxNode.OWN, QUANTIZED_DENSE, QuantizedDense::dense);
    }

    private static ReadyNode dense(NodeCall call) {
        boolean turned = call.attributes().flag(Products.TRANSPOSED, false);
        Shape ofW = call.shape(W);
        int in = ofW.extent(turned ? 1 : 0);
        int out = ofW.extent(turned ? 0 : 1);
        int[] zeros = Quantized.integers(call.has(ZERO_W) ? call.value(ZERO_W) : null);
        float[] scales = call.value(SCALE_W).floats();
        Kernels kernels = call.kernels();
        String purpose = "quantized, transposed " + turned + ", zeros " + Arrays.toString(zeros) + ", scales "
                + Arrays.toString(scales);
        QuantizedMatrix weights = call.quantized(
                W,
                purpose,
                () -> new QuantizedWeights(call.value(W), 0, in, out, turned).with(kernels, zeros, 0, scales));
        if (weights == null) throw call.misfit("expects constant weights");
        Shape x = call.shape(0);
        int last = x.rank() - 1;
        if (last < 0 || x.extent(last) != in) throw call.misfit("expects rows of " + in + ", got " + x);
        int[] extents = x.extents().stream().mapToInt(Integer::intValue).toArray();
        extents[last] = out;
        int rows = x.size() / in;
        Shape ofY = Shape.of(rows, out);
        Elementwise g =
                call.attributes().own(Products.ACTIVATION, Elementwise.class).orElse(Activation.IDENTITY);
        boolean unsigned = call.type(0) == ElementType.UINT8;
        return ReadyNode.of(Fact.of(ElementType.FLOAT, Shape.of(extents)), (given, y) -> {
            Value bias = Work.optional(given, BIAS);
            Value residual = Work.optional(given, RESIDUAL);
            int zero = Quantized.integers(Work.optional(given, ZERO_X))[0];
            float scale = (float) given[SCALE_X].number(0);
            var codes =
                    new QuantizedRows((byte[]) given[0].array(), given[0].offset(), rows, in, unsigned, zero, scale);
            kernels.dense(
                    codes,
                    weights,
                    bias == null ? Tensor.EMPTY : bias.tensor(),
                    residual == null ? null : residual.tensor().reshape(ofY),
                    g,
                    y[0].tensor().reshape(ofY));
        });
    }
}

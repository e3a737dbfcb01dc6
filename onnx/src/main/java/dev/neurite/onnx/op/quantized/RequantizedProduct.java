package dev.neurite.onnx.op.quantized;

import dev.neurite.kernel.Kernels;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.Broadcast;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.Scratch;
import dev.neurite.onnx.op.Work;
import dev.neurite.onnx.op.math.Products;
import dev.neurite.onnx.op.shape.Shapes;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Products of bytes whose sums become bytes or floats at once: (sum + bias)·factor, with the factor of each
/// column. Sums with a bias are exact in doubles; these become floats. onnxruntime's QGemm, and an operator of
/// Neurite's own.
public final class RequantizedProduct {
    /// The operator of Neurite's own: bytes, rounded and clipped as by [Centering#REQUANTIZE], plus their zero
    /// point. Inputs a, b, their zero points, the bias of each column, as doubles, the factor of each column
    /// and the zero point of the result. Attributes [Centering#LEAST], [Centering#MOST] and
    /// [Products#TRANSPOSED], with which rows of b are columns of the product.
    public static final String PRODUCT = "RequantizedProduct";

    private final IntegerMatMul product;
    private final int rows;
    private final int columns;
    private final Scratch<int[]> sums;
    private final Kernels kernels;

    private RequantizedProduct(NodeCall call, IntegerMatMul product) {
        this.product = product;
        int size = product.out().size();
        columns = product.columns();
        rows = size / Math.max(1, columns);
        sums = new Scratch<>(() -> new int[size]);
        kernels = call.kernels();
    }

    static void register(Operators all) {
        all.add(OnnxNode.OWN, PRODUCT, RequantizedProduct::own);
        all.add(Operators.MICROSOFT, "QGemm", RequantizedProduct::gemm);
    }

    // ------------------------------------------------------------------------------------------------------ the sums

    /// What becomes of the sums.
    /// @param bias of each column, or of each element
    /// @param factors of each column
    /// @param least of bytes, less the zero point
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Result(double[] bias, float[] factors, float least, float most, int zero) {}

    private void run(Value[] in, Result of, Value y) {
        if (rows == 0) return;
        int[] x = sums.take();
        product.run(in, x, 0);
        int to = y.offset();
        boolean same = of.bias.length == columns; // for all rows
        kernels.share(rows, columns, (from, end) -> {
            for (int row = from; row < end; row++) {
                int at = row * columns;
                int bias = same ? 0 : at;
                if (y.array() instanceof byte[] bytes) requantize(x, at, columns, of, bias, bytes, to + at);
                else scale(x, at, columns, of, bias, (float[]) y.array(), to + at);
            }
        });
        sums.release(x);
    }

    private static void requantize(int[] x, int at, int count, Result of, int bias, byte[] y, int to) {
        double[] added = of.bias;
        float[] factors = of.factors;
        float least = of.least;
        float most = of.most;
        int zero = of.zero;
        for (int i = 0; i < count; i++) {
            float scaled = (float) (x[at + i] + added[bias + i]) * factors[i];
            y[to + i] = (byte) ((int) Quantized.nearest(scaled, least, most) + zero);
        }
    }

    private static void scale(int[] x, int at, int count, Result of, int bias, float[] y, int to) {
        for (int i = 0; i < count; i++) y[to + i] = (float) (x[at + i] + of.bias[bias + i]) * of.factors[i];
    }

    // --------------------------------------------------------------------------------------------------- the operators

    private static ReadyNode own(NodeCall call) {
        boolean turned = call.attributes().flag(Products.TRANSPOSED, false);
        var of = new RequantizedProduct(call, new IntegerMatMul(call, 0, 2, 1, 3, turned));
        float least = call.attributes().real(Centering.LEAST, 0);
        float most = call.attributes().real(Centering.MOST, 0);
        return ReadyNode.of(Fact.of(call.type(6), of.product.out()), (in, out) -> {
            int zero = (int) in[6].integer(0);
            of.run(in, new Result(in[4].doubles(), in[5].floats(), least, most, zero), out[0]);
        });
    }

    /// Without a scale of y the result is floats.
    private static ReadyNode gemm(NodeCall call) {
        for (int input : new int[] {0, 3}) call.requireRank(input, 2);
        for (int input : new int[] {1, 4}) call.requireType(input, ElementType.FLOAT);
        Shapes.requireOne(call, 1);
        if (call.has(2)) Shapes.requireOne(call, 2);
        boolean turnsLeft = call.attributes().flag("transA", false);
        boolean turned = call.attributes().flag(Products.TRANSPOSED, false);
        NodeCall given = turnsLeft ? withLeft(call) : call;
        var of = new RequantizedProduct(call, new IntegerMatMul(given, 0, 2, 3, 5, turned));
        int count = call.shape(4).size();
        if (count != 1 && count != of.columns) {
            throw call.misfit("expects a scale of B or " + of.columns + ", got " + call.shape(4));
        }
        Broadcast bias = bias(call, of.product.out());
        boolean bytes = call.has(7);
        if (bytes) {
            call.requireType(7, ElementType.FLOAT);
            Shapes.requireOne(call, 7);
        }
        if (call.has(8)) {
            call.requireType(8, ElementType.INT8, ElementType.UINT8);
            Shapes.requireOne(call, 8);
        }
        ElementType type = !bytes ? ElementType.FLOAT : call.type(call.has(8) ? 8 : 0);
        float alpha = call.attributes().real("alpha", 1);
        return ReadyNode.of(Fact.of(type, of.product.out()), (in, out) -> {
            Value[] inputs = in;
            if (turnsLeft) {
                inputs = in.clone();
                inputs[0] = transposed(in[0]);
            }
            float ofY = bytes ? (float) in[7].number(0) : 1;
            int zero = Quantized.integers(Work.optional(in, 8))[0];
            float[] factors = of.factors(alpha * (float) in[1].number(0), in[4], ofY);
            float least = Quantized.least(type) - zero;
            float most = Quantized.most(type) - zero;
            of.run(inputs, new Result(of.biases(bias, Work.optional(in, 6)), factors, least, most, zero), out[0]);
        });
    }

    private static NodeCall withLeft(NodeCall call) {
        List<@Nullable Fact> facts = new ArrayList<>();
        for (int i = 0; i < call.inputs(); i++) facts.add(call.has(i) ? call.in(i) : null);
        facts.set(0, Fact.of(call.type(0), Products.turned(call.shape(0), true)));
        return call.with(call.node(), facts);
    }

    /// How the bias is broadcast: to the columns, or, if it is another in each row, to the elements.
    private static @Nullable Broadcast bias(NodeCall call, Shape y) {
        if (!call.has(6)) return null;
        call.requireType(6, ElementType.INT32);
        Shape given = call.shape(6);
        boolean fits = given.rank() <= 2;
        for (int back = 1; fits && back <= given.rank(); back++) {
            int extent = given.extent(given.rank() - back);
            fits = extent == 1 || extent == y.extent(2 - back);
        }
        if (!fits) throw call.misfit("expects a bias that can be repeated to " + y + ", got " + given);
        boolean ofColumns = given.rank() < 2 || given.extent(0) == 1;
        return new Broadcast(call, given, ofColumns ? Shape.of(y.extent(1)) : y);
    }

    private float[] factors(float ofA, Value ofB, float ofY) {
        float[] scales = ofB.floats();
        int step = scales.length == 1 ? 0 : 1;
        float[] all = new float[columns];
        for (int i = 0; i < columns; i++) all[i] = ofA * scales[i * step] / ofY;
        return all;
    }

    private double[] biases(@Nullable Broadcast bias, @Nullable Value of) {
        if (bias == null || of == null) return new double[columns];
        int[] from = (int[]) of.array();
        double[] all = new double[bias.shape().size()];
        bias.forEachElement((at, i) -> all[i] = from[of.offset() + at[0]]);
        return all;
    }

    private static Value transposed(Value matrix) {
        int rows = matrix.shape().extent(0);
        int columns = matrix.shape().extent(1);
        Value y = Value.zeros(matrix.type(), Shape.of(columns, rows));
        byte[] from = (byte[]) matrix.array();
        byte[] to = (byte[]) y.array();
        for (int i = 0; i < to.length; i++) to[i] = from[matrix.offset() + i % rows * columns + i / rows];
        return y;
    }
}

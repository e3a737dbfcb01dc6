package dev.neurite.onnx.op.quantized;

import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.Work;
import dev.neurite.onnx.op.math.Products.Batch;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// MatMulInteger and QLinearMatMul.
final class IntegerMatMul {
    private final int a; // the inputs' places
    private final int ofA; // zero points
    private final int b;
    private final int ofB;
    private final Batch batch;
    private final ExactProduct product;
    private final Kernels kernels;
    private final List<@Nullable List<PackedWeights>> weights = new ArrayList<>(); // of each matrix of b

    private IntegerMatMul(NodeCall call, int a, int ofA, int b, int ofB) {
        this.a = a;
        this.ofA = ofA;
        this.b = b;
        this.ofB = ofB;
        for (int input : new int[] {a, b}) call.requireType(input, ElementType.INT8, ElementType.UINT8);
        batch = Batch.of(call, call.shape(a), call.shape(b));
        if (call.has(ofA)) requireZeros(call, a, ofA, -1);
        if (call.has(ofB)) requireZeros(call, b, ofB, -2);
        kernels = call.kernels();
        int left = ExactProduct.range(call, a, ofA);
        product = ExactProduct.of(batch.inner(), batch.columns(), left, ExactProduct.range(call, b, ofB));
        if (batch.out().size() == 0 || !call.isConstant(b)) return;
        int[] zeros = call.isConstant(ofB) ? Quantized.integers(call.value(ofB)) : new int[1];
        int count = call.shape(b).size() / Math.max(1, batch.inner() * batch.columns());
        for (int i = 0; i < count; i++) {
            weights.add(product.constant(call, b, ofB, "integer matrix " + i, right(call.value(b), i, zeros)));
        }
    }

    public static void register(Operators all) {
        all.add("MatMulInteger", IntegerMatMul::integer);
        all.add("QLinearMatMul", IntegerMatMul::linear);
    }

    private static void requireZeros(NodeCall call, int input, int zeros, int axis) {
        call.requireSameTypes(input, zeros);
        requireParameters(call, input, zeros, axis);
    }

    /// Checks zero points or scales: one, or one for each row or column of the matrices.
    /// @param axis that of the rows of b or the columns of a, along which they are shared, from the end
    private static void requireParameters(NodeCall call, int input, int parameters, int axis) {
        Shape given = call.shape(parameters);
        Shape matrices = call.shape(input);
        int rank = matrices.rank();
        int[] extents = matrices.extents().stream().mapToInt(Integer::intValue).toArray();
        int own = rank - 3 - axis; // the rows of a, the columns of b
        boolean vector = rank >= 2 && given.equals(Shape.of(extents[own]));
        if (rank >= 2) extents[rank + axis] = 1;
        if (given.size() == 1 || vector || (rank >= 2 && given.equals(Shape.of(extents)))) return;
        String each = axis == -1 ? "row" : "column";
        throw call.misfit(
                "expects one zero point and scale, or one for each " + each + " of " + matrices + ", got " + given);
    }

    private ExactProduct.Right right(Value of, int matrix, int[] zeros) {
        Elements.Longs from = Elements.longs(of);
        int columns = batch.columns();
        int first = matrix * batch.inner() * columns;
        int zero = matrix * columns;
        return (row, column) -> (int) from.get(first + row * columns + column) - zeros[(zero + column) % zeros.length];
    }

    /// All products.
    private void run(Value[] in, int[] sums, int at) {
        if (batch.out().size() == 0) return;
        boolean one = batch.isOneProduct();
        int rows = one ? batch.batches() * batch.rows() : batch.rows();
        int[] ofRows = Quantized.integers(Work.optional(in, ofA));
        int[] ofColumns = Quantized.integers(Work.optional(in, ofB));
        for (int i = 0; i < (one ? 1 : batch.batches()); i++) {
            int matrix = batch.a()[i];
            int number = batch.b()[i];
            int first = matrix * batch.rows();
            float[] left = product.left(kernels, in[a], first * batch.inner(), rows, ofRows, first);
            @Nullable List<PackedWeights> constant = weights.isEmpty() ? null : weights.get(number);
            List<PackedWeights> right = constant != null ? constant : product.changing(right(in[b], number, ofColumns));
            product.run(kernels, left, rows, right, sums, at + i * rows * batch.columns());
        }
    }

    private static ReadyNode integer(NodeCall call) {
        var of = new IntegerMatMul(call, 0, 2, 1, 3);
        return ReadyNode.of(
                Fact.of(ElementType.INT32, of.batch.out()),
                (in, out) -> of.run(in, (int[]) out[0].array(), out[0].offset()));
    }

    private static ReadyNode linear(NodeCall call) {
        var of = new IntegerMatMul(call, 0, 2, 3, 5);
        for (int input : new int[] {1, 4, 6}) call.requireType(input, ElementType.FLOAT);
        requireParameters(call, 0, 1, -1);
        requireParameters(call, 3, 4, -2);
        call.requireType(7, ElementType.INT8, ElementType.UINT8);
        if (call.shape(6).size() != 1 || call.shape(7).size() != 1) {
            throw call.misfit("expects one scale and zero point of y, got " + call.shape(6) + " and " + call.shape(7));
        }
        return ReadyNode.of(Fact.of(call.type(7), of.batch.out()), of::quantized);
    }

    private void quantized(Value[] in, Value[] out) {
        int[] sums = new int[batch.out().size()];
        run(in, sums, 0);
        float[] ofRows = in[1].floats();
        float[] ofColumns = in[4].floats();
        float scale = (float) in[6].number(0);
        int zero = (int) in[7].integer(0);
        byte[] y = (byte[]) out[0].array();
        int columns = batch.columns();
        int step = ofColumns.length == 1 ? columns : 1; // neighbors with one factor
        for (int row = 0, i = 0; i < sums.length; row++) {
            int product = row / batch.rows();
            float ofRow = ofRows[(batch.a()[product] * batch.rows() + row % batch.rows()) % ofRows.length];
            int ofB = batch.b()[product] * columns;
            for (int column = 0; column < columns; column += step, i += step) {
                float factor = ofRow * ofColumns[(ofB + column) % ofColumns.length] / scale;
                Quantized.requantize(sums, i, step, factor, zero, out[0].type(), y, out[0].offset() + i);
            }
        }
    }
}

package dev.neurite.onnx.op.quantized;

import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.QuantizedMatrix;
import dev.neurite.kernel.QuantizedRows;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.Work;
import dev.neurite.onnx.op.math.Products;
import dev.neurite.onnx.op.math.Products.Batch;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// MatMulInteger and QLinearMatMul.
final class IntegerMatMul {
    private final int a; // the inputs' places
    private final int ofA; // zero points
    private final int b;
    private final int ofB;
    private final boolean turned;
    private final Batch batch;
    private final Kernels kernels;
    private final List<@Nullable QuantizedMatrix> weights = new ArrayList<>(); // of each matrix of a constant b

    /// @param a the places of the inputs and of their zero points
    /// @param turned whether b, then a matrix, is `[columns × inner]`
    IntegerMatMul(NodeCall call, int a, int ofA, int b, int ofB, boolean turned) {
        this.a = a;
        this.ofA = ofA;
        this.b = b;
        this.ofB = ofB;
        this.turned = turned;
        for (int input : new int[] {a, b}) call.requireType(input, ElementType.INT8, ElementType.UINT8);
        if (turned) call.requireRank(b, 2);
        Shape right = Products.turned(call.shape(b), turned);
        batch = Batch.of(call, call.shape(a), right);
        if (call.has(ofA)) requireZeros(call, a, ofA, call.shape(a), -1);
        if (call.has(ofB)) requireZeros(call, b, ofB, right, -2);
        kernels = call.kernels();
        boolean constant = call.isConstant(b) && (!call.has(ofB) || call.isConstant(ofB));
        if (isEmpty() || !constant) return;
        int[] zeros = Quantized.integers(call.has(ofB) ? call.value(ofB) : null);
        int count = call.shape(b).size() / (batch.inner() * batch.columns());
        for (int i = 0; i < count; i++) {
            int matrix = i;
            String purpose = "integer matrix " + i + " of " + count + ", transposed " + turned + ", zeros "
                    + Arrays.toString(zeros);
            weights.add(call.quantized(b, purpose, () -> matrix(call.value(b), matrix, zeros)));
        }
    }

    private boolean isEmpty() {
        return batch.out().size() == 0 || batch.inner() == 0;
    }

    private QuantizedMatrix matrix(Value of, int matrix, int[] zeros) {
        int columns = batch.columns();
        int at = matrix * batch.inner() * columns;
        return new QuantizedWeights(of, at, batch.inner(), columns, turned).with(kernels, zeros, matrix * columns);
    }

    /// The shape of the sums.
    Shape out() {
        return batch.out();
    }

    int columns() {
        return batch.columns();
    }

    public static void register(Operators all) {
        all.add("MatMulInteger", IntegerMatMul::integer);
        all.add("QLinearMatMul", IntegerMatMul::linear);
    }

    private static void requireZeros(NodeCall call, int input, int zeros, Shape matrices, int axis) {
        call.requireSameTypes(input, zeros);
        requireParameters(call, zeros, matrices, axis);
    }

    /// Checks zero points or scales: one, or one for each row or column of the matrices.
    /// @param axis that of the rows of b or the columns of a, along which they are shared, from the end
    private static void requireParameters(NodeCall call, int parameters, Shape matrices, int axis) {
        Shape given = call.shape(parameters);
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

    /// All products: sums mod 2³².
    void run(Value[] in, int[] sums, int at) {
        if (isEmpty()) {
            Arrays.fill(sums, at, at + batch.out().size(), 0);
            return;
        }
        boolean one = batch.isOneProduct();
        int rows = one ? batch.batches() * batch.rows() : batch.rows();
        int[] ofRows = Quantized.integers(Work.optional(in, ofA));
        int[] ofColumns = Quantized.integers(Work.optional(in, ofB));
        for (int i = 0; i < (one ? 1 : batch.batches()); i++) {
            int first = batch.a()[i] * batch.rows();
            QuantizedMatrix constant = weights.isEmpty() ? null : weights.get(batch.b()[i]);
            QuantizedMatrix w = constant != null ? constant : matrix(in[b], batch.b()[i], ofColumns);
            int to = at + i * rows * batch.columns();
            int some = ofRows.length == 1 ? rows : 1; // with one zero point
            for (int row = 0; row < rows; row += some) {
                int zero = ofRows[(first + row) % ofRows.length];
                kernels.products(rows(in[a], first + row, some, zero), w, sums, to + row * batch.columns());
            }
        }
    }

    private QuantizedRows rows(Value of, int first, int count, int zero) {
        boolean unsigned = of.type() == ElementType.UINT8;
        int at = of.offset() + first * batch.inner();
        return new QuantizedRows((byte[]) of.array(), at, count, batch.inner(), unsigned, zero, 1);
    }

    private static ReadyNode integer(NodeCall call) {
        var of = new IntegerMatMul(call, 0, 2, 1, 3, false);
        return ReadyNode.of(
                Fact.of(ElementType.INT32, of.batch.out()),
                (in, out) -> of.run(in, (int[]) out[0].array(), out[0].offset()));
    }

    private static ReadyNode linear(NodeCall call) {
        var of = new IntegerMatMul(call, 0, 2, 3, 5, false);
        for (int input : new int[] {1, 4, 6}) call.requireType(input, ElementType.FLOAT);
        requireParameters(call, 1, call.shape(0), -1);
        requireParameters(call, 4, call.shape(3), -2);
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

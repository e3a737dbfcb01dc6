package dev.neurite.onnx.op.math;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.onnx.op.Copier;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.Strided;
import dev.neurite.onnx.op.math.Products.Batch;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Matrices;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// FusedMatMul of onnxruntime: α·A·B, where each of the two may be transposed, and may have its first axis after
/// the other leading ones.
public final class FusedMatMul {
    private final Kernels kernels;
    private final float alpha;
    private final Factor left;
    private final Factor right;
    private final Batch batch;
    private final @Nullable PackedWeights weights; // a constant B, if all of A is multiplied by it

    /// One of the two inputs.
    /// @param order the axes' order; null if they stay
    /// @param shape with the axes in that order
    /// @param turned whether the matrices are transposed
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Factor(int @Nullable [] order, Shape shape, boolean turned) {
        static Factor of(NodeCall call, int input, String turns, String turnsLeading) {
            Shape given = call.shape(input);
            call.requireType(input, ElementType.FLOAT);
            int rank = given.rank();
            boolean turned = call.attributes().flag(turns, false) && rank >= 2;
            if (!call.attributes().flag(turnsLeading, false) || rank < 3) return new Factor(null, given, turned);
            int[] order = IntStream.range(0, rank)
                    .map(i -> i == rank - 2 ? 0 : i == rank - 1 ? i : i + 1)
                    .toArray();
            Shape shape = Shape.of(IntStream.of(order).map(given::extent).toArray());
            return new Factor(order, shape, turned);
        }

        /// The shape with the matrices as they are multiplied.
        Shape asMultiplied() {
            if (!turned) return shape;
            int[] extents = Strided.extents(shape);
            int last = extents.length - 1;
            extents[last] = shape.extent(last - 1);
            extents[last - 1] = shape.extent(last);
            return Shape.of(extents);
        }

        /// Its matrices, not transposed: `[count × rows × columns]`.
        Tensor matrices(Value in, int rows, int columns) {
            Tensor x = order == null ? in.tensor() : reordered(in, order);
            return x.reshape(Shape.of(rows * columns == 0 ? 0 : x.size() / rows / columns, rows, columns));
        }

        private Tensor reordered(Value in, int[] axes) {
            Value y = Value.zeros(ElementType.FLOAT, shape);
            Strided.transposed(Strided.extents(in.shape()), axes).run(Copier.of(in, y), 0, 0);
            return y.tensor();
        }
    }

    private FusedMatMul(NodeCall call) {
        kernels = call.kernels();
        alpha = call.attributes().real("alpha", 1);
        left = Factor.of(call, 0, "transA", "transBatchA");
        right = Factor.of(call, 1, "transB", "transBatchB");
        batch = Batch.of(call, left.asMultiplied(), right.asMultiplied());
        weights = weights(call);
    }

    private @Nullable PackedWeights weights(NodeCall call) {
        boolean dense = !left.turned && right.order == null && right.shape.rank() == 2 && batch.isOneProduct();
        if (!dense || batch.out().size() == 0) return null;
        return right.turned ? call.packed(1, right.shape) : call.packed(1, "transposed", w -> Products.transposed(w));
    }

    public static void register(Operators all) {
        for (String name : new String[] {"FusedMatMul", "TransposeMatMul"}) {
            all.add(Operators.MICROSOFT, name, call -> {
                var of = new FusedMatMul(call);
                return ReadyNode.of(Fact.of(ElementType.FLOAT, of.batch.out()), of::run);
            });
        }
    }

    private void run(Value[] in, Value[] out) {
        if (batch.out().size() == 0) return;
        int rows = batch.rows();
        int inner = batch.inner();
        int columns = batch.columns();
        Tensor y = out[0].tensor().reshape(Shape.of(batch.batches(), rows, columns));
        Tensor a = left.turned ? left.matrices(in[0], inner, rows) : left.matrices(in[0], rows, inner);
        if (inner == 0) {
            kernels.fill(0, y);
            return;
        }
        if (weights != null) {
            Shape all = Shape.of(batch.batches() * rows, inner);
            Tensor of = y.reshape(Shape.of(batch.batches() * rows, columns));
            kernels.dense(a.reshape(all), weights, Tensor.EMPTY, Activation.IDENTITY, of);
        } else {
            Tensor b = right.turned ? right.matrices(in[1], columns, inner) : right.matrices(in[1], inner, columns);
            products(a, b, y);
        }
        if (alpha != 1) kernels.scale(alpha, y, y);
    }

    private void products(Tensor a, Tensor b, Tensor y) {
        if (batch.isPairs()) {
            products(Matrices.of(a), Matrices.of(b), Matrices.of(y));
            return;
        }
        for (int i = 0; i < batch.batches(); i++) {
            int ofA = batch.a()[i];
            int ofB = batch.b()[i];
            products(
                    Matrices.of(a.rows(ofA, ofA + 1)),
                    Matrices.of(b.rows(ofB, ofB + 1)),
                    Matrices.of(y.rows(i, i + 1)));
        }
    }

    private void products(Matrices a, Matrices b, Matrices y) {
        kernels.products(left.turned ? a.transpose() : a, right.turned ? b.transpose() : b, y);
    }
}

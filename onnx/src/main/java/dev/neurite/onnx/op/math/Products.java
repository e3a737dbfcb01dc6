package dev.neurite.onnx.op.math;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.Broadcast;
import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.Heap;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Matrices;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Matrix products.
public final class Products {
    /// An operator of Neurite's own: y = g(x·W + b + r). Its inputs are x `[… × in]`, a constant W, and, both
    /// optional, the bias b `[out]` and the residual r of y's shape.
    public static final String DENSE = "Dense";

    /// The attribute of [#DENSE] and of convolutions with the activation, an [Elementwise].
    public static final String ACTIVATION = "activation";

    /// The attribute of [#DENSE] that says whether W is `[out × in]`, not `[in × out]`.
    public static final String TRANSPOSED = "transB";

    private Products() {}

    public static void register(Operators all) {
        all.add("MatMul", Products::matmul);
        all.add("Gemm", Products::gemm);
        all.add(OnnxNode.OWN, DENSE, Products::dense);
        Determinant.register(all);
    }

    // ------------------------------------------------------------------------------------------------------- MatMul

    /// How two arrays of matrices are multiplied, their leading axes broadcast.
    /// @param out the result's shape
    /// @param batches the number of products
    /// @param a the matrix of a for each product
    /// @param b the matrix of b for each product
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Batch(Shape out, int batches, int[] a, int[] b, int rows, int inner, int columns) {
        /// The products of two arrays.
        /// @throws dev.neurite.error.ShapeException if they do not fit
        public static Batch of(NodeCall call, Shape left, Shape right) {
            if (left.rank() == 0 || right.rank() == 0) throw call.misfit("expects matrices, got a single number");
            Shape a = left.rank() == 1 ? Shape.of(1, left.extent(0)) : left;
            Shape b = right.rank() == 1 ? Shape.of(right.extent(0), 1) : right;
            int rows = a.extent(a.rank() - 2);
            int inner = a.extent(a.rank() - 1);
            int columns = b.extent(b.rank() - 1);
            if (b.extent(b.rank() - 2) != inner) {
                throw call.misfit("expects matrices that can be multiplied, got " + left + " and " + right);
            }
            var broadcast = new Broadcast(call, leading(a), leading(b));
            int batches = broadcast.shape().size();
            Heap.require(call.node().label(), 2L * Integer.BYTES * batches);
            int[] ofA = new int[batches];
            int[] ofB = new int[batches];
            broadcast.forEachElement((at, k) -> {
                ofA[k] = at[0];
                ofB[k] = at[1];
            });
            int[] out = new int[broadcast.shape().rank() + 2];
            for (int i = 0; i < out.length - 2; i++) out[i] = broadcast.shape().extent(i);
            out[out.length - 2] = rows;
            out[out.length - 1] = columns;
            if (right.rank() == 1) out = Arrays.copyOf(out, out.length - 1);
            if (left.rank() == 1) {
                int last = out.length - 1;
                if (right.rank() == 1) out = Arrays.copyOf(out, last);
                else {
                    out[last - 1] = out[last];
                    out = Arrays.copyOf(out, last);
                }
            }
            return new Batch(Shape.of(out), batches, ofA, ofB, rows, inner, columns);
        }

        private static Shape leading(Shape shape) {
            int[] extents = new int[shape.rank() - 2];
            for (int i = 0; i < extents.length; i++) extents[i] = shape.extent(i);
            return Shape.of(extents);
        }

        private PlainProduct product(boolean turnsLeft, boolean turnsRight) {
            return new PlainProduct(rows, inner, columns, turnsLeft, turnsRight);
        }

        /// Whether b is one matrix for all, so that all rows of a are one matrix.
        public boolean isOneProduct() {
            for (int i = 0; i < batches; i++) if (a[i] != i || b[i] != 0) return false;
            return true;
        }

        /// Whether there is a matrix of each for each product, in order.
        public boolean isPairs() {
            for (int i = 0; i < batches; i++) if (a[i] != i || b[i] != i) return false;
            return true;
        }
    }

    private static ReadyNode matmul(NodeCall call) {
        call.requireSameTypes(0, 1);
        ElementType type = call.type(0);
        if (!type.isFloating() && !type.isInteger()) throw call.misfit("expects numbers, got " + type);
        Batch batch = Batch.of(call, call.shape(0), call.shape(1));
        Fact y = Fact.of(type, batch.out);
        if (type != ElementType.FLOAT) {
            return ReadyNode.of(y, (in, out) -> {
                var product = batch.product(false, false);
                for (int i = 0; i < batch.batches; i++) {
                    product.multiply(
                            in[0],
                            batch.a[i] * batch.rows * batch.inner,
                            in[1],
                            batch.b[i] * batch.inner * batch.columns,
                            out[0],
                            i * batch.rows * batch.columns);
                }
            });
        }
        if (batch.isOneProduct() && call.isConstant(1) && batch.inner > 0) {
            PackedWeights weights = transposed(call, 1, batch.inner, batch.columns);
            return dense(call.kernels(), batch, weights, y);
        }
        return ReadyNode.of(
                y, (in, out) -> floats(call.kernels(), batch, in[0].tensor(), in[1].tensor(), out[0].tensor()));
    }

    private static ReadyNode dense(Kernels kernels, Batch batch, PackedWeights weights, Fact y) {
        Shape ofX = Shape.of(batch.batches * batch.rows, batch.inner);
        Shape ofY = Shape.of(batch.batches * batch.rows, batch.columns);
        return ReadyNode.of(
                y,
                (in, out) -> kernels.dense(
                        in[0].tensor().reshape(ofX),
                        weights,
                        Tensor.EMPTY,
                        Activation.IDENTITY,
                        out[0].tensor().reshape(ofY)));
    }

    private static void floats(Kernels kernels, Batch batch, Tensor a, Tensor b, Tensor y) {
        int n = batch.batches;
        if (y.size() == 0) return;
        if (batch.inner == 0) {
            kernels.fill(0, y);
            return;
        }
        if (batch.isOneProduct()) {
            kernels.product(
                    a.reshape(Shape.of(n * batch.rows, batch.inner)).matrix(),
                    b.reshape(Shape.of(batch.inner, batch.columns)).matrix(),
                    y.reshape(Shape.of(n * batch.rows, batch.columns)).matrix());
            return;
        }
        Tensor ofY = y.reshape(Shape.of(n, batch.rows, batch.columns));
        Tensor ofA = a.reshape(Shape.of(a.size() / Math.max(1, batch.rows * batch.inner), batch.rows, batch.inner));
        Tensor ofB =
                b.reshape(Shape.of(b.size() / Math.max(1, batch.inner * batch.columns), batch.inner, batch.columns));
        if (batch.isPairs()) {
            kernels.products(Matrices.of(ofA), Matrices.of(ofB), Matrices.of(ofY));
            return;
        }
        for (int i = 0; i < n; i++) {
            kernels.product(
                    ofA.rows(batch.a[i], batch.a[i] + 1)
                            .reshape(Shape.of(batch.rows, batch.inner))
                            .matrix(),
                    ofB.rows(batch.b[i], batch.b[i] + 1)
                            .reshape(Shape.of(batch.inner, batch.columns))
                            .matrix(),
                    ofY.rows(i, i + 1)
                            .reshape(Shape.of(batch.rows, batch.columns))
                            .matrix());
        }
    }

    /// The constant matrix of an input `[in × out]` as weights `[out × in]`.
    private static PackedWeights transposed(NodeCall call, int input, int in, int out) {
        PackedWeights weights = call.packed(input, "transposed", w -> transposed(w.reshape(Shape.of(in, out))));
        if (weights == null) throw new IllegalStateException("no constant");
        return weights;
    }

    public static Tensor transposed(Tensor w) {
        int rows = w.shape().extent(0);
        int columns = w.shape().extent(1);
        float[] turned = new float[rows * columns];
        float[] from = w.array();
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) turned[j * rows + i] = from[w.offset() + i * columns + j];
        }
        return Tensor.view(Shape.of(columns, rows), turned, 0);
    }

    // --------------------------------------------------------------------------------------------------------- Gemm

    private static ReadyNode gemm(NodeCall call) {
        call.requireRank(0, 2);
        call.requireRank(1, 2);
        if (call.has(2)) call.requireSameTypes(0, 1, 2);
        else call.requireSameTypes(0, 1);
        ElementType type = call.type(0);
        if (!type.isFloating() && !type.isInteger()) throw call.misfit("expects numbers, got " + type);
        float alpha = call.attributes().real("alpha", 1);
        float beta = call.attributes().real("beta", 1);
        boolean turnA = call.attributes().flag("transA", false);
        boolean turnB = call.attributes().flag("transB", false);
        Shape a = turned(call.shape(0), turnA);
        Shape b = turned(call.shape(1), turnB);
        Batch batch = Batch.of(call, a, b);
        Broadcast bias = call.has(2) ? new Broadcast(call, call.shape(2), batch.out) : null;
        if (bias != null && !bias.shape().equals(batch.out)) {
            throw call.misfit("expects C that can be broadcast to " + batch.out + ", got " + call.shape(2));
        }
        Fact y = Fact.of(type, batch.out);
        Kernels kernels = call.kernels();
        boolean constant = type == ElementType.FLOAT && call.isConstant(1) && !turnA && batch.inner > 0;
        PackedWeights weights = !constant
                ? null
                : turnB ? call.packed(1, call.shape(1)) : transposed(call, 1, batch.inner, batch.columns);
        return ReadyNode.of(y, (in, out) -> {
            if (batch.out.size() == 0) return;
            if (weights != null) {
                kernels.dense(in[0].tensor(), weights, Tensor.EMPTY, Activation.IDENTITY, out[0].tensor());
            } else if (type == ElementType.FLOAT && batch.inner == 0) {
                kernels.fill(0, out[0].tensor());
            } else if (type == ElementType.FLOAT) {
                var left = in[0].tensor().matrix();
                var right = in[1].tensor().matrix();
                kernels.product(
                        turnA ? left.transpose() : left,
                        turnB ? right.transpose() : right,
                        out[0].tensor().matrix());
            } else {
                batch.product(turnA, turnB).multiply(in[0], 0, in[1], 0, out[0], 0);
            }
            if (alpha != 1 || bias != null) combine(alpha, beta, bias, in, out[0]);
        });
    }

    /// The shape of a matrix, or of its transpose.
    public static Shape turned(Shape shape, boolean turn) {
        return turn ? Shape.of(shape.extent(1), shape.extent(0)) : shape;
    }

    /// y = α·y + β·C.
    private static void combine(float alpha, float beta, @Nullable Broadcast bias, Value[] in, Value out) {
        if (out.type().isFloating()) {
            Elements.Doubles y = Elements.doubles(out);
            Elements.DoubleWriter to = Elements.doubleWriter(out);
            if (bias == null) {
                for (int i = 0; i < out.size(); i++) to.set(i, alpha * y.get(i));
                return;
            }
            Elements.Doubles c = Elements.doubles(in[2]);
            bias.forEachElement((at, k) -> to.set(k, alpha * y.get(k) + beta * c.get(at[0])));
            return;
        }
        Elements.Longs y = Elements.longs(out);
        Elements.LongWriter to = Elements.longWriter(out);
        if (bias == null) {
            for (int i = 0; i < out.size(); i++) to.set(i, (long) (alpha * y.get(i)));
            return;
        }
        Elements.Longs c = Elements.longs(in[2]);
        bias.forEachElement((at, k) -> to.set(k, (long) (alpha * y.get(k) + beta * c.get(at[0]))));
    }

    // -------------------------------------------------------------------------------------------------------- Dense

    private static ReadyNode dense(NodeCall call) {
        boolean turned = call.attributes().flag(TRANSPOSED, false);
        Shape w = call.shape(1);
        int in = w.extent(turned ? 1 : 0);
        int out = w.extent(turned ? 0 : 1);
        PackedWeights weights = turned ? call.packed(1, w) : transposed(call, 1, in, out);
        if (weights == null) throw call.misfit("expects constant weights");
        Shape x = call.shape(0);
        int rank = x.rank();
        if (rank == 0 || x.extent(rank - 1) != in) throw call.misfit("expects rows of " + in + ", got " + x);
        int[] extents = new int[rank];
        for (int i = 0; i < rank; i++) extents[i] = i == rank - 1 ? out : x.extent(i);
        Shape ofX = Shape.of(in == 0 ? 0 : x.size() / in, in);
        Shape ofY = Shape.of(ofX.extent(0), out);
        Elementwise g = call.attributes().own(ACTIVATION, Elementwise.class).orElse(Activation.IDENTITY);
        boolean bias = call.has(2);
        boolean residual = call.has(3);
        Kernels kernels = call.kernels();
        return ReadyNode.of(Fact.of(ElementType.FLOAT, Shape.of(extents)), (given, y) -> {
            Tensor b = bias ? given[2].tensor() : Tensor.EMPTY;
            Tensor r = residual ? given[3].tensor().reshape(ofY) : null;
            kernels.dense(
                    given[0].tensor().reshape(ofX),
                    weights,
                    b,
                    r,
                    g,
                    y[0].tensor().reshape(ofY));
        });
    }
}

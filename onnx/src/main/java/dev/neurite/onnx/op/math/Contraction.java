package dev.neurite.onnx.op.math;

import dev.neurite.kernel.Kernels;
import dev.neurite.onnx.op.Copier;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Strided;
import dev.neurite.onnx.op.shape.Shapes;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Matrices;
import dev.neurite.tensor.Shape;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The sum of products of the elements of two arrays with labeled axes, as products of matrices: labels that both
/// have number the products, or are those of sums; the others are those of rows and columns. Every label of one
/// array alone is one of the result.
final class Contraction {
    private final Kernels kernels;
    private final ElementType type;
    private final Side left;
    private final Side right;
    private final Shape shape;
    private final int count;
    private final int rows;
    private final int inner;
    private final int columns;
    private final Operand operand;

    /// An array with labeled axes.
    /// @param labels each once
    /// @param strides the distance of neighboring elements along each; 0 if they are the same
    /// @param from gives it, from the node's inputs
    /// @param made what computes it; null for an input
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Operand(
            int[] labels,
            int[] strides,
            Function<Value[], Value> from,
            @Nullable Contraction made) {
        boolean has(int label) {
            return Arrays.stream(labels).anyMatch(each -> each == label);
        }

        private int stride(int label) {
            for (int i = 0; i < labels.length; i++) if (labels[i] == label) return strides[i];
            return 0;
        }

        /// Copies it to a dense array with the labels in another order.
        Strided copy(Map<Integer, Integer> extents, int[] order) {
            int[] to = extents(extents, order);
            return new Strided(to, Arrays.stream(order).map(this::stride).toArray(), Strided.strides(to));
        }

        private boolean isDense(Map<Integer, Integer> extents, int[] order) {
            int[] dense = Strided.strides(extents(extents, order));
            for (int i = 0; i < order.length; i++) {
                if (extents.getOrDefault(order[i], 1) != 1 && dense[i] != stride(order[i])) return false;
            }
            return true;
        }
    }

    /// One of the factors as matrices.
    /// @param copy makes them of the operand; null if it has them already
    /// @param turned whether they are transposed
    private record Side(Operand of, @Nullable Strided copy, Shape shape, boolean turned) {
        /// @param first the labels of rows
        /// @param second those of columns
        static Side of(
                NodeCall call, Map<Integer, Integer> extents, Operand of, int[] batch, int[] first, int[] second) {
            int[] order = joined(batch, first, second);
            int[] other = joined(batch, second, first);
            boolean dense = of.isDense(extents, order);
            boolean turned = !dense && of.isDense(extents, other);
            Contraction.shape(call, extents, order); // checks its size
            int rows = size(extents, turned ? second : first);
            int columns = size(extents, turned ? first : second);
            Shape matrices = Shape.of(size(extents, batch), rows, columns);
            return new Side(of, dense || turned ? null : of.copy(extents, order), matrices, turned);
        }

        Value value(Value... in) {
            Value x = of.from.apply(in);
            if (copy == null) return x.reshape(shape);
            Value y = Value.zeros(x.type(), shape);
            copy.run(Copier.of(x, y), 0, 0);
            return y;
        }
    }

    /// @param extents of all labels
    /// @param kept the labels that the result has, if one of the arrays has them
    Contraction(NodeCall call, Map<Integer, Integer> extents, Operand a, Operand b, Set<Integer> kept) {
        kernels = call.kernels();
        type = call.type(0);
        int[] batch = Arrays.stream(a.labels)
                .filter(each -> b.has(each) && kept.contains(each))
                .toArray();
        int[] sums = Arrays.stream(a.labels)
                .filter(each -> b.has(each) && !kept.contains(each))
                .toArray();
        int[] ofRows = Arrays.stream(a.labels).filter(each -> !b.has(each)).toArray();
        int[] ofColumns = Arrays.stream(b.labels).filter(each -> !a.has(each)).toArray();
        int[] all = joined(batch, ofRows, ofColumns);
        shape = shape(call, extents, all);
        count = size(extents, batch);
        rows = size(extents, ofRows);
        inner = size(extents, sums);
        columns = size(extents, ofColumns);
        left = Side.of(call, extents, a, batch, ofRows, sums);
        right = Side.of(call, extents, b, batch, sums, ofColumns);
        operand = new Operand(all, Strided.strides(Strided.extents(shape)), this::computed, this);
    }

    private static int[] extents(Map<Integer, Integer> extents, int[] labels) {
        return Arrays.stream(labels)
                .map(label -> extents.getOrDefault(label, 1))
                .toArray();
    }

    /// The shape of an array with these labels.
    static Shape shape(NodeCall call, Map<Integer, Integer> extents, int[] labels) {
        return Shapes.of(
                call, Arrays.stream(extents(extents, labels)).asLongStream().toArray());
    }

    private static int size(Map<Integer, Integer> extents, int[] labels) {
        long size = 1;
        for (int extent : extents(extents, labels)) size = Math.min(Integer.MAX_VALUE, size * extent);
        return (int) size;
    }

    private static int[] joined(int[] a, int[] b, int[] c) {
        int[] all = Arrays.copyOf(a, a.length + b.length + c.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        System.arraycopy(c, 0, all, a.length + b.length, c.length);
        return all;
    }

    /// The result as an array with labeled axes.
    Operand operand() {
        return operand;
    }

    private Value computed(Value... in) {
        Value y = Value.zeros(type, shape);
        run(in, y);
        return y;
    }

    void run(Value[] in, Value y) {
        if (shape.size() == 0) return;
        Value a = left.value(in);
        Value b = right.value(in);
        if (type == ElementType.FLOAT && inner > 0) floats(a, b, y);
        else plainly(a, b, y);
    }

    private void floats(Value a, Value b, Value y) {
        Matrices ofA = Matrices.of(a.tensor());
        Matrices ofB = Matrices.of(b.tensor());
        kernels.products(
                left.turned ? ofA.transpose() : ofA,
                right.turned ? ofB.transpose() : ofB,
                Matrices.of(y.tensor().reshape(Shape.of(count, rows, columns))));
    }

    private void plainly(Value a, Value b, Value y) {
        var product = new PlainProduct(rows, inner, columns, left.turned, right.turned);
        for (int i = 0; i < count; i++) {
            product.multiply(a, i * rows * inner, b, i * inner * columns, y, i * rows * columns);
        }
    }
}

package dev.neurite.onnx.op.math;

import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.shape.Shapes;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.tensor.Shape;

/// Det: the determinants of square matrices, by elimination in double precision.
final class Determinant {
    private Determinant() {}

    static void register(Operators all) {
        all.add("Det", Determinant::step);
    }

    private static ReadyNode step(NodeCall call) {
        call.requireType(0, ElementType.FLOAT, ElementType.DOUBLE);
        Shape x = call.shape(0);
        int rank = x.rank();
        if (rank < 2 || x.extent(rank - 1) != x.extent(rank - 2)) {
            throw call.misfit("expects square matrices, got " + x);
        }
        int n = x.extent(rank - 1);
        boolean[] ofMatrix = new boolean[rank];
        ofMatrix[rank - 1] = true;
        ofMatrix[rank - 2] = true;
        return ReadyNode.of(Fact.of(call.type(0), Shapes.without(call, x, ofMatrix)), (in, out) -> {
            Elements.Doubles from = Elements.doubles(in[0]);
            Elements.DoubleWriter to = Elements.doubleWriter(out[0]);
            double[][] rows = new double[n][n];
            for (int i = 0; i < out[0].size(); i++) {
                for (int k = 0; k < n * n; k++) rows[k / n][k % n] = from.get(i * n * n + k);
                to.set(i, determinant(rows));
            }
        });
    }

    /// The product of what remains on the diagonal, with the largest element of each column brought there.
    /// @param rows overwritten
    private static double determinant(double[][] rows) {
        double product = 1;
        for (int k = 0; k < rows.length; k++) {
            int best = k;
            for (int i = k + 1; i < rows.length; i++) if (Math.abs(rows[i][k]) > Math.abs(rows[best][k])) best = i;
            double[] pivot = rows[best];
            if (best != k) {
                rows[best] = rows[k];
                rows[k] = pivot;
                product = -product;
            }
            product *= pivot[k];
            if (pivot[k] == 0) return 0;
            for (int i = k + 1; i < rows.length; i++) {
                double factor = rows[i][k] / pivot[k];
                for (int j = k; j < rows.length; j++) rows[i][j] -= factor * pivot[j];
            }
        }
        return product;
    }
}

package dev.neurite.onnx.op.math;

import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.value.Value;

/// A product of matrices of any numbers, in plain loops: for what kernels do not compute.
/// @param rows of the left matrix and of the result
/// @param inner the columns of the left matrix, the rows of the right one
/// @param columns of the right matrix and of the result
/// @param turnsLeft whether the left matrix is stored as its transpose, `[inner × rows]`
/// @param turnsRight whether the right matrix is stored as its transpose, `[columns × inner]`
record PlainProduct(int rows, int inner, int columns, boolean turnsLeft, boolean turnsRight) {
    /// y = a·b, each from an index of its value on.
    void multiply(Value a, int atA, Value b, int atB, Value y, int atY) {
        if (a.type().isFloating()) reals(a, atA, b, atB, y, atY);
        else integers(a, atA, b, atB, y, atY);
    }

    private void reals(Value a, int atA, Value b, int atB, Value y, int atY) {
        Elements.Doubles left = Elements.doubles(a);
        Elements.Doubles right = Elements.doubles(b);
        Elements.DoubleWriter to = Elements.doubleWriter(y);
        for (int i = 0; i < rows * columns; i++) {
            double sum = 0;
            for (int k = 0; k < inner; k++) sum += left.get(atA + left(i, k)) * right.get(atB + right(i, k));
            to.set(atY + i, sum);
        }
    }

    private void integers(Value a, int atA, Value b, int atB, Value y, int atY) {
        Elements.Longs left = Elements.longs(a);
        Elements.Longs right = Elements.longs(b);
        Elements.LongWriter to = Elements.longWriter(y);
        for (int i = 0; i < rows * columns; i++) {
            long sum = 0;
            for (int k = 0; k < inner; k++) sum += left.get(atA + left(i, k)) * right.get(atB + right(i, k));
            to.set(atY + i, sum);
        }
    }

    /// The index in the left matrix of the k-th factor of element i of the result.
    private int left(int i, int k) {
        int row = i / columns;
        return turnsLeft ? k * rows + row : row * inner + k;
    }

    private int right(int i, int k) {
        int column = i % columns;
        return turnsRight ? column * inner + k : k * columns + column;
    }
}

package dev.neurite.onnx.op.quantized;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Exact products of matrices of small integers, by the kernels of floats: a float holds every integer up to 2²⁴,
/// so that a sum of few enough products is exact in any order. Longer sums are cut into parts, whose sums are added
/// as integers.
/// @param inner the products in a sum
/// @param columns the columns of the right matrix
/// @param part the products in a part of a sum
record ExactProduct(int inner, int columns, int part) {
    static final int EXACT = 1 << 24;

    /// @param left the most that an element of the left matrix can be, or less than 0
    /// @param right the same of the right matrix
    static ExactProduct of(int inner, int columns, int left, int right) {
        return new ExactProduct(inner, columns, EXACT / (Math.max(1, left) * Math.max(1, right)));
    }

    /// How far an element of an input of bytes can be from its zero point.
    static int range(NodeCall call, int input, int zeros) {
        ElementType type = call.type(input);
        if (call.has(zeros) && !call.isConstant(zeros)) return 255;
        int range = 0;
        for (int zero : Quantized.integers(call.has(zeros) ? call.value(zeros) : null)) {
            range = Math.max(range, Math.max(Quantized.most(type) - zero, zero - Quantized.least(type)));
        }
        return range;
    }

    int parts() {
        return Math.ceilDiv(inner, part);
    }

    private int width(int number) {
        return Math.min(part, inner - number * part);
    }

    @FunctionalInterface
    interface Right {
        int get(int row, int column);
    }

    /// The right matrix, cut into parts, as weights: made once, if the inputs are constants.
    /// @param input where its elements are from
    /// @param zeros where its zero points are from
    /// @param purpose names what is made of the input, zero points and parts excepted
    /// @return null if they are no constants
    @Nullable
    List<PackedWeights> constant(NodeCall call, int input, int zeros, String purpose, Right of) {
        if (!call.isConstant(input) || (call.has(zeros) && !call.isConstant(zeros))) return null;
        String zero = call.has(zeros) ? Arrays.toString(Quantized.integers(call.value(zeros))) : "0";
        List<PackedWeights> weights = new ArrayList<>();
        for (int i = 0; i < parts(); i++) {
            int number = i;
            String all = purpose + ", zero " + zero + ", part " + i + " of " + part;
            weights.add(Objects.requireNonNull(call.packed(input, all, () -> transposed(number, of))));
        }
        return weights;
    }

    /// [#constant] for inputs that may change.
    List<PackedWeights> changing(Right of) {
        List<PackedWeights> weights = new ArrayList<>();
        for (int i = 0; i < parts(); i++) weights.add(PackedWeights.changing(transposed(i, of)));
        return weights;
    }

    /// `[columns × part]`.
    private Tensor transposed(int number, Right of) {
        int width = width(number);
        float[] weights = new float[columns * width];
        for (int column = 0, at = 0; column < columns; column++) {
            for (int i = 0; i < width; i++, at++) weights[at] = of.get(number * part + i, column);
        }
        return Tensor.view(Shape.of(columns, width), weights, 0);
    }

    /// Where an element of a left matrix is in an array that has one part after the other.
    int place(int rows, int row, int column) {
        int number = column / part;
        return rows * number * part + row * width(number) + column - number * part;
    }

    /// Bytes less their zero points as a left matrix, whose rows they are.
    /// @param at the first element
    /// @param zeros one or several, of neighboring rows; they begin again after the last
    /// @param first the zero point of the first row
    float[] left(Kernels kernels, Value of, int at, int rows, int[] zeros, int first) {
        float[] left = new float[Math.multiplyExact(rows, inner)];
        byte[] x = (byte[]) of.array();
        int xo = of.offset() + at;
        int mask = of.type() == ElementType.UINT8 ? 0xff : -1;
        kernels.update(0, left.length, (from, to) -> {
            for (int k = from; k < to; ) {
                int row = k / inner;
                int column = k % inner;
                int end = Math.min(to, row * inner + Math.min(inner, (column / part + 1) * part));
                int shift = place(rows, row, column) - k;
                int zero = zeros[(first + row) % zeros.length];
                for (; k < end; k++) left[k + shift] = (x[xo + k] & mask) - zero;
            }
        });
        return left;
    }

    /// @param left in the order of [#place]
    /// @param sums written, row by row
    /// @param at where they begin
    void run(Kernels kernels, float[] left, int rows, List<PackedWeights> right, int[] sums, int at) {
        int size = rows * columns;
        if (size == 0) return;
        if (inner == 0) {
            Arrays.fill(sums, at, at + size, 0);
            return;
        }
        Tensor y = Tensor.zeros(Shape.of(rows, columns));
        float[] from = y.array();
        for (int i = 0; i < parts(); i++) {
            Tensor x = Tensor.view(Shape.of(rows, width(i)), left, rows * i * part);
            kernels.dense(x, right.get(i), Tensor.EMPTY, Activation.IDENTITY, y);
            boolean adds = i > 0;
            kernels.update(0, size, (first, end) -> {
                if (adds) for (int k = first; k < end; k++) sums[at + k] += (int) from[k];
                else for (int k = first; k < end; k++) sums[at + k] = (int) from[k];
            });
        }
    }
}

package dev.neurite.kernel.cpu;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.tensor.Matrix;
import org.jspecify.annotations.Nullable;

/// The arguments of a matrix product, C = A·B or C + A·B, followed by C = g(C + bias + residual).
/// The rows of C are contiguous. Reused for each call, so that a call allocates nothing.
final class Product {
    Matrix a = Matrix.EMPTY;
    Matrix b = Matrix.EMPTY;
    Matrix c = Matrix.EMPTY;

    /// Whether the sums start from C instead of 0.
    boolean accumulate;

    /// B in the order of [Gemm#pack]; null if there is no packed copy.
    float @Nullable [] panels;

    /// Added to each row of C, from [#biasOffset] on.
    float @Nullable [] bias;

    int biasOffset;

    /// Added to C, of its shape; null for none.
    @Nullable
    Matrix residual;

    Elementwise activation = Activation.IDENTITY;

    /// C = A·B, or C + A·B.
    void set(Matrix newA, Matrix newB, Matrix newC, boolean accumulates) {
        a = newA;
        b = newB;
        c = newC;
        accumulate = accumulates;
        panels = null;
        bias = null;
        residual = null;
        activation = Activation.IDENTITY;
    }

    /// Releases all references.
    void clear() {
        set(Matrix.EMPTY, Matrix.EMPTY, Matrix.EMPTY, false);
    }

    boolean hasEpilogue() {
        return bias != null || residual != null || !(activation instanceof Activation.Identity);
    }

    long multiplications() {
        return (long) c.rows() * c.columns() * a.columns();
    }

    /// The index of element (i, j) of C.
    int at(int i, int j) {
        return c.offset() + i * c.rowStride() + j;
    }
}

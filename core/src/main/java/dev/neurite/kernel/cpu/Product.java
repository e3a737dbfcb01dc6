package dev.neurite.kernel.cpu;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.tensor.Matrix;
import org.jspecify.annotations.Nullable;

/// A matrix product to compute: C = A·B or C + A·B, and then C = g(C + bias + residual). C's columns are
/// neighbors in memory. Filled anew for each call, so that a call allocates nothing.
final class Product {
    Matrix a = Matrix.EMPTY;
    Matrix b = Matrix.EMPTY;
    Matrix c = Matrix.EMPTY;

    /// Whether the sums start from C instead of 0.
    boolean accumulate;

    /// B in the order of [Gemm#pack], if somebody keeps it.
    float @Nullable [] panels;

    /// Added to each row of C, from [#biasOffset] on.
    float @Nullable [] bias;

    int biasOffset;

    /// Added to C, in its shape.
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

    /// Keeps nothing alive.
    void clear() {
        set(Matrix.EMPTY, Matrix.EMPTY, Matrix.EMPTY, false);
    }

    boolean hasEpilogue() {
        return bias != null || residual != null || !(activation instanceof Activation.Identity);
    }

    long multiplications() {
        return (long) c.rows() * c.columns() * a.columns();
    }

    /// Where element (i, j) of C is.
    int at(int i, int j) {
        return c.offset() + i * c.rowStride() + j;
    }
}

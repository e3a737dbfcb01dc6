package dev.neurite.kernel.cpu;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.tensor.Matrices;
import dev.neurite.tensor.Matrix;
import org.jspecify.annotations.Nullable;

/// The arguments of a matrix product, C = A·B or C + A·B, followed by C = g(C + bias + residual), or of several
/// products of one size. The rows of C are contiguous. Reused for each call, so that a call allocates nothing.
final class Product {
    Matrix a = Matrix.EMPTY;
    Matrix b = Matrix.EMPTY;
    Matrix c = Matrix.EMPTY;

    /// The number of products; A, B and C are those of the first.
    int count = 1;

    private int aStride; // between neighboring products
    private int bStride;
    private int cStride;
    private int aFrom; // where the first begins, after the offset of its matrix
    private int bFrom;
    private int cFrom;

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

    /// How vectors compute it: bits of [ProductPlan].
    int way;

    /// C = A·B, or C + A·B.
    void set(Matrix newA, Matrix newB, Matrix newC, boolean accumulates) {
        a = newA;
        b = newB;
        c = newC;
        count = 1;
        aStride = 0;
        bStride = 0;
        cStride = 0;
        moveTo(0, 0, 0);
        accumulate = accumulates;
        panels = null;
        bias = null;
        residual = null;
        activation = Activation.IDENTITY;
    }

    /// Cᵢ = Aᵢ·Bᵢ.
    void set(Matrices newA, Matrices newB, Matrices newC) {
        set(newA.first(), newB.first(), newC.first(), false);
        count = newC.count();
        aStride = newA.stride();
        bStride = newB.stride();
        cStride = newC.stride();
    }

    /// C = A·B, or C + A·B, for each step: A and C are those of the first, B is the same for all.
    /// @param ofA the distance in the array between neighboring steps of A
    /// @param ofC the same of C
    void setSteps(Matrix newA, int ofA, Matrix newB, Matrix newC, int ofC, boolean accumulates) {
        set(newA, newB, newC, accumulates);
        aStride = ofA;
        cStride = ofC;
    }

    /// Moves A, B and C to other places in their arrays.
    /// @param ofA the distance from the offset of its matrix
    /// @param ofB the same of B
    /// @param ofC the same of C
    void moveTo(int ofA, int ofB, int ofC) {
        aFrom = ofA;
        bFrom = ofB;
        cFrom = ofC;
    }

    /// Releases all references.
    void clear() {
        set(Matrix.EMPTY, Matrix.EMPTY, Matrix.EMPTY, false);
    }

    boolean hasEpilogue() {
        return bias != null || residual != null || !(activation instanceof Activation.Identity);
    }

    boolean transposes() {
        return (way & ProductPlan.TRANSPOSES) != 0;
    }

    boolean byRows() {
        return (way & ProductPlan.BY_ROWS) != 0;
    }

    boolean packsV() {
        return (way & ProductPlan.PACKS_V) != 0;
    }

    boolean packsR() {
        return (way & ProductPlan.PACKS_R) != 0;
    }

    /// The multiplications of each product.
    long multiplications() {
        return (long) c.rows() * c.columns() * a.columns();
    }

    /// The index of element (0, 0) of A in a product.
    int aAt(int product) {
        return a.offset() + aFrom + product * aStride;
    }

    /// The index of element (0, 0) of B in a product.
    int bAt(int product) {
        return b.offset() + bFrom + product * bStride;
    }

    /// The index of element (i, j) of C in a product.
    int at(int product, int i, int j) {
        return c.offset() + cFrom + product * cStride + i * c.rowStride() + j;
    }
}

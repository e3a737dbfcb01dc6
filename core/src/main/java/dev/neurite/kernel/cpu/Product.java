package dev.neurite.kernel.cpu;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.EncodedMatrix;
import dev.neurite.kernel.QuantizedMatrix;
import dev.neurite.kernel.QuantizedRows;
import dev.neurite.tensor.Matrices;
import dev.neurite.tensor.Matrix;
import org.jspecify.annotations.Nullable;

/// The arguments of a matrix product, C = A·B or C + A·B, followed by C = g(C + bias + residual), or of several
/// products of one size. The rows of C are contiguous. Reused for each call, so that a call allocates nothing.
public final class Product {
    private static final float[] NONE = {};

    public final Operand a = new Operand();
    public final Operand b = new Operand();
    public final Operand c = new Operand();

    /// The number of products; A, B and C are those of the first.
    int count = 1;

    private int aStride; // between neighboring products
    private int bStride;
    private int cStride;

    /// Whether the sums start from C instead of 0.
    public boolean accumulate;

    /// B in the order of [Gemm#pack]; null if there is no packed copy.
    public float @Nullable [] panels;

    /// Bᵀ in fewer bits; then B has only a shape, and the elements of a row of A are neighbors. Null if B is floats.
    public @Nullable EncodedMatrix encoded;

    /// The row of [#encoded] that is the first column of B.
    public int encodedRow;

    /// A as codes; null if it is floats.
    @Nullable
    QuantizedRows codes;

    final QuantizedInput own = new QuantizedInput();

    /// A, quantized for all threads, if [#isPrepared]: [#own], or that of another product.
    QuantizedInput input = own;

    boolean isPrepared;

    /// Gets exact sums in the place of C, row by row from [#wholeSumsAt] on; null for floats.
    int @Nullable [] wholeSums;

    int wholeSumsAt;

    /// Added to each row of C, from [#biasOffset] on.
    public float @Nullable [] bias;

    public int biasOffset;

    /// Added to C, of its shape; null for none.
    @Nullable
    Matrix residual;

    Elementwise activation = Activation.IDENTITY;

    /// How vectors compute it: bits of [ProductPlan].
    public int way;

    /// C = A·B, or C + A·B.
    void set(Matrix newA, Matrix newB, Matrix newC, boolean accumulates) {
        begin(accumulates);
        a.set(newA);
        b.set(newB);
        c.set(newC);
    }

    /// C = A·Wᵀ, or C + A·Wᵀ, with as many rows of W as C has columns.
    /// @param firstRow of W
    public void set(Matrix newA, EncodedMatrix w, int firstRow, Matrix newC, boolean accumulates) {
        begin(accumulates);
        a.set(newA);
        c.set(newC);
        setEncoded(w, firstRow);
    }

    /// Sets B to rows of encoded weights, as many as C has columns.
    public void setEncoded(EncodedMatrix w, int firstRow) {
        b.set(a.array(), 0, w.columns(), c.columns(), 0, 0);
        encoded = w;
        encodedRow = firstRow;
    }

    /// C = (X·Wᵀ) times the scales, of codes less their zero points.
    void set(QuantizedRows x, QuantizedMatrix w, Matrix newC) {
        begin(false);
        a.set(NONE, 0, x.rows(), x.columns(), x.columns(), 1);
        c.set(newC);
        setEncoded(w, 0);
        codes = x;
    }

    /// The same without scales, exact.
    void set(QuantizedRows x, QuantizedMatrix w, int[] sums, int at) {
        begin(false);
        a.set(NONE, 0, x.rows(), x.columns(), x.columns(), 1);
        c.set(NONE, 0, x.rows(), w.rows(), w.rows(), 1);
        setEncoded(w, 0);
        codes = x;
        wholeSums = sums;
        wholeSumsAt = at;
    }

    /// Cᵢ = Aᵢ·Bᵢ.
    void set(Matrices newA, Matrices newB, Matrices newC) {
        set(newA.first(), newB.first(), newC.first(), false);
        count = newC.count();
        aStride = newA.stride();
        bStride = newB.stride();
        cStride = newC.stride();
    }

    /// Begins a product, C = A·B or C + A·B, whose operands are set one by one.
    /// @param accumulates whether the sums start from C
    public void begin(boolean accumulates) {
        count = 1;
        aStride = 0;
        bStride = 0;
        cStride = 0;
        accumulate = accumulates;
        panels = null;
        encoded = null;
        encodedRow = 0;
        codes = null;
        isPrepared = false;
        input = own;
        wholeSums = null;
        bias = null;
        residual = null;
        activation = Activation.IDENTITY;
    }

    /// Releases all references.
    public void clear() {
        set(Matrix.EMPTY, Matrix.EMPTY, Matrix.EMPTY, false);
    }

    boolean hasEpilogue() {
        return bias != null || residual != null || !(activation instanceof Activation.Identity);
    }

    /// Whether threads divide encoded weights among them, and read each as it is: for few rows that takes most of the
    /// time.
    boolean readsWeightsOnce() {
        return encoded != null && !unpacks() && !byRows();
    }

    /// Whether another product of floats has the same A, and weights of the same format.
    boolean quantizesAs(Product other) {
        boolean sameFormat = encoded instanceof QuantizedMatrix w
                && other.encoded instanceof QuantizedMatrix v
                && w.format() == v.format()
                && w.hasZeros() == v.hasZeros();
        return sameFormat && codes == null && other.codes == null && a.isSame(other.a);
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

    boolean unpacks() {
        return (way & ProductPlan.UNPACKS) != 0;
    }

    long multiplications() {
        return (long) c.rows() * c.columns() * a.columns();
    }

    /// The index of element (0, 0) of A in a product.
    int aAt(int product) {
        return a.offset() + product * aStride;
    }

    /// The index of element (0, 0) of B in a product.
    int bAt(int product) {
        return b.offset() + product * bStride;
    }

    /// The index of element (i, j) of C in a product.
    int at(int product, int i, int j) {
        return c.offset() + product * cStride + i * c.rowStride() + j;
    }
}

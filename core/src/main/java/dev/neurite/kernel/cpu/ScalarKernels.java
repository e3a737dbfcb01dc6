package dev.neurite.kernel.cpu;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Activation.Identity;
import dev.neurite.kernel.Activation.LeakyRelu;
import dev.neurite.kernel.Activation.Relu;
import dev.neurite.kernel.Activation.Sigmoid;
import dev.neurite.kernel.Activation.Tanh;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.kernel.ScalarMath;
import dev.neurite.tensor.Matrix;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The definition of every kernel's result, in plain loops: what [VectorKernels] computes equals it bit for
/// bit.
///
/// Each array comes with the index where the argument begins; `n` is the number of elements.
/// Arguments are not checked here, but in [CpuKernels]. An output may be the same memory as an
/// input of equal length, but must not overlap an input otherwise.
public sealed class ScalarKernels permits VectorKernels {
    private final ScalarNorms norms = new ScalarNorms(this);
    private final ScalarColumnNorms columnNorms = new ScalarColumnNorms(this);
    private final ScalarBlockNorms blockNorms = new ScalarBlockNorms(this);
    private final ScalarLosses losses = new ScalarLosses(this);
    private final ScalarNoise noise = new ScalarNoise(this);

    private final EncodedProduct encoded;

    ScalarKernels() {
        this(new EncodedProduct(new ScalarBlocks()));
    }

    ScalarKernels(EncodedProduct encoded) {
        this.encoded = encoded;
    }

    String name() {
        return "scalar";
    }

    public final boolean isVector() {
        return this instanceof VectorKernels;
    }

    /// Normalization of planes and spans.
    ScalarNorms norms() {
        return norms;
    }

    ScalarColumnNorms columnNorms() {
        return columnNorms;
    }

    /// Normalization of channels in blocks.
    ScalarBlockNorms blockNorms() {
        return blockNorms;
    }

    /// Softmax and losses.
    public ScalarLosses losses() {
        return losses;
    }

    /// Dropout.
    public ScalarNoise noise() {
        return noise;
    }

    /// The packed copy of constant weights for [#gemm]; null if there is none.
    public float @Nullable [] panels(PackedWeights w) {
        return null;
    }

    /// A packed copy of B for [#gemm] in this array, or in a longer one; null if there are no packed copies.
    /// @param stepK the distance between the rows of B, the elements along k
    /// @param stepColumn the distance between its columns
    public float @Nullable [] pack(float[] b, int at, int stepK, int stepColumn, int depth, int columns, float[] into) {
        return null;
    }

    /// The way to compute a product, see [ProductPlan].
    public int way(Product p, int threads) {
        return p.c.rows() > p.c.columns() ? ProductPlan.BY_ROWS : 0;
    }

    /// Does what threads would all do for a product, once its way is chosen.
    /// @param before a product that is prepared, from which it takes what is the same; null for none
    final void prepare(Product p, @Nullable Product before) {
        if (p.encoded != null) encoded.prepare(p, before);
    }

    /// The number of rows of a product that a thread computes should be a multiple of this.
    public int rowStep(Product p) {
        return 1;
    }

    /// The number of columns of a product that a thread computes should be a multiple of this.
    public int columnStep(Product p) {
        return p.encoded != null ? p.encoded.group() : LANES;
    }

    // ------------------------------------------------------------------------------------------- element by element

    /// y = a + b
    public void add(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) y[yo + i] = a[ao + i] + b[bo + i];
    }

    /// y = a · b
    public void multiply(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) y[yo + i] = a[ao + i] * b[bo + i];
    }

    /// y = a · b + y, rounded once
    public void addProduct(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) y[yo + i] = Math.fma(a[ao + i], b[bo + i], y[yo + i]);
    }

    /// y = s · x
    public void scale(float s, float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) y[yo + i] = s * x[xo + i];
    }

    /// y = (x − mean) · factor
    void standardize(float[] x, int xo, float mean, float factor, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) y[yo + i] = (x[xo + i] - mean) * factor;
    }

    /// y = s · x + y, rounded once
    public void addScaled(float s, float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) y[yo + i] = Math.fma(s, x[xo + i], y[yo + i]);
    }

    /// y = g(y)
    public final void activate(Elementwise g, float[] y, int at, int n) {
        if (!(g instanceof Identity)) activate(g, y, at, y, at, n);
    }

    /// y = g(z)
    public void activate(Elementwise g, float[] z, int zo, float[] y, int yo, int n) {
        switch (g) {
            case Identity _ -> System.arraycopy(z, zo, y, yo, n);
            case Relu _ -> {
                for (int i = 0; i < n; i++) y[yo + i] = Math.max(z[zo + i], 0);
            }
            case LeakyRelu(float slope) -> leakyRelu(slope, z, zo, y, yo, n);
            case Tanh _ -> {
                for (int i = 0; i < n; i++) y[yo + i] = ScalarMath.tanh(z[zo + i]);
            }
            case Sigmoid _ -> {
                for (int i = 0; i < n; i++) y[yo + i] = ScalarMath.sigmoid(z[zo + i]);
            }
            default -> {
                for (int i = 0; i < n; i++) y[yo + i] = g.apply(z[zo + i]);
            }
        }
    }

    /// dz = dy · g′(z), from y = g(z)
    public void activationGradient(
            Elementwise g, float[] z, int zo, float[] y, int yo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        switch (g) {
            case Identity _ -> System.arraycopy(dy, dyo, dz, dzo, n);
            case Relu _ -> {
                for (int i = 0; i < n; i++) dz[dzo + i] = y[yo + i] > 0 ? dy[dyo + i] : 0;
            }
            case LeakyRelu(float slope) -> leakyReluGradient(slope, y, yo, dy, dyo, dz, dzo, n);
            case Tanh _ -> {
                for (int i = 0; i < n; i++) dz[dzo + i] = dy[dyo + i] * Math.fma(-y[yo + i], y[yo + i], 1);
            }
            case Sigmoid _ -> {
                for (int i = 0; i < n; i++) dz[dzo + i] = dy[dyo + i] * (y[yo + i] * (1 - y[yo + i]));
            }
            default -> {
                boolean kept = g.derivativeNeedsInput();
                for (int i = 0; i < n; i++) {
                    dz[dzo + i] = dy[dyo + i] * g.derivative(kept ? z[zo + i] : 0, y[yo + i]);
                }
            }
        }
    }

    /// y = z if z > 0, else slope · z
    void leakyRelu(float slope, float[] z, int zo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) y[yo + i] = z[zo + i] > 0 ? z[zo + i] : slope * z[zo + i];
    }

    /// dz = dy if x > 0, else slope · dy; x is z or, for a slope of at least 0, y
    void leakyReluGradient(float slope, float[] x, int xo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        for (int i = 0; i < n; i++) dz[dzo + i] = x[xo + i] > 0 ? dy[dyo + i] : slope * dy[dyo + i];
    }

    /// y = z if z > 0, else slope ∘ z
    void leakyRelu(float[] slope, int so, float[] z, int zo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) y[yo + i] = z[zo + i] > 0 ? z[zo + i] : slope[so + i] * z[zo + i];
    }

    /// dz = dy if z > 0, else slope ∘ dy
    void leakyReluGradient(float[] slope, int so, float[] z, int zo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        for (int i = 0; i < n; i++) dz[dzo + i] = z[zo + i] > 0 ? dy[dyo + i] : slope[so + i] * dy[dyo + i];
    }

    /// y = 0 if z > 0, else z · dy
    void multiplyBelowZero(float[] z, int zo, float[] dy, int dyo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) y[yo + i] = z[zo + i] > 0 ? 0 : z[zo + i] * dy[dyo + i];
    }

    // ------------------------------------------------------------------------------------------------ row by row

    /// y = z if z > 0, else slope · z, over one row in which each `group` neighboring elements
    /// share a slope
    final void preluRow(float[] slope, int so, int group, float[] z, int zo, float[] y, int yo, int n) {
        if (group == 1) {
            leakyRelu(slope, so, z, zo, y, yo, n);
        } else {
            for (int i = 0; i < n; i += group) leakyRelu(slope[so + i / group], z, zo + i, y, yo + i, group);
        }
    }

    /// dz = dy if z > 0, else slope · dy, over one row in which each `group` neighboring elements
    /// share a slope
    final void preluGradientRow(
            float[] slope, int so, int group, float[] z, int zo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        if (group == 1) {
            leakyReluGradient(slope, so, z, zo, dy, dyo, dz, dzo, n);
        } else {
            for (int i = 0; i < n; i += group) {
                leakyReluGradient(slope[so + i / group], z, zo + i, dy, dyo + i, dz, dzo + i, group);
            }
        }
    }

    /// y = a ∘ sigmoid(b), with a and b the two halves of each `block` of a row of n
    final void gluRow(int block, float[] x, int xo, float[] y, int yo, int n) {
        int half = block / 2;
        for (int i = 0; i < n; i += block) {
            int at = yo + i / 2;
            activate(Activation.SIGMOID, x, xo + i + half, y, at, half);
            multiply(x, xo + i, y, at, y, at, half);
        }
    }

    /// da = dy ∘ s and db = dy ∘ (a ∘ s ∘ (1 − s)) with s = sigmoid(b), for the two halves a, b of each `block` of
    /// a row of n. Not in place.
    final void gluGradientRow(int block, float[] x, int xo, float[] dy, int dyo, float[] dx, int dxo, int n) {
        int half = block / 2;
        for (int i = 0; i < n; i += block) {
            int a = dxo + i;
            int b = a + half;
            int from = dyo + i / 2;
            activate(Activation.SIGMOID, x, xo + i + half, dx, a, half);
            activationGradient(Activation.SIGMOID, dx, a, dx, a, x, xo + i, dx, b, half);
            multiply(dy, from, dx, b, dx, b, half);
            multiply(dy, from, dx, a, dx, a, half);
        }
    }

    /// y_j = Σ_i x_ij, in the order of the rows, for n neighboring columns; rows are `stride` apart.
    public void columnSums(float[] x, int xo, int rows, int stride, float[] y, int yo, int n) {
        Arrays.fill(y, yo, yo + n, 0);
        for (int i = 0; i < rows; i++) add(x, xo + i * stride, y, yo, y, yo, n);
    }

    /// Whether all elements are finite: a finite number times 0 is 0; anything else gives NaN,
    /// which stays.
    public boolean isFinite(float[] x, int xo, int n) {
        float poison = 0;
        for (int i = 0; i < n; i++) poison = Math.fma(x[xo + i], 0, poison);
        return poison == 0;
    }

    /// The maximum of a row; NaN if it contains one.
    public float max(float[] x, int xo, int n) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) max = Math.max(max, x[xo + i]);
        return max;
    }

    /// The index of a row's maximum, the first of equal ones; −1 with NaN or without elements.
    int argMax(float[] x, int xo, int n) {
        int best = n == 0 ? -1 : 0;
        for (int i = 0; i < n && best >= 0; i++) {
            if (Float.isNaN(x[xo + i])) best = -1;
            else if (x[xo + i] > x[xo + best]) best = i;
        }
        return best;
    }

    /// The number of lanes of a row's sum: lane l sums elements l, l + 16, l + 32, … in order.
    public static final int LANES = 16;

    /// Σ x over sixteen lanes, in the order of [ScalarNorms#laneSum].
    public float sum(float[] x, int xo, int n) {
        return norms().laneSum(x, xo, 0, 1, n);
    }

    /// Σ x·y, in the order of [#sum], with `fma`.
    public float dot(float[] x, int xo, float[] y, int yo, int n) {
        return norms().laneDot(x, xo, 0, y, yo, 0, 0, 1, n);
    }

    /// The floats that a head of halves has, see [dev.neurite.kernel.AttentionKernels.Heads].
    /// @param size the number of floats
    public void decodeHalves(float[] x, int xo, float[] y, int yo, int size) {
        int n = Math.ceilDiv(size, 2);
        for (int i = 0; i < n; i++) {
            int bits = Float.floatToRawIntBits(x[xo + i]);
            y[yo + i] = Float.float16ToFloat((short) bits);
            if (i + n < size) y[yo + n + i] = Float.float16ToFloat((short) (bits >> Short.SIZE));
        }
    }

    // ------------------------------------------------------------------------------------------- optimizers' updates

    /// Replaces denormals by 0, see [#flushed].
    public void flush(float[] x, int xo, int n) {
        for (int i = xo; i < xo + n; i++) x[i] = flushed(x[i]);
    }

    /// x, or 0 if x is denormal: denormals make arithmetic many times slower and do not matter.
    static float flushed(float x) {
        return Math.abs(x) < Float.MIN_NORMAL ? 0 : x;
    }

    // ---------------------------------------------------------------------------------------------- matrix product

    /// C = A·B, or C + A·B when `p.accumulate`, of one of the products, for rows and columns of C from (i0, j0) to
    /// (i1, j1), then [#finish]. An element starts from 0 or from C and adds a_ik·b_kj by `fma` for k in order, so
    /// no register tile, block or thread changes its bits.
    public final void gemm(Product p, int product, int i0, int i1, int j0, int j1) {
        if (p.encoded != null) encoded.compute(p, product, i0, i1, j0, j1);
        else sums(p, product, i0, i1, j0, j1);
        finish(p, product, i0, i1, j0, j1);
    }

    /// [#gemm] of floats, without the epilogue.
    void sums(Product p, int product, int i0, int i1, int j0, int j1) {
        float[] c = p.c.array();
        for (int i = i0; i < i1; i++) {
            int at = p.at(product, i, j0);
            if (!p.accumulate) Arrays.fill(c, at, at + j1 - j0, 0);
            int ao = p.aAt(product) + i * p.a.rowStride();
            int bo = p.bAt(product) + j0 * p.b.columnStride();
            if (p.b.columnStride() == 1) addRows(p.a, ao, p.b, bo, c, at, j1 - j0);
            else addDots(p.a, ao, p.b, bo, c, at, j1 - j0);
        }
    }

    /// A row of C adds the rows of B, each times an element of A.
    private void addRows(Operand a, int ao, Operand b, int bo, float[] c, int co, int n) {
        for (int k = 0; k < a.columns(); k++) {
            addScaled(a.array()[ao + k * a.columnStride()], b.array(), bo + k * b.rowStride(), c, co, n);
        }
    }

    /// The same if B's neighbors are along k: four elements of C at a time, to hide the latency of
    /// `fma`.
    private static void addDots(Operand a, int ao, Operand b, int bo, float[] c, int co, int n) {
        float[] x = a.array();
        float[] y = b.array();
        int depth = a.columns();
        int xs = a.columnStride();
        int ys = b.rowStride();
        int line = b.columnStride();
        int j = 0;
        for (; j <= n - 4; j += 4) {
            int y0 = bo + j * line;
            float c0 = c[co + j];
            float c1 = c[co + j + 1];
            float c2 = c[co + j + 2];
            float c3 = c[co + j + 3];
            for (int k = 0; k < depth; k++) {
                float xk = x[ao + k * xs];
                c0 = Math.fma(xk, y[y0 + k * ys], c0);
                c1 = Math.fma(xk, y[y0 + line + k * ys], c1);
                c2 = Math.fma(xk, y[y0 + 2 * line + k * ys], c2);
                c3 = Math.fma(xk, y[y0 + 3 * line + k * ys], c3);
            }
            c[co + j] = c0;
            c[co + j + 1] = c1;
            c[co + j + 2] = c2;
            c[co + j + 3] = c3;
        }
        for (; j < n; j++) {
            float sum = c[co + j];
            for (int k = 0; k < depth; k++) sum = Math.fma(x[ao + k * xs], y[bo + j * line + k * ys], sum);
            c[co + j] = sum;
        }
    }

    /// The epilogue of [#gemm]: C = g(C + bias + residual), row by row.
    private void finish(Product p, int product, int i0, int i1, int j0, int j1) {
        if (!p.hasEpilogue()) return;
        int n = j1 - j0;
        float[] c = p.c.array();
        float[] bias = p.bias;
        Matrix residual = p.residual;
        for (int i = i0; i < i1; i++) {
            int at = p.at(product, i, j0);
            if (bias != null) add(c, at, bias, p.biasOffset + j0, c, at, n);
            if (residual != null) {
                add(c, at, residual.array(), residual.offset() + i * residual.rowStride() + j0, c, at, n);
            }
            activate(p.activation, c, at, n);
        }
    }
}

package dev.neurite.kernel.cpu;

import static dev.neurite.kernel.cpu.tile.Tiles.NEGATIVE_ZERO;
import static jdk.incubator.vector.FloatVector.fromArray;

import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.PackedWeights;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/// [ScalarKernels] through the Vector API, in the same order, with the same bits. Most methods loop
/// over whole vectors and then call their scalar method for the rest of the elements. Methods that
/// are not overridden run as in [ScalarKernels].
///
/// Where an element is expensive, such as an exponential, the rest of a row is copied to [#rests]
/// and computed as one more vector by the same loop and at the same call. The reason: C2 does not
/// inline our methods late in a large one, or at a call that was rare when it compiled, and then
/// vectors are allocated (see [VectorMath]). Masks are no alternative: the JDK allocates a mask
/// that reaches beyond the end of an array unless C2 inlines all of its checks.
///
/// C2 inlines an operation only if it knows the class of its vector. It does if that was made by a static method
/// of the JDK with a constant species, or by an operation on such a vector. Of another it knows the class
/// by a profile, which the JDK's methods may not have yet when it compiles; then vectors are objects,
/// for as long as the JVM runs. Three rules make profiles superfluous, and `CompiledKernelsTest` does without:
///
/// - The next value of a variable that a loop carries on is no operation on the variable itself: `sum = x.add(sum)`,
///   not `sum.add(x)`.
/// - What a loop has carried on is stored through an operation on a constant: `NEGATIVE_ZERO.add(sum).intoArray(…)`.
/// - A method with a vector as parameter calls `check(S)` first, unless it is so short that C2 inlines it anyway.
///
/// And all vectors of floats in the library have one class, that of `S`: methods of FloatVector that have seen a second
/// one are compiled for both, in every kernel that calls them, and vectors between them are objects.
final class VectorKernels extends ScalarKernels {
    static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    static final int L = S.length();

    /// An upper limit for the rest of a row.
    static final int REST = Math.max(L, LANES);

    /// The lanes' numbers: 0, 1, 2, …
    static final FloatVector NUMBERS = FloatVector.zero(S).addIndex(1);

    /// The rests of two rows and of the result, [#REST] floats each.
    private final ThreadLocal<float[]> rests = ThreadLocal.withInitial(() -> new float[3 * REST]);

    private final Gemm gemm = new Gemm();
    private final VectorNorms norms = new VectorNorms(this);
    private final VectorColumnNorms columnNorms = new VectorColumnNorms(this);
    private final VectorBlockNorms blockNorms = new VectorBlockNorms(this);
    private final VectorLosses losses = new VectorLosses(this);
    private final VectorNoise noise = new VectorNoise(this);

    VectorKernels() {
        super(L < 4 || L > LANES ? new EncodedProduct(new ScalarBlocks()) : new UnpackedProduct());
    }

    @Override
    String name() {
        return "vector " + S.vectorBitSize() + "-bit";
    }

    @Override
    ScalarNorms norms() {
        return norms;
    }

    @Override
    ScalarColumnNorms columnNorms() {
        return columnNorms;
    }

    @Override
    ScalarBlockNorms blockNorms() {
        return blockNorms;
    }

    @Override
    public ScalarLosses losses() {
        return losses;
    }

    @Override
    public ScalarNoise noise() {
        return noise;
    }

    @Override
    public float @Nullable [] panels(PackedWeights w) {
        return Gemm.panels(w);
    }

    @Override
    public float[] pack(float[] b, int at, int stepK, int stepColumn, int depth, int columns, float[] into) {
        float[] packed = Workspace.aligned(into, Gemm.packedSize(depth, columns));
        Gemm.pack(b, at, stepK, stepColumn, depth, columns, packed);
        return packed;
    }

    @Override
    public int way(Product p, int threads) {
        return ProductPlan.choose(p, threads);
    }

    @Override
    public int rowStep(Product p) {
        return p.encoded != null ? super.rowStep(p) : Gemm.rowStep(p);
    }

    @Override
    public int columnStep(Product p) {
        return p.encoded != null ? super.columnStep(p) : Gemm.columnStep(p);
    }

    // ------------------------------------------------------------------------------------------- element by element

    @Override
    public void add(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            fromArray(S, a, ao + i).add(fromArray(S, b, bo + i)).intoArray(y, yo + i);
        }
        super.add(a, ao + i, b, bo + i, y, yo + i, n - i);
    }

    @Override
    public void multiply(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            fromArray(S, a, ao + i).mul(fromArray(S, b, bo + i)).intoArray(y, yo + i);
        }
        super.multiply(a, ao + i, b, bo + i, y, yo + i, n - i);
    }

    @Override
    public void addProduct(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            fromArray(S, a, ao + i)
                    .fma(fromArray(S, b, bo + i), fromArray(S, y, yo + i))
                    .intoArray(y, yo + i);
        }
        super.addProduct(a, ao + i, b, bo + i, y, yo + i, n - i);
    }

    @Override
    public void scale(float s, float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) fromArray(S, x, xo + i).mul(s).intoArray(y, yo + i);
        super.scale(s, x, xo + i, y, yo + i, n - i);
    }

    @Override
    public void addScaled(float s, float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        FloatVector factor = FloatVector.broadcast(S, s);
        for (; i <= n - L; i += L) {
            factor.fma(fromArray(S, x, xo + i), fromArray(S, y, yo + i)).intoArray(y, yo + i);
        }
        super.addScaled(s, x, xo + i, y, yo + i, n - i);
    }

    @Override
    public void activate(Elementwise g, float[] z, int zo, float[] y, int yo, int n) {
        for (int i = 0, some; i < n; i += some) {
            some = next(n, i);
            boolean ends = some < L;
            float[] x = ends ? rest(0, z, zo + i, some) : z;
            int done = VectorActivations.activate(g, x, ends ? 0 : zo, ends ? x : y, ends ? 0 : yo, ends ? L : some);
            if (done == 0) super.activate(g, z, zo + i, y, yo + i, some);
            else if (ends) System.arraycopy(x, 0, y, yo + i, some);
        }
    }

    @Override
    public void activationGradient(
            Elementwise g, float[] z, int zo, float[] y, int yo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        float[] of = g.derivativeNeedsInput() ? z : y;
        int at = g.derivativeNeedsInput() ? zo : yo;
        for (int i = 0, some; i < n; i += some) {
            some = next(n, i);
            boolean ends = some < L;
            float[] x = ends ? rest(0, of, at + i, some) : of;
            float[] d = ends ? rest(REST, dy, dyo + i, some) : dy;
            int xo = ends ? 0 : at;
            int done = VectorDerivatives.gradient(
                    g, x, xo, x, xo, d, ends ? REST : dyo, ends ? x : dz, ends ? 2 * REST : dzo, ends ? L : some);
            if (done == 0) super.activationGradient(g, z, zo + i, y, yo + i, dy, dyo + i, dz, dzo + i, some);
            else if (ends) System.arraycopy(x, 2 * REST, dz, dzo + i, some);
        }
    }

    /// The number of elements of the next loop, from i on: those of all whole vectors, then the rest.
    static int next(int n, int i) {
        return n - i < L ? n - i : n - n % L;
    }

    /// Copies n elements to [#rests], from index `to` on, and returns that array.
    float[] rest(int to, float[] x, int xo, int n) {
        float[] rest = rests();
        System.arraycopy(x, xo, rest, to, n);
        return rest;
    }

    /// This thread's array for rests, and for the lanes of a sum.
    float[] rests() {
        return rests.get();
    }

    @Override
    void leakyRelu(float slope, float[] z, int zo, float[] y, int yo, int n) {
        int i = VectorActivations.leakyRelu(slope, z, zo, y, yo, n);
        super.leakyRelu(slope, z, zo + i, y, yo + i, n - i);
    }

    @Override
    void leakyReluGradient(float slope, float[] x, int xo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        int i = VectorDerivatives.leakyRelu(slope, x, xo, dy, dyo, dz, dzo, n);
        super.leakyReluGradient(slope, x, xo + i, dy, dyo + i, dz, dzo + i, n - i);
    }

    @Override
    void leakyRelu(float[] slope, int so, float[] z, int zo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = fromArray(S, z, zo + i);
            FloatVector below = fromArray(S, slope, so + i).mul(x);
            below.blend(x, x.compare(VectorOperators.GT, 0)).intoArray(y, yo + i);
        }
        super.leakyRelu(slope, so + i, z, zo + i, y, yo + i, n - i);
    }

    @Override
    void leakyReluGradient(float[] slope, int so, float[] z, int zo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            VectorMask<Float> on = fromArray(S, z, zo + i).compare(VectorOperators.GT, 0);
            FloatVector d = fromArray(S, dy, dyo + i);
            fromArray(S, slope, so + i).mul(d).blend(d, on).intoArray(dz, dzo + i);
        }
        super.leakyReluGradient(slope, so + i, z, zo + i, dy, dyo + i, dz, dzo + i, n - i);
    }

    @Override
    void multiplyBelowZero(float[] z, int zo, float[] dy, int dyo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = fromArray(S, z, zo + i);
            FloatVector product = x.mul(fromArray(S, dy, dyo + i));
            product.blend(0, x.compare(VectorOperators.GT, 0)).intoArray(y, yo + i);
        }
        super.multiplyBelowZero(z, zo + i, dy, dyo + i, y, yo + i, n - i);
    }

    // ------------------------------------------------------------------------------------------------ row by row

    /// Four vectors of columns at a time, over all rows, so that the sums stay in registers, and a row's cache lines
    /// are read one after the other.
    @Override
    public void columnSums(float[] x, int xo, int rows, int stride, float[] y, int yo, int n) {
        int j = 0;
        for (; j <= n - 4 * L; j += 4 * L) {
            FloatVector a = FloatVector.zero(S);
            FloatVector b = FloatVector.zero(S);
            FloatVector c = FloatVector.zero(S);
            FloatVector d = FloatVector.zero(S);
            for (int i = 0; i < rows; i++) {
                int at = xo + i * stride + j;
                a = fromArray(S, x, at).add(a);
                b = fromArray(S, x, at + L).add(b);
                c = fromArray(S, x, at + 2 * L).add(c);
                d = fromArray(S, x, at + 3 * L).add(d);
            }
            NEGATIVE_ZERO.add(a).intoArray(y, yo + j);
            NEGATIVE_ZERO.add(b).intoArray(y, yo + j + L);
            NEGATIVE_ZERO.add(c).intoArray(y, yo + j + 2 * L);
            NEGATIVE_ZERO.add(d).intoArray(y, yo + j + 3 * L);
        }
        for (; j <= n - L; j += L) {
            FloatVector sum = FloatVector.zero(S);
            for (int i = 0; i < rows; i++) {
                sum = fromArray(S, x, xo + i * stride + j).add(sum);
            }
            NEGATIVE_ZERO.add(sum).intoArray(y, yo + j);
        }
        super.columnSums(x, xo + j, rows, stride, y, yo + j, n - j);
    }

    /// Four independent sums, to hide the latency of `fma`.
    @Override
    public boolean isFinite(float[] x, int xo, int n) {
        FloatVector zero = FloatVector.zero(S);
        FloatVector a = zero;
        FloatVector b = zero;
        FloatVector c = zero;
        FloatVector d = zero;
        int i = 0;
        for (; i <= n - 4 * L; i += 4 * L) {
            a = fromArray(S, x, xo + i).fma(zero, a);
            b = fromArray(S, x, xo + i + L).fma(zero, b);
            c = fromArray(S, x, xo + i + 2 * L).fma(zero, c);
            d = fromArray(S, x, xo + i + 3 * L).fma(zero, d);
        }
        boolean head = a.add(b).add(c.add(d)).compare(VectorOperators.EQ, 0).allTrue();
        return head && super.isFinite(x, xo + i, n - i);
    }

    /// The last vector overlaps the one before it, which does not change a maximum.
    @Override
    public float max(float[] x, int xo, int n) {
        if (n < L) {
            boolean within = reaches(x, xo);
            FloatVector some = fromArray(S, within ? x : rest(0, x, xo, n), within ? xo : 0);
            VectorMask<Float> here = NUMBERS.compare(VectorOperators.LT, n);
            return FloatVector.broadcast(S, Float.NEGATIVE_INFINITY)
                    .blend(some, here)
                    .reduceLanes(VectorOperators.MAX);
        }
        FloatVector a = fromArray(S, x, xo + n - L);
        FloatVector b = a;
        int i = 0;
        for (; i <= n - 2 * L; i += 2 * L) {
            a = fromArray(S, x, xo + i).max(a);
            b = fromArray(S, x, xo + i + L).max(b);
        }
        if (i <= n - L) a = fromArray(S, x, xo + i).max(a);
        return a.max(b).reduceLanes(VectorOperators.MAX);
    }

    @Override
    int argMax(float[] x, int xo, int n) {
        float max = max(x, xo, n);
        if (n == 0 || Float.isNaN(max)) return -1;
        int i = 0;
        for (; i <= n - L; i += L) {
            VectorMask<Float> here = fromArray(S, x, xo + i).compare(VectorOperators.EQ, max);
            if (here.anyTrue()) return i + here.firstTrue();
        }
        boolean within = reaches(x, xo + i);
        FloatVector some = fromArray(S, within ? x : rest(0, x, xo + i, n - i), within ? xo + i : 0);
        return i + some.compare(VectorOperators.EQ, max).firstTrue();
    }

    /// Whether an array has [#LANES] more elements from this index on.
    static boolean reaches(float[] x, int at) {
        return at <= x.length - LANES;
    }

    @Override
    public void decodeHalves(float[] x, int xo, float[] y, int yo, int size) {
        if (size % (2 * L) == 0) VectorHalves.decode(x, xo, y, yo, size / 2);
        else super.decodeHalves(x, xo, y, yo, size);
    }

    // ------------------------------------------------------------------------------------------- optimizers' updates

    @Override
    public void flush(float[] x, int xo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xo + i);
            v.blend(0, v.abs().compare(VectorOperators.LT, Float.MIN_NORMAL)).intoArray(x, xo + i);
        }
        super.flush(x, xo + i, n - i);
    }

    // ---------------------------------------------------------------------------------------------- matrix product

    @Override
    void sums(Product p, int product, int i0, int i1, int j0, int j1) {
        if ((long) (i1 - i0) * (j1 - j0) * p.a.columns() < Gemm.WORTHWHILE) {
            super.sums(p, product, i0, i1, j0, j1);
        } else {
            gemm.compute(p, product, i0, i1, j0, j1);
        }
    }
}

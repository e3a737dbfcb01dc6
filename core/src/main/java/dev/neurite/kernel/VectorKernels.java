package dev.neurite.kernel;

import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Activation.LeakyRelu;
import dev.neurite.kernel.Activation.Relu;
import dev.neurite.kernel.Activation.Sigmoid;
import dev.neurite.kernel.Activation.Tanh;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/// [ScalarKernels] through the Vector API, in the same order, with the same bits. Every method is a loop over
/// whole vectors and then its scalar twin for the rest. What is not here runs as in [ScalarKernels].
final class VectorKernels extends ScalarKernels {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    private final Gemm gemm = new Gemm();

    @Override
    String name() {
        return "vector " + S.vectorBitSize() + "-bit";
    }

    @Override
    float @Nullable [] panels(Weights w) {
        return w.panels();
    }

    @Override
    boolean sharesRows(Product p, int threads) {
        return Gemm.sharesRows(p, threads);
    }

    @Override
    int rowStep(Product p) {
        return Gemm.rowStep(p);
    }

    @Override
    int columnStep(Product p) {
        return Gemm.columnStep(p);
    }

    // ------------------------------------------------------------------------------------------- element by element

    @Override
    void add(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) load(a, ao + i).add(load(b, bo + i)).intoArray(y, yo + i);
        super.add(a, ao + i, b, bo + i, y, yo + i, n - i);
    }

    @Override
    void multiply(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) load(a, ao + i).mul(load(b, bo + i)).intoArray(y, yo + i);
        super.multiply(a, ao + i, b, bo + i, y, yo + i, n - i);
    }

    @Override
    void scale(float s, float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) load(x, xo + i).mul(s).intoArray(y, yo + i);
        super.scale(s, x, xo + i, y, yo + i, n - i);
    }

    @Override
    void addScaled(float s, float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        FloatVector factor = FloatVector.broadcast(S, s);
        for (; i <= n - L; i += L) factor.fma(load(x, xo + i), load(y, yo + i)).intoArray(y, yo + i);
        super.addScaled(s, x, xo + i, y, yo + i, n - i);
    }

    @Override
    void activate(Elementwise g, float[] z, int zo, float[] y, int yo, int n) {
        int i = 0;
        switch (g) {
            case Relu _ -> {
                for (; i <= n - L; i += L) load(z, zo + i).max(0).intoArray(y, yo + i);
            }
            case LeakyRelu(float slope) -> {
                for (; i <= n - L; i += L) {
                    FloatVector x = load(z, zo + i);
                    x.mul(slope).blend(x, x.compare(VectorOperators.GT, 0)).intoArray(y, yo + i);
                }
            }
            case Tanh _ -> {
                for (; i <= n - L; i += L) VectorMath.tanh(load(z, zo + i)).intoArray(y, yo + i);
            }
            case Sigmoid _ -> {
                for (; i <= n - L; i += L) VectorMath.sigmoid(load(z, zo + i)).intoArray(y, yo + i);
            }
            default -> {}
        }
        super.activate(g, z, zo + i, y, yo + i, n - i);
    }

    @Override
    void activationGradient(
            Elementwise g, float[] z, int zo, float[] y, int yo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        int i = 0;
        switch (g) {
            case Relu _ -> {
                for (; i <= n - L; i += L) {
                    VectorMask<Float> on = load(y, yo + i).compare(VectorOperators.GT, 0);
                    FloatVector.zero(S).blend(load(dy, dyo + i), on).intoArray(dz, dzo + i);
                }
            }
            case LeakyRelu(float slope) -> {
                for (; i <= n - L; i += L) {
                    VectorMask<Float> on = load(y, yo + i).compare(VectorOperators.GT, 0);
                    FloatVector d = load(dy, dyo + i);
                    d.mul(slope).blend(d, on).intoArray(dz, dzo + i);
                }
            }
            case Tanh _ -> {
                for (; i <= n - L; i += L) {
                    FloatVector t = load(y, yo + i);
                    FloatVector slope = t.neg().fma(t, FloatVector.broadcast(S, 1));
                    load(dy, dyo + i).mul(slope).intoArray(dz, dzo + i);
                }
            }
            case Sigmoid _ -> {
                for (; i <= n - L; i += L) {
                    FloatVector s = load(y, yo + i);
                    FloatVector slope = s.mul(FloatVector.broadcast(S, 1).sub(s));
                    load(dy, dyo + i).mul(slope).intoArray(dz, dzo + i);
                }
            }
            default -> {}
        }
        super.activationGradient(g, z, zo + i, y, yo + i, dy, dyo + i, dz, dzo + i, n - i);
    }

    // ------------------------------------------------------------------------------------------------ row by row

    /// Each vector of columns runs down all rows, so that the sums stay in a register.
    @Override
    void columnSums(float[] x, int xo, int rows, int stride, float[] y, int yo, int n) {
        int j = 0;
        for (; j <= n - L; j += L) {
            FloatVector sum = FloatVector.zero(S);
            for (int i = 0; i < rows; i++) sum = load(x, xo + i * stride + j).add(sum);
            sum.intoArray(y, yo + j);
        }
        super.columnSums(x, xo + j, rows, stride, y, yo + j, n - j);
    }

    /// Four sums at a time: a single one would wait for itself.
    @Override
    boolean isFinite(float[] x, int xo, int n) {
        FloatVector zero = FloatVector.zero(S);
        FloatVector a = zero;
        FloatVector b = zero;
        FloatVector c = zero;
        FloatVector d = zero;
        int i = 0;
        for (; i <= n - 4 * L; i += 4 * L) {
            a = load(x, xo + i).fma(zero, a);
            b = load(x, xo + i + L).fma(zero, b);
            c = load(x, xo + i + 2 * L).fma(zero, c);
            d = load(x, xo + i + 3 * L).fma(zero, d);
        }
        boolean head = a.add(b).add(c.add(d)).compare(VectorOperators.EQ, 0).allTrue();
        return head && super.isFinite(x, xo + i, n - i);
    }

    // ------------------------------------------------------------------------------------------- optimizers' updates

    @Override
    void sgd(SgdStep s, float[] theta, float[] gradient, int go, float[] velocity, int from, int to) {
        FloatVector decay = FloatVector.broadcast(S, s.decay());
        FloatVector momentum = FloatVector.broadcast(S, s.momentum());
        FloatVector minusRate = FloatVector.broadcast(S, -s.rate());
        int i = from;
        for (; i <= to - L; i += L) {
            FloatVector t = load(theta, i);
            FloatVector g = decay.fma(t, load(gradient, go + i).mul(s.scale()));
            if (s.momentum() != 0) {
                FloatVector v = flushed(momentum.fma(load(velocity, i), g));
                v.intoArray(velocity, i);
                g = s.nesterov() ? momentum.fma(v, g) : v;
            }
            minusRate.fma(g, t).intoArray(theta, i);
        }
        super.sgd(s, theta, gradient, go, velocity, i, to);
    }

    @Override
    void adam(AdamStep s, float[] theta, float[] gradient, int go, float[] m, float[] v, int from, int to) {
        FloatVector decay = FloatVector.broadcast(S, s.decay());
        FloatVector beta1 = FloatVector.broadcast(S, s.beta1());
        FloatVector beta2 = FloatVector.broadcast(S, s.beta2());
        FloatVector correction2 = FloatVector.broadcast(S, s.correction2());
        FloatVector epsilon = FloatVector.broadcast(S, s.epsilon());
        FloatVector minusRate = FloatVector.broadcast(S, -s.rate1());
        int i = from;
        for (; i <= to - L; i += L) {
            FloatVector t = load(theta, i);
            FloatVector g = decay.fma(t, load(gradient, go + i).mul(s.scale()));
            FloatVector first = flushed(beta1.fma(load(m, i), g.mul(s.rest1())));
            FloatVector second = flushed(beta2.fma(load(v, i), g.mul(s.rest2()).mul(g)));
            first.intoArray(m, i);
            second.intoArray(v, i);
            FloatVector root = second.lanewise(VectorOperators.SQRT).fma(correction2, epsilon);
            minusRate.fma(first.div(root), t).intoArray(theta, i);
        }
        super.adam(s, theta, gradient, go, m, v, i, to);
    }

    private static FloatVector flushed(FloatVector x) {
        return x.blend(0, x.abs().compare(VectorOperators.LT, Float.MIN_NORMAL));
    }

    // ---------------------------------------------------------------------------------------------- matrix product

    @Override
    void gemm(Product p, int i0, int i1, int j0, int j1) {
        if ((long) (i1 - i0) * (j1 - j0) * p.a.columns() < Gemm.WORTHWHILE) {
            super.gemm(p, i0, i1, j0, j1);
        } else {
            gemm.compute(p, i0, i1, j0, j1);
            finish(p, i0, i1, j0, j1);
        }
    }

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(S, x, at);
    }
}

package dev.neurite.kernel.cpu;

import static dev.neurite.kernel.cpu.VectorKernels.L;
import static dev.neurite.kernel.cpu.VectorKernels.REST;
import static dev.neurite.kernel.cpu.VectorKernels.S;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/// [ScalarLosses] through the Vector API, with the same bits.
final class VectorLosses extends ScalarLosses {
    private final VectorKernels vectors;

    VectorLosses(VectorKernels vectors) {
        super(vectors);
        this.vectors = vectors;
    }

    @Override
    public void shiftedExp(float shift, float[] z, int zo, float[] y, int yo, int n) {
        for (int i = 0, some; i < n; i += some) {
            some = VectorKernels.next(n, i);
            boolean ends = some < L;
            float[] x = ends ? vectors.rest(0, z, zo + i, some) : z;
            exps(shift, x, ends ? 0 : zo, ends ? x : y, ends ? 0 : yo, ends ? L : some);
            if (ends) System.arraycopy(x, 0, y, yo + i, some);
        }
    }

    private static void exps(float shift, float[] z, int zo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i += L)
            VectorMath.exp(fromArray(S, z, zo + i).sub(shift)).intoArray(y, yo + i);
    }

    @Override
    void subtractBoth(float[] z, int zo, float a, float b, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) fromArray(S, z, zo + i).sub(a).sub(b).intoArray(y, yo + i);
        super.subtractBoth(z, zo + i, a, b, y, yo + i, n - i);
    }

    @Override
    public void softmaxGradient(float sum, float[] y, int yo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            fromArray(S, y, yo + i).mul(fromArray(S, dy, dyo + i).sub(sum)).intoArray(dz, dzo + i);
        }
        super.softmaxGradient(sum, y, yo + i, dy, dyo + i, dz, dzo + i, n - i);
    }

    @Override
    void logSoftmaxGradient(float sum, float[] y, int yo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        for (int i = 0, some; i < n; i += some) {
            some = VectorKernels.next(n, i);
            boolean ends = some < L;
            float[] x = ends ? vectors.rest(0, y, yo + i, some) : y;
            float[] d = ends ? vectors.rest(REST, dy, dyo + i, some) : dy;
            int from = ends ? REST : dyo;
            logSoftmaxGradients(sum, x, ends ? 0 : yo, d, from, ends ? x : dz, ends ? 2 * REST : dzo, ends ? L : some);
            if (ends) System.arraycopy(x, 2 * REST, dz, dzo + i, some);
        }
    }

    private static void logSoftmaxGradients(
            float sum, float[] y, int yo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector minusExp = VectorMath.exp(fromArray(S, y, yo + i)).neg();
            FloatVector d = fromArray(S, dy, dyo + i);
            minusExp.fma(FloatVector.broadcast(S, sum), d).intoArray(dz, dzo + i);
        }
    }

    @Override
    void softplusOfMinus(float[] z, int zo, float[] y, int yo, int n) {
        for (int i = 0, some; i < n; i += some) {
            some = VectorKernels.next(n, i);
            boolean ends = some < L;
            float[] x = ends ? vectors.rest(0, z, zo + i, some) : z;
            softplusesOfMinus(x, ends ? 0 : zo, ends ? x : y, ends ? 0 : yo, ends ? L : some);
            if (ends) System.arraycopy(x, 0, y, yo + i, some);
        }
    }

    private static void softplusesOfMinus(float[] z, int zo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i += L)
            VectorMath.softplus(fromArray(S, z, zo + i).abs().neg()).intoArray(y, yo + i);
    }

    @Override
    void addHinge(float[] z, int zo, float[] t, int to, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = fromArray(S, z, zo + i);
            FloatVector positive = x.blend(0f, x.compare(VectorOperators.LT, 0f));
            FloatVector hinge = x.neg().fma(fromArray(S, t, to + i), positive);
            hinge.add(fromArray(S, y, yo + i)).intoArray(y, yo + i);
        }
        super.addHinge(z, zo + i, t, to + i, y, yo + i, n - i);
    }
}

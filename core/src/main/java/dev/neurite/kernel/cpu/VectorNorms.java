package dev.neurite.kernel.cpu;

import static dev.neurite.kernel.cpu.ScalarKernels.LANES;
import static dev.neurite.kernel.cpu.VectorKernels.L;
import static dev.neurite.kernel.cpu.VectorKernels.NUMBERS;
import static dev.neurite.kernel.cpu.VectorKernels.REST;
import static dev.neurite.kernel.cpu.VectorKernels.S;
import static dev.neurite.kernel.cpu.tile.Tiles.NEGATIVE_ZERO;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/// [ScalarNorms] through the Vector API, in the same order, with the same bits.
final class VectorNorms extends ScalarNorms {
    private final VectorKernels vectors;

    VectorNorms(VectorKernels vectors) {
        super(vectors);
        this.vectors = vectors;
    }

    /// The sixteen lanes are one, two or four vectors. No lane is ever −0, so adding 0 changes none.
    @Override
    float laneSum(float[] x, int xo, int stride, int planes, int n) {
        if (L < 4 || L > LANES) return super.laneSum(x, xo, stride, planes, n);
        FloatVector s = FloatVector.zero(S);
        FloatVector t = s;
        FloatVector u = s;
        FloatVector v = s;
        for (int plane = 0; plane < planes; plane++) {
            int at = xo + plane * stride;
            int i = 0;
            for (; i <= n - LANES; i += LANES) {
                s = fromArray(S, x, at + i).add(s);
                if (L <= 8) t = fromArray(S, x, at + i + L).add(t);
                if (L <= 4) u = fromArray(S, x, at + i + 2 * L).add(u);
                if (L <= 4) v = fromArray(S, x, at + i + 3 * L).add(v);
            }
            boolean within = VectorKernels.reaches(x, at + i);
            float[] from = within ? x : vectors.rest(0, x, at + i, n - i);
            int begin = within ? at + i : 0;
            for (int lane = 0; i < n; lane += L, i += L) {
                FloatVector rest = fromArray(S, from, begin + lane, NUMBERS.compare(LT, n - i));
                if (lane == 0) s = rest.add(s);
                else if (lane == L) t = rest.add(t);
                else if (lane == 2 * L) u = rest.add(u);
                else v = rest.add(v);
            }
        }
        float[] lanes = vectors.rests();
        NEGATIVE_ZERO.add(s).intoArray(lanes, 0);
        if (L <= 8) NEGATIVE_ZERO.add(t).intoArray(lanes, L);
        if (L <= 4) NEGATIVE_ZERO.add(u).intoArray(lanes, 2 * L);
        if (L <= 4) NEGATIVE_ZERO.add(v).intoArray(lanes, 3 * L);
        return tree(lanes);
    }

    /// As [#laneSum], except that a lane can be −0, if products round to it; so lanes without an
    /// element are not changed.
    @Override
    float laneDot(float[] x, int xo, float a, float[] y, int yo, float b, int stride, int planes, int n) {
        if (L < 4 || L > LANES) return super.laneDot(x, xo, a, y, yo, b, stride, planes, n);
        FloatVector s = FloatVector.zero(S);
        FloatVector t = s;
        FloatVector u = s;
        FloatVector v = s;
        for (int plane = 0; plane < planes; plane++) {
            int at = xo + plane * stride;
            int to = yo + plane * stride;
            int i = 0;
            for (; i <= n - LANES; i += LANES) {
                s = fromArray(S, x, at + i).sub(a).fma(fromArray(S, y, to + i).sub(b), s);
                if (L <= 8) {
                    t = fromArray(S, x, at + i + L)
                            .sub(a)
                            .fma(fromArray(S, y, to + i + L).sub(b), t);
                }
                if (L <= 4) {
                    u = fromArray(S, x, at + i + 2 * L)
                            .sub(a)
                            .fma(fromArray(S, y, to + i + 2 * L).sub(b), u);
                    v = fromArray(S, x, at + i + 3 * L)
                            .sub(a)
                            .fma(fromArray(S, y, to + i + 3 * L).sub(b), v);
                }
            }
            boolean within = VectorKernels.reaches(x, at + i) && VectorKernels.reaches(y, to + i);
            float[] from = within ? x : vectors.rest(0, x, at + i, n - i);
            float[] with = within ? y : vectors.rest(REST, y, to + i, n - i);
            int l = within ? at + i : 0;
            int r = within ? to + i : REST;
            for (int lane = 0; i < n; lane += L, i += L) {
                VectorMask<Float> beyond = NUMBERS.compare(GE, n - i);
                FloatVector left = fromArray(S, from, l + lane).sub(a);
                FloatVector right = fromArray(S, with, r + lane).sub(b);
                if (lane == 0) s = left.fma(right, s).blend(s, beyond);
                else if (lane == L) t = left.fma(right, t).blend(t, beyond);
                else if (lane == 2 * L) u = left.fma(right, u).blend(u, beyond);
                else v = left.fma(right, v).blend(v, beyond);
            }
        }
        float[] lanes = vectors.rests();
        NEGATIVE_ZERO.add(s).intoArray(lanes, 0);
        if (L <= 8) NEGATIVE_ZERO.add(t).intoArray(lanes, L);
        if (L <= 4) NEGATIVE_ZERO.add(u).intoArray(lanes, 2 * L);
        if (L <= 4) NEGATIVE_ZERO.add(v).intoArray(lanes, 3 * L);
        return tree(lanes);
    }

    /// The end of a sum: adds sixteen lanes in a tree. They come in an array, because C2 does not inline this in
    /// every JVM, and vectors as arguments would then be objects.
    private static float tree(float[] lanes) {
        return (everyFourth(lanes, 0) + everyFourth(lanes, 2)) + (everyFourth(lanes, 1) + everyFourth(lanes, 3));
    }

    private static float everyFourth(float[] lanes, int i) {
        return (lanes[i] + lanes[i + 8]) + (lanes[i + 4] + lanes[i + 12]);
    }

    @Override
    void normalize(float[] x, int xo, float mean, float factor, float w, float b, float[] y, int yo, int n) {
        FloatVector weight = FloatVector.broadcast(S, w);
        FloatVector bias = FloatVector.broadcast(S, b);
        int i = 0;
        for (; i <= n - L; i += L) {
            fromArray(S, x, xo + i).sub(mean).mul(factor).fma(weight, bias).intoArray(y, yo + i);
        }
        super.normalize(x, xo + i, mean, factor, w, b, y, yo + i, n - i);
    }

    @Override
    void normalize(
            float[] x,
            int xo,
            float mean,
            float factor,
            float[] w,
            int wo,
            float[] b,
            int bo,
            float[] y,
            int yo,
            int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector normal = fromArray(S, x, xo + i).sub(mean).mul(factor);
            normal.fma(fromArray(S, w, wo + i), fromArray(S, b, bo + i)).intoArray(y, yo + i);
        }
        super.normalize(x, xo + i, mean, factor, w, wo + i, b, bo + i, y, yo + i, n - i);
    }

    @Override
    void normalize(float[] x, int xo, float mean, float factor, float[] w, int wo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector normal = fromArray(S, x, xo + i).sub(mean).mul(factor);
            normal.mul(fromArray(S, w, wo + i)).intoArray(y, yo + i);
        }
        super.normalize(x, xo + i, mean, factor, w, wo + i, y, yo + i, n - i);
    }

    @Override
    void combine(
            float a, float[] d, int at, float b, float[] x, int xo, float mean, float c, float[] y, int yo, int n) {
        FloatVector ofDelta = FloatVector.broadcast(S, a);
        FloatVector ofInput = FloatVector.broadcast(S, b);
        FloatVector constant = FloatVector.broadcast(S, c);
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector rest = fromArray(S, x, xo + i).sub(mean).fma(ofInput, constant);
            fromArray(S, d, at + i).fma(ofDelta, rest).intoArray(y, yo + i);
        }
        super.combine(a, d, at + i, b, x, xo + i, mean, c, y, yo + i, n - i);
    }
}

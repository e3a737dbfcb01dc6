package dev.neurite.kernel.cpu;

import static dev.neurite.kernel.cpu.ScalarKernels.LANES;
import static dev.neurite.kernel.cpu.VectorKernels.L;
import static dev.neurite.kernel.cpu.VectorKernels.NUMBERS;
import static dev.neurite.kernel.cpu.VectorKernels.REST;
import static dev.neurite.kernel.cpu.VectorKernels.S;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/// [ScalarNorms] through the Vector API, in the same order, with the same bits. Sums of columns go down all rows, a
/// vector of columns at a time, so that they stay in registers.
final class VectorNorms extends ScalarNorms {
    private final VectorKernels vectors;

    VectorNorms(VectorKernels vectors) {
        super(vectors);
        this.vectors = vectors;
    }

    /// As [VectorKernels#sum].
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
                s = s.add(fromArray(S, x, at + i));
                if (L <= 8) t = t.add(fromArray(S, x, at + i + L));
                if (L <= 4) u = u.add(fromArray(S, x, at + i + 2 * L));
                if (L <= 4) v = v.add(fromArray(S, x, at + i + 3 * L));
            }
            boolean within = VectorKernels.reaches(x, at + i);
            float[] from = within ? x : vectors.rest(0, x, at + i, n - i);
            int begin = within ? at + i : 0;
            for (int lane = 0; i < n; lane += L, i += L) {
                FloatVector rest = fromArray(S, from, begin + lane, NUMBERS.compare(LT, n - i));
                if (lane == 0) s = s.add(rest);
                else if (lane == L) t = t.add(rest);
                else if (lane == 2 * L) u = u.add(rest);
                else v = v.add(rest);
            }
        }
        return VectorKernels.tree(s, t, u, v);
    }

    /// As [VectorKernels#dot].
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
                VectorMask<Float> here = NUMBERS.compare(LT, n - i);
                FloatVector left = fromArray(S, from, l + lane).sub(a);
                FloatVector right = fromArray(S, with, r + lane).sub(b);
                if (lane == 0) s = s.blend(left.fma(right, s), here);
                else if (lane == L) t = t.blend(left.fma(right, t), here);
                else if (lane == 2 * L) u = u.blend(left.fma(right, u), here);
                else v = v.blend(left.fma(right, v), here);
            }
        }
        return VectorKernels.tree(s, t, u, v);
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

    // --------------------------------------------------------------------------------------------------- columns

    @Override
    void columnStatistics(Norm p, int from, int n) {
        float[] x = p.x.array();
        int stride = p.channels;
        int j = from;
        for (; j <= from + n - L; j += L) {
            int at = p.x.offset() + j;
            FloatVector sum = FloatVector.zero(S);
            FloatVector rest = sum;
            for (int row = 0; row < p.rows; row++) {
                FloatVector v = fromArray(S, x, at + row * stride);
                FloatVector next = sum.add(v);
                FloatVector part = next.sub(sum);
                rest = rest.add(sum.sub(next.sub(part)).add(v.sub(part)));
                sum = next;
            }
            FloatVector mean = sum.add(rest).div(p.rows);
            sum = FloatVector.zero(S);
            rest = sum;
            for (int row = 0; row < p.rows; row++) {
                FloatVector d = fromArray(S, x, at + row * stride).sub(mean);
                FloatVector v = d.mul(d);
                FloatVector next = sum.add(v);
                FloatVector part = next.sub(sum);
                rest = rest.add(sum.sub(next.sub(part)).add(v.sub(part)));
                sum = next;
            }
            mean.intoArray(p.mean.array(), p.mean.offset() + j);
            sum.add(rest).div(p.rows).intoArray(p.variance.array(), p.variance.offset() + j);
        }
        super.columnStatistics(p, j, from + n - j);
    }

    @Override
    void normalize(
            float[] x,
            int xo,
            float[] mean,
            int mo,
            float[] factor,
            int fo,
            float[] w,
            int wo,
            float[] b,
            int bo,
            float[] y,
            int yo,
            int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector normal =
                    fromArray(S, x, xo + i).sub(fromArray(S, mean, mo + i)).mul(fromArray(S, factor, fo + i));
            normal.fma(fromArray(S, w, wo + i), fromArray(S, b, bo + i)).intoArray(y, yo + i);
        }
        super.normalize(x, xo + i, mean, mo + i, factor, fo + i, w, wo + i, b, bo + i, y, yo + i, n - i);
    }

    @Override
    void combine(
            float[] abc,
            int ao,
            int step,
            float[] d,
            int at,
            float[] x,
            int xo,
            float[] mean,
            int mo,
            float[] y,
            int yo,
            int n) {
        int bo = ao + step;
        int co = bo + step;
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector rest = fromArray(S, abc, bo + i)
                    .fma(fromArray(S, x, xo + i).sub(fromArray(S, mean, mo + i)), fromArray(S, abc, co + i));
            fromArray(S, abc, ao + i).fma(fromArray(S, d, at + i), rest).intoArray(y, yo + i);
        }
        super.combine(abc, ao + i, step, d, at + i, x, xo + i, mean, mo + i, y, yo + i, n - i);
    }

    /// Where a row has one mean, or columns have their own; else as [ScalarNorms].
    @Override
    void columnSums(Norm p, int from, int n) {
        if (p.span == 0) sumsOfColumns(p, from, n);
        else if (p.span == p.channels) sumsOfRows(p, from, n);
        else super.columnSums(p, from, n);
    }

    private void sumsOfColumns(Norm p, int from, int n) {
        float[] x = p.x.array();
        float[] dy = p.dy.array();
        float[] means = p.mean.array();
        float[] factors = p.factor.array();
        int meansAt = p.mean.offset();
        int factorsAt = p.factor.offset();
        float[] dw = p.weightGradient.array();
        float[] db = p.biasGradient.array();
        int xo = p.x.offset();
        int dyo = p.dy.offset();
        int dwo = p.weightGradient.offset();
        int dbo = p.biasGradient.offset();
        boolean biased = p.biasGradient.size() > 0;
        int rows = p.rows;
        int stride = p.channels;
        int j = from;
        for (; j <= from + n - L; j += L) {
            FloatVector mean = fromArray(S, means, meansAt + j);
            FloatVector factor = fromArray(S, factors, factorsAt + j);
            FloatVector weights = FloatVector.zero(S);
            FloatVector weightsRest = weights;
            FloatVector biases = weights;
            FloatVector biasesRest = weights;
            for (int row = 0; row < rows; row++) {
                FloatVector delta = fromArray(S, dy, dyo + row * stride + j);
                FloatVector normal =
                        fromArray(S, x, xo + row * stride + j).sub(mean).mul(factor);
                FloatVector v = delta.mul(normal);
                FloatVector next = weights.add(v);
                FloatVector part = next.sub(weights);
                weightsRest = weightsRest.add(weights.sub(next.sub(part)).add(v.sub(part)));
                weights = next;
                next = biases.add(delta);
                part = next.sub(biases);
                biasesRest = biasesRest.add(biases.sub(next.sub(part)).add(delta.sub(part)));
                biases = next;
            }
            // no method takes these two: C2 does not always inline a call at the end of so long a loop
            weights.add(weightsRest).intoArray(dw, dwo + j);
            if (biased) biases.add(biasesRest).intoArray(db, dbo + j);
        }
        super.columnSums(p, j, from + n - j);
    }

    private void sumsOfRows(Norm p, int from, int n) {
        float[] x = p.x.array();
        float[] dy = p.dy.array();
        float[] dw = p.weightGradient.array();
        float[] db = p.biasGradient.array();
        int xo = p.x.offset();
        int dyo = p.dy.offset();
        int dwo = p.weightGradient.offset();
        int dbo = p.biasGradient.offset();
        boolean biased = p.biasGradient.size() > 0;
        int rows = p.rows;
        int stride = p.channels;
        int j = from;
        for (; j <= from + n - L; j += L) {
            FloatVector weights = FloatVector.zero(S);
            FloatVector weightsRest = weights;
            FloatVector biases = weights;
            FloatVector biasesRest = weights;
            for (int row = 0; row < rows; row++) {
                FloatVector delta = fromArray(S, dy, dyo + row * stride + j);
                FloatVector normal =
                        fromArray(S, x, xo + row * stride + j).sub(p.mean(row)).mul(Norm.of(p.factor, row));
                FloatVector v = delta.mul(normal);
                FloatVector next = weights.add(v);
                FloatVector part = next.sub(weights);
                weightsRest = weightsRest.add(weights.sub(next.sub(part)).add(v.sub(part)));
                weights = next;
                next = biases.add(delta);
                part = next.sub(biases);
                biasesRest = biasesRest.add(biases.sub(next.sub(part)).add(delta.sub(part)));
                biases = next;
            }
            // no method takes these two: C2 does not always inline a call at the end of so long a loop
            weights.add(weightsRest).intoArray(dw, dwo + j);
            if (biased) biases.add(biasesRest).intoArray(db, dbo + j);
        }
        super.columnSums(p, j, from + n - j);
    }
}

package dev.neurite.kernel.cpu;

import static dev.neurite.kernel.cpu.VectorKernels.L;
import static dev.neurite.kernel.cpu.VectorKernels.S;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;

/// [ScalarColumnNorms] through the Vector API, in the same order, with the same bits. Sums go down all rows, a vector
/// of columns at a time, so that they stay in registers.
final class VectorColumnNorms extends ScalarColumnNorms {
    VectorColumnNorms(ScalarKernels engine) {
        super(engine);
    }

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
                FloatVector next = v.add(sum);
                FloatVector part = next.sub(sum);
                rest = sum.sub(next.sub(part)).add(v.sub(part)).add(rest);
                sum = next;
            }
            FloatVector mean = sum.add(rest).div(p.rows);
            sum = FloatVector.zero(S);
            rest = sum;
            for (int row = 0; row < p.rows; row++) {
                FloatVector d = fromArray(S, x, at + row * stride).sub(mean);
                FloatVector v = d.mul(d);
                FloatVector next = v.add(sum);
                FloatVector part = next.sub(sum);
                rest = sum.sub(next.sub(part)).add(v.sub(part)).add(rest);
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

    /// On vectors if each column, or each row, has its own mean; otherwise as [ScalarColumnNorms].
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
                FloatVector next = v.add(weights);
                FloatVector part = next.sub(weights);
                weightsRest = weights.sub(next.sub(part)).add(v.sub(part)).add(weightsRest);
                weights = next;
                next = delta.add(biases);
                part = next.sub(biases);
                biasesRest = biases.sub(next.sub(part)).add(delta.sub(part)).add(biasesRest);
                biases = next;
            }
            // written out: C2 does not always inline a call at the end of such a long loop
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
                FloatVector next = v.add(weights);
                FloatVector part = next.sub(weights);
                weightsRest = weights.sub(next.sub(part)).add(v.sub(part)).add(weightsRest);
                weights = next;
                next = delta.add(biases);
                part = next.sub(biases);
                biasesRest = biases.sub(next.sub(part)).add(delta.sub(part)).add(biasesRest);
                biases = next;
            }
            // written out: C2 does not always inline a call at the end of such a long loop
            weights.add(weightsRest).intoArray(dw, dwo + j);
            if (biased) biases.add(biasesRest).intoArray(db, dbo + j);
        }
        super.columnSums(p, j, from + n - j);
    }
}

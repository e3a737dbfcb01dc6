package dev.neurite.kernel.cpu;

import java.util.Arrays;

/// The definition of normalizations whose channels are columns, one number a row, in plain loops: what
/// [VectorColumnNorms] computes equals it bit for bit.
///
/// Sums over rows are compensated: the rounding errors of the additions are summed, too (Neumaier
/// 1974, by Knuth's TwoSum, which needs no comparison).
sealed class ScalarColumnNorms permits VectorColumnNorms {
    private final ScalarKernels engine;

    ScalarColumnNorms(ScalarKernels engine) {
        this.engine = engine;
    }

    void columnStatistics(Norm p, int from, int n) {
        float[] x = p.x.array();
        for (int j = from; j < from + n; j++) {
            int at = p.x.offset() + j;
            float sum = 0;
            float rest = 0;
            for (int row = 0; row < p.rows; row++) {
                float v = x[at + row * p.channels];
                float next = sum + v;
                rest += error(sum, v, next);
                sum = next;
            }
            float mean = (sum + rest) / p.rows;
            sum = 0;
            rest = 0;
            for (int row = 0; row < p.rows; row++) {
                float d = x[at + row * p.channels] - mean;
                float v = d * d;
                float next = sum + v;
                rest += error(sum, v, next);
                sum = next;
            }
            Norm.set(p.mean, j, mean);
            Norm.set(p.variance, j, (sum + rest) / p.rows);
        }
    }

    /// The rounding error of sum = a + b.
    private static float error(float a, float b, float sum) {
        float part = sum - a;
        return (a - (sum - part)) + (b - part);
    }

    /// y = g(x̂·w + b + residual) in n columns.
    final void normalizeColumns(Norm p, int from, int n) {
        float[] w = p.weight.array();
        int wo = p.weight.offset() + from;
        if (p.weight.size() == 0) {
            w = p.workspace;
            wo = from;
            Arrays.fill(w, wo, wo + n, 1);
        }
        float[] b = p.bias.array();
        int bo = p.bias.offset() + from;
        if (p.bias.size() == 0) {
            b = p.workspace;
            bo = p.channels + from;
            Arrays.fill(b, bo, bo + n, 0);
        }
        int mo = p.mean.offset() + from;
        int fo = p.factor.offset() + from;
        for (int row = 0; row < p.rows; row++) {
            int at = row * p.channels + from;
            int to = p.y.offset() + at;
            normalize(
                    p.x.array(),
                    p.x.offset() + at,
                    p.mean.array(),
                    mo,
                    p.factor.array(),
                    fo,
                    w,
                    wo,
                    b,
                    bo,
                    p.y.array(),
                    to,
                    n);
            ScalarNorms.finish(engine, p, at, n);
        }
    }

    /// y = x̂ ∘ w + b, rounded once, with x̂ = (x − mean) ∘ factor
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
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.fma((x[xo + i] - mean[mo + i]) * factor[fo + i], w[wo + i], b[bo + i]);
        }
    }

    /// dw = Σ δ·x̂ and db = Σ δ in n columns.
    void columnSums(Norm p, int from, int n) {
        float[] x = p.x.array();
        float[] dy = p.dy.array();
        for (int j = from; j < from + n; j++) {
            float weights = 0;
            float weightsRest = 0;
            float biases = 0;
            float biasesRest = 0;
            for (int row = 0; row < p.rows; row++) {
                int at = row * p.channels + j;
                int s = p.statistic(row, j);
                float delta = dy[p.dy.offset() + at];
                float v = delta * ((x[p.x.offset() + at] - p.mean(s)) * Norm.of(p.factor, s));
                float next = weights + v;
                weightsRest += error(weights, v, next);
                weights = next;
                next = biases + delta;
                biasesRest += error(biases, delta, next);
                biases = next;
            }
            p.setSums(j, weights + weightsRest, biases + biasesRest);
        }
    }

    /// dx = w·factor·(δ − db/n − x̂·dw/n) in n columns.
    final void columnGradient(Norm p, int from, int n) {
        float[] abc = p.workspace;
        int second = p.channels;
        int third = 2 * p.channels;
        float numbers = p.rows;
        for (int j = from; j < from + n; j++) {
            float factor = Norm.of(p.factor, j);
            float a = p.weight(j) * factor;
            abc[j] = a;
            abc[second + j] = -(a * factor * (Norm.of(p.weightGradient, j) / numbers));
            abc[third + j] = -(a * (Norm.of(p.biasGradient, j) / numbers));
        }
        for (int row = 0; row < p.rows; row++) {
            int at = row * p.channels + from;
            combine(
                    abc,
                    from,
                    second,
                    p.dy.array(),
                    p.dy.offset() + at,
                    p.x.array(),
                    p.x.offset() + at,
                    p.mean.array(),
                    p.mean.offset() + from,
                    p.dx.array(),
                    p.dx.offset() + at,
                    n);
        }
    }

    /// y = a ∘ d + (b ∘ (x − mean) + c), each sum rounded once, where a, b and c are `step` apart
    /// in `abc`
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
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.fma(abc[ao + i], d[at + i], Math.fma(abc[bo + i], x[xo + i] - mean[mo + i], abc[co + i]));
        }
    }

    /// dx = w·factor·δ in n columns.
    final void scaleColumns(Norm p, int from, int n) {
        float[] a = p.workspace;
        for (int j = from; j < from + n; j++) a[j] = p.weight(j) * Norm.of(p.factor, j);
        for (int row = 0; row < p.rows; row++) {
            int at = row * p.channels + from;
            engine.multiply(p.dy.array(), p.dy.offset() + at, a, from, p.dx.array(), p.dx.offset() + at, n);
        }
    }
}

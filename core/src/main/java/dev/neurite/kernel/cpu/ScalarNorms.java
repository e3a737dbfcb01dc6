package dev.neurite.kernel.cpu;

import dev.neurite.kernel.Activation.Identity;
import dev.neurite.tensor.Tensor;

/// The definition of every result of [CpuNorms], in plain loops: what [VectorNorms] computes equals it bit for bit.
/// [ScalarColumnNorms] has those over columns.
///
/// Mean and variance take two passes, because Σ x² − (Σ x)² would cancel. Sums over neighbors have sixteen lanes, in
/// blocks of up to 2048 numbers or one plane; the blocks' sums are added in double.
sealed class ScalarNorms permits VectorNorms {
    private static final int BLOCK = 2048; // elements that are summed in float

    private final ScalarKernels engine;

    ScalarNorms(ScalarKernels engine) {
        this.engine = engine;
    }

    /// 1 / √(variance + ε)
    static float factor(float variance, float epsilon) {
        return 1 / (float) Math.sqrt(variance + epsilon);
    }

    // ------------------------------------------------------------------------------------------------ neighbors

    /// Σ x over planes of n elements, `stride` apart; blocks of planes, or of parts of a plane, are
    /// added in double
    private double sum(float[] x, int xo, int stride, int planes, int n) {
        double sum = 0;
        if (n >= BLOCK) {
            for (int plane = 0; plane < planes; plane++) {
                for (int i = 0; i < n; i += BLOCK) {
                    sum += laneSum(x, xo + plane * stride + i, stride, 1, Math.min(BLOCK, n - i));
                }
            }
        } else if (n > 0) {
            int some = BLOCK / n;
            for (int plane = 0; plane < planes; plane += some) {
                sum += laneSum(x, xo + plane * stride, stride, Math.min(some, planes - plane), n);
            }
        }
        return sum;
    }

    /// Σ (x − a)·(y − b), in the order of [#sum]
    private double dot(float[] x, int xo, float a, float[] y, int yo, float b, int stride, int planes, int n) {
        double sum = 0;
        if (n >= BLOCK) {
            for (int plane = 0; plane < planes; plane++) {
                int at = plane * stride;
                for (int i = 0; i < n; i += BLOCK) {
                    sum += laneDot(x, xo + at + i, a, y, yo + at + i, b, stride, 1, Math.min(BLOCK, n - i));
                }
            }
        } else if (n > 0) {
            int some = BLOCK / n;
            for (int plane = 0; plane < planes; plane += some) {
                int at = plane * stride;
                sum += laneDot(x, xo + at, a, y, yo + at, b, stride, Math.min(some, planes - plane), n);
            }
        }
        return sum;
    }

    /// Σ x over planes of n, in sixteen lanes: lane l sums elements l, l + 16, l + 32, … of all
    /// planes. Lanes are added in a tree: the upper half to the lower, 8 + 8, 4 + 4, 2 + 2, 1 + 1.
    float laneSum(float[] x, int xo, int stride, int planes, int n) {
        return (everyFourth(x, xo, stride, planes, n) + everyFourth(x, xo + 2, stride, planes, n - 2))
                + (everyFourth(x, xo + 1, stride, planes, n - 1) + everyFourth(x, xo + 3, stride, planes, n - 3));
    }

    private static float everyFourth(float[] x, int at, int stride, int planes, int n) {
        float s = 0;
        float t = 0;
        float u = 0;
        float v = 0;
        for (int plane = 0; plane < planes; plane++) {
            int i = at + plane * stride;
            int end = i + n;
            for (; i + 12 < end; i += ScalarKernels.LANES) {
                s += x[i];
                t += x[i + 4];
                u += x[i + 8];
                v += x[i + 12];
            }
            if (i < end) s += x[i];
            if (i + 4 < end) t += x[i + 4];
            if (i + 8 < end) u += x[i + 8];
        }
        return (s + u) + (t + v);
    }

    /// Σ (x − a)·(y − b) over planes of n, in the lanes of [#laneSum], with `fma`.
    float laneDot(float[] x, int xo, float a, float[] y, int yo, float b, int stride, int planes, int n) {
        return (everyFourth(x, xo, a, y, yo, b, stride, planes, n)
                        + everyFourth(x, xo + 2, a, y, yo + 2, b, stride, planes, n - 2))
                + (everyFourth(x, xo + 1, a, y, yo + 1, b, stride, planes, n - 1)
                        + everyFourth(x, xo + 3, a, y, yo + 3, b, stride, planes, n - 3));
    }

    private static float everyFourth(
            float[] x, int at, float a, float[] y, int yo, float b, int stride, int planes, int n) {
        float s = 0;
        float t = 0;
        float u = 0;
        float v = 0;
        for (int plane = 0; plane < planes; plane++) {
            int i = at + plane * stride;
            int j = yo + plane * stride;
            int end = i + n;
            for (; i + 12 < end; i += ScalarKernels.LANES, j += ScalarKernels.LANES) {
                s = Math.fma(x[i] - a, y[j] - b, s);
                t = Math.fma(x[i + 4] - a, y[j + 4] - b, t);
                u = Math.fma(x[i + 8] - a, y[j + 8] - b, u);
                v = Math.fma(x[i + 12] - a, y[j + 12] - b, v);
            }
            if (i < end) s = Math.fma(x[i] - a, y[j] - b, s);
            if (i + 4 < end) t = Math.fma(x[i + 4] - a, y[j + 4] - b, t);
            if (i + 8 < end) u = Math.fma(x[i + 8] - a, y[j + 8] - b, u);
        }
        return (s + u) + (t + v);
    }

    /// y = x̂·w + b, rounded once, with x̂ = (x − mean)·factor
    void normalize(float[] x, int xo, float mean, float factor, float w, float b, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) y[yo + i] = Math.fma((x[xo + i] - mean) * factor, w, b);
    }

    /// y = x̂ ∘ w + b, rounded once, with x̂ = (x − mean)·factor
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
        for (int i = 0; i < n; i++) y[yo + i] = Math.fma((x[xo + i] - mean) * factor, w[wo + i], b[bo + i]);
    }

    /// y = x̂ ∘ w with x̂ = (x − mean)·factor
    void normalize(float[] x, int xo, float mean, float factor, float[] w, int wo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) y[yo + i] = (x[xo + i] - mean) * factor * w[wo + i];
    }

    /// y = a·d + (b·(x − mean) + c), each sum rounded once; y may be d
    void combine(
            float a, float[] d, int at, float b, float[] x, int xo, float mean, float c, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) y[yo + i] = Math.fma(a, d[at + i], Math.fma(b, x[xo + i] - mean, c));
    }

    // ------------------------------------------------------------------------------------------------- channels

    /// A channel's mean and variance over all rows.
    final void statistics(Norm p, int channel) {
        float[] x = p.x.array();
        int at = p.x.offset() + p.at(0, channel);
        int stride = p.channels * p.plane;
        double count = (double) p.rows * p.plane;
        float mean = (float) (sum(x, at, stride, p.rows, p.plane) / count);
        double squares = dot(x, at, mean, x, at, mean, stride, p.rows, p.plane);
        Norm.set(p.mean, channel, mean);
        Norm.set(p.variance, channel, (float) (squares / count));
    }

    /// y = g(x̂·w + b + residual) in a block of neighboring channels of a row.
    final void normalize(Norm p, int block) {
        int row = p.rowOf(block);
        for (int channel = p.first(block); channel < p.end(block); channel++) normalizePlane(p, row, channel);
        finish(engine, p, p.at(row, p.first(block)), (p.end(block) - p.first(block)) * p.plane);
    }

    private void normalizePlane(Norm p, int row, int channel) {
        int at = p.at(row, channel);
        normalize(
                p.x.array(),
                p.x.offset() + at,
                Norm.of(p.mean, channel),
                Norm.of(p.factor, channel),
                p.weight(channel),
                p.bias(channel),
                p.y.array(),
                p.y.offset() + at,
                p.plane);
    }

    /// A channel's statistics, and then y = g(x̂·w + b + residual) in all rows.
    final void normalizeBatch(Norm p, int channel) {
        statistics(p, channel);
        Norm.set(p.factor, channel, factor(Norm.of(p.variance, channel), p.epsilon));
        for (int row = 0; row < p.rows; row++) {
            normalizePlane(p, row, channel);
            finish(engine, p, p.at(row, channel), p.plane);
        }
    }

    /// The end of a normalization: y = g(y + residual) in n elements.
    static void finish(ScalarKernels engine, Norm p, int at, int n) {
        float[] y = p.y.array();
        int to = p.y.offset() + at;
        if (p.residual.size() != 0) engine.add(y, to, p.residual.array(), p.residual.offset() + at, y, to, n);
        engine.activate(p.activation, y, to, n);
    }

    /// dw = Σ δ·x̂ and db = Σ δ of a channel over all rows.
    final void sums(Norm p, int channel) {
        sums(p, channel, false);
    }

    /// The same, some planes at a time, which stay in the L1 cache.
    /// @param ofDy whether to turn dy into δ first
    private void sums(Norm p, int channel, boolean ofDy) {
        float[] x = p.x.array();
        float[] dy = p.dy.array();
        int n = p.plane;
        int stride = p.channels * n;
        int some = p.span == 0 ? Math.max(1, BLOCK / Math.max(1, n)) : 1;
        double weights = 0;
        double biases = 0;
        for (int row = 0; row < p.rows; row += some) {
            int planes = Math.min(some, p.rows - row);
            int from = p.dy.offset() + p.at(row, channel);
            int at = p.x.offset() + p.at(row, channel);
            int s = p.statistic(row, channel);
            for (int i = row; ofDy && i < row + planes; i++) delta(p, p.at(i, channel));
            biases += sum(dy, from, stride, planes, n);
            weights += dot(dy, from, 0, x, at, p.mean(s), stride, planes, n) * Norm.of(p.factor, s);
        }
        p.setSums(channel, (float) weights, (float) biases);
    }

    /// dx = w·factor·(δ − db/n − x̂·dw/n) in a block of neighboring channels of a row, where n
    /// elements share a mean.
    final void gradient(Norm p, int block) {
        int row = p.rowOf(block);
        for (int channel = p.first(block); channel < p.end(block); channel++) planeGradient(p, row, channel);
    }

    private void planeGradient(Norm p, int row, int channel) {
        float numbers = (float) p.rows * p.plane;
        int at = p.at(row, channel);
        int xo = p.x.offset() + at;
        float factor = Norm.of(p.factor, channel);
        float a = p.weight(channel) * factor;
        float b = -(a * factor * (Norm.of(p.weightGradient, channel) / numbers));
        float c = -(a * (Norm.of(p.biasGradient, channel) / numbers));
        float mean = Norm.of(p.mean, channel);
        float[] dy = p.dy.array();
        combine(a, dy, p.dy.offset() + at, b, p.x.array(), xo, mean, c, p.dx.array(), p.dx.offset() + at, p.plane);
    }

    /// For a channel in all rows: turns dy into δ in place, then computes dw, db and, if it is
    /// wanted, dx.
    final void batchGradient(Norm p, int channel) {
        sums(p, channel, !(p.activation instanceof Identity));
        if (p.dx.size() == 0) return;
        for (int row = 0; row < p.rows; row++) planeGradient(p, row, channel);
    }

    private void delta(Norm p, int at) {
        float[] dy = p.dy.array();
        int to = p.dy.offset() + at;
        engine.activationGradient(
                p.activation, p.z.array(), p.z.offset() + at, p.y.array(), p.y.offset() + at, dy, to, dy, to, p.plane);
        engine.flush(dy, to, p.plane);
    }

    /// dx = w·factor·δ in a block of neighboring channels of a row.
    final void scale(Norm p, int block) {
        int row = p.rowOf(block);
        for (int channel = p.first(block); channel < p.end(block); channel++) {
            int at = p.at(row, channel);
            float a = p.weight(channel) * Norm.of(p.factor, channel);
            engine.scale(a, p.dy.array(), p.dy.offset() + at, p.dx.array(), p.dx.offset() + at, p.plane);
        }
    }

    // ----------------------------------------------------------------------------------------------------- spans

    /// The factor of a span, its mean if it is centered, and y = x̂ ∘ w + b.
    final void normalizeSpan(Norm p, int s) {
        int n = p.span;
        float[] x = p.x.array();
        int at = p.x.offset() + s * n;
        float mean = p.centered ? (float) (sum(x, at, n, 1, n) / n) : 0;
        float factor = factor((float) (dot(x, at, mean, x, at, mean, n, 1, n) / n), p.epsilon);
        if (p.centered) Norm.set(p.mean, s, mean);
        Norm.set(p.factor, s, factor);
        float[] y = p.y.array();
        int to = p.y.offset() + s * n;
        if (p.weight.size() == 0) {
            normalize(x, at, mean, factor, 1, 0, y, to, n);
        } else if (p.plane == 1) {
            int first = s * n % p.channels;
            float[] w = p.weight.array();
            int wo = p.weight.offset() + first;
            if (p.bias.size() == 0) normalize(x, at, mean, factor, w, wo, y, to, n);
            else normalize(x, at, mean, factor, w, wo, p.bias.array(), p.bias.offset() + first, y, to, n);
        } else {
            int channel = s * n / p.plane % p.channels;
            for (int i = 0; i < n; i += p.plane, channel++) {
                normalize(x, at + i, mean, factor, p.weight(channel), p.bias(channel), y, to + i, p.plane);
            }
        }
    }

    /// dx = factor·(g − Σ g/n − x̂·Σ g·x̂/n) with g = dy ∘ w in a span of n; without Σ g/n if it is
    /// not centered.
    final void spanGradient(Norm p, int s) {
        int n = p.span;
        float[] dy = p.dy.array();
        int from = p.dy.offset() + s * n;
        float[] dx = p.dx.array();
        int to = p.dx.offset() + s * n;
        if (p.weight.size() == 0) {
            System.arraycopy(dy, from, dx, to, n);
        } else if (p.plane == 1) {
            Tensor w = p.weight;
            engine.multiply(dy, from, w.array(), w.offset() + s * n % p.channels, dx, to, n);
        } else {
            int channel = s * n / p.plane % p.channels;
            for (int i = 0; i < n; i += p.plane, channel++) {
                engine.scale(p.weight(channel), dy, from + i, dx, to + i, p.plane);
            }
        }
        float[] x = p.x.array();
        int at = p.x.offset() + s * n;
        float mean = p.mean(s);
        float factor = Norm.of(p.factor, s);
        double products = dot(dx, to, 0, x, at, mean, n, 1, n);
        double sum = p.centered ? sum(dx, to, n, 1, n) : 0;
        float b = (float) -(products / n * factor * factor * factor);
        float c = (float) -(sum / n * factor);
        combine(factor, dx, to, b, x, at, mean, c, dx, to, n);
    }
}

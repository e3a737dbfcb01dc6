package dev.neurite.kernel;

import dev.neurite.kernel.Activation.Identity;
import dev.neurite.tensor.Tensor;

/// The definition of every result of [Norms], in plain loops: what [VectorNorms] computes equals it bit for bit.
///
/// Mean and variance take two passes: Σ x² − (Σ x)² would lose what they have in common. Sums over neighbors have
/// sixteen lanes, in blocks, which are added in double; a sum over rows of single numbers is compensated: what each
/// addition rounded off is summed too (Neumaier 1974, by Knuth's TwoSum, which needs no comparison).
sealed class ScalarNorms permits VectorNorms {
    private static final int BLOCK = 4096; // elements that one float's sum takes

    final ScalarKernels engine;

    ScalarNorms(ScalarKernels engine) {
        this.engine = engine;
    }

    /// 1 / √(variance + ε)
    static float factor(float variance, float epsilon) {
        return 1 / (float) Math.sqrt(variance + epsilon);
    }

    // ------------------------------------------------------------------------------------------------ neighbors

    /// Σ x, in double over blocks
    private double sum(float[] x, int xo, int n) {
        double sum = 0;
        for (int i = 0; i < n; i += BLOCK) sum += engine.sum(x, xo + i, Math.min(BLOCK, n - i));
        return sum;
    }

    /// Σ (x − a)·(y − b), in double over blocks
    private double centered(float[] x, int xo, float a, float[] y, int yo, float b, int n) {
        double sum = 0;
        for (int i = 0; i < n; i += BLOCK) sum += centeredDot(x, xo + i, a, y, yo + i, b, Math.min(BLOCK, n - i));
        return sum;
    }

    /// Σ (x − a)·(y − b) over sixteen lanes, in the order of [ScalarKernels#sum], each product added with one
    /// rounding
    float centeredDot(float[] x, int xo, float a, float[] y, int yo, float b, int n) {
        int end = xo + n;
        return (everyFourth(x, xo, a, y, yo, b, end) + everyFourth(x, xo + 2, a, y, yo + 2, b, end))
                + (everyFourth(x, xo + 1, a, y, yo + 1, b, end) + everyFourth(x, xo + 3, a, y, yo + 3, b, end));
    }

    private static float everyFourth(float[] x, int at, float a, float[] y, int yo, float b, int end) {
        float s = 0;
        float t = 0;
        float u = 0;
        float v = 0;
        int i = at;
        int j = yo;
        for (; i + 12 < end; i += ScalarKernels.LANES, j += ScalarKernels.LANES) {
            s = Math.fma(x[i] - a, y[j] - b, s);
            t = Math.fma(x[i + 4] - a, y[j + 4] - b, t);
            u = Math.fma(x[i + 8] - a, y[j + 8] - b, u);
            v = Math.fma(x[i + 12] - a, y[j + 12] - b, v);
        }
        if (i < end) s = Math.fma(x[i] - a, y[j] - b, s);
        if (i + 4 < end) t = Math.fma(x[i + 4] - a, y[j + 4] - b, t);
        if (i + 8 < end) u = Math.fma(x[i + 8] - a, y[j + 8] - b, u);
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
        double count = (double) p.rows * p.plane;
        double sum = 0;
        for (int row = 0; row < p.rows; row++) sum += sum(x, p.x.offset() + p.at(row, channel), p.plane);
        float mean = (float) (sum / count);
        double squares = 0;
        for (int row = 0; row < p.rows; row++) {
            int at = p.x.offset() + p.at(row, channel);
            squares += centered(x, at, mean, x, at, mean, p.plane);
        }
        Norm.set(p.mean, channel, mean);
        Norm.set(p.variance, channel, (float) (squares / count));
    }

    /// y = g(x̂·w + b) in one channel of one row.
    final void normalize(Norm p, int row, int channel) {
        int at = p.at(row, channel);
        int to = p.y.offset() + at;
        float mean = Norm.of(p.mean, channel);
        float factor = Norm.of(p.factor, channel);
        float[] y = p.y.array();
        normalize(p.x.array(), p.x.offset() + at, mean, factor, p.weight(channel), p.bias(channel), y, to, p.plane);
        activate(p, at, p.plane);
    }

    final void activate(Norm p, int at, int n) {
        if (p.activation instanceof Identity) return;
        int to = p.y.offset() + at;
        engine.activate(p.activation, p.y.array(), to, p.y.array(), to, n);
    }

    /// dy = δ = dy ∘ g′(z), with 0 in place of denormals
    final void delta(Norm p, int at, int n) {
        if (p.activation instanceof Identity) return;
        float[] dy = p.dy.array();
        int to = p.dy.offset() + at;
        engine.activationGradient(
                p.activation, p.z.array(), p.z.offset() + at, p.y.array(), p.y.offset() + at, dy, to, dy, to, n);
        engine.flush(dy, to, n);
    }

    /// dw = Σ δ·x̂ and db = Σ δ of a channel over all rows, where dy becomes δ.
    final void sums(Norm p, int channel) {
        double weights = 0;
        double biases = 0;
        for (int row = 0; row < p.rows; row++) {
            int at = p.at(row, channel);
            int s = p.statistic(row, channel);
            delta(p, at, p.plane);
            float[] dy = p.dy.array();
            int from = p.dy.offset() + at;
            biases += sum(dy, from, p.plane);
            double products = centered(dy, from, 0, p.x.array(), p.x.offset() + at, p.mean(s), p.plane);
            weights += products * Norm.of(p.factor, s);
        }
        setSums(p, channel, (float) weights, (float) biases);
    }

    final void setSums(Norm p, int channel, float weights, float biases) {
        Norm.set(p.weightGradient, channel, weights);
        if (p.biasGradient.size() > 0) Norm.set(p.biasGradient, channel, biases);
    }

    /// dx = w·factor·(δ − db/n − x̂·dw/n) in one channel of one row, where n numbers have one mean.
    final void gradient(Norm p, int row, int channel) {
        int at = p.at(row, channel);
        float count = (float) p.rows * p.plane;
        float factor = Norm.of(p.factor, channel);
        float a = p.weight(channel) * factor;
        float b = -(a * factor * (Norm.of(p.weightGradient, channel) / count));
        float c = -(a * (Norm.of(p.biasGradient, channel) / count));
        combine(
                a,
                p.dy.array(),
                p.dy.offset() + at,
                b,
                p.x.array(),
                p.x.offset() + at,
                Norm.of(p.mean, channel),
                c,
                p.dx.array(),
                p.dx.offset() + at,
                p.plane);
    }

    /// dx = w·factor·δ in one channel of one row.
    final void scale(Norm p, int row, int channel) {
        int at = p.at(row, channel);
        float a = p.weight(channel) * Norm.of(p.factor, channel);
        engine.scale(a, p.dy.array(), p.dy.offset() + at, p.dx.array(), p.dx.offset() + at, p.plane);
    }

    // --------------------------------------------------------------------- channels of single numbers: columns

    /// The means and variances of n columns.
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

    /// What a + b = sum has rounded off.
    private static float error(float a, float b, float sum) {
        float part = sum - a;
        return (a - (sum - part)) + (b - part);
    }

    /// y = x̂·w + b in n columns.
    void normalizeColumns(Norm p, int from, int n) {
        float[] x = p.x.array();
        float[] y = p.y.array();
        for (int row = 0; row < p.rows; row++) {
            int at = row * p.channels;
            for (int j = from; j < from + n; j++) {
                float normal = (x[p.x.offset() + at + j] - Norm.of(p.mean, j)) * Norm.of(p.factor, j);
                y[p.y.offset() + at + j] = Math.fma(normal, p.weight(j), p.bias(j));
            }
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
            setSums(p, j, weights + weightsRest, biases + biasesRest);
        }
    }

    /// dx = w·factor·(δ − db/n − x̂·dw/n) in n columns.
    void columnGradient(Norm p, int from, int n) {
        for (int row = 0; row < p.rows; row++) {
            for (int j = from; j < from + n; j++) gradient(p, row, j);
        }
    }

    /// dx = w·factor·δ in n columns.
    void scaleColumns(Norm p, int from, int n) {
        for (int row = 0; row < p.rows; row++) {
            for (int j = from; j < from + n; j++) scale(p, row, j);
        }
    }

    // ----------------------------------------------------------------------------------------------------- spans

    /// The mean, unless it is to stay 0, and the factor of a span, and y = x̂ ∘ w + b in it.
    final void normalizeSpan(Norm p, int s) {
        int n = p.span;
        float[] x = p.x.array();
        int at = p.x.offset() + s * n;
        float mean = p.centered ? (float) (sum(x, at, n) / n) : 0;
        float factor = factor((float) (centered(x, at, mean, x, at, mean, n) / n), p.epsilon);
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

    /// dx = factor·(g − Σ g/n − x̂·Σ g·x̂/n) with g = dy ∘ w in a span of n; without Σ g/n where the mean stays 0.
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
        double products = centered(dx, to, 0, x, at, mean, n);
        double sum = p.centered ? sum(dx, to, n) : 0;
        float b = (float) -(products / n * factor * factor * factor);
        float c = (float) -(sum / n * factor);
        combine(factor, dx, to, b, x, at, mean, c, dx, to, n);
    }
}

package dev.neurite.kernel.cpu;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Pointwise;
import dev.neurite.kernel.ScalarMath;

/// The definition of softmax, log-softmax and the losses of one row, in plain loops: what [VectorLosses] computes
/// equals it bit for bit.
public sealed class ScalarLosses permits VectorLosses {
    private final ScalarKernels engine;

    ScalarLosses(ScalarKernels engine) {
        this.engine = engine;
    }

    /// y = eᶻ / Σ eᶻ over one row
    void softmaxRow(float[] z, int zo, float[] y, int yo, int n) {
        shiftedExp(engine.max(z, zo, n), z, zo, y, yo, n);
        engine.scale(1 / engine.sum(y, yo, n), y, yo, y, yo, n);
    }

    /// dz = y · (dy − Σ dy·y) over one row
    final void softmaxGradientRow(float[] y, int yo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        softmaxGradient(engine.dot(dy, dyo, y, yo, n), y, yo, dy, dyo, dz, dzo, n);
    }

    /// dz = y · (dy − sum)
    public void softmaxGradient(float sum, float[] y, int yo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        for (int i = 0; i < n; i++) dz[dzo + i] = y[yo + i] * (dy[dyo + i] - sum);
    }

    /// y = eᶻ / Σ eᶻ over one row; returns log Σ eᶻ = max + log Σ e^(z − max), added in double,
    /// because the maximum may be so large that a float would lose the other part.
    final double softmaxWithLogSum(float[] z, int zo, float[] y, int yo, int n) {
        float max = engine.max(z, zo, n);
        shiftedExp(max, z, zo, y, yo, n);
        float sum = engine.sum(y, yo, n);
        engine.scale(1 / sum, y, yo, y, yo, n);
        return (double) max + ScalarMath.log(sum);
    }

    /// y = e^(z − shift)
    public void shiftedExp(float shift, float[] z, int zo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) y[yo + i] = ScalarMath.exp(z[zo + i] - shift);
    }

    /// y = z − log Σ eᶻ over one row, computed as (z − max z) − log Σ e^(z − max z). Not in place.
    final void logSoftmaxRow(float[] z, int zo, float[] y, int yo, int n) {
        float max = engine.max(z, zo, n);
        shiftedExp(max, z, zo, y, yo, n);
        float logSum = ScalarMath.log(engine.sum(y, yo, n));
        subtractBoth(z, zo, max, logSum, y, yo, n);
    }

    /// y = (z − a) − b
    void subtractBoth(float[] z, int zo, float a, float b, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) y[yo + i] = z[zo + i] - a - b;
    }

    /// dz = dy − eʸ · Σ dy over one row
    final void logSoftmaxGradientRow(float[] y, int yo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        logSoftmaxGradient(engine.sum(dy, dyo, n), y, yo, dy, dyo, dz, dzo, n);
    }

    /// dz = dy − eʸ · sum
    void logSoftmaxGradient(float sum, float[] y, int yo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        for (int i = 0; i < n; i++) dz[dzo + i] = Math.fma(-ScalarMath.exp(y[yo + i]), sum, dy[dyo + i]);
    }

    /// delta = ŷ − t with ŷ = sigmoid(z); returns −Σ (t·log ŷ + (1−t)·log(1−ŷ)), computed as
    /// Σ ((max(z, 0) − z·t) + log(1 + e^−|z|)), which is accurate where ŷ is near t. Not in place.
    final float sigmoidCrossEntropyRow(float[] z, int zo, float[] t, int to, float[] delta, int at, int n) {
        softplusOfMinus(z, zo, delta, at, n);
        addHinge(z, zo, t, to, delta, at, n);
        float loss = engine.sum(delta, at, n);
        engine.activate(Activation.SIGMOID, z, zo, delta, at, n);
        engine.addScaled(-1, t, to, delta, at, n);
        return loss;
    }

    /// y = log(1 + e^−|z|)
    void softplusOfMinus(float[] z, int zo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) y[yo + i] = ScalarMath.softplus(-Math.abs(z[zo + i]));
    }

    /// y = (max(z, 0) − z·t) + y
    void addHinge(float[] z, int zo, float[] t, int to, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            float x = z[zo + i];
            y[yo + i] = Math.fma(-x, t[to + i], x < 0 ? 0 : x) + y[yo + i];
        }
    }

    /// delta = (2/n)·(y − t); returns (1/n) Σ (y − t)².
    final float squaredErrorRow(float[] y, int yo, float[] t, int to, float[] delta, int at, int n) {
        System.arraycopy(y, yo, delta, at, n);
        engine.addScaled(-1, t, to, delta, at, n);
        float loss = engine.dot(delta, at, delta, at, n) / n;
        engine.scale(2f / n, delta, at, delta, at, n);
        return loss;
    }

    /// delta = f′(y, t) / n; returns (1/n) Σ f(y, t). Not in place.
    final float pointwiseLossRow(Pointwise f, float[] y, int yo, float[] t, int to, float[] delta, int at, int n) {
        for (int i = 0; i < n; i++) delta[at + i] = f.value(y[yo + i], t[to + i]);
        float loss = engine.sum(delta, at, n) / n;
        for (int i = 0; i < n; i++) delta[at + i] = f.slope(y[yo + i], t[to + i]) / n;
        return loss;
    }

    /// q = w·((1 − ε)·q + ε/n); without w if there are no weights.
    final void smoothRow(float epsilon, float[] w, int wo, int weights, float[] q, int qo, int n) {
        float rest = 1 - epsilon;
        float share = epsilon / n;
        for (int i = 0; i < n; i++) q[qo + i] = Math.fma(rest, q[qo + i], share);
        if (weights > 0) engine.multiply(q, qo, w, wo, q, qo, n);
    }
}

package dev.neurite.kernel.cpu;

import static dev.neurite.kernel.cpu.VectorKernels.L;
import static dev.neurite.kernel.cpu.VectorKernels.S;
import static dev.neurite.kernel.cpu.VectorMath.clamped;
import static dev.neurite.kernel.math.Coefficients.EXP_LOWEST;
import static dev.neurite.kernel.math.Coefficients.GELU_A;
import static dev.neurite.kernel.math.Coefficients.GELU_B;
import static dev.neurite.kernel.math.Coefficients.GELU_B_THRICE;
import static dev.neurite.kernel.math.Coefficients.GELU_ROOT;
import static dev.neurite.kernel.math.Coefficients.NORMAL_FAR;
import static dev.neurite.kernel.math.Coefficients.SELU_LAMBDA;
import static dev.neurite.kernel.math.Coefficients.SELU_LAMBDA_ALPHA;
import static dev.neurite.kernel.math.Coefficients.SIXTH;
import static dev.neurite.kernel.math.Coefficients.THIRD;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LT;

import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Activation.LeakyRelu;
import dev.neurite.kernel.Activation.Relu;
import dev.neurite.kernel.Activation.Sigmoid;
import dev.neurite.kernel.Activation.Tanh;
import dev.neurite.kernel.PiecewiseActivations.HardShrink;
import dev.neurite.kernel.PiecewiseActivations.HardSigmoid;
import dev.neurite.kernel.PiecewiseActivations.HardSwish;
import dev.neurite.kernel.PiecewiseActivations.HardTanh;
import dev.neurite.kernel.PiecewiseActivations.Relu6;
import dev.neurite.kernel.PiecewiseActivations.SoftShrink;
import dev.neurite.kernel.PiecewiseActivations.Softsign;
import dev.neurite.kernel.PiecewiseActivations.TanhShrink;
import dev.neurite.kernel.PiecewiseActivations.Threshold;
import dev.neurite.kernel.SmoothActivations.Celu;
import dev.neurite.kernel.SmoothActivations.Elu;
import dev.neurite.kernel.SmoothActivations.Gelu;
import dev.neurite.kernel.SmoothActivations.GeluTanh;
import dev.neurite.kernel.SmoothActivations.LogSigmoid;
import dev.neurite.kernel.SmoothActivations.Mish;
import dev.neurite.kernel.SmoothActivations.Selu;
import dev.neurite.kernel.SmoothActivations.Silu;
import dev.neurite.kernel.SmoothActivations.Softplus;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/// The derivatives of activations on vectors, with the operations of each record's `derivative` in
/// the same order, as [VectorActivations].
final class VectorDerivatives {
    private VectorDerivatives() {}

    /// dz = dy · g′(z), from y = g(z).
    /// @return the number of elements done; 0 if g has no vector kernel
    static int gradient(
            Elementwise g, float[] z, int zo, float[] y, int yo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        return switch (g) {
            case Relu _ -> relu(y, yo, dy, dyo, dz, dzo, n);
            case LeakyRelu(float slope) -> leakyRelu(slope, y, yo, dy, dyo, dz, dzo, n);
            case Tanh _ -> tanh(y, yo, dy, dyo, dz, dzo, n);
            case Sigmoid _ -> sigmoid(y, yo, dy, dyo, dz, dzo, n);
            case Elu(float alpha) -> exponentialLinear(1, 1, alpha, y, yo, dy, dyo, dz, dzo, n);
            case Celu(float alpha) -> exponentialLinear(1, 1 / alpha, 1, y, yo, dy, dyo, dz, dzo, n);
            case Selu _ -> exponentialLinear(SELU_LAMBDA, 1, SELU_LAMBDA_ALPHA, y, yo, dy, dyo, dz, dzo, n);
            case Gelu _ -> gelu(z, zo, dy, dyo, dz, dzo, n);
            case GeluTanh _ -> geluTanh(z, zo, dy, dyo, dz, dzo, n);
            case Silu _ -> silu(z, zo, dy, dyo, dz, dzo, n);
            case Mish _ -> mish(z, zo, dy, dyo, dz, dzo, n);
            case LogSigmoid _ -> logSigmoid(y, yo, dy, dyo, dz, dzo, n);
            case Softplus(float beta, float threshold) -> softplus(beta, threshold, z, zo, dy, dyo, dz, dzo, n);
            case Relu6 _ -> inside(0, 6, 1, y, yo, dy, dyo, dz, dzo, n);
            case HardTanh(float min, float max) -> inside(min, max, 1, y, yo, dy, dyo, dz, dzo, n);
            case HardSigmoid _ -> inside(0, 1, SIXTH, y, yo, dy, dyo, dz, dzo, n);
            case HardSwish _ -> hardSwish(z, zo, dy, dyo, dz, dzo, n);
            case Softsign _ -> softsign(y, yo, dy, dyo, dz, dzo, n);
            case TanhShrink _ -> tanhShrink(z, zo, dy, dyo, dz, dzo, n);
            case SoftShrink(float lambda) -> outside(lambda, z, zo, dy, dyo, dz, dzo, n);
            case HardShrink(float lambda) -> outside(lambda, z, zo, dy, dyo, dz, dzo, n);
            case Threshold(float threshold, float _) -> above(threshold, z, zo, dy, dyo, dz, dzo, n);
            default -> 0;
        };
    }

    // ------------------------------------------------------------------------------------------------- exponentials

    private static int tanh(float[] y, int yo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector t = fromArray(S, y, yo + i);
            FloatVector slope = t.neg().fma(t, FloatVector.broadcast(S, 1));
            fromArray(S, dy, dyo + i).mul(slope).intoArray(dz, dzo + i);
        }
        return i;
    }

    private static int tanhShrink(float[] z, int zo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = fromArray(S, z, zo + i);
            FloatVector d = fromArray(S, dy, dyo + i);
            FloatVector t = VectorMath.tanh(x);
            d.mul(t.mul(t)).intoArray(dz, dzo + i);
        }
        return i;
    }

    private static int sigmoid(float[] y, int yo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector t = fromArray(S, y, yo + i);
            FloatVector slope = t.mul(FloatVector.broadcast(S, 1).sub(t));
            fromArray(S, dy, dyo + i).mul(slope).intoArray(dz, dzo + i);
        }
        return i;
    }

    /// g′ = positive if y > 0, else scale·y + atZero.
    private static int exponentialLinear(
            float positive,
            float scale,
            float atZero,
            float[] y,
            int yo,
            float[] dy,
            int dyo,
            float[] dz,
            int dzo,
            int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector t = fromArray(S, y, yo + i);
            FloatVector below = t.fma(FloatVector.broadcast(S, scale), FloatVector.broadcast(S, atZero));
            FloatVector slope = below.blend(positive, t.compare(GT, 0));
            fromArray(S, dy, dyo + i).mul(slope).intoArray(dz, dzo + i);
        }
        return i;
    }

    private static int gelu(float[] z, int zo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = fromArray(S, z, zo + i);
            FloatVector d = fromArray(S, dy, dyo + i);
            FloatVector w = clamped(x, -NORMAL_FAR, NORMAL_FAR);
            FloatVector t = w.abs();
            FloatVector ratio = VectorMath.tailOverBell(t);
            FloatVector bell = VectorMath.bell(t);
            FloatVector tail = ratio.mul(bell);
            FloatVector phi = x.broadcast(1f).sub(tail).blend(tail, w.compare(LT, 0));
            FloatVector slope = w.fma(bell.mul(GELU_ROOT), phi);
            d.mul(slope).intoArray(dz, dzo + i);
        }
        return i;
    }

    private static int geluTanh(float[] z, int zo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = fromArray(S, z, zo + i);
            FloatVector d = fromArray(S, dy, dyo + i);
            FloatVector w = clamped(x, -NORMAL_FAR, NORMAL_FAR);
            FloatVector square = w.mul(w);
            FloatVector a = x.broadcast(GELU_A);
            FloatVector e = VectorMath.expOfMinus(w.mul(square.fma(x.broadcast(GELU_B), a)));
            FloatVector r = x.broadcast(1f).div(e.add(1));
            FloatVector inner = square.fma(x.broadcast(GELU_B_THRICE), a);
            FloatVector slope = w.fma(e.mul(r).mul(r).mul(inner), r.blend(e.mul(r), w.compare(LT, 0)));
            d.mul(slope).intoArray(dz, dzo + i);
        }
        return i;
    }

    private static int silu(float[] z, int zo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = fromArray(S, z, zo + i);
            FloatVector d = fromArray(S, dy, dyo + i);
            FloatVector w = clamped(x, EXP_LOWEST, -EXP_LOWEST);
            FloatVector e = VectorMath.expOfMinus(w);
            FloatVector r = x.broadcast(1f).div(e.add(1));
            FloatVector part = e.mul(r);
            FloatVector slope = w.fma(part.mul(r), r.blend(part, w.compare(LT, 0)));
            d.mul(slope).intoArray(dz, dzo + i);
        }
        return i;
    }

    private static int mish(float[] z, int zo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = fromArray(S, z, zo + i);
            FloatVector d = fromArray(S, dy, dyo + i);
            FloatVector w = clamped(x, EXP_LOWEST, -EXP_LOWEST);
            FloatVector e = VectorMath.expOfMinus(w);
            VectorMask<Float> below = w.compare(LT, 0);
            FloatVector p = e.add(e).add(1).blend(e.mul(e.add(2)), below);
            FloatVector q = p.add(e.mul(e.add(e)).blend(2, below));
            FloatVector r = x.broadcast(1f).div(q);
            FloatVector ofTanh =
                    e.mul(4).mul(e.add(1)).mul(e.blend(1, below)).mul(r).mul(r);
            FloatVector slope = w.fma(ofTanh, p.mul(r));
            d.mul(slope).intoArray(dz, dzo + i);
        }
        return i;
    }

    private static int logSigmoid(float[] y, int yo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector t = fromArray(S, y, yo + i);
            FloatVector d = fromArray(S, dy, dyo + i);
            FloatVector slope = VectorMath.expm1(t).neg();
            d.mul(slope).intoArray(dz, dzo + i);
        }
        return i;
    }

    private static int softplus(
            float beta, float threshold, float[] z, int zo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = fromArray(S, z, zo + i);
            FloatVector d = fromArray(S, dy, dyo + i);
            FloatVector w = x.mul(beta);
            FloatVector slope = VectorMath.sigmoid(w).blend(1, w.compare(GT, threshold));
            d.mul(slope).intoArray(dz, dzo + i);
        }
        return i;
    }

    // ------------------------------------------------------------------------------------------------------- pieces

    private static int relu(float[] y, int yo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector t = fromArray(S, y, yo + i);
            FloatVector.zero(S)
                    .blend(fromArray(S, dy, dyo + i), t.compare(GT, 0))
                    .intoArray(dz, dzo + i);
        }
        return i;
    }

    /// From y, or from z if the slope may be negative.
    static int leakyRelu(float slope, float[] y, int yo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector t = fromArray(S, y, yo + i);
            FloatVector d = fromArray(S, dy, dyo + i);
            d.mul(slope).blend(d, t.compare(GT, 0)).intoArray(dz, dzo + i);
        }
        return i;
    }

    /// g′ = rise if low < y < high, else 0.
    private static int inside(
            float low, float high, float rise, float[] y, int yo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector t = fromArray(S, y, yo + i);
            VectorMask<Float> inside = t.compare(GT, low).and(t.compare(LT, high));
            FloatVector slope = FloatVector.zero(S).blend(rise, inside);
            fromArray(S, dy, dyo + i).mul(slope).intoArray(dz, dzo + i);
        }
        return i;
    }

    /// g′ = 0 if |z| ≤ bound, else 1.
    private static int outside(float bound, float[] z, int zo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            VectorMask<Float> within = fromArray(S, z, zo + i).abs().compare(LE, bound);
            FloatVector slope = FloatVector.broadcast(S, 1).blend(0, within);
            fromArray(S, dy, dyo + i).mul(slope).intoArray(dz, dzo + i);
        }
        return i;
    }

    /// g′ = 0 if z ≤ threshold, else 1.
    private static int above(float threshold, float[] z, int zo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            VectorMask<Float> below = fromArray(S, z, zo + i).compare(LE, threshold);
            FloatVector slope = FloatVector.broadcast(S, 1).blend(0, below);
            fromArray(S, dy, dyo + i).mul(slope).intoArray(dz, dzo + i);
        }
        return i;
    }

    private static int hardSwish(float[] z, int zo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = fromArray(S, z, zo + i);
            FloatVector middle = x.fma(FloatVector.broadcast(S, THIRD), FloatVector.broadcast(S, 0.5f));
            FloatVector slope = middle.blend(0, x.compare(LE, -3)).blend(1, x.compare(GE, 3));
            fromArray(S, dy, dyo + i).mul(slope).intoArray(dz, dzo + i);
        }
        return i;
    }

    private static int softsign(float[] y, int yo, float[] dy, int dyo, float[] dz, int dzo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector t = fromArray(S, y, yo + i);
            FloatVector rest = FloatVector.broadcast(S, 1).sub(t.abs());
            FloatVector slope = rest.mul(rest);
            fromArray(S, dy, dyo + i).mul(slope).intoArray(dz, dzo + i);
        }
        return i;
    }
}

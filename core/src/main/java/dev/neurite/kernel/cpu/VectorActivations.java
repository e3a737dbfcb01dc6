package dev.neurite.kernel.cpu;

import static dev.neurite.kernel.cpu.VectorKernels.L;
import static dev.neurite.kernel.cpu.VectorKernels.S;
import static dev.neurite.kernel.cpu.VectorMath.clamped;
import static dev.neurite.kernel.math.Coefficients.EXP_LOWEST;
import static dev.neurite.kernel.math.Coefficients.GELU_A;
import static dev.neurite.kernel.math.Coefficients.GELU_B;
import static dev.neurite.kernel.math.Coefficients.NORMAL_FAR;
import static dev.neurite.kernel.math.Coefficients.SELU_LAMBDA;
import static dev.neurite.kernel.math.Coefficients.SELU_LAMBDA_ALPHA;
import static dev.neurite.kernel.math.Coefficients.SIXTH;
import static jdk.incubator.vector.FloatVector.fromArray;
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

/// Activations on vectors, with the operations of each record's `apply` in the same order. Each
/// loop computes whole vectors and returns the number of elements done; [VectorKernels] handles the
/// rest, and explains why loops are written out.
final class VectorActivations {
    private VectorActivations() {}

    /// y = g(z).
    /// @return the number of elements done; 0 if g has no vector kernel
    static int activate(Elementwise g, float[] z, int zo, float[] y, int yo, int n) {
        return switch (g) {
            case Relu _ -> relu(z, zo, y, yo, n);
            case LeakyRelu(float slope) -> leakyRelu(slope, z, zo, y, yo, n);
            case Tanh _ -> tanh(z, zo, y, yo, n);
            case Sigmoid _ -> sigmoid(z, zo, y, yo, n);
            case Elu(float alpha) -> exponentialLinear(1, alpha, 1, z, zo, y, yo, n);
            case Celu(float alpha) -> exponentialLinear(1, alpha, 1 / alpha, z, zo, y, yo, n);
            case Selu _ -> exponentialLinear(SELU_LAMBDA, SELU_LAMBDA_ALPHA, 1, z, zo, y, yo, n);
            case Gelu _ -> gelu(z, zo, y, yo, n);
            case GeluTanh _ -> geluTanh(z, zo, y, yo, n);
            case Silu _ -> silu(z, zo, y, yo, n);
            case Mish _ -> mish(z, zo, y, yo, n);
            case LogSigmoid _ -> logSigmoid(z, zo, y, yo, n);
            case Softplus(float beta, float threshold) -> softplus(beta, threshold, z, zo, y, yo, n);
            case Relu6 _ -> clamp(0, 6, z, zo, y, yo, n);
            case HardTanh(float min, float max) -> clamp(min, max, z, zo, y, yo, n);
            case HardSigmoid _ -> hardSigmoid(z, zo, y, yo, n);
            case HardSwish _ -> hardSwish(z, zo, y, yo, n);
            case Softsign _ -> softsign(z, zo, y, yo, n);
            case TanhShrink _ -> tanhShrink(z, zo, y, yo, n);
            case SoftShrink(float lambda) -> softShrink(lambda, z, zo, y, yo, n);
            case HardShrink(float lambda) -> hardShrink(lambda, z, zo, y, yo, n);
            case Threshold(float threshold, float value) -> threshold(threshold, value, z, zo, y, yo, n);
            default -> 0;
        };
    }

    // ------------------------------------------------------------------------------------------------- exponentials

    private static int tanh(float[] z, int zo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = fromArray(S, z, zo + i);
            VectorMath.tanh(x).intoArray(y, yo + i);
        }
        return i;
    }

    private static int tanhShrink(float[] z, int zo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = fromArray(S, z, zo + i);
            x.sub(VectorMath.tanh(x)).intoArray(y, yo + i);
        }
        return i;
    }

    private static int sigmoid(float[] z, int zo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = fromArray(S, z, zo + i);
            VectorMath.sigmoid(x).intoArray(y, yo + i);
        }
        return i;
    }

    /// y = positive·z if z > 0, else limit·(e^(scale·z) − 1): ELU, CELU and SELU.
    private static int exponentialLinear(
            float positive, float limit, float scale, float[] z, int zo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = fromArray(S, z, zo + i);
            FloatVector below = VectorMath.expm1(x.mul(scale)).mul(limit);
            below.blend(x.mul(positive), x.compare(GT, 0)).intoArray(y, yo + i);
        }
        return i;
    }

    private static int gelu(float[] z, int zo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = fromArray(S, z, zo + i);
            FloatVector t = clamped(x, -NORMAL_FAR, NORMAL_FAR).abs();
            FloatVector tail = VectorMath.tailOverBell(t).mul(VectorMath.bell(t));
            FloatVector w = x.blend(-NORMAL_FAR, x.compare(LT, -NORMAL_FAR));
            w.mul(x.broadcast(1f).sub(tail).blend(tail, w.compare(LT, 0))).intoArray(y, yo + i);
        }
        return i;
    }

    private static int geluTanh(float[] z, int zo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = fromArray(S, z, zo + i);
            FloatVector w = x.blend(-NORMAL_FAR, x.compare(LT, -NORMAL_FAR));
            FloatVector inner = w.mul(w).fma(x.broadcast(GELU_B), x.broadcast(GELU_A));
            w.mul(VectorMath.sigmoid(w.mul(inner))).intoArray(y, yo + i);
        }
        return i;
    }

    private static int silu(float[] z, int zo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = fromArray(S, z, zo + i);
            FloatVector w = x.blend(EXP_LOWEST, x.compare(LT, EXP_LOWEST));
            w.mul(VectorMath.sigmoid(w)).intoArray(y, yo + i);
        }
        return i;
    }

    private static int mish(float[] z, int zo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = fromArray(S, z, zo + i);
            FloatVector w = x.blend(EXP_LOWEST, x.compare(LT, EXP_LOWEST));
            FloatVector e = VectorMath.expOfMinus(w);
            VectorMask<Float> below = w.compare(LT, 0);
            FloatVector p = e.add(e).add(1).blend(e.mul(e.add(2)), below);
            FloatVector q = p.add(e.mul(e.add(e)).blend(2, below));
            w.mul(p.div(q)).intoArray(y, yo + i);
        }
        return i;
    }

    private static int logSigmoid(float[] z, int zo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = fromArray(S, z, zo + i);
            VectorMath.softplus(x.neg()).neg().intoArray(y, yo + i);
        }
        return i;
    }

    private static int softplus(float beta, float threshold, float[] z, int zo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = fromArray(S, z, zo + i);
            FloatVector w = x.mul(beta);
            FloatVector curve = VectorMath.softplus(w).div(beta);
            curve.blend(x, w.compare(GT, threshold)).intoArray(y, yo + i);
        }
        return i;
    }

    // ------------------------------------------------------------------------------------------------------- pieces

    private static int relu(float[] z, int zo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = fromArray(S, z, zo + i);
            x.blend(0, x.compare(LE, 0)).intoArray(y, yo + i); // NaN stays NaN
        }
        return i;
    }

    /// Leaky ReLU with any slope.
    static int leakyRelu(float slope, float[] z, int zo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = fromArray(S, z, zo + i);
            x.mul(slope).blend(x, x.compare(GT, 0)).intoArray(y, yo + i);
        }
        return i;
    }

    private static int clamp(float low, float high, float[] z, int zo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = fromArray(S, z, zo + i);
            clamped(x, low, high).intoArray(y, yo + i);
        }
        return i;
    }

    private static int hardSigmoid(float[] z, int zo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = fromArray(S, z, zo + i);
            clamped(x.add(3), 0, 6).mul(SIXTH).intoArray(y, yo + i);
        }
        return i;
    }

    private static int hardSwish(float[] z, int zo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = fromArray(S, z, zo + i);
            FloatVector w = x.blend(-3, x.compare(LT, -3));
            w.mul(clamped(w.add(3), 0, 6).mul(SIXTH)).intoArray(y, yo + i);
        }
        return i;
    }

    private static int softShrink(float lambda, float[] z, int zo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = fromArray(S, z, zo + i);
            x.sub(clamped(x, -lambda, lambda)).intoArray(y, yo + i);
        }
        return i;
    }

    private static int hardShrink(float lambda, float[] z, int zo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = fromArray(S, z, zo + i);
            x.blend(0, x.abs().compare(LE, lambda)).intoArray(y, yo + i);
        }
        return i;
    }

    private static int threshold(float threshold, float value, float[] z, int zo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = fromArray(S, z, zo + i);
            x.blend(value, x.compare(LE, threshold)).intoArray(y, yo + i);
        }
        return i;
    }

    private static int softsign(float[] z, int zo, float[] y, int yo, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = fromArray(S, z, zo + i);
            FloatVector w = clamped(x, -Float.MAX_VALUE, Float.MAX_VALUE);
            w.div(w.abs().add(1)).intoArray(y, yo + i);
        }
        return i;
    }
}

package dev.neurite.kernel;

import static dev.neurite.kernel.math.Coefficients.*;

/// Mathematical functions of floats, for your own activations and losses. Results have the same
/// bits on every machine and are at most 2 ulp from the exact value, for every float. `Math.exp`
/// and similar functions may differ between JVMs.
///
/// ```java
/// record Gaussian() implements Elementwise {
///     public float apply(float z) {
///         return ScalarMath.exp(-z * z);
///     }
///     …
/// }
/// ```
///
/// NaN gives NaN. A result below 2⁻¹²⁶ is the denormal nearest to the exact value, or one next to it.
// The functions use only operations that every JVM rounds alike (add, multiply, divide, fma), so the interpreter, both
// compilers and every vector width give the same bits. VectorMath repeats each formula on vectors. ScalarMathTest
// compares all of them with double precision.
public final class ScalarMath {
    private ScalarMath() {}

    /// eˣ: 0 below −104, ∞ above 88.72.
    public static float exp(float x) {
        return expWithin(clamped(x, EXP_LOWEST, EXP_HIGHEST));
    }

    /// eˣ = 2ⁿ·eʳ with r = x − n·ln 2, |r| ≤ ln 2 / 2, for x from `EXP_LOWEST` to `EXP_HIGHEST`.
    /// Scaled in two steps, so that results below 2⁻¹²⁶ are rounded once.
    static float expWithin(float x) {
        float rounded = Math.fma(x, LOG2_E, ROUNDER);
        float y = expm1OfRest(x, rounded - ROUNDER) + 1;
        int exponent = Float.floatToRawIntBits(rounded) - Float.floatToRawIntBits(ROUNDER);
        int half = exponent >> 1;
        return y * powerOfTwo(half) * powerOfTwo(exponent - half);
    }

    /// eʳ − 1 with r = x − n·ln 2.
    private static float expm1OfRest(float x, float n) {
        float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, x));
        float p = Math.fma(E5, r, E4);
        p = Math.fma(p, r, E3);
        p = Math.fma(p, r, E2);
        p = Math.fma(p, r, E1);
        p = Math.fma(p, r, E0);
        return Math.fma(p, r * r, r);
    }

    /// eˣ − 1, exact near 0 too: −1 far below 0, ∞ above 88.72. With eʳ − 1 = q it is 2ⁿ·q + (2ⁿ − 1), computed
    /// as (2ʰ·q + (2ʰ − 2ʰ⁻ⁿ))·2ⁿ⁻ʰ with h = ⌊n/2⌋.
    public static float expm1(float x) {
        float within = clamped(x, EXP_LOWEST, EXP_HIGHEST);
        float rounded = Math.fma(within, LOG2_E, ROUNDER);
        float q = expm1OfRest(within, rounded - ROUNDER);
        int exponent = Float.floatToRawIntBits(rounded) - Float.floatToRawIntBits(ROUNDER);
        int half = exponent >> 1;
        int rest = exponent - half;
        return Math.fma(q, powerOfTwo(half), powerOfTwo(half) - powerOfTwo(-rest)) * powerOfTwo(rest);
    }

    private static float powerOfTwo(int n) {
        return Float.intBitsToFloat((n + 127) << 23);
    }

    /// e^−|x|, which cannot overflow.
    static float expOfMinus(float x) {
        float minus = -Math.abs(x);
        return expWithin(minus < EXP_LOWEST ? EXP_LOWEST : minus);
    }

    /// 1 / (1 + e⁻ˣ), from e = e^−|x|; the rounding error of 1 + e is corrected.
    public static float sigmoid(float x) {
        float e = expOfMinus(x);
        float sum = e + 1;
        float lost = e - (sum - 1);
        float y = (x < 0 ? e : 1) / sum;
        return Math.fma(-y, lost, y);
    }

    /// tanh x: an odd polynomial for |x| < 0.625, else ±(1 − 2 / (e^2|x| + 1)).
    public static float tanh(float x) {
        float absolute = Math.abs(x);
        float twice = absolute + absolute;
        float large = 1 - 2 / (expWithin(twice > EXP_HIGHEST ? EXP_HIGHEST : twice) + 1);
        float square = x * x;
        float p = Math.fma(T4, square, T3);
        p = Math.fma(p, square, T2);
        p = Math.fma(p, square, T1);
        p = Math.fma(p, square, T0);
        float small = Math.fma(p * square, x, x);
        return Math.copySign(absolute < TANH_SMALL ? small : large, x);
    }

    /// log x = k·ln 2 + log(1 + f) with x = 2ᵏ·(1 + f), −¼ ≤ f < ½; a denormal x is scaled first. NaN below 0,
    /// −∞ at ±0.
    public static float log(float x) {
        boolean denormal = x < Float.MIN_NORMAL;
        int bits = Float.floatToRawIntBits(denormal ? x * DENORMAL_SCALE : x);
        int exponent = (bits - LOG_LOWEST) >> 23;
        float f = Float.intBitsToFloat(bits - (exponent << 23)) - 1;
        float k = denormal ? exponent - 25f : exponent;
        float y = Math.fma(k, LN2_HIGH, Math.fma(k, LN2_LOW, logOfOnePlus(f)));
        y = x > 0 ? y : Float.NaN;
        y = x == 0 ? Float.NEGATIVE_INFINITY : y;
        return x == Float.POSITIVE_INFINITY ? x : y;
    }

    private static float logOfOnePlus(float f) {
        float p = Math.fma(L9, f, L8);
        p = Math.fma(p, f, L7);
        p = Math.fma(p, f, L6);
        p = Math.fma(p, f, L5);
        p = Math.fma(p, f, L4);
        p = Math.fma(p, f, L3);
        p = Math.fma(p, f, L2);
        p = Math.fma(p, f, L1);
        p = Math.fma(p, f, L0);
        return Math.fma(p, f * f, f);
    }

    /// log(1 + eˣ) = max(x, 0) + log(1 + e) with e = e^−|x|: nothing overflows. Where e > ½, 1 + e is
    /// 2·(1 + f) with f = (e − 1) / 2, which is exact.
    public static float softplus(float x) {
        float e = expOfMinus(x);
        float f = e > 0.5f ? (e - 1) * 0.5f : e;
        float k = e > 0.5f ? 1 : 0;
        float y = Math.fma(k, LN2_HIGH, Math.fma(k, LN2_LOW, logOfOnePlus(f)));
        return (x < 0 ? 0 : x) + y;
    }

    /// erf x = 2/√π ∫₀ˣ e^−t² dt: an odd polynomial for |x| < 0.93, else ±(1 − eᵍ) with a polynomial g.
    public static float erf(float x) {
        float absolute = Math.abs(x);
        float t = absolute > ERF_ONE ? ERF_ONE : absolute;
        float q = Math.fma(B6, t, B5);
        q = Math.fma(q, t, B4);
        q = Math.fma(q, t, B3);
        q = Math.fma(q, t, B2);
        q = Math.fma(q, t, B1);
        q = Math.fma(q, t, B0);
        float large = 1 - expWithin(Math.fma(q, t, -t));
        float square = x * x;
        float p = Math.fma(A6, square, A5);
        p = Math.fma(p, square, A4);
        p = Math.fma(p, square, A3);
        p = Math.fma(p, square, A2);
        p = Math.fma(p, square, A1);
        p = Math.fma(p, square, A0);
        float small = Math.fma(p, x, x);
        return Math.copySign(absolute < ERF_SMALL ? small : large, x);
    }

    /// e^(−t²/2) for 0 ≤ t ≤ `NORMAL_FAR`.
    static float bell(float t) {
        return expWithin(t * t * -0.5f);
    }

    /// Φ(−t)·e^(t²/2) for t ≥ 0, with Φ the cumulative distribution function of the normal
    /// distribution.
    static float tailOverBell(float t) {
        float u = 1 / Math.fma(t, NORMAL_SCALE, 1);
        float p = Math.fma(N8, u, N7);
        p = Math.fma(p, u, N6);
        p = Math.fma(p, u, N5);
        p = Math.fma(p, u, N4);
        p = Math.fma(p, u, N3);
        p = Math.fma(p, u, N2);
        p = Math.fma(p, u, N1);
        return p * u;
    }

    /// x, clamped to `low` … `high`; NaN stays NaN.
    static float clamped(float x, float low, float high) {
        float raised = x < low ? low : x;
        return raised > high ? high : raised;
    }
}

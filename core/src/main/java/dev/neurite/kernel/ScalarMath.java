package dev.neurite.kernel;

/// Functions of one float, built from operations that every JVM rounds alike (add, multiply, divide,
/// `fma`), so that the interpreter, both compilers and every vector width give the same bits. `VectorMath`
/// repeats each formula on vectors.
///
/// Errors are at most 2 ulp (`ScalarMathTest` sweeps them against double precision). Constants of the
/// polynomials are those of Cephes 2.2 (Moshier), single precision.
final class ScalarMath {
    static final float LOG2_E = 1.442695f;
    static final float LN2_HIGH = 0.6931472f;
    static final float LN2_LOW = -1.9046542e-9f;

    /// Adding 1.5·2²³ rounds to a whole number and leaves it in the low bits.
    static final float ROUNDER = 12582912f;

    static final float EXP_LOWEST = -104f; // below, e^x rounds to 0
    static final float EXP_HIGHEST = 89f; // above, e^x overflows
    static final float E5 = 0.00019875691f;
    static final float E4 = 0.0013981999f;
    static final float E3 = 0.008333452f;
    static final float E2 = 0.041665796f;
    static final float E1 = 0.16666666f;
    static final float E0 = 0.5f;

    static final float TANH_SMALL = 0.625f;
    static final float T4 = -0.0057049887f;
    static final float T3 = 0.020639088f;
    static final float T2 = -0.053739715f;
    static final float T1 = 0.13331442f;
    static final float T0 = -0.3333328f;

    private ScalarMath() {}

    /// eˣ = 2ⁿ·eʳ with r = x − n·ln 2, |r| ≤ ln 2 / 2. Scaled in two steps, so that results below 2⁻¹²⁶
    /// round once.
    static float exp(float x) {
        float clamped = Math.min(Math.max(x, EXP_LOWEST), EXP_HIGHEST);
        float rounded = Math.fma(clamped, LOG2_E, ROUNDER);
        float n = rounded - ROUNDER;
        float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, clamped));
        float p = Math.fma(E5, r, E4);
        p = Math.fma(p, r, E3);
        p = Math.fma(p, r, E2);
        p = Math.fma(p, r, E1);
        p = Math.fma(p, r, E0);
        float y = Math.fma(p, r * r, r) + 1;
        int exponent = Float.floatToRawIntBits(rounded) - Float.floatToRawIntBits(ROUNDER);
        int half = exponent >> 1;
        return y * powerOfTwo(half) * powerOfTwo(exponent - half);
    }

    private static float powerOfTwo(int n) {
        return Float.intBitsToFloat((n + 127) << 23);
    }

    /// 1 / (1 + e⁻ˣ), from e^−|x| so that nothing overflows; what 1 + e lost in rounding is put back.
    static float sigmoid(float x) {
        float e = exp(-Math.abs(x));
        float sum = e + 1;
        float lost = e - (sum - 1);
        float y = (x < 0 ? e : 1) / sum;
        return Math.fma(-y, lost, y);
    }

    /// tanh x: an odd polynomial for |x| < 0.625, else ±(1 − 2 / (e^2|x| + 1)).
    static float tanh(float x) {
        float square = x * x;
        float p = Math.fma(T4, square, T3);
        p = Math.fma(p, square, T2);
        p = Math.fma(p, square, T1);
        p = Math.fma(p, square, T0);
        float small = Math.fma(p * square, x, x);
        float absolute = Math.abs(x);
        float large = 1 - 2 / (exp(absolute + absolute) + 1);
        return Math.copySign(absolute < TANH_SMALL ? small : large, x);
    }
}

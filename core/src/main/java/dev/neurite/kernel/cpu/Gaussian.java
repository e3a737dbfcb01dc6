package dev.neurite.kernel.cpu;

import dev.neurite.kernel.ScalarMath;
import dev.neurite.kernel.math.SplitMix64;

/// Normally distributed noise (Box and Muller 1958): the two halves of a hash give a radius √(−2·log u) and an
/// angle; two neighboring elements get radius·cos and radius·sin.
///
/// Plain loops for both engines. Angles are integers in units of 2⁻³² of a full turn, so their
/// reduction is exact. The polynomials of sine and cosine are our own minimax fits, as those of
/// [ScalarMath]; comments give their relative errors.
final class Gaussian {
    // sin 2πt = 2π·t + t·(S0 + S1·t² + …) for |t| ≤ ⅛, to 2⁻³³; S0 is the rounding error of the float 2π
    private static final float TWO_PI = 6.2831855f;
    private static final float S4 = 40.589584f;
    private static final float S3 = -76.670975f;
    private static final float S2 = 81.60496f;
    private static final float S1 = -41.3417f;
    private static final float S0 = -1.7487415e-07f;

    // cos 2πt = 1 + t²·(C0 + C1·t² + …) for |t| ≤ ⅛, to 2⁻³¹
    private static final float C3 = 58.620213f;
    private static final float C2 = -85.424515f;
    private static final float C1 = 64.93915f;
    private static final float C0 = -19.739208f;

    private static final int EIGHTH = 1 << 29; // of a turn of 2³²

    private Gaussian() {}

    /// y = x + factor·(deviation·n), where the factor is 1, or x if the noise is relative.
    static void add(long row, float deviation, boolean relative, float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i += 2) {
            long bits = SplitMix64.bits(row, i >>> 1);
            float radius = deviation * radius((int) bits);
            int angle = (int) (bits >>> 32);
            int q = quarters(angle);
            float t = rest(angle, q);
            float sin = sinOfEighth(t);
            float cos = cosOfEighth(t);
            float even = x[xo + i];
            y[yo + i] = Math.fma(radius * rotated(q + 1, sin, cos), relative ? even : 1, even);
            if (i + 1 < n) {
                float odd = x[xo + i + 1];
                y[yo + i + 1] = Math.fma(radius * rotated(q, sin, cos), relative ? odd : 1, odd);
            }
        }
    }

    /// √(−2·log u) for u = (b + ½) / 2³¹ of the upper 31 bits b: from 0 to 6.7.
    static float radius(int bits) {
        float u = Math.fma(bits >>> 1, 0x1p-31f, 0x1p-32f);
        return (float) Math.sqrt(-2 * ScalarMath.log(u));
    }

    /// sin 2πt for t = angle / 2³².
    static float sin(int angle) {
        int q = quarters(angle);
        float t = rest(angle, q);
        return rotated(q, sinOfEighth(t), cosOfEighth(t));
    }

    /// The nearest number of quarter turns; only its last two bits matter.
    private static int quarters(int angle) {
        return (angle + EIGHTH) >>> 30;
    }

    /// The angle minus these quarter turns, from −⅛ to ⅛ of a turn.
    private static float rest(int angle, int quarters) {
        return (angle - (quarters << 30)) * 0x1p-32f;
    }

    /// The sine of an angle plus quarter turns, from the sine and cosine of the angle. Without
    /// branches, half of which would be mispredicted.
    private static float rotated(int quarters, float sin, float cos) {
        int s = Float.floatToRawIntBits(sin);
        int c = Float.floatToRawIntBits(cos);
        int size = s ^ ((s ^ c) & -(quarters & 1));
        return Float.intBitsToFloat(size ^ ((quarters & 2) << 30));
    }

    private static float sinOfEighth(float t) {
        float square = t * t;
        float p = Math.fma(S4, square, S3);
        p = Math.fma(p, square, S2);
        p = Math.fma(p, square, S1);
        p = Math.fma(p, square, S0);
        return Math.fma(TWO_PI, t, p * t);
    }

    private static float cosOfEighth(float t) {
        float square = t * t;
        float p = Math.fma(C3, square, C2);
        p = Math.fma(p, square, C1);
        p = Math.fma(p, square, C0);
        return Math.fma(p, square, 1);
    }
}

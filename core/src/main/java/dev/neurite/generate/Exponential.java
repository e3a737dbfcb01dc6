package dev.neurite.generate;

/// eˣ in double precision with the same bits on every machine, and faster than `StrictMath`: 2^(n/512) of a table
/// times eʳ with |r| ≤ ln 2 / 1024. The relative error is below (2 + |x|) · 2⁻⁵³, as that of x itself would make it.
final class Exponential {
    /// The lowest x.
    static final double LOWEST = -700;

    private static final int STEPS = 512;
    private static final double STEPS_PER_UNIT = 0x1.71547652b82fep0 * STEPS; // STEPS / ln 2
    private static final double STEP = 0x1.62e42fefa39efp-1 / STEPS; // ln 2 / STEPS
    private static final double ROUNDER = 0x1.8p52; // added and subtracted: rounds to a whole number
    private static final double[] POWERS = powers();

    private Exponential() {}

    private static double[] powers() {
        double[] powers = new double[STEPS];
        for (int i = 0; i < STEPS; i++) powers[i] = StrictMath.pow(2, (double) i / STEPS);
        return powers;
    }

    /// eˣ for x from [#LOWEST] to 0; 1 for 0.
    static double of(double x) {
        double shifted = Math.fma(x, STEPS_PER_UNIT, ROUNDER);
        double n = shifted - ROUNDER;
        double r = Math.fma(n, -STEP, x);
        double p = Math.fma(Math.fma(1.0 / 24, r, 1.0 / 6), r, 0.5);
        double expm1 = Math.fma(p, r * r, r);
        long bits = Double.doubleToRawLongBits(shifted); // ends with n
        double power = POWERS[(int) bits & STEPS - 1];
        double result = Math.fma(power, expm1, power);
        return Double.longBitsToDouble(Double.doubleToRawLongBits(result) + (bits >> 9 << 52)); // times 2^(n / STEPS)
    }
}

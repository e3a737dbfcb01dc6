package dev.neurite.optim;

/// Powers with whole exponents, as products of squares: `StrictMath.pow` allocates arrays each time.
final class Power {
    private Power() {}

    /// βᵗ, at most about t·2⁻⁵³ of it from exact.
    /// @param t at least 0
    static double of(double beta, long t) {
        double power = 1;
        double square = beta;
        for (long left = t; left > 0; left >>= 1) {
            if ((left & 1) != 0) power *= square;
            square *= square;
        }
        return power;
    }
}

package dev.neurite.optim;

/// Integer powers by repeated squaring; `StrictMath.pow` would allocate arrays in each call.
final class Power {
    private Power() {}

    /// βᵗ, with a relative error of at most about t·2⁻⁵³.
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

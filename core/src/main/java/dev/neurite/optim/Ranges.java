package dev.neurite.optim;

import dev.neurite.error.ConfigException;

/// Checks of settings. Each refuses NaN.
final class Ranges {
    private Ranges() {}

    static void positive(String what, double value) {
        require(value > 0 && value < 1e10, what, "expects a number above 0 and below 1e10, got " + value);
    }

    static void notNegative(String what, double value) {
        require(value >= 0 && value < 1e10, what, "expects a number from 0 to below 1e10, got " + value);
    }

    static void fraction(String what, double value) {
        require(value >= 0 && value < 1, what, "expects a number from 0 to below 1, got " + value);
    }

    /// What a divisor is kept above 0 by, in float too.
    static void epsilon(double value) {
        require(value >= 1e-30 && value < 1e10, "epsilon", "expects a number from 1e-30 to below 1e10, got " + value);
    }

    static void count(String what, int value) {
        require(value >= 1 && value <= 1000, what, "expects 1 to 1000, got " + value);
    }

    static void require(boolean holds, String what, String problem) {
        if (!holds) throw new ConfigException(what, problem);
    }
}

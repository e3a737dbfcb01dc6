package dev.neurite.optim;

import dev.neurite.error.ConfigException;

/// Checks of settings. Each refuses NaN.
final class Ranges {
    private Ranges() {}

    static void positive(String what, double value) {
        require(value > 0 && value < 1e10, what, "expects a number above 0 and below 1e10, got " + value);
    }

    static void factor(String what, double value) {
        require(value > 0 && value <= 1, what, "expects a number above 0 and at most 1, got " + value);
    }

    static void count(int least, String what, long value) {
        boolean holds = value >= least && value <= 1_000_000_000_000_000L;
        require(holds, what, "expects a whole number from " + least + " to 1e15, got " + value);
    }

    static void divisor(String what, double value) {
        require(value >= 1 && value < 1e10, what, "expects a number from 1 to below 1e10, got " + value);
    }

    /// Checks that a schedule's lowest rate is at most the optimizer's.
    static void below(String what, double lowest, double rate) {
        if (lowest > rate)
            throw new ConfigException(what, "expects at most the optimizer's rate " + rate + ", got " + lowest);
    }

    static void notNegative(String what, double value) {
        require(value >= 0 && value < 1e10, what, "expects a number from 0 to below 1e10, got " + value);
    }

    static void fraction(String what, double value) {
        require(value >= 0 && value < 1, what, "expects a number from 0 to below 1, got " + value);
    }

    /// Checks an ε that keeps a float divisor above 0.
    static void epsilon(double value) {
        require(value >= 1e-30 && value < 1e10, "epsilon", "expects a number from 1e-30 to below 1e10, got " + value);
    }

    /// Checks the settings of optimizers with moments: α, β₁, β₂ and ε.
    static void moments(double rate, double beta1, double beta2, double epsilon) {
        positive("learning rate", rate);
        fraction("beta1", beta1);
        fraction("beta2", beta2);
        epsilon(epsilon);
    }

    static void require(boolean holds, String what, String problem) {
        if (!holds) throw new ConfigException(what, problem);
    }
}

package dev.neurite.optim;

import dev.neurite.error.ConfigException;

/// L1 and L2 regularization: adds λ₁·Σ|θ| + ½·λ₂·Σθ² to the loss, with the gradient λ₁·sign θ + λ₂·θ,
/// so that L2 equals coupled weight decay (PyTorch's convention; Keras has no factor ½). Unlike weight
/// decay, it is part of the gradient that is clipped. Reported losses exclude it.
/// @param l1 λ₁, at least 0
/// @param l2 λ₂, at least 0
public record Penalty(double l1, double l2) {
    /// No penalty.
    public static final Penalty NONE = new Penalty(0, 0);

    /// @throws ConfigException for a factor out of range
    public Penalty {
        check("L1", l1);
        check("L2", l2);
    }

    private static void check(String what, double factor) {
        if (!(factor >= 0 && factor < 1e10)) {
            throw new ConfigException(what, "expects a number from 0 to below 1e10, got " + factor);
        }
    }

    /// λ·Σ|θ|, which makes parameters exactly 0. Tibshirani 1996, "Regression shrinkage and selection
    /// via the lasso".
    public static Penalty l1(double lambda) {
        return new Penalty(lambda, 0);
    }

    /// ½·λ·Σθ².
    public static Penalty l2(double lambda) {
        return new Penalty(0, lambda);
    }

    /// Both: the elastic net. Zou and Hastie 2005, "Regularization and variable selection via the elastic net".
    public static Penalty elasticNet(double l1, double l2) {
        return new Penalty(l1, l2);
    }

    /// The sum of two penalties.
    public Penalty plus(Penalty other) {
        return new Penalty(l1 + other.l1, l2 + other.l2);
    }
}

package dev.neurite.optim;

import dev.neurite.error.ConfigException;

/// A norm constraint, applied after each step: the norm of each unit's weights, a row of a weight
/// `[out×in]`, is kept between two bounds. A row outside is multiplied by bound / (norm + 10⁻⁷), as in
/// PyTorch's `renorm`; Keras also divides rows inside the bounds by norm + 10⁻⁷.
/// @param least the smallest norm, at least 0
/// @param most the largest norm, at least the smallest, above 0
public record Constraint(double least, double most) {
    /// No constraint.
    public static final Constraint NONE = new Constraint(0, Double.POSITIVE_INFINITY);

    /// @throws ConfigException for bounds out of range
    public Constraint {
        if (!(least >= 0 && least < Double.POSITIVE_INFINITY && most >= least && most > 0)) {
            throw new ConfigException(
                    "norm constraint",
                    "expects bounds from 0, the upper above 0 and at least the lower, got " + least + " to " + most);
        }
    }

    /// Norms of at most a limit. Srebro and Shraibman 2005, "Rank, trace-norm and max-norm".
    /// @param limit above 0
    public static Constraint maxNorm(double limit) {
        return new Constraint(0, limit);
    }

    /// Norms of 1.
    public static Constraint unitNorm() {
        return new Constraint(1, 1);
    }
}

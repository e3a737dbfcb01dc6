package dev.neurite.optim;

import dev.neurite.error.ConfigException;

/// What holds for the weights of each unit after each step: the norm of the numbers that it multiplies its
/// inputs by, a row of a weight `[out×in]`, lies between two bounds. A row outside is multiplied by
/// bound / (norm + 10⁻⁷), as in PyTorch's `renorm`; Keras divides rows inside by norm + 10⁻⁷ as well.
/// @param least the smallest norm, at least 0
/// @param most the largest norm, at least the smallest, above 0
public record Constraint(double least, double most) {
    /// Any norm.
    public static final Constraint NONE = new Constraint(0, Double.POSITIVE_INFINITY);

    /// @throws ConfigException for bounds out of range
    public Constraint {
        if (!(least >= 0 && least < Double.POSITIVE_INFINITY && most >= least && most > 0)) {
            throw new ConfigException(
                    "norm constraint",
                    "expects bounds from 0, the largest above 0 and not below the smallest, got " + least + " to "
                            + most);
        }
    }

    /// Norms up to a limit. Srebro and Shraibman 2005, "Rank, trace-norm and max-norm".
    /// @param limit above 0
    public static Constraint maxNorm(double limit) {
        return new Constraint(0, limit);
    }

    /// Norms of 1.
    public static Constraint unitNorm() {
        return new Constraint(1, 1);
    }
}

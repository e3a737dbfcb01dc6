package dev.neurite.model;

/// The purpose of a parameter, for rules such as "no weight decay on biases".
public enum Role {
    /// Multiplies inputs.
    WEIGHT,
    /// Is added to sums.
    BIAS,
    /// Multiplies normalized values, or negative ones.
    SCALE,
    /// Is measured while training, not learned, see [Declarations#statistic].
    STATISTIC
}

package dev.neurite.model;

/// What a parameter does, for rules such as "no weight decay on biases".
public enum Role {
    /// Multiplies what comes in.
    WEIGHT,
    /// Is added.
    BIAS,
    /// Scales what was normalized, or negative values.
    SCALE,
    /// Is measured while training, not learned, see [Declarations#statistic].
    STATISTIC
}

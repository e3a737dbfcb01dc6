package dev.neurite.kernel;

/// How wrong one number is, and how that changes with it, side by side. Without state of its own: threads
/// share it.
public interface Pointwise {
    /// How wrong output y is where t is right; NaN if y is.
    float value(float y, float t);

    /// The derivative of [#value] by y.
    float slope(float y, float t);
}

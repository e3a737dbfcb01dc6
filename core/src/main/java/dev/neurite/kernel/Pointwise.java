package dev.neurite.kernel;

/// An element-wise loss and its derivative. Stateless, since threads share it.
public interface Pointwise {
    /// The loss of output y for target t; NaN if y is NaN.
    float value(float y, float t);

    /// The derivative of [#value] with respect to y.
    float slope(float y, float t);
}

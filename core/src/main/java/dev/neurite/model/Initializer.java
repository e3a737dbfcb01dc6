package dev.neurite.model;

import dev.neurite.kernel.KeyedRandom;
import dev.neurite.tensor.Shape;

/// The initial values of a parameter. Implementations are records; `dev.neurite.layer.Initializers`
/// makes them.
public interface Initializer {
    /// Computes the values, row-major.
    /// @param shape the parameter's shape; its first axis counts outputs, the others inputs
    /// @param random random numbers for this parameter alone
    /// @return as many values as the shape has elements
    float[] values(Shape shape, KeyedRandom random);
}

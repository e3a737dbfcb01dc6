package dev.neurite.model;

import dev.neurite.kernel.KeyedRandom;
import dev.neurite.tensor.Shape;

/// What a parameter starts as. Implementations are records, with factories in `dev.neurite.layer.Initializers`.
public interface Initializer {
    /// Gives the values, row-major.
    /// @param shape the parameter's shape; its first axis counts outputs, the others inputs
    /// @param random a stream of the parameter's own
    /// @return as many values as the shape has elements
    float[] values(Shape shape, KeyedRandom random);
}

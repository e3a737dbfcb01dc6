package dev.neurite.model;

import dev.neurite.tensor.Shape;

/// A named part of a network's parameters or running statistics.
/// @param name the path of its layer and its own name, `dense1.weight`
/// @param role its purpose
/// @param shape its shape; a dense weight is `[out×in]`
/// @param offset its first index in the flat array of all parts
/// @param initializer its initial values
public record Parameter(String name, Role role, Shape shape, int offset, Initializer initializer) {
    /// The number of elements.
    public int size() {
        return shape.size();
    }
}

package dev.neurite.model;

import dev.neurite.tensor.Shape;

/// A named part of a network's parameters.
/// @param name the path of its layer and its own name, `dense1.weight`
/// @param role what it does
/// @param shape its shape; a dense weight is `[out×in]`
/// @param offset where it begins in the flat array of all parameters
/// @param initializer what it starts as
public record Parameter(String name, Role role, Shape shape, int offset, Initializer initializer) {
    /// The number of elements.
    public int size() {
        return shape.size();
    }
}

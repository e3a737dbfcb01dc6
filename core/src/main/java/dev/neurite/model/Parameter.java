package dev.neurite.model;

import dev.neurite.tensor.Shape;
import java.util.Arrays;
import java.util.regex.Pattern;

/// A named part of a network's parameters or running statistics.
/// @param name the path of its layer and its own name, `dense1.weight`
/// @param role its purpose
/// @param shape its shape; a dense weight is `[out×in]`
/// @param offset its first index in the flat array of all parts
/// @param initializer its initial values
public record Parameter(String name, Role role, Shape shape, int offset, Initializer initializer) {
    /// Whether its name matches a pattern, in which `*` stands for any text: `dense1.*`, `*.bias`.
    public boolean matches(String pattern) {
        String[] literal = pattern.split("\\*", -1);
        String expression =
                String.join(".*", Arrays.stream(literal).map(Pattern::quote).toArray(String[]::new));
        return name.matches(expression);
    }

    /// The number of elements.
    public int size() {
        return shape.size();
    }
}

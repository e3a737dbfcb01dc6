package dev.neurite.model;

import dev.neurite.error.ShapeException;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/// A named part of a network's parameters or running statistics.
/// @param name the path of its layer and its own name, `dense1.weight`
/// @param role its purpose
/// @param shape its shape; a dense weight is `[out×in]`
/// @param start its first index in the numbering of all parts; beyond 2³¹ in networks that have no flat array
/// @param initializer its initial values
public record Parameter(String name, Role role, Shape shape, long start, Initializer initializer) {
    private static final int LONGEST = Integer.MAX_VALUE - 8; // array of Java

    /// Its first index in the flat array of all parts.
    /// @throws ShapeException in a network of 2³¹ parameters and more, which fit in no array: it can predict with
    /// weights of fewer bits, but not train all parameters
    public int offset() {
        return inArray(start, name);
    }

    /// A number of parameters, or the index of one, that an array can have.
    static int inArray(long index, String name) {
        if (index <= LONGEST) return (int) index;
        throw new ShapeException(
                name, "expects fewer than 2³¹ parameters, which one array can have, got " + index + " and more");
    }

    /// These parameters one after the other, in an array of their own.
    static List<Parameter> numbered(List<Parameter> parts) {
        List<Parameter> numbered = new ArrayList<>();
        long start = 0;
        for (Parameter part : parts) {
            numbered.add(new Parameter(part.name, part.role, part.shape, start, part.initializer));
            start += part.size();
        }
        return List.copyOf(numbered);
    }

    /// Whether its name matches a pattern, in which `*` stands for any text: `dense1.*`, `*.bias`.
    public boolean matches(String pattern) {
        return matches(name, pattern);
    }

    /// Whether a name matches a pattern, in which `*` stands for any text.
    public static boolean matches(String name, String pattern) {
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

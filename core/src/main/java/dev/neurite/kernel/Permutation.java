package dev.neurite.kernel;

import dev.neurite.error.ConfigException;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.stream.IntStream;

/// A permutation of the axes of a row.
/// @param in the input shape of a row
/// @param order the input axis of each output axis, from 0
public record Permutation(Shape in, List<Integer> order) {
    /// @throws ConfigException unless each axis is given once
    public Permutation {
        order = List.copyOf(order);
        if (!order.stream()
                .sorted()
                .toList()
                .equals(IntStream.range(0, in.rank()).boxed().toList())) {
            throw new ConfigException(
                    "permutation", "expects each axis of " + in + " once, counted from 0, got " + order);
        }
    }

    /// The output shape of a row.
    public Shape out() {
        return Shape.of(order.stream().mapToInt(in::extent).toArray());
    }

    /// The distance in the input between neighboring elements along an axis of the output.
    public int stride(int axis) {
        int stride = 1;
        for (int i = order.get(axis) + 1; i < in.rank(); i++) stride *= in.extent(i);
        return stride;
    }
}

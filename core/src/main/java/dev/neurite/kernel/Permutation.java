package dev.neurite.kernel;

import dev.neurite.error.ConfigException;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.stream.IntStream;

/// The axes of a row in another order.
/// @param in the shape of a row
/// @param order which of its axes is first, second, …; from 0
public record Permutation(Shape in, List<Integer> order) {
    /// @throws ConfigException unless each axis stands once in the order
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

    /// The shape of a row that comes out.
    public Shape out() {
        return Shape.of(order.stream().mapToInt(in::extent).toArray());
    }

    /// How far elements of the input are from one another along axis `axis` of the output.
    public int stride(int axis) {
        int stride = 1;
        for (int i = order.get(axis) + 1; i < in.rank(); i++) stride *= in.extent(i);
        return stride;
    }
}

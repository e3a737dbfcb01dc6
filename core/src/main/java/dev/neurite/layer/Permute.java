package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Permutation;
import dev.neurite.kernel.Planes;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Permutes the axes of rows: `permute(1, 2, 0)` turns `[C×H×W]` into `[H×W×C]`.
/// @param order the input axis of each output axis, from 0; without the batch axis, which PyTorch's
/// `permute` includes
public record Permute(List<Integer> order) implements Layer {
    /// @throws ConfigException unless each axis is given once
    public Permute {
        order = List.copyOf(order);
        if (!order.stream()
                .sorted()
                .toList()
                .equals(IntStream.range(0, order.size()).boxed().toList())) {
            throw new ConfigException(
                    "permute", "expects each axis from 0 to " + (order.size() - 1) + " once, got " + order);
        }
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        if (in.rank() != order.size()) {
            throw new ShapeException(declare.path(), this + " expects rows of " + order.size() + " axes, got " + in);
        }
        return new Permutation(in, order).out();
    }

    /// True: positions stay whole; along the time axis wherever it is then.
    @Override
    public boolean acceptsPadding() {
        return true;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        Planes planes = pass.kernels().planes();
        var permutation = new Permutation(x.shape().row(), order);
        Tensor y = pass.tensor(permutation.out());
        planes.permute(permutation, x, y);
        return pass.backward(x, y, (dy, dx) -> {
            if (pass.wants(x)) planes.permuteBack(permutation, dy, dx);
        });
    }

    @Override
    public String toString() {
        return order.stream().map(String::valueOf).collect(Collectors.joining(", ", "permute(", ")"));
    }
}

package dev.neurite.layer;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Declarations;
import dev.neurite.model.Node;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// The element-wise product of two or more inputs of one shape: y = a ∘ b ∘ …
public record Multiply() implements Node {
    @Override
    public List<Shape> build(List<Shape> in, Declarations declare) {
        if (in.size() < 2 || !in.stream().allMatch(in.getFirst()::equals)) {
            throw new ShapeException(declare.path(), "multiply expects two or more inputs of one shape, got " + in);
        }
        return List.of(in.getFirst());
    }

    @Override
    public boolean acceptsBlocks() {
        return true;
    }

    @Override
    public boolean acceptsPadding() {
        return true;
    }

    @Override
    public boolean acceptsParts() {
        return true;
    }

    @Override
    public List<Tensor> forward(List<Tensor> in, Pass pass) {
        Kernels kernels = pass.kernels();
        Tensor y = pass.output();
        kernels.multiply(in.get(0), in.get(1), y);
        for (int i = 2; i < in.size(); i++) kernels.multiply(y, in.get(i), y);
        return pass.backward(in, List.of(y), (dys, dxs) -> {
            for (int i = 0; i < in.size(); i++) {
                if (pass.wants(in.get(i))) productOfOthers(kernels, in, i, dys.getFirst(), dxs.get(i));
            }
        });
    }

    /// da = dy ∘ b ∘ …
    private static void productOfOthers(Kernels kernels, List<Tensor> in, int which, Tensor dy, Tensor dx) {
        Tensor product = dy;
        for (int i = 0; i < in.size(); i++) {
            if (i == which) continue;
            kernels.multiply(product, in.get(i), dx);
            product = dx;
        }
    }

    @Override
    public String toString() {
        return "multiply()";
    }
}

package dev.neurite.layer;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.ActivationKernels;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// A gated linear unit: splits x in halves a and b along an axis, y = a ∘ sigmoid(b). After
/// `dense(2·n)`, n features remain. Dauphin et al. 2017, arXiv:1612.08083.
///
/// | tensor | shape of a row |
/// |---|---|
/// | x | `[… × 2n × …]` |
/// | y | `[… × n × …]` |
/// @param axis the axis that is halved, without the batch axis, which PyTorch's `dim` includes; −1, the
/// last axis, by default, as in PyTorch
public record Glu(int axis) implements Layer {
    @Override
    public Shape build(Shape in, Declarations declare) {
        int at = place(in.rank());
        if (at < 0 || at >= in.rank() || in.extent(at) < 2 || in.extent(at) % 2 != 0) {
            throw new ShapeException(
                    declare.path(), this + " expects a row whose axis " + axis + " has an even extent, got " + in);
        }
        int[] extents = in.extents().stream().mapToInt(Integer::intValue).toArray();
        extents[at] /= 2;
        return Shape.of(extents);
    }

    private int place(int rank) {
        return axis < 0 ? rank + axis : axis;
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
    public Tensor forward(Tensor x, Pass pass) {
        List<Integer> extents = x.shape().row().extents();
        int block =
                extents.subList(place(extents.size()), extents.size()).stream().reduce(1, (a, b) -> a * b);
        Tensor y = pass.output();
        ActivationKernels kernels = pass.kernels().activations();
        kernels.glu(x, block, y);
        return pass.backward(x, y, (dy, dx) -> {
            if (pass.wants(x)) kernels.gluGradient(x, block, dy, dx); // da = dy ∘ s, db = dy ∘ a ∘ s ∘ (1 − s)
        });
    }

    @Override
    public String toString() {
        return axis == -1 ? "glu()" : "glu(axis " + axis + ")";
    }
}

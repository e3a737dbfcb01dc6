package dev.neurite.layer;

import dev.neurite.error.ShapeException;
import dev.neurite.model.Declarations;
import dev.neurite.model.Node;
import dev.neurite.model.Pass;
import dev.neurite.model.Pass.Dx;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// A batch normalization that adds a second input before its activation: y = g(x̂·w + b + r), the end
/// of a residual block in one sweep over memory. The result equals that of a batch norm and an [Add]
/// bit for bit, without storing x̂·w + b.
///
/// | tensor | shape |
/// |---|---|
/// | x, the first input | as for the batch norm |
/// | r, the second input; y | that of x |
/// | `weight`, `bias`, `running_mean`, `running_var` | as for the batch norm |
///
/// @param norm the batch norm, with g
public record NormAdd(BatchNorm norm) implements Node {
    @Override
    public List<Shape> build(List<Shape> in, Declarations declare) {
        if (in.size() != 2 || !in.getFirst().equals(in.getLast())) {
            throw new ShapeException(declare.path(), this + " expects 2 inputs of one shape, got " + in);
        }
        return List.of(norm.build(in.getFirst(), declare));
    }

    @Override
    public boolean acceptsBlocks() {
        return true;
    }

    @Override
    public List<Tensor> forward(List<Tensor> in, Pass pass) {
        Tensor x = in.getFirst();
        Tensor r = in.getLast();
        var run = norm.new Run(x, r, pass);
        return pass.backward(List.of(r, x), List.of(run.y()), Dx.MAY_BE_DY, (dys, dxs) -> {
            Tensor delta = dys.getFirst();
            run.backward(delta, dxs.getLast());
            if (pass.wants(r)) pass.kernels().copy(delta, dxs.getFirst()); //  dr = δ, mostly the same memory
        });
    }

    @Override
    public String toString() {
        return "normAdd(" + norm + ")";
    }
}

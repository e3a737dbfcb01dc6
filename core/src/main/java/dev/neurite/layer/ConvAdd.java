package dev.neurite.layer;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.model.Declarations;
import dev.neurite.model.Node;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// A convolution that adds a second input before its activation: y = g(W ∗ x + b + r), the end of a
/// residual block in one sweep over memory.
///
/// | tensor | shape |
/// |---|---|
/// | x, the first input | as for the convolution |
/// | r, the second input | that of y |
/// | `weight` W, `bias` b, y | as for the convolution |
///
/// @param conv the convolution, with g
public record ConvAdd(Conv2d conv) implements Node {
    @Override
    public List<Shape> build(List<Shape> in, Declarations declare) {
        if (in.size() != 2) throw new ShapeException(declare.path(), this + " expects 2 inputs, got " + in.size());
        Shape out = ConvolutionOp.of(this, conv, 0).build(in.getFirst(), declare);
        if (!in.get(1).equals(out)) {
            throw new ShapeException(
                    declare.path(),
                    this + " expects a second input of the convolution's output shape " + out + ", got " + in);
        }
        return List.of(out);
    }

    @Override
    public boolean acceptsBlocks() {
        return true;
    }

    @Override
    public List<Tensor> forward(List<Tensor> in, Pass pass) {
        var run = ConvolutionOp.of(this, conv, 0).new Run(in.getFirst(), in.getLast(), pass);
        Tensor r = run.residual();
        return pass.backward(List.of(run.x(), r), List.of(run.y()), (dys, dxs) -> {
            Tensor delta = dys.getFirst();
            run.backward(delta, Tensor.EMPTY, dxs.getFirst());
            if (pass.wants(r)) pass.kernels().copy(delta, dxs.get(1)); //     dr = δ
        });
    }

    @Override
    public Activation outputActivation() {
        return conv.outputActivation();
    }

    @Override
    public ConvAdd withoutOutputActivation() {
        return new ConvAdd(conv.withoutOutputActivation());
    }

    @Override
    public String toString() {
        return "convAdd(" + conv + ")";
    }
}

package dev.neurite.layer;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Activation.Identity;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Declarations;
import dev.neurite.model.FusedActivation;
import dev.neurite.model.Node;
import dev.neurite.model.Pass;
import dev.neurite.model.Pass.Dx;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// The sum of two or more inputs of one shape: y = g(a + b + …).
/// @param activation g, none by default
public record Add(Elementwise activation) implements Node {
    /// A copy with this activation of the sum.
    public Add withActivation(Elementwise g) {
        return new Add(g);
    }

    @Override
    public List<Shape> build(List<Shape> in, Declarations declare) {
        if (in.size() < 2 || !in.stream().allMatch(in.getFirst()::equals)) {
            throw new ShapeException(declare.path(), "add expects two or more inputs of one shape, got " + in);
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
        FusedActivation out = pass.activated(activation, in.getFirst().layout());
        Tensor z = out.z();
        int last = in.size() - 1;
        Tensor sum = in.getFirst();
        for (int i = 1; i < last; i++, sum = z) kernels.add(sum, in.get(i), z);
        kernels.addActivated(sum, in.get(last), out.inKernel(), z);

        return pass.backward(in, List.of(out.y()), Dx.MAY_BE_DY, (dys, dxs) -> { // da = db = dy ∘ g′(z)
            Tensor delta = out.delta(dys.getFirst());
            for (int i = 0; i < in.size(); i++) {
                if (pass.wants(in.get(i))) kernels.copy(delta, dxs.get(i));
            }
        });
    }

    @Override
    public Activation outputActivation() {
        return Activate.detachable(activation) ? activation : Activation.IDENTITY;
    }

    @Override
    public Add withoutOutputActivation() {
        return Activate.detachable(activation) ? withActivation(Activation.IDENTITY) : this;
    }

    @Override
    public String toString() {
        return "add(" + (activation instanceof Identity ? "" : activation) + ")";
    }
}

package dev.neurite.layer;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Activation.Identity;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Declarations;
import dev.neurite.model.Node;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// The sum of two inputs or more, all of one shape: y = g(a + b + …)
/// @param activation g, by default none
public record Add(Elementwise activation) implements Node {
    /// The same with another activation of the sum.
    public Add withActivation(Elementwise g) {
        return new Add(g);
    }

    @Override
    public List<Shape> build(List<Shape> in, Declarations declare) {
        if (in.size() < 2 || !in.stream().allMatch(in.getFirst()::equals)) {
            throw new ShapeException(declare.path(), "add expects two inputs or more of one shape, got " + in);
        }
        return List.of(in.getFirst());
    }

    @Override
    public List<Tensor> forward(List<Tensor> in, Pass pass) {
        Kernels kernels = pass.kernels();
        Elementwise g = activation;
        Tensor y = pass.output();
        boolean keepsSum = g.derivativeNeedsInput() || pass.inspecting();
        Tensor z = keepsSum ? pass.like(y) : y;
        int last = in.size() - 1;
        Tensor sum = in.getFirst();
        for (int i = 1; i < last; i++, sum = z) kernels.add(sum, in.get(i), z);
        kernels.addActivated(sum, in.get(last), keepsSum ? Activation.IDENTITY : g, z);
        pass.observe("z", z);
        if (keepsSum) kernels.activate(g, z, y);

        return pass.backwardInPlace(in, y, (dys, dxs) -> { // da = db = dy ∘ g′(z)
            Tensor delta = dys.getFirst();
            if (!(g instanceof Identity)) kernels.activationGradient(g, z, y, delta, delta);
            pass.observe("delta", delta);
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

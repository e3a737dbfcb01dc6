package dev.neurite.model.engine;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Activation.Identity;
import dev.neurite.model.FusedActivation;
import dev.neurite.tensor.Tensor;

/// The activation at the end of the layer that runs.
final class NodeActivation implements FusedActivation {
    private final NodePass pass;
    private Elementwise g = Activation.IDENTITY;
    private Tensor y = Tensor.EMPTY;
    private Tensor z = Tensor.EMPTY;

    NodeActivation(NodePass pass) {
        this.pass = pass;
    }

    /// Begins another layer. Passes reuse these objects, so that a step allocates nothing.
    /// @param logits z; y itself if the kernel applies g
    NodeActivation begin(Elementwise activation, Tensor output, Tensor logits) {
        g = activation;
        y = output;
        z = logits;
        return this;
    }

    @SuppressWarnings("ReferenceEquality") // the same tensor is meant
    private boolean isFused() {
        return z == y;
    }

    @Override
    public Elementwise inKernel() {
        return isFused() ? g : Activation.IDENTITY;
    }

    @Override
    public Tensor z() {
        return z;
    }

    @Override
    public Tensor y() {
        if (!isFused()) pass.kernels().activations().activate(g, z, y);
        pass.showPreActivation(z);
        return y;
    }

    @Override
    public Tensor delta(Tensor dy) {
        if (!(g instanceof Identity)) pass.kernels().activations().activationGradient(g, z, y, dy, dy);
        pass.showDelta(dy);
        return dy;
    }
}

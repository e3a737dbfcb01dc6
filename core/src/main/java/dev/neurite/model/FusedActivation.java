package dev.neurite.model;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Activation.Identity;
import dev.neurite.tensor.Tensor;

/// The activation at the end of a layer, y = g(z), from [Pass#activated]. The kernel that computes z applies g in the
/// same sweep, unless z must be kept: for g′, or for an [Inspection]. Both give the same bits.
/// ```java
/// FusedActivation out = pass.activated(g);
/// pass.kernels().dense(x, w, b, out.inKernel(), out.z()); // z = x·Wᵀ + b
/// Tensor y = out.y(); //                                     y = g(z)
/// return pass.backward(x, y, (dy, dx) -> {
///     Tensor delta = out.delta(dy); //                       δ = dy ∘ g′(z)
///     …
/// ```
public final class FusedActivation {
    private final NodePass pass;
    private Elementwise g = Activation.IDENTITY;
    private Tensor y = Tensor.EMPTY;
    private Tensor z = Tensor.EMPTY;

    FusedActivation(NodePass pass) {
        this.pass = pass;
    }

    /// Serves another layer; passes use these again and again, so that a step allocates nothing.
    /// @param logits z; y itself where the kernel applies g
    FusedActivation begin(Elementwise activation, Tensor output, Tensor logits) {
        g = activation;
        y = output;
        z = logits;
        return this;
    }

    @SuppressWarnings("ReferenceEquality") // the same tensor is meant
    private boolean isFused() {
        return z == y;
    }

    /// What the kernel that computes z applies to it: g, or the identity where z is kept.
    public Elementwise inKernel() {
        return isFused() ? g : Activation.IDENTITY;
    }

    /// Where that kernel writes.
    public Tensor z() {
        return z;
    }

    /// y = g(z), once the kernel has written z. To be called once.
    public Tensor y() {
        if (!isFused()) pass.kernels().activate(g, z, y);
        pass.showPreActivation(z);
        return y;
    }

    /// δ = dy ∘ g′(z), in the place of dy.
    public Tensor delta(Tensor dy) {
        if (!(g instanceof Identity)) pass.kernels().activationGradient(g, z, y, dy, dy);
        pass.showDelta(dy);
        return dy;
    }
}

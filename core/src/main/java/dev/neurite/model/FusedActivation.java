package dev.neurite.model;

import dev.neurite.kernel.Activation.Elementwise;
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
public interface FusedActivation {
    /// What the kernel that computes z applies to it: g, or the identity where z is kept.
    Elementwise inKernel();

    /// Where that kernel writes.
    Tensor z();

    /// y = g(z), once the kernel has written z. To be called once.
    Tensor y();

    /// δ = dy ∘ g′(z), in the place of dy.
    Tensor delta(Tensor dy);
}

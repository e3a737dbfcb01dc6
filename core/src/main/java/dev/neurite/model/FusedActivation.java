package dev.neurite.model;

import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.tensor.Tensor;

/// The activation at the end of a layer, y = g(z), from [Pass#activated]. The kernel that computes z
/// applies g too, in the same loop. If z is needed later, for g′ or an [Inspection], the kernel writes
/// z, and g is applied afterwards. Both give the same bits.
/// ```java
/// FusedActivation out = pass.activated(g);
/// pass.kernels().dense(x, w, b, out.inKernel(), out.z()); // z = x·Wᵀ + b
/// Tensor y = out.y(); //                                     y = g(z)
/// return pass.backward(x, y, (dy, dx) -> {
///     Tensor delta = out.delta(dy); //                       δ = dy ∘ g′(z)
///     …
/// ```
public interface FusedActivation {
    /// The activation to pass to the kernel: g, or the identity if z is needed later.
    Elementwise inKernel();

    /// The tensor that the kernel writes.
    Tensor z();

    /// Computes y = g(z) if the kernel has not. Call it once, after the kernel.
    Tensor y();

    /// Overwrites dy with δ = dy ∘ g′(z), and returns it.
    Tensor delta(Tensor dy);
}

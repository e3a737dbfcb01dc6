package dev.neurite.model;

import dev.neurite.tensor.Tensor;

/// Sees the tensors of passes, layer by layer, while an [Executor] computes them; [Executor#observe] sets
/// it. Nothing is copied. The tensors are read only, and valid during the call.
///
/// A layer is a node without children. Its name is its path in the network; one that runs again in a
/// pass has `#2` … behind it, as in an [Inspection].
public interface PassObserver {
    /// A layer has run forward. Called once for each, in their order, also with gradient checkpointing.
    /// @param layer its name
    /// @param output its output, one sample a row; of several the first
    void output(String layer, Tensor output);

    /// δ is known in the backward pass: ∂L/∂z of each row's own loss, without the 1/N of a mean, with z
    /// the input of the layer's activation; ∂L/∂output for a layer without one. Called once for each
    /// layer that computes it, in reverse order.
    /// @param layer its name
    /// @param delta δ, in the shape of the output
    void delta(String layer, Tensor delta);
}

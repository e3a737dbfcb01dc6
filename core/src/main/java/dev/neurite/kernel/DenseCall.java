package dev.neurite.kernel;

import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.tensor.Tensor;

/// A dense layer among others that are computed at once, see [Kernels#dense(java.util.List)]: y = g(x·Wᵀ + b).
/// @param x `[rows × in]` (further axes count as one)
/// @param w `[out × in]`
/// @param b `[out]`, or empty for none
/// @param g the activation
/// @param y `[rows × out]`
public record DenseCall(Tensor x, PackedWeights w, Tensor b, Elementwise g, Tensor y) {}

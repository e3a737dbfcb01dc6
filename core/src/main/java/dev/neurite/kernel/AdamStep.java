package dev.neurite.kernel;

/// The numbers of one step of Adam, see [Kernels#adam].
/// @param rate1 the learning rate over the first moment's bias correction, rate / (1−β₁ᵗ)
/// @param correction2 the second moment's bias correction, 1 / √(1−β₂ᵗ)
/// @param decay the coupled weight decay, added to the gradient as decay·θ
/// @param scale what the gradient is multiplied by first: 1/N where it is a sum over N rows
/// @param beta1 the first moment's decay
/// @param rest1 1 − β₁
/// @param beta2 the second moment's decay
/// @param rest2 1 − β₂
/// @param epsilon added to the root
public record AdamStep(
        float rate1,
        float correction2,
        float decay,
        float scale,
        float beta1,
        float rest1,
        float beta2,
        float rest2,
        float epsilon) {}

package dev.neurite.data.augment;

import dev.neurite.tensor.Shape;

/// Blends each row with another row of its batch: x = λ·xᵢ + (1 − λ)·xⱼ, and the targets alike, with λ
/// from Beta(α, α). Zhang et al. 2018, arXiv:1710.09412. For inputs of any shape.
/// @param alpha α, above 0; 1 by default, the paper's value for CIFAR-10 (0.1 to 0.4 for ImageNet)
/// @param chance the probability that a batch is mixed; 1 by default
public record Mixup(double alpha, double chance) implements Mixing {
    /// @throws dev.neurite.error.ConfigException for settings outside their ranges
    public Mixup {
        Mixing.check("mixup", alpha, chance);
    }

    @Override
    public void check(Shape row) {
        // accepts any shape
    }
}

package dev.neurite.data.augment;

/// Replaces a rectangle of each image by that of another image of its batch, and mixes the targets in
/// proportion to the area: Yun et al. 2019, arXiv:1905.04899. λ is from Beta(α, α); the rectangle's
/// sides are √(1 − λ) of the image's, its center is a random pixel, and it is clipped at the edges. λ
/// of the targets is the fraction of the area that is left. Corners are rounded as in torchvision's
/// `CutMix`.
/// @param alpha α, above 0; 1 by default
/// @param chance the probability that a batch is mixed; 1 by default (the paper has 0.5 for CIFAR)
public record CutMix(double alpha, double chance) implements Mixing {
    /// @throws dev.neurite.error.ConfigException for settings outside their ranges
    public CutMix {
        Mixing.check("cutmix", alpha, chance);
    }
}

package dev.neurite.data.augment;

/// A rectangle of each image is replaced by that of another one of its batch, and as large a part of
/// the answer: Yun et al. 2019, arXiv:1905.04899. λ of Beta(α, α); the rectangle's sides are √(1 − λ)
/// of the image's, its middle is any pixel, and λ becomes the part that is left when it has been cut at
/// the edges. Its corners are torchvision's `CutMix`.
/// @param alpha α, above 0; 1 by default
/// @param chance the probability that a batch is mixed; 1 by default (the paper has 0.5 for CIFAR)
public record CutMix(double alpha, double chance) implements Mixing {
    /// @throws dev.neurite.error.ConfigException for settings outside their ranges
    public CutMix {
        Mixing.check("cutmix", alpha, chance);
    }
}

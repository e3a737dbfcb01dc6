package dev.neurite.data.augment;

/// A random change of a whole batch: each row takes something of another one, and of its answer as
/// much.
///
/// Class labels become a probability for each class, which the loss must take: cross-entropy, binary
/// cross-entropy with an output for each class, Kullback-Leibler and others that compare with values.
/// BatchTargets that are values are mixed as they are. The share of right predictions while learning is that
/// of the class with the largest part.
///
/// One λ and one order of partners is drawn for each batch, as the papers' own code does; PyTorch's
/// torchvision takes the row before as the partner, here it is any, and may be the row itself.
public sealed interface Mixing extends Augmentation permits Mixup, CutMix {
    /// α of the distribution Beta(α, α) of the part λ that a row keeps: near ½ if it is large, near 0
    /// or 1 if small.
    double alpha();

    /// The probability that a batch is mixed.
    double chance();

    /// Refuses settings outside their ranges.
    static void check(String what, double alpha, double chance) {
        Augmentation.setting(alpha > 0 && alpha <= 1e6, what + ", alpha", "a number above 0 and up to 1e6", alpha);
        Augmentation.chance(what, chance);
    }
}

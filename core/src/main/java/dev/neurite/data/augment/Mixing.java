package dev.neurite.data.augment;

/// A random change of a whole batch: each row and its target are mixed with those of another row. Class
/// labels become a probability for each class, so the loss must accept these: cross-entropy, binary
/// cross-entropy with an output for each class, Kullback-Leibler and others that take values. Target
/// values are mixed directly. The training accuracy counts the class with the largest probability as
/// the true one.
///
/// One λ and one permutation of partners are drawn for each batch, as in the papers' code. A row may be
/// its own partner. torchvision takes the previous row as the partner.
public sealed interface Mixing extends Augmentation permits Mixup, CutMix {
    /// α of the distribution Beta(α, α) of λ, the weight of the row itself: near ½ for large α, near 0
    /// or 1 for small α.
    double alpha();

    /// The probability that a batch is mixed.
    double chance();

    /// Checks the ranges of the settings.
    static void check(String what, double alpha, double chance) {
        Augmentation.setting(alpha > 0 && alpha <= 1e6, what + ", alpha", "a number above 0 and up to 1e6", alpha);
        Augmentation.chance(what, chance);
    }
}

package dev.neurite.kernel;

import dev.neurite.tensor.Tensor;

/// Losses and their gradients, row by row: what [Kernels#losses()] gives. Promises and words are those of [Kernels].
///
/// A loss L is written for each row, and δ = ∂L/∂output, without the weight of the row.
public interface LossKernels {
    /// Cross-entropy of each row's softmax with its class: L = −log ŷ_label, and δ = ŷ − one-hot(label).
    /// @param z logits, `[rows × classes]`
    /// @param labels a class for each row; more than that many are not looked at
    /// @param losses L, `[rows]`
    /// @param delta δ, like z
    void softmaxCrossEntropy(Tensor z, int[] labels, Tensor losses, Tensor delta);

    /// Cross-entropy of each row's softmax with target probabilities t: L = −Σ t·log ŷ, and δ = ŷ·Σt − t.
    /// @param z logits, `[rows × classes]`
    /// @param t targets, like z
    /// @param losses L, `[rows]`
    /// @param delta δ, like z
    void softmaxCrossEntropy(Tensor z, Tensor t, Tensor losses, Tensor delta);

    /// Binary cross-entropy of each output's sigmoid with its target: L = −Σ (t·log ŷ + (1−t)·log(1−ŷ)),
    /// and δ = ŷ − t.
    /// @param z logits, `[rows × outputs]`
    /// @param t targets from 0 to 1, like z
    /// @param losses L, `[rows]`
    /// @param delta δ, like z
    void sigmoidCrossEntropy(Tensor z, Tensor t, Tensor losses, Tensor delta);

    /// Mean of squared errors over each row's outputs: L = (1/n) Σ (y − t)², and δ = (2/n)·(y − t).
    /// @param y outputs, `[rows × outputs]`
    /// @param t targets, like y
    /// @param losses L, `[rows]`
    /// @param delta δ, like y
    void squaredError(Tensor y, Tensor t, Tensor losses, Tensor delta);

    /// Any loss that looks at each output by itself: L = (1/n) Σ f(y, t) over each row's n outputs, and
    /// δ = f′(y, t) / n.
    /// @param y outputs, `[rows × outputs]`
    /// @param t targets, like y
    /// @param losses L, `[rows]`
    /// @param delta δ, like y
    void pointwiseLoss(Pointwise f, Tensor y, Tensor t, Tensor losses, Tensor delta);

    /// Any loss that looks at each row by itself.
    /// @param y outputs, `[rows × outputs]`
    /// @param t targets, `[rows × as many as f wants]`
    /// @param losses L, `[rows]`
    /// @param delta δ, like y
    void rowLoss(Rowwise f, Tensor y, Tensor t, Tensor losses, Tensor delta);

    /// Weighted rows: x = (factor·weight)·x in each row, with 0 in place of denormals.
    /// @param weights one a row; empty for 1 each
    void applyWeights(float factor, Tensor weights, Tensor x);

    /// Smoothed and weighted probabilities of classes: q = w ∘ ((1 − ε)·t + ε/n) in each row of n.
    /// @param t probabilities, `[rows × classes]`; q may be t
    /// @param w a weight for each class; empty for 1 each
    void smooth(float epsilon, Tensor w, Tensor t, Tensor q);

    /// The same for labels: t is 1 at a row's label and 0 elsewhere. A row with the label that is to be ignored
    /// becomes zeros.
    /// @param labels a class for each row; more than that many are not looked at
    /// @param ignored a label that stands for no answer
    /// @param w a weight for each class; empty for 1 each
    void smooth(float epsilon, Tensor w, int[] labels, int ignored, Tensor q);

    /// Each row's class as numbers: a 1 at the label among zeros, or the label itself where y has one column.
    /// @param labels a class for each row; more than that many are not looked at
    void oneHot(int[] labels, Tensor y);
}

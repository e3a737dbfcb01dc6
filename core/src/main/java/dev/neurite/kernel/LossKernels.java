package dev.neurite.kernel;

import dev.neurite.tensor.Tensor;

/// Losses and their gradients, see [Kernels#losses()]. For each row, a method writes the loss L and
/// δ = ∂L/∂output, both without the row's weight.
public interface LossKernels {
    /// Cross-entropy of each row's softmax with its class: L = −log ŷ_label, and δ = ŷ − one-hot(label).
    /// @param z logits, `[rows × classes]`
    /// @param labels a class for each row; further ones are ignored
    /// @param losses L, `[rows]`
    /// @param delta δ, of z's shape
    void softmaxCrossEntropy(Tensor z, int[] labels, Tensor losses, Tensor delta);

    /// Cross-entropy of each row's softmax with target probabilities t: L = −Σ t·log ŷ, and δ = ŷ·Σt − t.
    /// @param z logits, `[rows × classes]`
    /// @param t targets, of z's shape
    /// @param losses L, `[rows]`
    /// @param delta δ, of z's shape
    void softmaxCrossEntropy(Tensor z, Tensor t, Tensor losses, Tensor delta);

    /// Binary cross-entropy of each output's sigmoid with its target: L = −Σ (t·log ŷ + (1−t)·log(1−ŷ)),
    /// and δ = ŷ − t.
    /// @param z logits, `[rows × outputs]`
    /// @param t targets from 0 to 1, of z's shape
    /// @param losses L, `[rows]`
    /// @param delta δ, of z's shape
    void sigmoidCrossEntropy(Tensor z, Tensor t, Tensor losses, Tensor delta);

    /// Mean of squared errors over each row's outputs: L = (1/n) Σ (y − t)², and δ = (2/n)·(y − t).
    /// @param y outputs, `[rows × outputs]`
    /// @param t targets, of y's shape
    /// @param losses L, `[rows]`
    /// @param delta δ, of y's shape
    void squaredError(Tensor y, Tensor t, Tensor losses, Tensor delta);

    /// An element-wise loss: L = (1/n) Σ f(y, t) over each row's n outputs, and δ = f′(y, t) / n.
    /// @param y outputs, `[rows × outputs]`
    /// @param t targets, of y's shape
    /// @param losses L, `[rows]`
    /// @param delta δ, of y's shape
    void pointwiseLoss(Pointwise f, Tensor y, Tensor t, Tensor losses, Tensor delta);

    /// A loss that is computed row by row.
    /// @param y outputs, `[rows × outputs]`
    /// @param t targets, `[rows × targets]`, with as many targets as f expects
    /// @param losses L, `[rows]`
    /// @param delta δ, of y's shape
    void rowLoss(Rowwise f, Tensor y, Tensor t, Tensor losses, Tensor delta);

    /// Multiplies each row by its weight: x = (factor·weight)·x; denormals become 0.
    /// @param weights one per row; empty for weights of 1
    void applyWeights(float factor, Tensor weights, Tensor x);

    /// Label smoothing and class weights: q = w ∘ ((1 − ε)·t + ε/n) in each row of n classes.
    /// @param t probabilities, `[rows × classes]`; q may be t
    /// @param w one weight per class; empty for weights of 1
    void smooth(float epsilon, Tensor w, Tensor t, Tensor q);

    /// Label smoothing and class weights of one-hot labels: t is 1 at a row's label and 0
    /// elsewhere. A row with the ignored label becomes zeros.
    /// @param labels a class for each row; further ones are ignored
    /// @param ignored the label of rows without target
    /// @param w one weight per class; empty for weights of 1
    void smooth(float epsilon, Tensor w, int[] labels, int ignored, Tensor q);

    /// One-hot encoding: 1 at the label, 0 elsewhere; if y has one column, the label itself.
    /// @param labels a class for each row; further ones are ignored
    void oneHot(int[] labels, Tensor y);
}

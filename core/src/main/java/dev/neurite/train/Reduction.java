package dev.neurite.train;

/// What the losses of a batch's rows become, to be made small.
public enum Reduction {
    /// Their mean: Σ wᵢ·Lᵢ / Σ wᵢ, where wᵢ is the weight of a row, times that of its class if the loss has such
    /// weights. PyTorch's `reduction="mean"`.
    MEAN,
    /// Their sum, in which a loss that is a mean over outputs counts with each of them: PyTorch's
    /// `reduction="sum"`. The learning rate then has to fit the size of the batch.
    SUM
}

package dev.neurite.train;

/// How the losses of a batch's rows become the loss that is minimized.
public enum Reduction {
    /// Their mean: Σ wᵢ·Lᵢ / Σ wᵢ, with the weight wᵢ of a row, times that of its class if the loss has
    /// class weights. PyTorch's `reduction="mean"`.
    MEAN,
    /// Their sum. A loss that is a mean over outputs is summed over outputs too: PyTorch's
    /// `reduction="sum"`. The learning rate must fit the size of the batch.
    SUM
}

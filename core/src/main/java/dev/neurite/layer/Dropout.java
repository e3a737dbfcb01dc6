package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Tensor;

/// Dropout: while training, sets each element to 0 with probability `rate` and scales the others, so
/// that the mean stays: y = x ∘ mask / (1 − rate). Returns x when predicting.
///
/// Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from overfitting", scaled
/// while training as in PyTorch and Keras. Unlike there, a rate of 1 is refused.
/// @param rate the probability that an element becomes 0, from 0 to below 1; PyTorch's default is 0.5
public record Dropout(double rate) implements RandomLayer {
    /// @throws ConfigException unless 0 ≤ rate < 1
    public Dropout {
        RandomLayer.checkRate("dropout", rate);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        if (rate == 0) return x;
        return RandomLayer.run(
                x, pass, (kernels, noise, from, to) -> kernels.noise().dropout(noise, rate, from, to));
    }

    @Override
    public String toString() {
        return "dropout(" + rate + ")";
    }
}

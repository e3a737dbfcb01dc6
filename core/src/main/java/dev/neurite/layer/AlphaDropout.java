package dev.neurite.layer;

import dev.neurite.model.Pass;
import dev.neurite.tensor.Tensor;

/// Dropout for networks with SELU: dropped elements become α′, where SELU saturates. Then all elements
/// are scaled and shifted so that mean 0 and variance 1 are kept: y = a·(x ∘ mask + α′·(1 − mask)) + b.
/// Returns x when predicting.
///
/// Klambauer et al. 2017, arXiv:1706.02515; PyTorch's `AlphaDropout`. A rate of 1 is refused.
/// @param rate the probability that an element becomes α′, from 0 to below 1; PyTorch's default is 0.5
public record AlphaDropout(double rate) implements RandomLayer {
    private static final double ALPHA = -1.7580993408473766; // α′ = −λ·α of SELU

    /// @throws dev.neurite.error.ConfigException unless 0 ≤ rate < 1
    public AlphaDropout {
        RandomLayer.checkRate("alpha dropout", rate);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        if (rate == 0) return x;
        double q = 1 - rate;
        double a = 1 / Math.sqrt(q * (1 + rate * ALPHA * ALPHA));
        double b = -a * rate * ALPHA;
        return RandomLayer.run(
                x,
                pass,
                (kernels, noise, from, to) -> kernels.noise().dropout(noise, rate, a, b, a * ALPHA + b, from, to),
                (kernels, noise, dy, dx) -> kernels.noise().dropout(noise, rate, a, 0, 0, dy, dx)); // dx = a·dy ∘ mask
    }

    @Override
    public String toString() {
        return "alphaDropout(" + rate + ")";
    }
}

package dev.neurite.optim;

/// A range of parameters with the same settings, and the settings of one optimizer step.
/// @param from the index of the first parameter, inclusive
/// @param to the index of the last parameter, exclusive
/// @param rate the learning rate α of this step
/// @param momentum momentum or β₁ of this step, which a schedule may vary; else [Optimizer#momentum()]
/// @param scale the factor of gradients: 1/N for sums over N rows
/// @param decay weight decay
public record UpdateRange(int from, int to, double rate, double momentum, double scale, WeightDecay decay) {
    /// The factor of θ before the update: 1 − α·λ for decoupled decay, else 1.
    float keep() {
        return decay.decoupled() ? (float) (1 - rate * decay.rate()) : 1;
    }

    /// λ of g + λ·θ for coupled decay, else 0.
    float coupled() {
        return decay.decoupled() ? 0 : (float) decay.rate();
    }
}

package dev.neurite.optim;

/// One step of an optimizer on neighboring parameters that share their settings.
/// @param from the first parameter's place in the flat array
/// @param to the place after the last
/// @param rate the learning rate α of this step
/// @param momentum this step's momentum or β₁, which a schedule may vary: [Optimizer#momentum()] if none does
/// @param scale what gradients are multiplied by: 1/N where they are sums over N rows
/// @param decay weight decay
public record UpdateRange(int from, int to, double rate, double momentum, double scale, WeightDecay decay) {
    /// What θ is multiplied by before the rule: 1 − α·λ where decay is decoupled, else 1.
    float keep() {
        return decay.decoupled() ? (float) (1 - rate * decay.rate()) : 1;
    }

    /// λ of g + λ·θ where decay is coupled, else 0.
    float coupled() {
        return decay.decoupled() ? 0 : (float) decay.rate();
    }
}

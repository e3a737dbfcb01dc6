package dev.neurite.optim;

/// The result of one iteration of a [Minimization].
/// @param value f(θ) after it
/// @param largestGradient max |∂f/∂θᵢ| after it
/// @param step the step size along the direction; 0 if θ is unchanged
/// @param evaluations the number of evaluations of f
/// @param outcome whether to continue
public record Iteration(double value, double largestGradient, double step, int evaluations, Outcome outcome) {
    /// Whether to continue.
    public enum Outcome {
        /// Another iteration may improve θ.
        CONTINUES,
        /// The largest gradient is within the gradient tolerance.
        CONVERGED,
        /// No step reduces f, or the changes of θ and f are within the change tolerance.
        STALLED
    }
}

package dev.neurite.optim;

/// What one iteration of a [Minimization] brought.
/// @param value f(θ) after it
/// @param largestGradient max |∂f/∂θᵢ| after it
/// @param step how far θ went, in units of the direction; 0 if it stayed
/// @param evaluations how often f was evaluated
/// @param outcome whether another iteration is of use
public record Iteration(double value, double largestGradient, double step, int evaluations, Outcome outcome) {
    /// Whether another iteration is of use.
    public enum Outcome {
        /// It is.
        CONTINUES,
        /// The largest gradient is within the tolerance.
        CONVERGED,
        /// Nothing became smaller: no step was found that makes f less, or both changes are within the tolerance.
        STALLED
    }
}

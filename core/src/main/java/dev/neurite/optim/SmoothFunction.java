package dev.neurite.optim;

/// A differentiable function f of parameters θ, for [Minimization]. The same θ must give the same
/// result.
@FunctionalInterface
public interface SmoothFunction {
    /// Computes the function and its gradient.
    /// @param theta θ, not to be changed
    /// @param gradient receives ∂f/∂θ
    /// @return f(θ); if it is not finite, the minimization takes a smaller step
    double evaluate(float[] theta, float[] gradient);
}

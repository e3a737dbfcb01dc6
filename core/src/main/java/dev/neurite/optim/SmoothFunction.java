package dev.neurite.optim;

/// A function f of parameters θ that has a gradient everywhere: what a [Minimization] makes small. The same θ
/// must give the same numbers.
@FunctionalInterface
public interface SmoothFunction {
    /// Computes the function and its gradient.
    /// @param theta θ, not to be changed
    /// @param gradient ∂f/∂θ, to be written whole
    /// @return f(θ); where that is no number, the minimization takes a smaller step
    double evaluate(float[] theta, float[] gradient);
}

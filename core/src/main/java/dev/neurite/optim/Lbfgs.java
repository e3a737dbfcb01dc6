package dev.neurite.optim;

import dev.neurite.kernel.Kernels;

/// L-BFGS: θ ← θ + t·d with d = −H·g, where H, an estimate of the inverse of the Hessian, is made of the last
/// steps and how the gradient changed along them, and t is found by a line search that satisfies the strong
/// Wolfe conditions f(θ + t·d) ≤ f(θ) + 1e-4·t·gᵀd, |g(θ + t·d)ᵀd| ≤ 0.9·|gᵀd|. Liu and Nocedal 1989, "On the
/// limited memory BFGS method for large scale optimization"; Nocedal and Wright 2006, "Numerical optimization",
/// algorithms 7.4, 3.5 and 3.6.
///
/// For functions that are the same at each evaluation, as a loss over all of a training set; it needs no learning
/// rate. [#begin] makes what takes iterations.
///
/// Defaults: 10 steps remembered (Nocedal and Wright say 3 to 20, and SciPy and scikit-learn have 10; PyTorch
/// has 100, each of which takes the memory of two models), at most 25 evaluations a line search (PyTorch's), a
/// gradient of 1e-6 (float32 computes most gradients of mean losses to about 1e-7, which is PyTorch's
/// tolerance for its doubles), and a change of 1e-9 (PyTorch's). Keras has none.
/// @param history how many steps are remembered, 1 to 1000
/// @param evaluations how often a line search may evaluate the function, 1 to 1000
/// @param gradientTolerance the largest gradient at which θ counts as the minimum, at least 0
/// @param changeTolerance what counts as no change: of each parameter, or of f as a share of it, at least 0
public record Lbfgs(int history, int evaluations, double gradientTolerance, double changeTolerance) {
    /// @throws dev.neurite.error.ConfigException for a setting out of range, naming the range
    public Lbfgs {
        Ranges.require(history >= 1 && history <= 1000, "history", "expects 1 to 1000, got " + history);
        Ranges.require(evaluations >= 1 && evaluations <= 1000, "evaluations", "expects 1 to 1000, got " + evaluations);
        Ranges.notNegative("gradient tolerance", gradientTolerance);
        Ranges.notNegative("change tolerance", changeTolerance);
    }

    /// L-BFGS with the default settings.
    public Lbfgs() {
        this(10, 25, 1e-6, 1e-9);
    }

    /// The same with another number of remembered steps.
    public Lbfgs withHistory(int steps) {
        return new Lbfgs(steps, evaluations, gradientTolerance, changeTolerance);
    }

    /// The same with another limit of evaluations a line search.
    public Lbfgs withEvaluations(int most) {
        return new Lbfgs(history, most, gradientTolerance, changeTolerance);
    }

    /// The same with other tolerances.
    public Lbfgs withTolerances(double gradient, double change) {
        return new Lbfgs(history, evaluations, gradient, change);
    }

    /// How many numbers are remembered for each parameter.
    public int slots() {
        return 1 + 2 * history;
    }

    /// How many numbers are held for each parameter: what is remembered, and the line that is searched, with the
    /// gradients at two of its points.
    public int arrays() {
        return slots() + 4;
    }

    /// Begins to minimize a function.
    /// @param size the number of parameters
    /// @param kernels what computes; the result does not depend on it
    public Minimization begin(int size, Kernels kernels) {
        return new Minimization(this, OptimizerState.fresh(slots(), 3 + history, size), kernels);
    }
}

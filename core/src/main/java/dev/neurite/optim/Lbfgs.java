package dev.neurite.optim;

import dev.neurite.kernel.Kernels;

/// L-BFGS: θ ← θ + t·d with d = −H·g, where H, an estimate of the inverse Hessian, is computed from the
/// last steps and gradient changes, and t by a line search with the strong Wolfe conditions f(θ + t·d)
/// ≤ f(θ) + 1e-4·t·gᵀd, |g(θ + t·d)ᵀd| ≤ 0.9·|gᵀd|. Liu and Nocedal 1989, "On the limited memory BFGS
/// method for large scale optimization"; Nocedal and Wright 2006, "Numerical optimization", algorithms
/// 7.4, 3.5 and 3.6.
///
/// For deterministic functions, such as the loss over a whole training set; it needs no learning rate.
/// [#begin] starts a minimization.
///
/// Defaults: a history of 10 steps (Nocedal and Wright recommend 3 to 20; SciPy and scikit-learn have
/// 10, PyTorch 100; each step takes the memory of two models), at most 25 evaluations per line search
/// (as PyTorch), a gradient tolerance of 1e-6 (PyTorch: 1e-7 for doubles; float32 gradients of mean
/// losses are accurate to about 1e-7), and a change tolerance of 1e-9 (as PyTorch). Keras has no
/// L-BFGS.
/// @param history the number of past steps, 1 to 1000
/// @param evaluations the limit of function evaluations per line search, 1 to 1000
/// @param gradientTolerance the largest gradient at which θ counts as the minimum, at least 0
/// @param changeTolerance the change of each parameter, and the relative change of f, that count as
/// none, at least 0
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

    /// The same with another history length.
    public Lbfgs withHistory(int steps) {
        return new Lbfgs(steps, evaluations, gradientTolerance, changeTolerance);
    }

    /// The same with another limit of evaluations per line search.
    public Lbfgs withEvaluations(int most) {
        return new Lbfgs(history, most, gradientTolerance, changeTolerance);
    }

    /// The same with other tolerances.
    public Lbfgs withTolerances(double gradient, double change) {
        return new Lbfgs(history, evaluations, gradient, change);
    }

    /// The number of state values per parameter.
    public int slots() {
        return 1 + 2 * history;
    }

    /// The number of values held per parameter: the state, start and direction of the line search, and
    /// gradients at two points.
    public int arrays() {
        return slots() + 4;
    }

    /// Begins to minimize a function.
    /// @param size the number of parameters
    /// @param kernels the kernels to use; they do not change the result
    public Minimization begin(int size, Kernels kernels) {
        return new Minimization(this, OptimizerState.fresh(slots(), 3 + history, size), kernels);
    }
}

package dev.neurite.optim;

import dev.neurite.error.ConfigException;

/// Gradient clipping. Gradients are those of the mean loss (or of the sum, with that reduction). Norms are
/// Euclidean; a gradient whose norm is above the limit is multiplied by limit / (norm + 10⁻⁶), as PyTorch's
/// `clip_grad_norm_` does. Pascanu et al. 2013, arXiv:1211.5063.
/// @param kind what is limited
/// @param limit above 0
public record Clip(Kind kind, double limit) {
    /// What is limited.
    public enum Kind {
        /// Nothing.
        NONE,
        /// Each number, to ± the limit.
        VALUE,
        /// The norm of each parameter's gradient (Keras's `clipnorm`).
        NORM,
        /// The norm of all gradients together (Keras's `global_clipnorm`).
        GLOBAL_NORM
    }

    /// No limit.
    public static final Clip NONE = new Clip(Kind.NONE, Double.POSITIVE_INFINITY);

    /// @throws ConfigException unless the limit is above 0
    public Clip {
        if (!(limit > 0)) throw new ConfigException("gradient clipping", "expects a limit above 0, got " + limit);
    }

    /// Limits each number to ± the limit.
    public static Clip value(double limit) {
        return new Clip(Kind.VALUE, limit);
    }

    /// Limits the norm of each parameter's gradient.
    public static Clip norm(double limit) {
        return new Clip(Kind.NORM, limit);
    }

    /// Limits the norm of all gradients together.
    public static Clip globalNorm(double limit) {
        return new Clip(Kind.GLOBAL_NORM, limit);
    }

    /// The factor for a gradient of this norm.
    public double factor(double norm) {
        return Math.min(1, limit / (norm + 1e-6));
    }
}

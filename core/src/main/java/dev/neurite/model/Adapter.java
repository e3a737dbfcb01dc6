package dev.neurite.model;

import dev.neurite.error.ConfigException;

/// What a linear map has beside its weights W, which are frozen: y = x·Wᵀ + b + scale·drop(x)·Aᵀ·Bᵀ. A and B are
/// small, so few numbers are trained. Hu et al. 2021, "LoRA", arXiv:2106.09685.
/// @param rank the rows of A, at least 1
/// @param scale the factor of the change, finite
/// @param dropout the probability with which a number of x becomes 0 while training, from 0 to below 1
/// @param a the name of A `[rank × in]` among the parameters of its node
/// @param b the name of B `[out × rank]`
public record Adapter(int rank, double scale, double dropout, String a, String b) {
    /// @throws ConfigException for a number out of range
    public Adapter {
        if (rank < 1) throw new ConfigException("rank", "expects at least 1, got " + rank);
        if (!Double.isFinite(scale)) throw new ConfigException("scale", "expects a finite number, got " + scale);
        if (!(dropout >= 0 && dropout < 1)) {
            throw new ConfigException("dropout", "expects a rate from 0 to below 1, got " + dropout);
        }
    }

    /// The same in a pass that predicts.
    public Adapter withoutDropout() {
        return new Adapter(rank, scale, 0, a, b);
    }
}

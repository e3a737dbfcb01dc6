package dev.neurite.kernel;

/// A loss of whole rows and its gradient, on plain arrays. Stateless, since threads share it.
public interface Rowwise {
    /// Computes one row.
    /// @param y n outputs from index `yo` on
    /// @param t the row's targets from index `to` on
    /// @param delta receives the n elements of ∂L/∂y from index `at` on; all must be written
    /// @return the loss L; NaN if an output that it depends on is NaN
    float compute(float[] y, int yo, int n, float[] t, int to, float[] delta, int at);
}

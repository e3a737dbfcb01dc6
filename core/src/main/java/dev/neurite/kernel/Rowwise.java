package dev.neurite.kernel;

/// How wrong a row of numbers is, and its gradient, in one piece of code on plain arrays. Without state of its
/// own: threads share it.
public interface Rowwise {
    /// Computes one row.
    /// @param y outputs, n from `yo` on
    /// @param t the right answers, from `to` on: as many as a row of targets has
    /// @param delta where ∂L/∂y goes, n from `at` on; each must be written
    /// @return L, how wrong the row is; NaN if an output that it depends on is
    float compute(float[] y, int yo, int n, float[] t, int to, float[] delta, int at);
}

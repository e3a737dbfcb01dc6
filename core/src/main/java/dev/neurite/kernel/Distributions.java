package dev.neurite.kernel;

import dev.neurite.tensor.Tensor;

/// How the elements of a tensor are distributed, see [Kernels#distributions()]. All methods look at s·x,
/// each product rounded to a float, so that a scaled tensor needs no copy.
public interface Distributions {
    /// The length of the result of [#figures].
    int FIGURES = 6;

    /// The index of the smallest finite element; NaN if there is none.
    int MIN = 0;

    /// The index of the largest finite element; NaN if there is none.
    int MAX = 1;

    /// The index of the sum of the finite elements.
    int SUM = 2;

    /// The index of the sum of their squares.
    int SQUARES = 3;

    /// The index of the number of elements that are 0.
    int ZEROS = 4;

    /// The index of the number of elements that are NaN or infinite.
    int NOT_FINITE = 5;

    /// Computes figures of the elements of s·x. Sums are in double precision: in blocks of 4096
    /// elements, over eight lanes; blocks in order. NaN and infinite elements only count as such.
    /// @param y the figures, at the indices above; [#FIGURES] elements
    /// @throws dev.neurite.error.ShapeException for another length of y
    void figures(float s, Tensor x, double[] y);

    /// Counts the elements of s·x in equal intervals: an element v from `from` to `to` in interval ⌊(v −
    /// from) · n / (to − from)⌋, in double precision, the largest in the last interval. Elements outside
    /// are not counted, nor is NaN. If `from` is `to`, equal elements count in interval 0.
    /// @param from the lower bound, finite
    /// @param to the upper bound, finite, at least `from`
    /// @param counts the number of elements in each of its n intervals
    /// @throws dev.neurite.error.ShapeException without intervals, or for other bounds
    void histogram(float s, Tensor x, double from, double to, int[] counts);

    /// Counts the columns of s·x that are 0 in all rows. A column is an index of axis 1: a unit of
    /// `[rows × units]`, a channel of `[rows × channels × height × width]`. NaN is not 0.
    /// @param x of at least two axes
    /// @return from 0 to the extent of axis 1; 0 without elements
    /// @throws dev.neurite.error.ShapeException for fewer axes
    int zeroColumns(float s, Tensor x);
}

package dev.neurite.kernel;

import dev.neurite.tensor.Tensor;

/// Sums, means and maxima along an axis, and what repeats along one, see [Kernels#axes()].
///
/// The axis has n elements; `outer` are the axes before it, `inner` those after it.
///
/// | tensor | shape |
/// |---|---|
/// | x, dx | `[outer × n × inner]`, n at least 1 |
/// | y, dy | `[outer × inner]`; an axis of 1 may stand in the place of the n |
public interface AxisKernels {
    /// What stands for the elements along an axis.
    enum Reduction {
        /// Their sum: in their order, along a last axis over sixteen lanes.
        SUM,
        /// Their mean: the sum, scaled.
        MEAN,
        /// Their maximum; NaN if one is NaN.
        MAX
    }

    /// y = the reduction of x along an axis.
    /// @param axis of x, from 0
    void reduce(Reduction reduction, Tensor x, int axis, Tensor y);

    /// The gradient of [#reduce]. That of a maximum goes to the first of equal elements.
    /// @param axis of x, from 0
    void reduceGradient(Reduction reduction, Tensor x, int axis, Tensor dy, Tensor dx);

    /// Repeats y along an axis of x: `x[o, i, j] = y[o, j]` for all i. Its gradient is the sum, [Reduction#SUM].
    /// @param axis of x, from 0
    void broadcast(Tensor y, int axis, Tensor x);
}

package dev.neurite.kernel;

import dev.neurite.tensor.Tensor;

/// Pooling and its gradients, see [Kernels#pools()].
///
/// Tensors are treated as consecutive planes of the size that the [Pooling] gives, whatever their
/// axes. All planes of a call have one [dev.neurite.tensor.Layout]; planes of one pixel are the same in both.
/// Results are the same bits in either.
public interface Pools {
    /// Max pooling: y = the maximum of each window, NaN if it contains one. Padding never counts as
    /// the maximum.
    void max(Pooling pooling, Tensor x, Tensor y);

    /// Max pooling that also stores the position of each maximum, the first of equal ones, for
    /// [#maxGradient].
    /// @param places the positions, of y's shape and layout: the indices of pixels in their planes, integers
    /// stored as bits of floats
    void max(Pooling pooling, Tensor x, Tensor y, Tensor places);

    /// The gradient of max pooling: dx sums dy of the windows whose maximum the pixel is, in the
    /// order of the windows; 0 elsewhere.
    /// @param places from [#max(Pooling, Tensor, Tensor, Tensor)]
    void maxGradient(Pooling pooling, Tensor dy, Tensor places, Tensor dx);

    /// Average pooling: y = the mean of each window.
    /// @param padding whether the padding counts, as zeros: PyTorch's `count_include_pad`
    void average(Pooling pooling, boolean padding, Tensor x, Tensor y);

    /// The gradient of average pooling: dx sums the pixel's shares of dy, in the order of the
    /// windows; 0 where there is no window.
    /// @param padding as in [#average]
    void averageGradient(Pooling pooling, boolean padding, Tensor dy, Tensor dx);

    /// Global average pooling: y = the mean of each plane, summed over sixteen lanes.
    /// @param x as many planes of equal size as y has elements
    void globalAverage(Tensor x, Tensor y);

    /// The gradient of global average pooling: dx = dy / pixels in each plane.
    /// @param dx as many planes of equal size as dy has elements
    void globalAverageGradient(Tensor dy, Tensor dx);
}

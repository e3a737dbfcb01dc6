package dev.neurite.kernel;

import dev.neurite.tensor.Tensor;

/// Pooling: one number for each window on a plane. Threads share planes, each of which is a channel of an image.
///
/// Tensors are seen as planes of the size that a [Pooling] says, one after another, whatever their axes.
public interface Pools {
    /// y = the largest pixel of each window: the first of equals, or NaN if there is one. What is around a plane is
    /// never the largest.
    void max(Pooling pooling, Tensor x, Tensor y);

    /// [#max(Pooling, Tensor, Tensor)], and which pixels these are, for [#maxGradient].
    /// @param places like y; not to be read as numbers
    void max(Pooling pooling, Tensor x, Tensor y, Tensor places);

    /// dx = dy at each window's largest pixel, added up over windows in their order; 0 elsewhere.
    /// @param places what [#max(Pooling, Tensor, Tensor, Tensor)] wrote
    void maxGradient(Pooling pooling, Tensor dy, Tensor places, Tensor dx);

    /// y = the mean of each window.
    /// @param padding whether places in the padding count, as zeros: PyTorch's `count_include_pad`
    void average(Pooling pooling, boolean padding, Tensor x, Tensor y);

    /// dx = each window's share of dy, added up over windows in their order; 0 where there is no window.
    /// @param padding as in [#average]
    void averageGradient(Pooling pooling, boolean padding, Tensor dy, Tensor dx);

    /// y = the mean of each plane, its sum over sixteen lanes.
    /// @param x as many planes of one size as y has numbers
    void globalAverage(Tensor x, Tensor y);

    /// dx = dy / pixels in each plane.
    /// @param dx as many planes of one size as dy has numbers
    void globalAverageGradient(Tensor dy, Tensor dx);
}

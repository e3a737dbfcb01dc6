package dev.neurite.kernel;

import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Tensor;

/// Convolutions and their gradients, see [Kernels#convolutions()].
///
/// | tensor | shape |
/// |---|---|
/// | x | `[rows × inputs × height × width]`, for a height of 1 also `[rows × inputs × width]` |
/// | w | `[outputs × inputs / groups × kernel height × kernel width]` |
/// | b | `[outputs]`, or empty for none |
/// | y | `[rows × outputs × output height × output width]` |
///
/// The channels are divided into groups of neighbors, and an output channel reads only the input
/// channels of its group. The result of a row does not depend on the other rows. 3×3 windows with
/// 32 channels or more are computed by Winograd's F(4×4, 3×3), in tiles of 4×4 outputs; there, an input that
/// is infinite or NaN makes every output NaN whose window contains it, and other outputs of its tile.
///
/// All tensors may be in row-major order. Where [#layout] says so, y and dy, residuals of their shape,
/// and x, dx, `earlier` may be [Layout#BLOCKED]; results are the same bits.
public interface Convolutions {
    /// The same without Winograd tiles: every result is a plain sum of products, added by `fma` in order. It is exact
    /// where all products and partial sums are integers up to 2²⁴, which tiles do not keep exact.
    Convolutions direct();

    /// The fastest layout of [#forward]'s y and its gradient. If it is [Layout#BLOCKED], x and its gradient
    /// may have either layout, except in a depthwise convolution, where it is that of x; otherwise they must
    /// be in row-major order, as all others.
    /// @param inputs the channels of x
    /// @param outputs the channels of y
    /// @param ofX the layout of x
    Layout layout(Geometry g, int groups, int inputs, int outputs, Layout ofX);

    /// y = g(w ∗ x + b + residual). Each sum starts from b and adds the products of weights and
    /// pixels of the window over the channels of the group (a cross-correlation, as in all
    /// deep-learning libraries).
    /// @param residual of y's shape, or empty for none
    void forward(
            Geometry g,
            int groups,
            Tensor x,
            PackedWeights w,
            Tensor b,
            Tensor residual,
            Elementwise activation,
            Tensor y);

    /// dx = Σ w·dy + earlier: the gradient of [#forward]'s input.
    /// @param earlier added to the result, of dx's shape; empty for none
    void inputGradient(Geometry g, int groups, Tensor dy, PackedWeights w, Tensor earlier, Tensor dx);

    /// x = g(wᵀ ∗ y + b), a transposed convolution: each pixel of y is multiplied by the weights
    /// and added to x under its window. y is the input and x the output.
    /// @param b `[inputs]`, or empty for none
    void transposed(Geometry g, int groups, Tensor y, PackedWeights w, Tensor b, Elementwise activation, Tensor x);

    /// dw = Σ x·dy over all rows and pixels: the gradient of [#forward]'s weights.
    void weightGradient(Geometry g, int groups, Tensor x, Tensor dy, Tensor dw);
}

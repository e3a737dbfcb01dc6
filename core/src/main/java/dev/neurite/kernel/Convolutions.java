package dev.neurite.kernel;

import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.tensor.Tensor;

/// Convolutions over planes, forward and back: what [Kernels#convolutions()] gives.
///
/// | tensor | shape |
/// |---|---|
/// | x | `[rows × inputs × height × width]`, for a height of 1 also `[rows × inputs × width]` |
/// | w | `[outputs × inputs / groups × kernel height × kernel width]` |
/// | b | `[outputs]`, or empty for none |
/// | y | `[rows × outputs × out height × out width]` |
///
/// Output channel o sees the input channels of its group only: the channels are cut into as many groups of neighbors.
/// A result does not depend on the other rows. Windows of 3×3 with 32 channels or more are computed by
/// Winograd's F(2×2, 3×3), where an infinity makes NaN of each result whose window sees it.
public interface Convolutions {
    /// y = g(w ∗ x + b + residual): each element of y is b and then the sum of the pixels under the window times the
    /// weights, over the channels of the group (a cross-correlation, as everywhere in this field).
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
    /// @param earlier what is added, `[dx]`; empty for nothing
    void inputGradient(Geometry g, int groups, Tensor dy, PackedWeights w, Tensor earlier, Tensor dx);

    /// x = g(wᵀ ∗ y + b): [#forward]'s sum the other way, in which every pixel of y is spread under the window. Of a
    /// transposed convolution y is the input and x the output.
    /// @param b `[inputs]`, or empty for none
    void transposed(Geometry g, int groups, Tensor y, PackedWeights w, Tensor b, Elementwise activation, Tensor x);

    /// dw = Σ x·dy over all rows and pixels: the gradient of [#forward]'s weights.
    void weightGradient(Geometry g, int groups, Tensor x, Tensor dy, Tensor dw);
}

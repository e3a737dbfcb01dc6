package dev.neurite.kernel;

import dev.neurite.tensor.Tensor;

/// Cropping, pasting, padding, permuting and resizing, see [Kernels#planes()].
///
/// Except for [#permute] and [#convert], tensors are treated as consecutive planes of the size that the
/// [Rectangle] or [Resizing] gives, whatever their axes. Except for [#convert], they must be in row-major
/// order; but [#cut] and [#paste] of whole blocks of channels also take tensors in blocks.
public interface Planes {
    /// Crops: y = the rectangle of each plane of x.
    /// @param x planes
    /// @param y as many rectangles
    void cut(Rectangle rectangle, Tensor x, Tensor y);

    /// Pastes x into the rectangle of each plane of y; the rest of y stays.
    /// @param x rectangles
    /// @param y as many planes
    void paste(Rectangle rectangle, Tensor x, Tensor y);

    /// Pads: y = x in the rectangle of each plane, 0 around it.
    /// @param x rectangles
    /// @param y as many planes
    void pad(Rectangle rectangle, Tensor x, Tensor y);

    /// y = x with the axes of its rows permuted.
    void permute(Permutation permutation, Tensor x, Tensor y);

    /// The inverse of [#permute], which is also its gradient.
    void permuteBack(Permutation permutation, Tensor x, Tensor y);

    /// Converts between layouts: y = x in y's [dev.neurite.tensor.Layout], which is not that of x; both
    /// `[rows × channels × height × width]`.
    void convert(Tensor x, Tensor y);

    /// y = x, resized.
    void resize(Resizing resizing, Tensor x, Tensor y);

    /// The gradient of [#resize]: each pixel of dx sums its shares of dy, in the order of the
    /// output pixels.
    void resizeGradient(Resizing resizing, Tensor dy, Tensor dx);
}

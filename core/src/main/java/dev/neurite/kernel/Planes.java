package dev.neurite.kernel;

import dev.neurite.tensor.Tensor;

/// Cropping, pasting, permuting and resizing. Threads share planes.
///
/// But for [#permute], tensors are seen as planes of the size that a [Rectangle] or [Resizing] says, one after another,
/// whatever their axes.
public interface Planes {
    /// y = the part of each plane in a rectangle.
    /// @param x planes
    /// @param y rectangles of its size
    void cut(Rectangle rectangle, Tensor x, Tensor y);

    /// y = x in the rectangle of each plane; what is around it stays.
    /// @param x rectangles
    /// @param y as many planes
    void paste(Rectangle rectangle, Tensor x, Tensor y);

    /// y = x in the rectangle of each plane, 0 around it.
    /// @param x rectangles
    /// @param y as many planes
    void pad(Rectangle rectangle, Tensor x, Tensor y);

    /// y = x with the axes of its rows in another order.
    void permute(Permutation permutation, Tensor x, Tensor y);

    /// y = x with the axes of its rows in the order that they had before [#permute].
    void permuteBack(Permutation permutation, Tensor x, Tensor y);

    /// y = x in another size.
    void resize(Resizing resizing, Tensor x, Tensor y);

    /// dx = the sums of the shares that each pixel had in y, in their order.
    void resizeGradient(Resizing resizing, Tensor dy, Tensor dx);
}

package dev.neurite.layer;

import dev.neurite.kernel.Padding;
import dev.neurite.kernel.Window;

/// Max pooling over images: the maximum of each window, channel by channel. PyTorch's `MaxPool2d`.
///
/// | tensor | shape of a row |
/// |---|---|
/// | x | `[C×H×W]` |
/// | y | `[C×outH×outW]` |
///
/// The output height is ⌊(H + padding − dilation·(kernel − 1) − 1) / stride⌋ + 1, the width likewise.
/// Padding is never the maximum. The gradient goes to the first of equal maxima; a NaN makes the
/// maximum of its window NaN.
/// @param window kernel size, stride and dilation; the stride is the kernel size by default
/// @param padding around the image, at most half of the window; none by default
/// @param ceil whether the output size is rounded up, PyTorch's `ceil_mode`; false by default. The last
/// window may then reach beyond the padding if it starts before the end of the plane
public record MaxPool2d(Window window, Padding padding, boolean ceil) implements PoolingLayer, Dilated<MaxPool2d> {
    /// @throws dev.neurite.error.ConfigException for a padding of more than half of the window
    public MaxPool2d {
        PoolingOps.check("maxPool2d", window, padding);
    }

    @Override
    public MaxPool2d withPadding(Padding ofEachSide) {
        return new MaxPool2d(window, ofEachSide, ceil);
    }

    @Override
    public MaxPool2d withWindow(Window other) {
        return new MaxPool2d(other, padding, ceil);
    }

    /// A copy whose output size is rounded up.
    public MaxPool2d withCeil() {
        return new MaxPool2d(window, padding, true);
    }

    @Override
    public boolean acceptsBlocks() {
        return true;
    }

    @Override
    public String toString() {
        return "maxPool2d(" + window + (padding.isNone() ? "" : ", padding " + padding) + (ceil ? ", ceil" : "") + ")";
    }
}

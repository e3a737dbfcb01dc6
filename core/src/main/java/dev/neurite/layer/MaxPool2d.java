package dev.neurite.layer;

import dev.neurite.kernel.Window;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// The largest number of each window on an image, channel by channel; PyTorch's `MaxPool2d`.
///
/// | tensor | shape of a row |
/// |---|---|
/// | x | `[C×H×W]` |
/// | y | `[C×outH×outW]` |
///
/// Sizes are ⌊(in + padding − dilation·(kernel − 1) − 1) / stride⌋ + 1. Padding is never the largest. Gradients go to
/// the first of equal numbers; a NaN makes its window NaN.
/// @param window what slides; its stride is the kernel's size by default
/// @param padding around the image, at most half of the window; by default none
/// @param ceil whether sizes are rounded up: a last window may reach beyond the padding, if it begins before the
/// end of the plane; PyTorch's `ceil_mode`, by default not
public record MaxPool2d(Window window, Padding padding, boolean ceil) implements Layer {
    /// @throws dev.neurite.error.ConfigException for more padding than half of the window
    public MaxPool2d {
        PoolingOps.check("maxPool2d", window, padding);
    }

    /// The same with padding on each side.
    public MaxPool2d withPadding(int all) {
        return withPadding(Padding.of(all));
    }

    /// The same with this padding.
    public MaxPool2d withPadding(Padding ofEachSide) {
        return new MaxPool2d(window, ofEachSide, ceil);
    }

    /// The same with a window of so many rows and columns; stride and dilation stay.
    public MaxPool2d withKernel(int rows, int columns) {
        return withWindow(window.withKernel(rows, columns));
    }

    /// The same with a window that moves so many rows down and columns across.
    public MaxPool2d withStride(int rows, int columns) {
        return withWindow(window.withStride(rows, columns));
    }

    /// The same with a window that sees pixels so far apart.
    public MaxPool2d withDilation(int dilation) {
        return withDilation(dilation, dilation);
    }

    /// The same with a window that sees pixels so many rows and columns apart.
    public MaxPool2d withDilation(int rows, int columns) {
        return withWindow(window.withDilation(rows, columns));
    }

    /// The same with another window: kernel, stride and dilation.
    public MaxPool2d withWindow(Window other) {
        return new MaxPool2d(other, padding, ceil);
    }

    /// The same with sizes rounded up.
    public MaxPool2d withCeil() {
        return new MaxPool2d(window, padding, true);
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        return PoolingOps.images(
                this, in, declare, (height, width) -> PoolingOps.sliding(window, padding, ceil, height, width));
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        return PoolingOps.max(x, pass, (height, width) -> PoolingOps.sliding(window, padding, ceil, height, width));
    }

    @Override
    public String toString() {
        return "maxPool2d(" + window + (padding.isNone() ? "" : ", padding " + padding) + (ceil ? ", ceil" : "") + ")";
    }
}

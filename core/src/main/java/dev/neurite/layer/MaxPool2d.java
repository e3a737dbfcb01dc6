package dev.neurite.layer;

import dev.neurite.kernel.Padding;
import dev.neurite.kernel.Window;
import dev.neurite.model.Declarations;
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
public record MaxPool2d(Window window, Padding padding, boolean ceil) implements Windowed<MaxPool2d> {
    /// @throws dev.neurite.error.ConfigException for more padding than half of the window
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

    /// The same with sizes rounded up.
    public MaxPool2d withCeil() {
        return new MaxPool2d(window, padding, true);
    }

    private PoolingOps.Windows windows() {
        return (height, width) -> PoolingOps.sliding(window, padding, ceil, height, width);
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        return PoolingOps.images(this, in, declare, windows());
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        return PoolingOps.max(x, pass, windows());
    }

    @Override
    public String toString() {
        return "maxPool2d(" + window + (padding.isNone() ? "" : ", padding " + padding) + (ceil ? ", ceil" : "") + ")";
    }
}

package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Padding;
import dev.neurite.kernel.Window;
import dev.neurite.model.Declarations;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// The mean of each window on an image, channel by channel; PyTorch's `AvgPool2d`.
///
/// | tensor | shape of a row |
/// |---|---|
/// | x | `[C×H×W]` |
/// | y | `[C×outH×outW]` |
///
/// Sizes are ⌊(in + padding − kernel) / stride⌋ + 1.
/// @param window what slides, without dilation; its stride is the kernel's size by default
/// @param padding around the image, at most half of the window; by default none
/// @param ceil whether sizes are rounded up: a last window may reach beyond the padding, if it begins before the
/// end of the plane; PyTorch's `ceil_mode`, by default not
/// @param paddingCounts whether a mean counts the padding as zeros, PyTorch's `count_include_pad`; by default it does.
/// What `ceil` adds never counts
public record AvgPool2d(Window window, Padding padding, boolean ceil, boolean paddingCounts)
        implements Windowed<AvgPool2d> {
    /// @throws ConfigException for more padding than half of the window, or dilation
    public AvgPool2d {
        PoolingOps.check("avgPool2d", window, padding);
        if (window.dilationHeight() != 1 || window.dilationWidth() != 1) {
            throw new ConfigException("avgPool2d", "expects a window without dilation, got " + window);
        }
    }

    @Override
    public AvgPool2d withWindow(Window other) {
        return new AvgPool2d(other, padding, ceil, paddingCounts);
    }

    @Override
    public AvgPool2d withPadding(Padding ofEachSide) {
        return new AvgPool2d(window, ofEachSide, ceil, paddingCounts);
    }

    /// The same with sizes rounded up.
    public AvgPool2d withCeil() {
        return new AvgPool2d(window, padding, true, paddingCounts);
    }

    /// The same with means that do not count the padding.
    public AvgPool2d withoutCountingPadding() {
        return new AvgPool2d(window, padding, ceil, false);
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
        return PoolingOps.average(paddingCounts, x, pass, windows());
    }

    @Override
    public String toString() {
        return "avgPool2d(" + window + (padding.isNone() ? "" : ", padding " + padding) + (ceil ? ", ceil" : "")
                + (paddingCounts ? "" : ", padding not counted") + ")";
    }
}

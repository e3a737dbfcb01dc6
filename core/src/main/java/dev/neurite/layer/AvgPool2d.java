package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Padding;
import dev.neurite.kernel.Window;

/// Average pooling over images: the mean of each window, channel by channel. PyTorch's `AvgPool2d`.
///
/// | tensor | shape of a row |
/// |---|---|
/// | x | `[C×H×W]` |
/// | y | `[C×outH×outW]` |
///
/// The output height is ⌊(H + padding − kernel) / stride⌋ + 1, the width likewise.
/// @param window kernel size and stride, without dilation; the stride is the kernel size by default
/// @param padding around the image, at most half of the window; none by default
/// @param ceil whether the output size is rounded up, PyTorch's `ceil_mode`; false by default. The last
/// window may then reach beyond the padding if it starts before the end of the plane
/// @param paddingCounts whether means count the padding as zeros, PyTorch's `count_include_pad`; true
/// by default. What `ceil` adds never counts
public record AvgPool2d(Window window, Padding padding, boolean ceil, boolean paddingCounts)
        implements PoolingLayer, Windowed<AvgPool2d> {
    /// @throws ConfigException for a padding of more than half of the window, or a dilation
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

    /// A copy whose output size is rounded up.
    public AvgPool2d withCeil() {
        return new AvgPool2d(window, padding, true, paddingCounts);
    }

    /// A copy whose means leave the padding out.
    public AvgPool2d withoutCountingPadding() {
        return new AvgPool2d(window, padding, ceil, false);
    }

    @Override
    public boolean acceptsBlocks() {
        return true;
    }

    @Override
    public String toString() {
        return "avgPool2d(" + window + (padding.isNone() ? "" : ", padding " + padding) + (ceil ? ", ceil" : "")
                + (paddingCounts ? "" : ", padding not counted") + ")";
    }
}

package dev.neurite.layer;

import dev.neurite.kernel.Padding1d;
import dev.neurite.kernel.Window;

/// Average pooling over sequences: the mean of each window, channel by channel. PyTorch's `AvgPool1d`.
///
/// | tensor | shape of a row |
/// |---|---|
/// | x | `[C×L]` |
/// | y | `[C×outL]` |
///
/// The length may be open. A padded sequence is pooled up to its own end, with the bits of the row alone.
///
/// The output length is ⌊(L + padding − kernel) / stride⌋ + 1.
/// @param kernel the kernel size, at least 1
/// @param stride the step between windows; the kernel size by default
/// @param padding at both ends, at most half of the window; none by default
/// @param ceil whether the output size is rounded up, PyTorch's `ceil_mode`; false by default. The last
/// window may then reach beyond the padding if it starts before the end of the plane
/// @param paddingCounts whether means count the padding as zeros, PyTorch's `count_include_pad`; true
/// by default. What `ceil` adds never counts
public record AvgPool1d(int kernel, int stride, Padding1d padding, boolean ceil, boolean paddingCounts)
        implements PoolingLayer {
    /// @throws dev.neurite.error.ConfigException for a setting below 1, or a padding of more than half
    /// of the window
    public AvgPool1d {
        PoolingOps.check("avgPool1d", new Window(1, kernel, 1, stride, 1, 1), padding);
    }

    /// A copy with this padding on each side.
    public AvgPool1d withPadding(int each) {
        return withPadding(Padding1d.of(each));
    }

    public AvgPool1d withPadding(Padding1d ofEachSide) {
        return new AvgPool1d(kernel, stride, ofEachSide, ceil, paddingCounts);
    }

    /// A copy whose output size is rounded up.
    public AvgPool1d withCeil() {
        return new AvgPool1d(kernel, stride, padding, true, paddingCounts);
    }

    /// A copy whose means leave the padding out.
    public AvgPool1d withoutCountingPadding() {
        return new AvgPool1d(kernel, stride, padding, ceil, false);
    }

    Window window() {
        return new Window(1, kernel, 1, stride, 1, 1);
    }

    @Override
    public String toString() {
        return "avgPool1d(" + window() + (padding.isNone() ? "" : ", padding " + padding) + (ceil ? ", ceil" : "")
                + (paddingCounts ? "" : ", padding not counted") + ")";
    }
}

package dev.neurite.layer;

import dev.neurite.kernel.Padding1d;
import dev.neurite.kernel.Window;

/// Max pooling over sequences: the maximum of each window, channel by channel. PyTorch's `MaxPool1d`.
///
/// | tensor | shape of a row |
/// |---|---|
/// | x | `[C×L]` |
/// | y | `[C×outL]` |
///
/// The length may be open. A padded sequence is pooled up to its own end, with the bits of the row alone.
///
/// The output length is ⌊(L + padding − dilation·(kernel − 1) − 1) / stride⌋ + 1. Padding is never
/// the maximum. The gradient goes to the first of equal maxima; a NaN makes the maximum of its window NaN.
/// @param kernel the kernel size, at least 1
/// @param stride the step between windows; the kernel size by default
/// @param dilation the distance between the elements of a window, 1 by default
/// @param padding at both ends, at most half of the window; none by default
/// @param ceil whether the output size is rounded up, PyTorch's `ceil_mode`; false by default. The last
/// window may then reach beyond the padding if it starts before the end of the plane
public record MaxPool1d(int kernel, int stride, int dilation, Padding1d padding, boolean ceil) implements PoolingLayer {
    /// @throws dev.neurite.error.ConfigException for a setting below 1, or a padding of more than half
    /// of the window
    public MaxPool1d {
        PoolingOps.check("maxPool1d", new Window(1, kernel, 1, stride, 1, dilation), padding);
    }

    /// A copy with this padding on each side.
    public MaxPool1d withPadding(int each) {
        return withPadding(Padding1d.of(each));
    }

    public MaxPool1d withPadding(Padding1d ofEachSide) {
        return new MaxPool1d(kernel, stride, dilation, ofEachSide, ceil);
    }

    public MaxPool1d withDilation(int apart) {
        return new MaxPool1d(kernel, stride, apart, padding, ceil);
    }

    /// A copy whose output size is rounded up.
    public MaxPool1d withCeil() {
        return new MaxPool1d(kernel, stride, dilation, padding, true);
    }

    Window window() {
        return new Window(1, kernel, 1, stride, 1, dilation);
    }

    @Override
    public String toString() {
        return "maxPool1d(" + window() + (padding.isNone() ? "" : ", padding " + padding) + (ceil ? ", ceil" : "")
                + ")";
    }
}

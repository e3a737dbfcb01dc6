package dev.neurite.layer;

import dev.neurite.kernel.Padding1d;
import dev.neurite.kernel.Window;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// The mean of each window on a sequence, channel by channel; PyTorch's `AvgPool1d`.
///
/// | tensor | shape of a row |
/// |---|---|
/// | x | `[C×L]` |
/// | y | `[C×outL]` |
///
/// Sizes are ⌊(in + padding − kernel) / stride⌋ + 1.
/// @param kernel numbers that a window sees, at least 1
/// @param stride from one window to the next; by default the kernel
/// @param padding beside the sequence, at most half of a window; by default none
/// @param ceil whether sizes are rounded up: a last window may reach beyond the padding, if it begins before the
/// end of the plane; PyTorch's `ceil_mode`, by default not
/// @param paddingCounts whether a mean counts the padding as zeros, PyTorch's `count_include_pad`; by default it does.
/// What `ceil` adds never counts
public record AvgPool1d(int kernel, int stride, Padding1d padding, boolean ceil, boolean paddingCounts)
        implements Layer {
    /// @throws dev.neurite.error.ConfigException for a number below 1, or more padding than half of a window
    public AvgPool1d {
        PoolingOps.check("avgPool1d", new Window(1, kernel, 1, stride, 1, 1), padding.ofRow());
    }

    /// The same with padding on each side.
    public AvgPool1d withPadding(int each) {
        return withPadding(Padding1d.of(each));
    }

    /// The same with this padding.
    public AvgPool1d withPadding(Padding1d ofEachSide) {
        return new AvgPool1d(kernel, stride, ofEachSide, ceil, paddingCounts);
    }

    /// The same with sizes rounded up.
    public AvgPool1d withCeil() {
        return new AvgPool1d(kernel, stride, padding, true, paddingCounts);
    }

    /// The same with means that do not count the padding.
    public AvgPool1d withoutCountingPadding() {
        return new AvgPool1d(kernel, stride, padding, ceil, false);
    }

    private Window window() {
        return new Window(1, kernel, 1, stride, 1, 1);
    }

    private PoolingOps.Windows windows() {
        return (height, width) -> PoolingOps.sliding(window(), padding.ofRow(), ceil, height, width);
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        return PoolingOps.sequences(this, in, declare, windows());
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        return PoolingOps.average(paddingCounts, x, pass, windows());
    }

    @Override
    public String toString() {
        return "avgPool1d(" + window() + (padding.isNone() ? "" : ", padding " + padding) + (ceil ? ", ceil" : "")
                + (paddingCounts ? "" : ", padding not counted") + ")";
    }
}

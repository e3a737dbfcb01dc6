package dev.neurite.layer;

import dev.neurite.kernel.Padding1d;
import dev.neurite.kernel.Window;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// The largest number of each window on a sequence, channel by channel; PyTorch's `MaxPool1d`.
///
/// | tensor | shape of a row |
/// |---|---|
/// | x | `[C×L]` |
/// | y | `[C×outL]` |
///
/// Sizes are ⌊(in + padding − dilation·(kernel − 1) − 1) / stride⌋ + 1. Padding is never the largest. Gradients go to
/// the first of equal numbers; a NaN makes its window NaN.
/// @param kernel numbers that a window sees, at least 1
/// @param stride from one window to the next; by default the kernel
/// @param dilation from one seen number to the next, by default 1
/// @param padding beside the sequence, at most half of a window; by default none
/// @param ceil whether sizes are rounded up: a last window may reach beyond the padding, if it begins before the
/// end of the plane; PyTorch's `ceil_mode`, by default not
public record MaxPool1d(int kernel, int stride, int dilation, Padding1d padding, boolean ceil) implements Layer {
    /// @throws dev.neurite.error.ConfigException for a number below 1, or more padding than half of a window
    public MaxPool1d {
        PoolingOps.check("maxPool1d", new Window(1, kernel, 1, stride, 1, dilation), padding.ofRow());
    }

    /// The same with padding on each side.
    public MaxPool1d withPadding(int each) {
        return withPadding(Padding1d.of(each));
    }

    /// The same with this padding.
    public MaxPool1d withPadding(Padding1d ofEachSide) {
        return new MaxPool1d(kernel, stride, dilation, ofEachSide, ceil);
    }

    /// The same seeing numbers so far apart.
    public MaxPool1d withDilation(int apart) {
        return new MaxPool1d(kernel, stride, apart, padding, ceil);
    }

    /// The same with sizes rounded up.
    public MaxPool1d withCeil() {
        return new MaxPool1d(kernel, stride, dilation, padding, true);
    }

    private Window window() {
        return new Window(1, kernel, 1, stride, 1, dilation);
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
        return PoolingOps.max(x, pass, windows());
    }

    @Override
    public String toString() {
        return "maxPool1d(" + window() + (padding.isNone() ? "" : ", padding " + padding) + (ceil ? ", ceil" : "")
                + ")";
    }
}

package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Geometry;
import dev.neurite.kernel.Padding;
import dev.neurite.kernel.Window;

/// Where the window of a transposed convolution slides on its output planes.
/// @param padding removed from the output
/// @param extra the output padding: rows added below and columns added at the right
record TransposedPlacement(Window window, Padding padding, Extent extra) implements ConvolutionOp.Placement {
    /// @throws ConfigException for an output padding not below the stride, or one together with padding
    /// `same`
    static void check(String layer, Window window, Padding padding, Extent extra) {
        if (extra.height() >= window.strideHeight() || extra.width() >= window.strideWidth()) {
            throw new ConfigException(
                    layer,
                    "expects an output padding below its stride, got " + extra + " for a window of " + window,
                    "A larger one would add elements that no input reaches");
        }
        if (padding.same() && !extra.equals(Extent.of(0))) {
            throw new ConfigException(layer, "expects no output padding together with padding 'same', got " + extra);
        }
    }

    @Override
    public Geometry around(int height, int width) {
        if (padding.same()) {
            return padding.around(
                    Math.multiplyExact(height, window.strideHeight()),
                    Math.multiplyExact(width, window.strideWidth()),
                    window);
        }
        long rows = enlarged(height, window.strideHeight(), window.reachHeight(), extra.height());
        long columns = enlarged(width, window.strideWidth(), window.reachWidth(), extra.width());
        long left = rows - padding.top() - padding.bottom();
        long wide = columns - padding.left() - padding.right();
        if (left < 1 || wide < 1) {
            throw new ShapeException(
                    "padding",
                    "expects less padding than the " + rows + "×" + columns + " output it is removed from, got "
                            + padding);
        }
        return new Geometry(
                Math.toIntExact(left),
                Math.toIntExact(wide),
                window,
                padding.top(),
                padding.left(),
                padding.bottom(),
                padding.right());
    }

    private static long enlarged(int in, int stride, int reach, int extra) {
        return (in - 1L) * stride + reach + extra;
    }
}

package dev.neurite.kernel;

import dev.neurite.error.ConfigException;

/// The window of a convolution or pooling: kernel size, stride and dilation. All numbers are at
/// least 1.
/// @param height the kernel height
/// @param width the kernel width
/// @param strideHeight the stride over rows
/// @param strideWidth the stride over columns
/// @param dilationHeight the dilation over rows: the distance between the pixels of the window
/// @param dilationWidth the dilation over columns
public record Window(int height, int width, int strideHeight, int strideWidth, int dilationHeight, int dilationWidth) {
    /// @throws ConfigException for a number below 1
    public Window {
        check("kernel", height, width);
        check("stride", strideHeight, strideWidth);
        check("dilation", dilationHeight, dilationWidth);
    }

    private static void check(String what, int height, int width) {
        if (height < 1 || width < 1) {
            throw new ConfigException("window", "expects a " + what + " from 1, got " + height + "×" + width);
        }
    }

    /// A window with stride and dilation 1.
    public static Window of(int height, int width) {
        return new Window(height, width, 1, 1, 1, 1);
    }

    /// A copy with this kernel size.
    public Window withKernel(int rows, int columns) {
        return new Window(rows, columns, strideHeight, strideWidth, dilationHeight, dilationWidth);
    }

    public Window withStride(int ofHeight, int ofWidth) {
        return new Window(height, width, ofHeight, ofWidth, dilationHeight, dilationWidth);
    }

    public Window withDilation(int ofHeight, int ofWidth) {
        return new Window(height, width, strideHeight, strideWidth, ofHeight, ofWidth);
    }

    /// The rows that the window spans, including the gaps of a dilation.
    public int reachHeight() {
        return Math.addExact(Math.multiplyExact(dilationHeight, height - 1), 1);
    }

    /// The columns that the window spans, including the gaps of a dilation.
    public int reachWidth() {
        return Math.addExact(Math.multiplyExact(dilationWidth, width - 1), 1);
    }

    /// The number of pixels of the window: height × width.
    public int area() {
        return Math.multiplyExact(height, width);
    }

    /// The kernel size, then stride and dilation unless they are 1: `3×3`, `3×3 stride 2`,
    /// `3×3 stride 2×1 dilation 2`.
    @Override
    public String toString() {
        return height + "×" + width + text("stride", strideHeight, strideWidth)
                + text("dilation", dilationHeight, dilationWidth);
    }

    private static String text(String what, int ofHeight, int ofWidth) {
        if (ofHeight == 1 && ofWidth == 1) return "";
        return " " + what + " " + (ofHeight == ofWidth ? "" + ofHeight : ofHeight + "×" + ofWidth);
    }
}

package dev.neurite.kernel;

import dev.neurite.error.ConfigException;

/// What slides over the planes of an image: how large it is, how far it moves, and how far apart the pixels are that
/// it sees.
/// @param height pixels that it sees one below the other, at least 1
/// @param width pixels that it sees side by side, at least 1
/// @param strideHeight rows from one place to the next below, at least 1
/// @param strideWidth columns from one place to the next beside, at least 1
/// @param dilationHeight rows from one seen pixel to the next, at least 1
/// @param dilationWidth columns from one seen pixel to the next, at least 1
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

    /// A window that moves by 1 and sees neighbors.
    public static Window of(int height, int width) {
        return new Window(height, width, 1, 1, 1, 1);
    }

    /// The same seeing so many pixels.
    public Window withKernel(int rows, int columns) {
        return new Window(rows, columns, strideHeight, strideWidth, dilationHeight, dilationWidth);
    }

    /// The same moving as far as this.
    public Window withStride(int ofHeight, int ofWidth) {
        return new Window(height, width, ofHeight, ofWidth, dilationHeight, dilationWidth);
    }

    /// The same seeing pixels so far apart.
    public Window withDilation(int ofHeight, int ofWidth) {
        return new Window(height, width, strideHeight, strideWidth, ofHeight, ofWidth);
    }

    /// The rows from the first seen pixel to the last, both included.
    public int reachHeight() {
        return Math.addExact(Math.multiplyExact(dilationHeight, height - 1), 1);
    }

    /// The columns from the first seen pixel to the last, both included.
    public int reachWidth() {
        return Math.addExact(Math.multiplyExact(dilationWidth, width - 1), 1);
    }

    /// The number of pixels that it sees.
    public int area() {
        return Math.multiplyExact(height, width);
    }

    /// `3×3`, and then what is unusual: `3×3 stride 2`, `3×3 stride 2×1 dilation 2`.
    @Override
    public String toString() {
        return height + "×" + width + said("stride", strideHeight, strideWidth)
                + said("dilation", dilationHeight, dilationWidth);
    }

    private static String said(String what, int ofHeight, int ofWidth) {
        if (ofHeight == 1 && ofWidth == 1) return "";
        return " " + what + " " + (ofHeight == ofWidth ? "" + ofHeight : ofHeight + "×" + ofWidth);
    }
}

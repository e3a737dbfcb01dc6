package dev.neurite.kernel;

import dev.neurite.error.ShapeException;

/// A [Window] that slides over planes of a given size with padding: the position of the window for
/// each output pixel.
///
/// The window of output pixel (i, j) begins at row `i * strideHeight - top` and column `j * strideWidth - left`.
/// @param height the rows of an input plane
/// @param width the columns of an input plane
/// @param window kernel size, stride and dilation
/// @param top rows of zeros above
/// @param left columns of zeros at the left
/// @param bottom rows of zeros below
/// @param right columns of zeros at the right
public record Geometry(int height, int width, Window window, int top, int left, int bottom, int right) {
    /// @throws ShapeException if the window does not fit once
    public Geometry {
        boolean fits = (long) height + top + bottom >= window.reachHeight()
                && (long) width + left + right >= window.reachWidth();
        if (!fits || top < 0 || left < 0 || bottom < 0 || right < 0) {
            throw new ShapeException(
                    "window",
                    "expects planes of at least " + window.reachHeight() + "×" + window.reachWidth()
                            + " with their padding, got " + height + "×" + width + " with " + top + "/" + bottom
                            + " rows and " + left + "/" + right + " columns of padding");
        }
    }

    /// The rows of an output plane.
    public int outHeight() {
        return Math.toIntExact(((long) height + top + bottom - window.reachHeight()) / window.strideHeight() + 1);
    }

    /// The columns of an output plane.
    public int outWidth() {
        return Math.toIntExact(((long) width + left + right - window.reachWidth()) / window.strideWidth() + 1);
    }

    /// The pixels of an output plane.
    public int outArea() {
        return Math.multiplyExact(outHeight(), outWidth());
    }

    /// The pixels of an input plane.
    public int area() {
        return Math.multiplyExact(height, width);
    }
}

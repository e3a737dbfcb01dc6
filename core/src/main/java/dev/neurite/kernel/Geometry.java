package dev.neurite.kernel;

import dev.neurite.error.ShapeException;

/// A window over planes of a certain size with zeros around them: where it stands for each pixel that comes out.
///
/// The window of output pixel (i, j) begins at row `i * strideHeight - top` and column `j * strideWidth - left`.
/// @param height rows of a plane
/// @param width columns of a plane
/// @param window what slides
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

    /// Rows that come out.
    public int outHeight() {
        return Math.toIntExact(((long) height + top + bottom - window.reachHeight()) / window.strideHeight() + 1);
    }

    /// Columns that come out.
    public int outWidth() {
        return Math.toIntExact(((long) width + left + right - window.reachWidth()) / window.strideWidth() + 1);
    }

    /// Pixels of a plane that comes out.
    public int outArea() {
        return Math.multiplyExact(outHeight(), outWidth());
    }

    /// Pixels of a plane.
    public int area() {
        return Math.multiplyExact(height, width);
    }
}

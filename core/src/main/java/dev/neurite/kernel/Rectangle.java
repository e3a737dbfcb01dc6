package dev.neurite.kernel;

import dev.neurite.error.ShapeException;

/// A rectangle in a plane.
///
/// Neighbors along any axis are a rectangle too: where a row has axes `[a × n × b]`, a of its planes have n rows of b.
/// @param height rows of the plane
/// @param width columns of the plane
/// @param top rows of the plane above the rectangle
/// @param left columns of the plane at its left
/// @param rows of the rectangle
/// @param columns of the rectangle
public record Rectangle(int height, int width, int top, int left, int rows, int columns) {
    /// @throws ShapeException if the rectangle is not inside
    public Rectangle {
        boolean inside = top >= 0 && left >= 0 && rows >= 0 && columns >= 0;
        if (!inside || (long) top + rows > height || (long) left + columns > width) {
            throw new ShapeException(
                    "region",
                    "expects to be inside of " + height + "×" + width + ", got " + rows + "×" + columns + " at " + top
                            + ", " + left);
        }
    }

    /// Rows of planes: so many from the first one on.
    public static Rectangle ofRows(int height, int width, int first, int rows) {
        return new Rectangle(height, width, first, 0, rows, width);
    }

    /// Pixels of the plane.
    public int area() {
        return Math.multiplyExact(height, width);
    }

    /// Pixels of the rectangle.
    public int size() {
        return rows * columns;
    }
}

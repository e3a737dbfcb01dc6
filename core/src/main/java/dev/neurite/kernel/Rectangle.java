package dev.neurite.kernel;

import dev.neurite.error.ShapeException;

/// A rectangle in a plane.
///
/// A slice along any axis is a rectangle, too: a row `[a × n × b]` counts as a planes of n rows and
/// b columns.
/// @param height the rows of the plane
/// @param width the columns of the plane
/// @param top the rows above the rectangle
/// @param left the columns at its left
/// @param rows the rows of the rectangle
/// @param columns the columns of the rectangle
public record Rectangle(int height, int width, int top, int left, int rows, int columns) {
    /// @throws ShapeException if the rectangle is not inside the plane
    public Rectangle {
        boolean inside = top >= 0 && left >= 0 && rows >= 0 && columns >= 0;
        if (!inside || (long) top + rows > height || (long) left + columns > width) {
            throw new ShapeException(
                    "rectangle",
                    "expects to be inside of " + height + "×" + width + ", got " + rows + "×" + columns + " at " + top
                            + ", " + left);
        }
    }

    /// Whole rows of a plane.
    public static Rectangle ofRows(int height, int width, int first, int rows) {
        return new Rectangle(height, width, first, 0, rows, width);
    }

    /// The pixels of the plane.
    public int area() {
        return Math.multiplyExact(height, width);
    }

    public int size() {
        return rows * columns;
    }
}

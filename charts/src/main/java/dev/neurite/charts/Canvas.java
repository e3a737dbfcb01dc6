package dev.neurite.charts;

import java.util.List;

/// What a chart is drawn on. Coordinates are in points, from the top left corner.
interface Canvas {
    /// Where the position of a text is: at its start, middle or end.
    enum Anchor {
        START,
        MIDDLE,
        END
    }

    /// The look of a text.
    /// @param size the font size in points
    record Style(Ink ink, double size, boolean bold, Anchor anchor) {
        static Style of(Ink ink, double size) {
            return new Style(ink, size, false, Anchor.START);
        }

        Style anchored(Anchor other) {
            return new Style(ink, size, bold, other);
        }

        Style strong() {
            return new Style(ink, size, true, anchor);
        }
    }

    /// Fills a rectangle.
    void rectangle(double x, double y, double width, double height, Ink ink);

    /// Draws lines from point to point.
    /// @param dashes lengths of dashes and gaps in turn; empty for a solid line
    void line(double[] x, double[] y, Ink ink, double width, List<Double> dashes);

    /// Draws a solid line.
    default void line(double x1, double y1, double x2, double y2, Ink ink, double width) {
        line(new double[] {x1, x2}, new double[] {y1, y2}, ink, width, List.of());
    }

    /// Fills a circle.
    void dot(double x, double y, double radius, Ink ink);

    /// Writes a text.
    /// @param y of its baseline
    void text(String text, double x, double y, Style style);

    /// Writes a text that runs upwards.
    /// @param x of its baseline
    void upwards(String text, double x, double y, Style style);
}

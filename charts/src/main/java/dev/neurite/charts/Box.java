package dev.neurite.charts;

/// A part of the paper, in points.
record Box(double x, double y, double width, double height) {
    double right() {
        return x + width;
    }

    double bottom() {
        return y + height;
    }
}

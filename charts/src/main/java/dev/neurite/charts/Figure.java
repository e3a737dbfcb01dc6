package dev.neurite.charts;

/// The content of a chart, which can be laid out in any size.
sealed interface Figure permits PlotFigure, MatrixFigure, ParallelFigure, PanelsFigure {
    /// Draws it.
    void paint(Canvas canvas, Box box);
}

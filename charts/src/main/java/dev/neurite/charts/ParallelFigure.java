package dev.neurite.charts;

import dev.neurite.charts.Canvas.Anchor;
import dev.neurite.charts.Canvas.Style;
import java.util.List;

/// Parallel coordinates: an axis for each column, a line for each row.
/// @param columns at least two; the last one is the score
/// @param best the number of the best row
record ParallelFigure(String title, List<String> notes, List<Column> columns, int best) implements Figure {
    /// An axis with the place of each row on it.
    /// @param name of the column
    /// @param places of the rows, from 0 at the bottom to 1; NaN for none
    /// @param ticks texts on the axis
    @SuppressWarnings("ArrayRecordComponent") // not compared
    record Column(String name, double[] places, List<Tick> ticks) {}

    record Tick(double place, String text) {}

    private static final double SIZE = 11;

    ParallelFigure {
        notes = List.copyOf(notes);
        columns = List.copyOf(columns);
    }

    @Override
    public void paint(Canvas canvas, Box box) {
        double y = PlotFigure.head(canvas, box, title, notes);
        double step = (box.width() - 110) / Math.max(1, columns.size() - 1);
        var area = new Box(box.x() + 20, y + 30, box.width() - 110, box.bottom() - y - 44);
        Column scores = columns.getLast();
        for (int row = 0; row < scores.places.length; row++) {
            if (row != best) line(canvas, area, step, row);
        }
        if (best >= 0) line(canvas, area, step, best);
        for (int i = 0; i < columns.size(); i++) {
            double x = area.x() + i * step;
            canvas.line(x, area.y(), x, area.bottom(), Ink.AXIS, 1.2);
            String name = TextFitting.shortened(columns.get(i).name, SIZE, step - 8);
            Anchor anchor = i == 0 ? Anchor.START : Anchor.MIDDLE;
            double at = i == 0 ? x - 16 : x;
            canvas.text(
                    name, at, area.y() - 12, Style.of(Ink.TEXT, SIZE).strong().anchored(anchor));
            for (Tick tick : columns.get(i).ticks) {
                double height = area.bottom() - tick.place * area.height();
                canvas.line(x, height, x + 4, height, Ink.AXIS, 1.2);
                String text = TextFitting.shortened(tick.text, SIZE, Math.min(step - 12, 84));
                double width = TextFitting.width(text, SIZE);
                canvas.rectangle(x + 5, height - 7, width + 4, 13, Ink.PAPER.withOpacity(0.8));
                canvas.text(text, x + 7, height + 3.5, Style.of(Ink.SOFT, SIZE));
            }
        }
    }

    private void line(Canvas canvas, Box area, double step, int row) {
        double score = columns.getLast().places[row];
        boolean failed = Double.isNaN(score);
        double[] x = new double[columns.size()];
        double[] y = new double[columns.size()];
        int count = 0;
        for (int i = 0; i < x.length; i++) {
            double place = columns.get(i).places[row];
            if (Double.isNaN(place)) continue;
            x[count] = area.x() + i * step;
            y[count++] = area.bottom() - place * area.height();
        }
        if (count < 2) return;
        Ink ink = row == best
                ? Ink.series(1)
                : failed ? Ink.AXIS.withOpacity(0.7) : Ink.series(0).withOpacity(0.55);
        canvas.line(
                java.util.Arrays.copyOf(x, count),
                java.util.Arrays.copyOf(y, count),
                ink,
                row == best ? 3 : 1.3,
                failed ? List.of(3.0, 3.0) : List.of());
    }
}

package dev.neurite.charts;

import dev.neurite.charts.Canvas.Anchor;
import dev.neurite.charts.Canvas.Style;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Series over two axes, with a title and a legend above.
/// @param notes lines below the title
record PlotFigure(String title, List<String> notes, Axis across, Axis up, List<Series> series) implements Figure {
    /// How the numbers of a series are drawn.
    enum Mark {
        LINE,
        LINE_AND_DOTS,
        DOTS,
        /// A bar from 0 for each value: `x` has one number more, the edges of the bars.
        BARS
    }

    /// Numbers with one color.
    /// @param name for the legend; empty for none
    /// @param dashes lengths of dashes and gaps in turn; empty for a solid line
    @SuppressWarnings("ArrayRecordComponent") // not compared
    record Series(String name, double[] x, double[] y, Ink ink, List<Double> dashes, Mark mark) {
        Series(Line line, int number, Mark mark) {
            this(line.name(), line.x(), line.y(), Ink.series(number), Ink.dashes(number), mark);
        }
    }

    private static final double TITLE = 15;
    private static final double SMALL = 11.5;
    private static final double LINE_HEIGHT = 17;
    private static final double SAMPLE = 26; // the length of a line in the legend
    private static final double DOT = 2.6;
    private static final int MOST_DOTS = 60; // above it, a line has none

    PlotFigure {
        notes = List.copyOf(notes);
        series = List.copyOf(series);
    }

    @Override
    public void paint(Canvas canvas, Box box) {
        double y = head(canvas, box, title, notes);
        y = legend(canvas, box, y);
        List<Double> rows = up.ticks((int) Math.max(2, (box.bottom() - y) / 32));
        double numbers = rows.stream()
                .mapToDouble(tick -> TextFitting.width(up.text(tick), SMALL))
                .max()
                .orElse(0);
        double left = numbers + 10 + LINE_HEIGHT;
        var area = new Box(box.x() + left, y + 8, box.width() - left - 10, box.bottom() - y - 8 - 2.6 * LINE_HEIGHT);
        axes(canvas, box, area, rows);
        for (Series each : series) draw(canvas, area, each);
    }

    /// Writes title and notes.
    /// @return the y below them
    static double head(Canvas canvas, Box box, String title, List<String> notes) {
        double y = box.y();
        if (!title.isEmpty()) {
            String text = TextFitting.shortened(title, TITLE * 1.06, box.width());
            canvas.text(text, box.x(), y + TITLE, Style.of(Ink.TEXT, TITLE).strong());
            y += TITLE + 9;
        }
        for (String note : notes) {
            String text = TextFitting.shortened(note, SMALL, box.width());
            canvas.text(text, box.x(), y + SMALL, Style.of(Ink.SOFT, SMALL));
            y += LINE_HEIGHT;
        }
        return y;
    }

    private double legend(Canvas canvas, Box box, double top) {
        List<Series> named =
                series.stream().filter(each -> !each.name.isEmpty()).toList();
        if (named.isEmpty()) return top;
        double x = box.x();
        double y = top + 4;
        for (Series each : named) {
            String name = TextFitting.shortened(each.name, SMALL, Math.min(box.width() - SAMPLE - 10, 260));
            double width = SAMPLE + 6 + TextFitting.width(name, SMALL) + 16;
            if (x > box.x() && x + width > box.right() + 16) {
                x = box.x();
                y += LINE_HEIGHT;
            }
            sample(canvas, each, x, y + 7);
            canvas.text(name, x + SAMPLE + 6, y + SMALL, Style.of(Ink.TEXT, SMALL));
            x += width;
        }
        return y + LINE_HEIGHT;
    }

    private static void sample(Canvas canvas, Series series, double x, double y) {
        if (series.mark == Mark.BARS) canvas.rectangle(x + 8, y - 5, 11, 10, series.ink);
        if (series.mark == Mark.DOTS) canvas.dot(x + SAMPLE / 2, y, 3.5, series.ink);
        if (series.mark != Mark.LINE && series.mark != Mark.LINE_AND_DOTS) return;
        canvas.line(new double[] {x, x + SAMPLE}, new double[] {y, y}, series.ink, 2, series.dashes);
        if (series.mark == Mark.LINE_AND_DOTS) canvas.dot(x + SAMPLE / 2, y, DOT, series.ink);
    }

    private void axes(Canvas canvas, Box box, Box area, List<Double> rows) {
        for (double tick : rows) {
            double y = area.bottom() - up.place(tick) * area.height();
            canvas.line(area.x(), y, area.right(), y, Ink.GRID, 1);
            canvas.text(
                    up.text(tick),
                    area.x() - 6,
                    y + 4,
                    Style.of(Ink.SOFT, SMALL).anchored(Anchor.END));
        }
        for (double tick : columns(area)) {
            double x = area.x() + across.place(tick) * area.width();
            canvas.line(x, area.bottom(), x, area.bottom() + 4, Ink.AXIS, 1);
            String text = across.text(tick);
            double half = TextFitting.width(text, SMALL) / 2;
            Anchor anchor = x + half > box.right() ? Anchor.END : Anchor.MIDDLE;
            double at = anchor == Anchor.END ? Math.min(box.right(), x + 8) : x;
            canvas.text(
                    text,
                    at,
                    area.bottom() + LINE_HEIGHT,
                    Style.of(Ink.SOFT, SMALL).anchored(anchor));
        }
        canvas.line(
                new double[] {area.x(), area.x(), area.right()},
                new double[] {area.y(), area.bottom(), area.bottom()},
                Ink.AXIS,
                1,
                List.of());
        Style label = Style.of(Ink.TEXT, SMALL).anchored(Anchor.MIDDLE);
        String right = TextFitting.shortened(across.label(), SMALL, area.width());
        canvas.text(right, area.x() + area.width() / 2, area.bottom() + 2.2 * LINE_HEIGHT, label);
        String upwards = TextFitting.shortened(up.label(), SMALL, area.height());
        canvas.upwards(upwards, box.x() + SMALL, area.y() + area.height() / 2, label);
    }

    /// The numbers on the axis below, as many as do not touch.
    private List<Double> columns(Box area) {
        for (int most = 11; ; most--) {
            List<Double> ticks = across.ticks(most);
            double widest = ticks.stream()
                    .mapToDouble(tick -> TextFitting.width(across.text(tick), SMALL))
                    .max()
                    .orElse(0);
            if (most <= 2 || ticks.size() * (widest + 14) <= area.width()) return ticks;
        }
    }

    private void draw(Canvas canvas, Box area, Series series) {
        if (series.mark == Mark.BARS) {
            bars(canvas, area, series);
            return;
        }
        List<double[]> run = new ArrayList<>();
        boolean dots = series.mark == Mark.DOTS || (series.mark == Mark.LINE_AND_DOTS && series.x.length <= MOST_DOTS);
        double radius = series.mark == Mark.DOTS ? 3.2 : DOT;
        for (int i = 0; i < series.x.length; i++) {
            double[] point = point(area, series.x[i], series.y[i]);
            if (point == null) {
                line(canvas, area, series, run);
                run.clear();
                continue;
            }
            run.add(point);
            if (dots) canvas.dot(point[0], point[1], radius, series.ink);
        }
        line(canvas, area, series, run);
    }

    private double @Nullable [] point(Box area, double x, double y) {
        double right = across.place(x);
        double above = up.place(y);
        if (!Double.isFinite(right) || !Double.isFinite(above)) return null;
        return new double[] {
            area.x() + Math.clamp(right, 0, 1) * area.width(), area.bottom() - Math.clamp(above, 0, 1) * area.height()
        };
    }

    private static void line(Canvas canvas, Box area, Series series, List<double[]> points) {
        if (series.mark == Mark.DOTS || points.isEmpty()) return;
        if (points.size() == 1) {
            canvas.dot(points.getFirst()[0], points.getFirst()[1], DOT, series.ink);
            return;
        }
        List<double[]> shown = thinned(points, (int) Math.max(16, area.width()));
        double[] x = shown.stream().mapToDouble(each -> each[0]).toArray();
        double[] y = shown.stream().mapToDouble(each -> each[1]).toArray();
        canvas.line(x, y, series.ink, 2, series.dashes);
    }

    /// Points whose line looks the same: of each column of points, the first, the highest, the lowest and the last.
    private static List<double[]> thinned(List<double[]> points, int columns) {
        if (points.size() <= 4 * columns) return points;
        double from = points.getFirst()[0];
        double width = Math.max(1e-9, points.getLast()[0] - from);
        List<double[]> kept = new ArrayList<>();
        for (int i = 0; i < points.size(); ) {
            int column = (int) ((points.get(i)[0] - from) / width * columns);
            int end = i;
            int low = i;
            int high = i;
            while (end < points.size() && (int) ((points.get(end)[0] - from) / width * columns) == column) {
                if (points.get(end)[1] < points.get(low)[1]) low = end;
                if (points.get(end)[1] > points.get(high)[1]) high = end;
                end++;
            }
            int first = i;
            java.util.stream.IntStream.of(first, Math.min(low, high), Math.max(low, high), end - 1)
                    .distinct()
                    .forEach(at -> kept.add(points.get(at)));
            i = end;
        }
        return kept;
    }

    private void bars(Canvas canvas, Box area, Series series) {
        double floor = area.bottom() - Math.clamp(up.place(Math.max(0, up.from())), 0, 1) * area.height();
        for (int i = 0; i < series.y.length; i++) {
            double left = area.x() + Math.clamp(across.place(series.x[i]), 0, 1) * area.width();
            double right = area.x() + Math.clamp(across.place(series.x[i + 1]), 0, 1) * area.width();
            double place = up.place(series.y[i]);
            if (!Double.isFinite(place) || !(right > left)) continue;
            double top = area.bottom() - Math.clamp(place, 0, 1) * area.height();
            if (top < floor) {
                canvas.rectangle(left, top, Math.max(0.5, right - left - 1), floor - top, series.ink);
            }
        }
    }
}

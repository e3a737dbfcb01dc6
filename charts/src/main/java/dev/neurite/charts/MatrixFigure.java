package dev.neurite.charts;

import dev.neurite.charts.Canvas.Anchor;
import dev.neurite.charts.Canvas.Style;
import java.util.List;
import java.util.Locale;

/// A confusion matrix: rows are true classes, the shade is the share of the row.
/// @param counts `[truth][prediction]`
@SuppressWarnings("ArrayRecordComponent") // not compared
record MatrixFigure(String title, List<String> notes, List<String> names, long[][] counts) implements Figure {
    private static final double SIZE = 11.5;
    private static final double LONGEST = 120; // of a name, in points
    private static final double NAMED = 11; // the least height of a row with a name
    private static final double COUNTED = 20; // the least size of a cell with a count
    private static final double SHARED = 36; // the least size of a cell with a count and a share

    MatrixFigure {
        notes = List.copyOf(notes);
        names = List.copyOf(names);
    }

    @Override
    public void paint(Canvas canvas, Box box) {
        double y = PlotFigure.head(canvas, box, title, notes);
        int classes = names.size();
        List<String> texts = names.stream()
                .map(each -> TextFitting.shortened(each, SIZE, LONGEST))
                .toList();
        double widest = texts.stream()
                .mapToDouble(each -> TextFitting.width(each, SIZE))
                .max()
                .orElse(0);
        double left = widest + 34;
        // As wide as high, if that fits.
        double cell = Math.min((box.width() - left - 4) / classes, (box.bottom() - y - 2 * SIZE - 24) / classes);
        boolean upright = widest > cell - 4;
        if (upright) cell = Math.min(cell, (box.bottom() - y - widest - SIZE - 22) / classes);
        cell = Math.max(cell, 1);
        boolean named = cell >= NAMED;
        double top = y + SIZE + 10 + (named ? (upright ? widest + 8 : SIZE + 8) : 4);
        Style label = Style.of(Ink.SOFT, SIZE).anchored(Anchor.MIDDLE);
        double side = cell * classes;
        canvas.text("predicted class", box.x() + left + side / 2, y + SIZE + 4, label);
        canvas.upwards("true class", box.x() + SIZE, top + side / 2, label);
        for (int i = 0; i < classes && named; i++) {
            double middle = (i + 0.5) * cell;
            Style name = Style.of(Ink.TEXT, SIZE);
            canvas.text(texts.get(i), box.x() + left - 6, top + middle + 4, name.anchored(Anchor.END));
            double x = box.x() + left + middle;
            if (upright) canvas.upwards(texts.get(i), x + 4, top - 6, name);
            else canvas.text(texts.get(i), x, top - 6, name.anchored(Anchor.MIDDLE));
        }
        for (int i = 0; i < classes; i++) row(canvas, i, box.x() + left, top + i * cell, cell);
        frame(canvas, box.x() + left, top, side);
    }

    private void row(Canvas canvas, int truth, double left, double top, double cell) {
        long total = 0;
        for (long each : counts[truth]) total += each;
        for (int j = 0; j < counts[truth].length; j++) {
            long count = counts[truth][j];
            double share = total == 0 ? 0 : (double) count / total;
            // The root makes rare confusions visible, which are what one looks for.
            Ink shade = Ink.shade(Math.sqrt(share));
            double x = left + j * cell;
            canvas.rectangle(x, top, cell + 0.2, cell + 0.2, shade);
            if (cell < COUNTED) continue;
            Ink ink = count == 0 ? new Ink("", 0x757575, 1) : Ink.on(shade);
            String text = String.format(Locale.ROOT, "%,d", count);
            double size = Math.min(SIZE, SIZE * (cell - 3) / Math.max(1, TextFitting.width(text, SIZE)));
            Style style = Style.of(ink, size).anchored(Anchor.MIDDLE);
            boolean shared = cell >= SHARED && count > 0;
            canvas.text(text, x + cell / 2, top + cell / 2 + (shared ? -1 : 4), style);
            if (!shared) continue;
            String percent =
                    String.format(Locale.ROOT, share > 0.9995 || share >= 0.1 ? "%.0f %%" : "%.1f %%", 100 * share);
            canvas.text(
                    percent,
                    x + cell / 2,
                    top + cell / 2 + 12,
                    Style.of(ink, 9.5).anchored(Anchor.MIDDLE));
        }
    }

    private static void frame(Canvas canvas, double x, double y, double side) {
        canvas.line(
                new double[] {x, x + side, x + side, x, x},
                new double[] {y, y, y + side, y + side, y},
                Ink.AXIS,
                1,
                List.of());
    }
}

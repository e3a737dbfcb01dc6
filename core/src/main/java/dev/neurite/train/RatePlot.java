package dev.neurite.train;

import dev.neurite.error.ConfigException;
import dev.neurite.train.RateRange.Point;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/// A [RateRange] as text: a curve of dots, eight in a Braille character or one in an ASCII character.
final class RatePlot {
    private static final int[][] BRAILLE = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    private static final int MARGIN = 10; // of the numbers at the left

    private final List<Point> points;
    private final OptionalDouble suggested;
    private final int columns;
    private final int rows;
    private final boolean ascii;
    private final int dotsAcross; // in one character
    private final int dotsDown;
    private final double bottom;
    private final double top;

    RatePlot(RateRange range, int columns, int rows, boolean ascii) {
        check("columns", columns, 10);
        check("rows", rows, 2);
        this.points = range.points();
        this.suggested = range.suggested();
        this.columns = columns;
        this.rows = rows;
        this.ascii = ascii;
        this.dotsAcross = ascii ? 1 : 2;
        this.dotsDown = ascii ? 1 : 4;
        this.bottom = points.stream().mapToDouble(Point::smoothed).min().orElse(0);
        // Without the last loss, which can be so high that the rest of the curve would be flat.
        List<Point> shown = points.size() > 1 ? points.subList(0, points.size() - 1) : points;
        this.top = shown.stream().mapToDouble(Point::smoothed).max().orElse(0);
    }

    private static void check(String what, int count, int least) {
        if (count < least || count > 1000) {
            throw new ConfigException("plot: " + what, "expects " + least + " to 1000, got " + count);
        }
    }

    String draw() {
        boolean[][] dots = dots();
        var text = new StringBuilder();
        for (int row = 0; row < rows; row++) {
            boolean labeled = row == 0 || row == rows - 1;
            text.append(labeled ? String.format(Locale.ROOT, "%9.3g ", row == 0 ? top : bottom) : " ".repeat(MARGIN));
            var line = new StringBuilder(ascii ? "|" : labeled ? "┤" : "│");
            for (int column = 0; column < columns; column++) line.append(character(dots, row, column));
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.append(axis()).toString();
    }

    /// The curve, with neighboring columns of dots connected.
    private boolean[][] dots() {
        int width = columns * dotsAcross;
        boolean[][] dots = new boolean[rows * dotsDown][width];
        int before = height(0);
        for (int x = 0; x < width; x++) {
            int y = height((double) x / (width - 1));
            int step = Integer.signum(y - before);
            for (int fill = before + step; step != 0 && fill != y; fill += step) dots[fill][x] = true;
            dots[y][x] = true;
            before = y;
        }
        return dots;
    }

    /// The row of dots, from the top, of the curve at a share of the plot's width.
    private int height(double across) {
        double first = place(points.getFirst().rate());
        double rate = first + across * (place(points.getLast().rate()) - first);
        int right = 1;
        while (right + 1 < points.size() && place(points.get(right).rate()) < rate) right++;
        Point a = points.get(Math.min(right, points.size()) - 1);
        Point b = points.get(Math.min(right, points.size() - 1));
        double part = a.equals(b) ? 0 : (rate - place(a.rate())) / (place(b.rate()) - place(a.rate()));
        double loss = a.smoothed() + part * (b.smoothed() - a.smoothed());
        double fromTop = top > bottom ? (top - Math.min(loss, top)) / (top - bottom) : 0.5;
        return (int) Math.round(fromTop * (rows * dotsDown - 1));
    }

    private static double place(double rate) {
        return StrictMath.log10(rate);
    }

    private char character(boolean[][] dots, int row, int column) {
        if (ascii) return dots[row][column] ? '*' : ' ';
        int bits = 0;
        for (int y = 0; y < dotsDown; y++) {
            for (int x = 0; x < dotsAcross; x++) {
                if (dots[row * dotsDown + y][column * dotsAcross + x]) bits |= BRAILLE[y][x];
            }
        }
        return bits == 0 ? ' ' : (char) (0x2800 + bits);
    }

    /// The axis of rates, with a mark and a number at powers of ten, if they fit.
    private String axis() {
        var marks = new StringBuilder((ascii ? "-" : "─").repeat(columns));
        var numbers = new StringBuilder();
        int last = (int) Math.floor(place(points.getLast().rate()) + 1e-9);
        for (int power = (int) Math.ceil(place(points.getFirst().rate()) - 1e-9); power <= last; power++) {
            int column = column(power);
            String number = "1e" + power;
            boolean fits = numbers.isEmpty() || numbers.length() < column;
            if (!fits || column + number.length() > columns) continue;
            marks.setCharAt(column, ascii ? '+' : '┬');
            numbers.append(" ".repeat(column - numbers.length())).append(number);
        }
        suggested.ifPresent(rate -> marks.setCharAt(column(place(rate)), ascii ? '^' : '▲'));
        String left = " ".repeat(MARGIN);
        return left + (ascii ? "+" : "└") + marks + "\n" + left + " " + numbers + "\n";
    }

    /// The column of a rate's logarithm.
    private int column(double place) {
        double first = place(points.getFirst().rate());
        double span = place(points.getLast().rate()) - first;
        double across = span > 0 ? (place - first) / span : 0;
        return (int) Math.round(Math.max(0, Math.min(1, across)) * (columns - 1));
    }
}

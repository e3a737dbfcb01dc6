package dev.neurite.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Text in columns, for a fixed-width font. Numbers are aligned to the right.
public final class TextTable {
    private final boolean[] numbers;
    private final List<String[]> rows = new ArrayList<>();

    /// @param heads the heads of the columns; `"-layer"` is the head `layer` of a column of text,
    /// aligned to the left
    public TextTable(String... heads) {
        numbers = new boolean[heads.length];
        for (int i = 0; i < heads.length; i++) numbers[i] = !heads[i].startsWith("-");
        rows.add(Arrays.stream(heads)
                .map(head -> head.startsWith("-") ? head.substring(1) : head)
                .toArray(String[]::new));
    }

    /// Adds a row.
    /// @param cells a text for each column
    public void add(String... cells) {
        rows.add(cells);
    }

    /// A number for people: four decimals, or four significant digits with an exponent below 0.001 and
    /// from 100,000.
    public static String number(double value) {
        double size = Math.abs(value);
        boolean plain = value == 0 || (size >= 1e-3 && size < 1e5) || !Double.isFinite(value);
        return String.format(Locale.ROOT, plain ? "%.4f" : "%.3e", value);
    }

    /// A number in a sentence: four significant digits, with an exponent below 0.0001 and from a million.
    public static String significant(double value) {
        if (value == 0 || !Double.isFinite(value)) return Double.toString(value).replaceFirst("\\.0$", "");
        double size = Math.abs(value);
        if (size >= 1e6 || size < 1e-4) return String.format(Locale.ROOT, "%.2e", value);
        int digits = Math.clamp(3 - (int) Math.floor(Math.log10(size)), 0, 6);
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    /// All rows, each with its line end.
    @Override
    public String toString() {
        int[] widths = new int[numbers.length];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) widths[i] = Math.max(widths[i], row[i].length());
        }
        var text = new StringBuilder();
        boolean named = Arrays.stream(rows.getFirst()).anyMatch(head -> !head.isEmpty());
        for (String[] row : named ? rows : rows.subList(1, rows.size())) {
            var line = new StringBuilder();
            for (int i = 0; i < row.length; i++) {
                String space = " ".repeat(widths[i] - row[i].length());
                line.append(i == 0 ? "" : "  ").append(numbers[i] ? space + row[i] : row[i] + space);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}

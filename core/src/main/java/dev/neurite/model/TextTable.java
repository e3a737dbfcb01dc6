package dev.neurite.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Text in columns, for a fixed-width font.
public final class TextTable {
    private final boolean[] numbers;
    private final List<String[]> rows = new ArrayList<>();

    /// @param heads what stands above each column; `"-layer"` makes one of text, which begins at its left
    public TextTable(String... heads) {
        numbers = new boolean[heads.length];
        for (int i = 0; i < heads.length; i++) numbers[i] = !heads[i].startsWith("-");
        rows.add(Arrays.stream(heads)
                .map(head -> head.startsWith("-") ? head.substring(1) : head)
                .toArray(String[]::new));
    }

    /// Adds a row.
    /// @param cells one for each column
    public void add(String... cells) {
        rows.add(cells);
    }

    /// All rows, each with its line end.
    @Override
    public String toString() {
        int[] widths = new int[numbers.length];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) widths[i] = Math.max(widths[i], row[i].length());
        }
        var text = new StringBuilder();
        for (String[] row : rows) {
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

package dev.neurite.data.table;

import java.util.Arrays;

/// The line of the file in which each row begins. Stores only the rows at which line − row changes:
/// after blank lines and cells of several lines.
final class LineNumbers {
    private final String source; // empty for no file
    private int[] rows = new int[4];
    private long[] ahead = new long[4]; // line − row, for these rows
    private int count;

    LineNumbers(String source) {
        this.source = source;
    }

    void add(int row, long line) {
        long difference = line - row;
        if (count > 0 && ahead[count - 1] == difference) return;
        if (count == rows.length) {
            rows = Arrays.copyOf(rows, 2 * count);
            ahead = Arrays.copyOf(ahead, 2 * count);
        }
        rows[count] = row;
        ahead[count++] = difference;
    }

    String of(int row) {
        int at = Arrays.binarySearch(rows, 0, count, row);
        int before = at >= 0 ? at : -at - 2;
        return before < 0
                ? (source.isEmpty() ? "" : source + ", ") + "row " + row
                : source + ", line " + (row + ahead[before]);
    }
}

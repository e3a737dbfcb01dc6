package dev.neurite.data.table;

import dev.neurite.data.RowGroups;
import dev.neurite.data.RowSplit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// Rows of a table to learn from, and rows to test with: parted before a [Preprocessing] is fitted, which may know
/// nothing of the latter.
public record TableSplit(Table train, Table test) {
    /// Splits a table in two, the same way for the same seed.
    /// @param testShare the share of rows to test with, above 0 and below 1; each part gets at least one row
    public static TableSplit of(Table table, double testShare, long seed) {
        return of(table, RowSplit.random(table.rows(), testShare, seed));
    }

    /// Splits a table in two, the same way for the same seed, so that the different values of a column, as of class
    /// labels, keep their proportions.
    /// @param testShare the share of rows to test with, above 0 and below 1; each part gets at least one row
    /// @throws dev.neurite.error.DataException if there is no such column
    public static TableSplit stratified(Table table, String column, double testShare, long seed) {
        int[] classes = numbered(table, column);
        int count = Arrays.stream(classes).max().orElse(-1) + 1;
        return of(table, RowSplit.stratified(table.rows(), row -> classes[row], count, testShare, seed));
    }

    /// Splits a table so that all rows with the same value of a column, as of a patient's number, are in the same part,
    /// the same way for the same seed. Rows where it is missing are one group.
    /// @param testShare the share of test rows, above 0 and below 1, met as closely as whole groups allow
    /// @throws dev.neurite.error.DataException if there is no such column, or it has a single value
    public static TableSplit grouped(Table table, String column, double testShare, long seed) {
        return of(table, RowSplit.grouped(numbered(table, column), testShare, seed));
    }

    /// Splits a table whose rows are ordered in time: the last ones are for testing.
    /// @param testShare the share of test rows, above 0 and below 1; each part gets at least one row
    public static TableSplit ordered(Table table, double testShare) {
        return of(table, RowSplit.ordered(table.rows(), testShare));
    }

    /// The parts of a table that have these rows.
    public static TableSplit of(Table table, RowSplit rows) {
        return new TableSplit(table.rows(rows.train()), table.rows(rows.test()));
    }

    /// The rows in groups by the value of a column; rows where it is missing are one group.
    /// @throws dev.neurite.error.DataException if there is no such column
    public static RowGroups groups(Table table, String column) {
        return new RowGroups(numbered(table, column));
    }

    /// The different values of a column as numbers from 0, in the order of the rows.
    private static int[] numbered(Table table, String column) {
        int at = table.column(column);
        Map<Float, Integer> numbers = new HashMap<>();
        int[] all = new int[table.rows()];
        for (int row = 0; row < all.length; row++) {
            Integer next = numbers.size();
            Integer known = numbers.putIfAbsent(table.value(row, at), next);
            all[row] = known == null ? next : known;
        }
        return all;
    }
}

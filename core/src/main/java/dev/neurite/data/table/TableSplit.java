package dev.neurite.data.table;

import dev.neurite.data.RowSplit;
import java.util.HashMap;
import java.util.Map;

/// Rows of a table to learn from, and rows to test with: parted before a [Preprocessing] is fitted, which may know
/// nothing of the latter.
public record TableSplit(Table train, Table test) {
    /// Splits a table in two, the same way for the same seed.
    /// @param testShare the share of rows to test with, above 0 and below 1; each part gets at least one row
    public static TableSplit of(Table table, double testShare, long seed) {
        return parted(table, RowSplit.random(table.rows(), testShare, seed));
    }

    /// Splits a table in two, the same way for the same seed, so that the different values of a column, as of class
    /// labels, keep their proportions.
    /// @param testShare the share of rows to test with, above 0 and below 1; each part gets at least one row
    /// @throws dev.neurite.error.DataException if there is no such column
    public static TableSplit stratified(Table table, String column, double testShare, long seed) {
        int at = table.column(column);
        Map<Float, Integer> groups = new HashMap<>();
        for (int row = 0; row < table.rows(); row++) groups.putIfAbsent(table.value(row, at), groups.size());
        return parted(
                table,
                RowSplit.stratified(
                        table.rows(),
                        row -> groups.getOrDefault(table.value(row, at), 0),
                        groups.size(),
                        testShare,
                        seed));
    }

    /// Splits a table so that all rows with the same value of a column, as of a patient's number, are in the same part,
    /// the same way for the same seed. Rows where it is missing are one group.
    /// @param testShare the share of test rows, above 0 and below 1, met as closely as whole groups allow
    /// @throws dev.neurite.error.DataException if there is no such column, or it has a single value
    public static TableSplit grouped(Table table, String column, double testShare, long seed) {
        int at = table.column(column);
        Map<Float, Integer> groups = new HashMap<>();
        for (int row = 0; row < table.rows(); row++) groups.putIfAbsent(table.value(row, at), groups.size());
        return parted(
                table,
                RowSplit.grouped(
                        table.rows(),
                        row -> groups.getOrDefault(table.value(row, at), 0),
                        groups.size(),
                        testShare,
                        seed));
    }

    /// Splits a table whose rows are ordered in time: the last ones are for testing.
    /// @param testShare the share of test rows, above 0 and below 1; each part gets at least one row
    public static TableSplit ordered(Table table, double testShare) {
        return parted(table, RowSplit.ordered(table.rows(), testShare));
    }

    private static TableSplit parted(Table table, RowSplit parts) {
        return new TableSplit(table.rows(parts.train()), table.rows(parts.test()));
    }
}
